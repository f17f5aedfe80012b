"""Words advertising law forbids for goods: 最好, 第一, 国家级, 根治 … (R17). Pure.

The words are ordinary ones, so most of this file is what they do not mean: 第一时间, 您最好先, 最后. A phrase counts where no
longer exception holds it (phrases.Phrases), where its clause neither denies nor quotes it, and where it is not measured
within the shop (我们店最便宜的一款).
"""

import re
from collections.abc import Sequence

from django.utils.translation import gettext_noop

from policies.detection.clauses import clause_before, listed
from policies.detection.detector import Asked, Certainty, Detector, Match, Said, Shop
from policies.detection.phrases import Phrases

REASONS = {
    "best": gettext_noop("Calls goods the best, the first or the cheapest of all."),
    "state": gettext_noop("Claims the rank or favour of the state."),
    "cure": gettext_noop("Promises a cure, an effect or harmlessness."),
    "absolute": gettext_noop("Absolute words about goods that nobody can prove."),
    "loose": gettext_noop("A superlative that may be harmless here; read it yourself."),
}

_BEST = Phrases(
    listed(
        "最好的 最佳 最优质 最优秀 最高级 最高档 最顶级 最先进 最正宗 最畅销 最低价 最便宜 最强 最安全 最受欢迎 最专业 最有效 最环保 最齐全 最权威 最热销 最火爆 最耐用 最靠谱 最放心 质量最好 品质最好"
        " 效果最好 口碑最好 性能最好 服务最好 材质最好 料子最好 做工最好 卖得最好 卖的最好 销量最好 质量最高 品质最高 性价比最高 销量最高 价格最低 价最低 第一品牌 销量第一 排名第一 全网第一 全国第一"
        " 世界第一 全球第一 行业第一 国内第一 业内第一 亚洲第一 中国第一 全台第一 全球销量第一 销量冠军 独一家 类目第一 口碑第一 效果第一 质量第一 品质第一 销量是第一 质量是第一 效果是第一 绝对最好"
        " 可以说是第一 绝对是第一 算是第一 同类第一 天下第一 no.1 top1 top.1 全网最 全国最 世界最 全球最 行业最 业内最 史上最 同行最 全台最 市面上最 市场上最 国内最 全城最 全市最 地表最"
        " 同类最 全网独家 全网唯一 全国唯一 独一无二 绝无仅有 史无前例 前所未有 空前绝后 仅此一家 无人能及 无与伦比 天下无双 the_best_in_the_world world's_best"
        " number_one_in no._1_in lowest_price_ever lowest_price_guaranteed cheapest_in_the_market the_best_quality"
        " best_quality_in_the"
    ),
    listed(
        "最好的办法 最好的方法 最好的方式 最好的时间 最好的状态 最好的心情 最好的安排 最好的解决 最好的结果 最好的祝 最好的朋友 最好的处理 最好的服务 最好的建议 最好的时候 最好的礼物 最好的客 最好的体验"
        " 最好的顾客 最好的亲 最好的就是 最佳体验 最佳时间 最佳使用 最佳食用 最佳赏味 最佳状态 最佳效果 最佳答 最佳饮用 最佳口感 最佳距离 最佳方案 最佳观 最安全的办法 最安全的方式 最安全的做法 最安全的方法"
        " 最有效的做法 最强烈 最便宜的快递 最便宜的运费 最便宜的邮费 最有效的办法 最有效的方法 最有效的方式 最低价保 保最低价 服务最好 服务最好的 30天最低价 期间最低价 近期最低价 历史最低价 质量第一时间"
        " 可以说是第一次 可以说是第一款 可以说是第一个 算是第一次 算是第一款 算是第一个 绝对是第一次 绝对是第一个 全网通 全网最新消息 行业最低标准 国内最快 国内最近 国内最晚 全国最新 全球最新 全国最近"
        " 国内最新 全国最晚 全国最低运费"
    ),
)
_STATE = Phrases(
    listed(
        "国家级 世界级 全球级 宇宙级 国宴 国家免检 质量免检 国家领导人 驰名商标 中南海 人民大会堂 军队特供 专供特供 特供酒 特供烟 国家特供 中央特供 央视推荐 国家认证推荐 国家机关推荐 国家机关专供 政府推荐"
        " 专家推荐第一 国家队专用"
    ),
    listed(
        "国家级检测 国家级质检 国家级实验室 国家级非遗 国家级非物质 国家级景区 国家级经济 国家级开发区 国家级高新 国家级专精 国家级机构 国家级期刊 国家级贫困 国家级大师 世界级赛事 国宴厅 国家级保护 国家级自然"
    ),
)
_CURE = Phrases(
    listed(
        "根治 根除 包治 能治愈 可以治愈 可治愈 就治愈 快速治愈 彻底治愈 完全治愈 治愈率 治愈…病 治愈…炎 治愈…癣 断根 药到病除 祖传秘方 特效药 立竿见影 没副作用 没有…副作用 无…副作用 零…副作用"
        " 绝无副作用 毒副作用为零 不会复发 永不复发 包瘦 包生男 保证治好 彻底治好 完全治好 一次见效 当天见效 三天见效 3天见效 七天见效 7天见效 一周见效 一个疗程见效 无效退款 无效全额退 百分百有效"
        " 100%有效 百分之百有效 绝对有效 保证有效 保证见效 100%治 100%见效 100%安全 百分百安全 百分之百安全 绝对安全 100%无害 绝对无害 100%不过敏 百分百不过敏 绝对不过敏 100%美白"
        " 100%不掉色 绝对不掉色 永久脱毛 永久美白 永久祛 永久去 永久除 永不反弹 绝不反弹 不会反弹 见效不反弹 永久不 no_side_effects 100%_effective 100%_safe"
        " guaranteed_cure cures_all guaranteed_results"
    ),
    listed(
        "有没有…副作用 有无…副作用 没有…副作用吗 没有副作用测试 没有副作用报告 面包瘦 永久不能 永久不可 永久不再发"
    ),
)
_ABSOLUTE = Phrases(
    listed(
        "顶级 顶尖 极品 极致 世界领先 国际领先 行业领先 全球领先 遥遥领先 领导品牌 领袖品牌 之王 永久保修 永久质保 终身不坏 永不褪色 永不变形 永不生锈 永不掉色 永不磨损 永远不会坏 用不坏 100%好评"
        " 百分百好评 零差评"
    ),
    listed("顶级域名 顶级会员 顶级套餐 顶级版 极致版 极致款 极致黑 极致白 霸王之王"),
)
_LOOSE = Phrases(
    listed(
        "最好用 最好看 最好吃 最好喝 最实惠 最优惠 最划算 最低了 最大优惠 最高端 最舒服 最流行 最新款 最时尚 最合适 唯一 独家 首选 首家 完美 绝对 100%正品 百分百正品 百分之百 百分百 100% 永久"
        " 王牌 万能 无敌 终极 至尊 绝版 一流 超一流 第一的 数一数二 无可挑剔 全网首"
    ),
    listed(
        "最好用温水 最好用手 最好用清水 最好用冷水 最好用原 最好吃完 最好看一下 最好看下 最好看看 100%棉 100%纯 100%聚酯 100%羊 100%涤 100%桑 100%亚麻 100%真 100%锦"
        " 100%粘 百分百棉 百分百纯 百分之百棉 万能胶 万能充 万能遥控 万能插 万能转换 万能表 万能适配 万能工具 万能扳手 万能钥匙 万能的淘宝 无敌兔 完美解决 绝对值 永久地址 永久居 永久牌 永久封 永久删"
        " 永久关 唯一性 唯一码 唯一的办法 唯一办法 唯一方式 唯一编"
    ),
)
_LISTS = (
    ("cure", Certainty.LIKELY, _CURE),
    ("state", Certainty.LIKELY, _STATE),
    ("best", Certainty.LIKELY, _BEST),
    ("absolute", Certainty.LIKELY, _ABSOLUTE),
    ("loose", Certainty.POSSIBLE, _LOOSE),
)
_DENIED = re.compile(
    r"(?:不是|不算|不敢|不能|不可能|不会|不要|不用|不保证|不一定|并非|无法|没法|没有|没办法|难以|不属于|未必|谈不上|不支持|不存在|哪有|怎么(?:可能|会)|如果|若|要是|是不是|是否|有没有"
    r"|[您你](?:是)?(?:说|想|要|找|问|提到?|觉得|认为|追求)(?:要|的|到|买)*|哪(?:个|款|家|种)|希望|祝|愿|争取|力求|追求|努力|禁止|广告法|(?:isn't|not|no"
    r"|never)\b)[^,]{0,8}\Z"
)
_DENIED_AFTER = re.compile(
    r"(?:的)?(?:这种|这样的)?(?:话|词|字眼|说法|宣传)(?:不|是不|都不)|(?:不了|不到|是不可能|是没有|没有的)|不敢说|谁也不"
)
# Measured among what the buyer can choose from: a comparison, no superlative. 我们店最便宜的一款 is one, 我们店最便宜 is none.
_AMONG = re.compile(
    r"[几两三四些](?:款|个|种|件|中|里)?[^,]{0,6}\Z|(?:这|那)里[^,]{0,4}\Z|(?:里面?|其中|之中|当中|相比|相对(?:来说)?)[^,]{0,4}\Z"
)
_ALL_SHOPS = re.compile("同行|行业|业内|市场|市面|国内|全国|全网|全球|世界|全台")
_OF_THE_SHOP = re.compile(r"(?:我们|我家|咱们?|本|小|你们|自)(?:的)?(?:店|家)(?:铺|里|内)?[^,]{0,6}\Z")
_ONE_OF_THEM = re.compile(r"的?(?:一|这|那|就是|款|是|尺码|颜色|规格|型号)")


def find(said: Said, before: Sequence[Said], asked: Asked | None, shop: Shop) -> Match | None:
    """The gravest superlative in an agent's line."""
    text = said.folded.squeezed
    for reason, certainty, phrases in _LISTS:
        for start, end in phrases.spans(text):
            if not _harmless(text, start, end, reason):
                return Match(start, end, reason, certainty)
    return None


def _harmless(text: str, start: int, end: int, reason: str) -> bool:
    words = clause_before(text, start)
    if _DENIED.search(words) or _DENIED_AFTER.match(text, end):
        return True
    if reason != "best" or text[start] != "最":
        return False
    if _ALL_SHOPS.search(words):
        return False
    return bool(_AMONG.search(words) or (_OF_THE_SHOP.search(words) and _ONE_OF_THEM.match(text, end)))


DETECTOR = Detector(
    name="superlatives",
    find=find,
    triggers=frozenset().union(*(phrases.triggers for _reason, _certainty, phrases in _LISTS)),
    reasons=REASONS,
)
