"""What advertising law forbids to say of goods, and the same words meaning something else. Sentences by hand."""

import pytest

from policies.detection.detector import Certainty, Match, Said, Shop
from policies.detection.folding import fold
from policies.detection.superlatives import DETECTOR


def found(text: str) -> Match | None:
    """The match as the reader gets it: none without a trigger."""
    folded = fold(text)
    if not any(trigger in folded.squeezed for trigger in DETECTOR.triggers):
        return None
    return DETECTOR.find(Said(False, folded), [], None, Shop("tmall"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("我们的质量是最好的", "best"),
        ("這款質量最好", "best"),
        ("全网最低价，错过就没有了", "best"),
        ("亲，全網最便宜了", "best"),
        ("销量第一的品牌，您放心", "best"),
        ("行业第一品牌", "best"),
        ("这款面霜效果最好", "best"),
        ("最 低 价 给您了", "best"),
        ("史上最强优惠", "best"),
        ("独一无二的设计", "best"),
        ("我们家是天猫类目第一", "best"),
        ("我们家最便宜", "best"),
        ("质量在同行里是最好的", "best"),
        ("亲，这个最低价了呢", "best"),
        ("用的是最先进的技术", "best"),
        ("质量绝对最好，全国最权威的检测", "best"),
        ("We have the lowest price ever", "best"),
        ("it is the best quality", "best"),
        ("国家级的品质", "state"),
        ("這是國宴用酒", "state"),
        ("产品是国家免检的", "state"),
        ("央视推荐的牌子", "state"),
        ("可以根治脚气", "cure"),
        ("包治百病", "cure"),
        ("纯天然的，无副作用", "cure"),
        ("沒有任何副作用喔", "cure"),
        ("7天见效，无效退款", "cure"),
        ("100%有效的亲", "cure"),
        ("绝对安全，孕妇也能用", "cure"),
        ("永久脱毛，不会再长", "cure"),
        ("no side effects at all", "cure"),
        ("面料是顶级的", "absolute"),
        ("极致享受，极品茶叶", "absolute"),
        ("永不褪色的", "absolute"),
        ("性价比之王", "absolute"),
    ],
)
def test_a_superlative_about_goods_is_found(text, reason):
    match = found(text)
    assert match
    assert (match.reason, match.certainty) == (reason, Certainty.LIKELY)


@pytest.mark.parametrize(
    "text",
    [
        "第一时间给您处理",
        "您最好先量一下尺寸",
        "最好不要机洗哦",
        "最好在干燥的地方保存",
        "最近有活动的",
        "最后一件了",
        "最晚明天发货",
        "最迟后天到",
        "最快今天发出",
        "最多可以用两张券",
        "最少买三件",
        "首先您点一下订单",
        "最大限度为您争取",
        "您的满意是我们最大的动力",
        "给您提供最好的服务",
        "最好的办法是重新下单",
        "第一次购买有优惠",
        "第一款和第二款的区别是颜色",
        "请选择第一个选项",
        "到家请先检查外包装是否安全",
        "已经安排一级客服处理",
        "祝您生活最幸福",
        "我们不敢说是最好的，但是质量可以的",
        "不能根治的，只能缓解",
        "有没有副作用您要咨询医生",
        "这几款里面最便宜的是A款",
        "我们店里最便宜的就是这款",
        "我们家最便宜的一款是这个",
        "我们会努力改进做到最好的",
        "您要最便宜的那款吗",
        "您看哪个最便宜就拍哪个",
        "您说的全网最低价我们没有的",
        "保质期内是最佳使用时间",
        "全网通手机都支持",
        "万能胶可以粘的",
        "100%棉的，透气",
        "至尊版比普通版多一个杯子",
        "包好了给您发出",
        "这个颜色很治愈",
        "检测报告是国家级检测中心出的",
        "王者荣耀联名款",
        "用气泡膜包好的",
        "您是第一名付款的",
        "质量没问题，第一件半价",
        "收貨後第一時間聯繫我們",
        "您最好是跟快递联系一下",
        "Best regards",
        "first of all, please check the size",
    ],
)
def test_the_same_words_meaning_something_else_are_none(text):
    match = found(text)
    assert match is None or match.certainty < Certainty.LIKELY, match


@pytest.mark.parametrize("text", ["这款最好看了", "100%正品的", "已经是最低了亲", "今天买最划算"])
def test_what_may_be_harmless_is_possible_only(text):
    match = found(text)
    assert match
    assert (match.reason, match.certainty) == ("loose", Certainty.POSSIBLE)


def test_a_cure_goes_before_a_superlative_and_its_place_is_told():
    assert found("最好的药，根治脚气") == Match(5, 7, "cure", Certainty.LIKELY)


def test_every_reason_is_told_in_words():
    assert {"best", "state", "cure", "absolute", "loose"} == set(DETECTOR.reasons)
