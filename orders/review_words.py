"""Words in a review that say the buyer is not content, whatever the stars (R34).

Written by hand for what people write of curtains, clothes, appliances and parcels. A word does not count where a
negation stands right before it (没有色差, 不会掉色, not bad), nor inside the harmless phrases of HARMLESS. Traditional
characters are read as Simplified ones. docs/orders.md has the precision and recall, and how they were measured.
"""

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache

# Found anywhere in the text. In Chinese there are no word boundaries, so each is long enough to mean only this.
CHINESE = """
 差评 太差 很差 极差 超差 真差 好差 特差 最差 巨差 质量差 态度差 服务差 效果差 做工差 手感差 品质差 体验差 差劲 差远了 差到 差得 差太多 太次
 垃圾 失望 后悔 上当 受骗 骗子 骗人 欺骗 被骗 坑人 坑爹 太坑 真坑 忽悠 假货 盗版 冒牌 高仿 水货 翻新 二手货 黑店 无良 奸商 虚假 欺诈
 坏了 坏的 坏掉 烂了 烂的 很烂 太烂 真烂 发霉 发臭 变质 腐烂 破了 破损 破洞 开裂 裂开 裂了 断了 掉漆 生锈 漏水 漏油 漏电 划痕 压坏 摔坏
 色差 掉色 褪色 退色 起球 起毛 脱线 线头 开线 缩水 变形 变黄 有异味 异味 刺鼻 味道大 味道很大 味道太大 味道重 味大 臭味 难闻 很臭 太臭 好臭 扎人
 投诉 举报 维权 退货 买小了 小了点 不怎么行 退款 要退 想退 退了 懒得退 懒得换 不退不换 拒收 扔了 白买 浪费钱 浪费时间 便宜无好货
 不好用 不好看 不好吃 不怎么好 不怎么样 怎么这样 不满意 不推荐 不建议 不值 不划算 不合适 不合格 不实 不符 不一样 不一致 不像正品
 不新鲜 不舒服 不耐 不灵 不干净 不专业 不负责 不人性 不靠谱 不行了 真不行 就不行 不行啊 不能用 没法用 用不了 无法使用 打不开 装不上 安不上
 不会再买 不会再来 不再买 不会买 不敢买 再也不 再不 别买 不要买 不能买 勿买 千万不 不买了 绝不 不想说
 没用 没效果 没什么用 没人理 没人管 没反应 没收到 没发 少发 漏发 发错 错发 缺件 不给发票 不给退 不给换 不理 不回复 不处理 不解决 半天不回 不回消息
 太慢 很慢 好慢 超慢 真慢 巨慢 太久 太小 太薄 太硬 太吵 太麻烦 太短 薄了 偏小 做小 粗糙 劣质 次品 残次 难看 难吃 难用 难受 恶心 恶劣 气死 生气 郁闷 无语 坑货
 糟糕 糟透 悲剧 倒霉 鸡肋 忍无可忍 受不了 敷衍 推卸 推脱 推诿 踢皮球 爱理不理 爱答不理 冷漠 傲慢 吵架 骂人 问题很多 问题太多 故障 死机 卡死 黑屏 闪退 蓝屏 花屏 烧了 噪音 噪声 很吵
 怕被打电话 怕骚扰 给五星是 图片不符 货不对 描述不 与描述 一般般 很一般 太一般 一般吧 东西一般 质量一般 凑合 勉强 心寒 吐槽 乱七八糟 不知所云 空洞 无聊
"""
ENGLISH = """
    bad terrible awful horrible poor worst broken defective faulty damaged fake counterfeit scam rubbish trash garbage useless
    disappointed disappointing disappointment refund smelly stained torn blurry rude cheated misleading waste wasted leaking
    complain complaint regret unacceptable unhappy unsatisfied dissatisfied flimsy
"""
ENGLISH_PHRASES = (
    "too small", "too late", "too slow", "not worth", "not good", "not work", "not working", "not as described",
    "not happy", "not recommend", "never replied", "never again", "never buy", "did not reply", "didn't reply",
    "no reply", "no response", "don't buy", "do not buy", "doesn't work", "does not work", "stopped working",
    "wrong item", "wrong size", "wrong colour", "wrong color", "missing item", "different from the picture",
    "took forever", "low quality", "fell apart",
)  # fmt: skip
VIETNAMESE = (
    "tệ", "thất vọng", "quá chậm", "rất chậm", "trả lời chậm", "không trả lời", "không như mô tả", "không giống",
    "không đúng", "không nên mua", "không đáng", "không dùng được", "không hoạt động", "kém", "bị móp", "bị vỡ",
    "bị hỏng", "bị rách", "bị lỗi", "hàng giả", "hàng lỗi", "lừa đảo", "giao sai", "giao thiếu", "giao nhầm", "chán",
    "hôi", "phai màu", "trả hàng", "hoàn tiền", "xấu",
)  # fmt: skip

# What holds one of the words above and yet says nothing bad.
HARMLESS = """
    不错 差不多 相差 时差 误差 出差 毛病没有 没毛病 没的说 好不好 不好意思 不一样的 与众不同 一分钱一分货的感觉 垃圾桶 垃圾袋 垃圾篓 不清楚 没用过 没用几 没有用过 没用多久
    没用呢 还没用 没有用呢 退货运费险 退货险 退款快 退款很快 退货很快 换货很快 不用退 包退 七天无理由退货 无理由退货 可以退货 支持退货 没发现 没发货就 慢慢 快慢 谨慎地 不知不觉
    与描述一致 与描述相符 与描述的一致 与描述的一样 与描述一样 不满意包退 不满意可以 如果不满意 不再担心 再也不用 再也不怕 再也不会 不敢相信 不要太 绝不后悔 不会买错 不管 不值一提
    丢了工作 大小了 大小 一般不 小了解 减少了 丢丢 小小的 太贵重 后悔没 后悔买少 只后悔 后悔晚 破了记录 少了很多 少了许多 少了一 省了 减肥 瘦了 怀疑是假货 担心是假货 以为是假货 怕买到假货 怕是假货 怕假货 打破了
"""

# Chinese negations right before a word; up to two characters of emphasis may stand between.
_NEGATION = r"(?:没有|没|不|担心|怕|以为|怀疑|防止|怀疑是|无|未|毫无|并非|不会|不算|不存在|从未|从没|免|零|别|勿|不怕|不用担心|不担心|防|拒绝|避免|杜绝)"
_BETWEEN = r"(?:有|会|是|什么|任何|啥|出现|发现|看到|见|感到|觉得|让我|令人|令我|叫人|使人|明显|太|很|多|大|一点|一点儿|丝毫|那么|这么|想象的?中?的?|过|再|容易|轻易|像有些|存在|起|点|怎么)"
_CHINESE_BEFORE = re.compile(rf"{_NEGATION}{_BETWEEN}{{0,3}}$")
_LATIN_BEFORE = re.compile(
    r"(?:\b(?:not|no|never|isn't|wasn't|aren't|weren't|don't|didn't|without|nothing|hardly|zero)"
    r"(?:\s+(?:a|any|so|too|that|very|at all|been|feel|be|was|is|the|even))*\s+|\b(?:không|chẳng|chưa)(?:\s+(?:bị|hề|có|quá|hề bị|thấy))*\s+)$"
)
_REACH = 12  # characters looked back for a negation
# Each Traditional character of the lists with its Simplified one behind it.
_PAIRS = """
    質质 態态 務务 體体 驗验 騙骗 負负 責责 貨货 詐诈 壞坏 爛烂 發发 變变 損损 斷断 鏽锈 漏漏 電电 劃划 壓压 線线 縮缩 黃黄 異异 聞闻
    訴诉 舉举 報报 維维 權权 賠赔 償偿 買买 錢钱 費费 間间 無无 滿满 議议 適适 實实 樣样 緻致 鮮鲜 煩烦 難难 複复 應应 沒没 錯错 處处
    決决 貴贵 惡恶 氣气 鬱郁 語语 圖图 與与 將将 亂乱 書书 這这 還还 師师 麼么 過过 減减 丟丢 記记 門门 會会 來来 給给 換换 懶懒 評评
    騷骚 擾扰 傷伤 舊旧 個个 麵面 淨净 專专 業业 開开 裝装 絕绝 寫写 對对 訂订 點点 遲迟 慘惨 黴霉 紮扎 臟脏 髒脏 軟软 薑姜 後后 當当
    盜盗 虛虚 偽伪 艷艳 脫脱 裡里 說说 話话 們们 嚴严 單单 雙双 長长 輕轻 寬宽 窄窄 舒舒 勸劝 嗎吗 僅仅 壹一 劑剂 徵征 讓让 覺觉 認认
    濫滥 雜杂 噪噪 聲声 閃闪 藍蓝 燒烧 為为 見见 別别 時时 誤误 簡简 類类 頭头 顏颜 慮虑 擔担 憂忧 豐丰 聯联 繫系 復复 並并 從从 殘残
    啞哑 瑕瑕 產产 號号 國国 運运 員员 劉刘 萬万 幾几 嗆呛 餿馊 掃扫 攔拦 鬆松 緊紧 擋挡 廢废 塊块 鍋锅 圍围 標标 環环 藥药 膠胶 縫缝 紋纹 腳脚 褲裤 綠绿 燈灯
"""
_TRADITIONAL = str.maketrans({pair[0]: pair[1] for pair in _PAIRS.split()})


class WordList:
    """The words a review is searched for: the program's and an organization's own.

    name: changes when any word does, so that stored classes say under which list they were found.
    """

    def __init__(self, own: Sequence[str] = ()):
        own = sorted({plain(word.strip()) for word in own if word.strip()})
        chinese = {plain(word) for word in CHINESE.split()} | {word for word in own if not _is_latin(word)}
        latin = {*ENGLISH.split(), *ENGLISH_PHRASES, *VIETNAMESE} | {word for word in own if _is_latin(word)}
        harmless = {plain(word) for word in HARMLESS.split()} - set(own)
        self._pattern = re.compile(
            f"(?P<harmless>{_any(harmless)})|(?P<chinese>{_any(chinese)})"
            rf"|(?P<latin>\b(?:{_any(latin)})\b)"
        )
        told = repr((sorted(chinese), sorted(latin), sorted(harmless), _CHINESE_BEFORE, _LATIN_BEFORE))
        self.name = hashlib.sha256(told.encode()).hexdigest()[:16]

    def found(self, text: str | None) -> list[str]:
        """The negative words of a text in order, those under a negation left out. [] without any."""
        text = plain(text or "")
        words = []
        for match in self._pattern.finditer(text):
            if match.lastgroup == "harmless":
                continue
            before = text[max(0, match.start() - _REACH) : match.start()]
            negated = _CHINESE_BEFORE if match.lastgroup == "chinese" else _LATIN_BEFORE
            if not negated.search(before):
                words.append(match[0])
        return words


def plain(text: str) -> str:
    """Lower case, Traditional characters of the lists as Simplified ones, straight apostrophes."""
    return text.lower().translate(_TRADITIONAL).replace("’", "'")


@lru_cache(maxsize=64)
def word_list(own: tuple[str, ...] = ()) -> WordList:
    """The list with an organization's own words; compiled once."""
    return WordList(own)


def _is_latin(word: str) -> bool:
    return not re.search(r"[\u3400-\u9fff]", word)


def _any(words: set[str]) -> str:
    # The longest first: 没用过 is harmless although 没用 is not.
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
