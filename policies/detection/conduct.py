"""Conduct of agents: refusing, evasive or careless, too short, quarrelling (R17). Pure.

Refusing, evasive and short answers are judged as whole answers, without the polite words around them: 亲，这个不知道哦 says
不知道, but 不知道，帮您问一下 helps. Evasive and short ones need a question of the buyer right before. Quarrelling is told by
turns of phrase wherever they stand.
"""

import re
from collections.abc import Sequence

from django.utils.translation import gettext_noop

from policies.detection.clauses import clause_before, each, listed
from policies.detection.detector import Asked, Certainty, Detector, Match, Said, Shop

_POLITE = re.compile(
    r"(?:亲+(?:爱的?|爱哒|们)?|[您你]好|抱歉|很抱歉|非常抱歉|不好意思|对不起|[哦嗯呢哈啊呀嘛呐哒噢喔]|这个|那个|这边?|那|具体|小妹|妹子|小二|掌柜|店家|客官|宝贝|亲爱|客服|我们?|咱们?|也"
    r"|真的?|是|都|暂时|目前|确实|的话|[,。!~、… ])"
)
_LEAD = re.compile(rf"{_POLITE.pattern}*")
_SORRY = re.compile("抱歉|不好意思|对不起|麻烦|sorry", re.IGNORECASE)
_END = r"(?:[哦呢的哈啊呀嘛呐哒噢喔吧了呗啦哟耶唷诶欸亲,。!~… ]|亲爱的)*"
_LONGEST_ANSWER = 24  # characters; nothing longer is a whole answer of these kinds


_QUOTED = re.compile(r"[您你](?:刚才|之前)?(?:说|提|问|讲)(?:到|过)?的[^,]{0,6}\Z")


def _core(text: str) -> tuple[str, int]:
    """An answer without its polite beginning, and where it begins in the text."""
    lead = _LEAD.match(text)
    start = lead.end() if lead else 0
    return text[start:], start


def _whole_lines(words: str) -> frozenset[str]:
    """Triggers for lines that are nothing but one of these words: the reader sets a line between line breaks."""
    return frozenset(f"\n{word}{sign}\n" for word in listed(words) for sign in ("", *"。!~,? "))


# --- refusing -----------------------------------------------------------------------------------------------------------
_KNOWS_NOTHING = re.compile(
    r"(?:(?:不太?|并不|不是很|不大)(?:知道|清楚|晓得|了解|懂)(?:,?(?:[您你]|自己)(?:去)?(?:问|找)(?:一?下)?(?:快递|平台|厂家|物流|别人)(?:吧|去)?)?|不造"
    r"|没办法(?:,?(?:公司|店里|平台)?(?:规定|系统)?就(?:是)?这样)?|没法子?|没辙|管不了|帮不了[您你]?|帮不到[您你]?|帮不上忙?|处理不了|解决不了|无能为力|爱莫能助|(?:[您你]"
    r"|请){0,2}自己(?:去|上网|不会)?(?:看|查|想办法|想想办法|解决|处理|问|找|联系|弄|搞定|百度|搜)(?:去|看|问)?(?:快递|平台|物流|厂家|卖家|商家)?(?:一?下)?(?:吗|么)?"
    r"|(?:[您你])?(?:去)?(?:问|找)(?:别人|人家)(?:去)?|(?:[您你])?(?:去(?:问|找)(?:快递|平台|厂家|物流)|(?:问|找)(?:快递|平台|厂家|物流)去)|没空|没时间|忙着呢"
    r"|i ?d ?k|(?:i )?(?:don'?t|do not) know|no idea|(?:i )?can'?t help)" + _END
)
_NOT_MINE = re.compile(
    r"不归(?:我们?(?:这边|这里|店|家|客服)?|售前|售后|客服)(?:管|处理|负责|的|[,。!~]|\Z)|不关我们?(?:的|什么|啥)?事|关我们?(?:什么|啥|屁)事|我们?管不(?:了|着)(?:那么多"
    r"|这么多|这些|[您你])|我管不[了着]|懒得(?:查|看|处理|管|理|回)|没(?:有)?(?:这个)?义务(?:帮|给|替)|不是我该管|不是我(?:们)?的事(?!情)|[您你]问我我(?:问|去问)谁"
    r"|我怎么知道|我哪(?:里)?知道|我哪儿知道|鬼知道|谁知道(?:呢|啊)?\Z|not my (?:problem|job|business)|how (?:should|would|do) i know"
)
_HELPS = re.compile("帮[您你]|给[您你]|替[您你]|为[您你]|不过|但|反馈|转接")
_NOT_MINE_BEGINS = re.compile("[不关我懒没这那您你鬼谁nh]")


def _find_refusing(said: Said, before: Sequence[Said], asked: Asked | None, shop: Shop) -> Match | None:
    text = said.folded.squeezed
    for found in each(_NOT_MINE, _NOT_MINE_BEGINS, text):
        if not _QUOTED.search(clause_before(text, found.start())):
            certainty = Certainty.POSSIBLE if _HELPS.search(text) else Certainty.LIKELY
            return Match(*found.span(), "not_mine", certainty)
    if len(text) > _LONGEST_ANSWER or not _answers(before):
        return None
    core, start = _core(text)
    whole = _KNOWS_NOTHING.fullmatch(core)
    if not whole:
        return None
    certainty = Certainty.POSSIBLE if _SORRY.search(text) else Certainty.LIKELY
    return Match(start, len(text), "nothing_else", certainty)


def _answers(before: Sequence[Said]) -> bool:
    """Whether the buyer wrote just before; without any line before, a draft is an answer too."""
    return not before or any(line.by_buyer for line in list(before)[-2:])


# --- the buyer's question -----------------------------------------------------------------------------------------------
_ANY_QUESTION = re.compile(
    r"\?|吗|呢\Z|[么嘛吧]\Z|怎么|怎样|咋|什么|啥|多少|哪|几[天时点号个件款]|[能可会要有是]不|[好行对]不|有没有|为何|如何|多久|多大|多长|多重|\b(?:what|how|when|where"
    r"|why|which|who|can|could|does|do you|is it|are)\b"
)
_OPEN_QUESTION = re.compile(
    r"怎么|怎样|咋|什么|啥|多少|哪|几[天时点号个件款]|为何|如何|多久|多大|多长|多重|\b(?:what|how|when|where|why|which|who)\b"
)
_GREETING = re.compile(
    r"(?:亲|[您你]好|在吗?|在不在|在么|有人(?:在)?吗?|有客服吗?|客服|人工|请问|[好行]吧|hi|hello|[?,。!~ 呢哦啊])*"
)
_THANKS = re.compile("谢|辛苦了|thank|麻烦了")


def _question(before: Sequence[Said]) -> str:
    """What the buyer asked right before, in lines one after the other; "" where nothing was asked."""
    lines = []
    for line in reversed(before):
        if not line.by_buyer:
            break
        lines.append(line.folded.squeezed)
    for text in lines:
        if _ANY_QUESTION.search(text) and not _GREETING.fullmatch(text) and not _THANKS.search(text):
            return text
    return ""


# --- evasive or careless ------------------------------------------------------------------------------------------------
_GRUNT = re.compile(r"[哦噢喔呃额]+[,。!~… ]*")
_HUM = re.compile(r"[嗯恩]+[呐呢哪啊]?[,。!~… ]*")
_EVASIVE = re.compile(
    r"(?:[您你请]|就|可以|先|麻烦|直接){0,4}(?:随便|随意|都行|随[您你](?:便)?|看[您你](?:自己|喜欢|个人|心情)|自己(?:决定|选|拿主意)|说不定|不一定|[您你]觉得呢|看着办"
    r"|[您你]看着办|无所谓|不好说|说不准|说不好|看情况|看运气|到时候?(?:再说|再看|看看?|就知道)|以后再说|再说|(?:应该|可能|大概|也许|或许|估计|差不多)(?:可以|能|会|是|行|有|没有?|不会"
    r"|吧|差不多){0,2}|(?:自己)?(?:去)?(?:看|参考|查看|看看|翻翻)(?:一?下|看)?(?:商品|宝贝|产品|下面|上面|自己)?的?(?:详情页?|介绍|页面|描述|说明书?|标题|图片|简介|主页"
    r"|参数)(?:页)?(?:里|上)?(?:面)?(?:都)?(?:有|就知道|就行|就可以|就好|介绍)?|(?:商品|宝贝|产品)?(?:详情页?|介绍|页面|描述|说明书?|标题|上面|下面|链接)(?:里"
    r"|上)?(?:面)?(?:都|已经)?(?:有|写着|写了|写的很清楚|写得很清楚|有写|有说|有介绍|说了|标了|标着)|whatever|up to you|see (?:the )?(?:description"
    r"|page|listing)|maybe){1,2}" + _END
)


def _find_evasive(said: Said, before: Sequence[Said], asked: Asked | None, shop: Shop) -> Match | None:
    text = said.folded.squeezed
    if len(text) > _LONGEST_ANSWER:
        return None
    question = _question(before)
    if not question:
        return None
    if _GRUNT.fullmatch(text):
        return Match(0, len(text), "grunt")
    if _HUM.fullmatch(text):
        # To a question for yes or no it may be a yes.
        closed = not _OPEN_QUESTION.search(question)
        return Match(0, len(text), "grunt", Certainty.POSSIBLE if closed else Certainty.LIKELY)
    core, start = _core(text)
    if not (_EVASIVE.fullmatch(core) or _EVASIVE.fullmatch(text)):
        return None
    return Match(start, len(text), "evades", Certainty.POSSIBLE if _SORRY.search(text) else Certainty.LIKELY)


# --- too short ----------------------------------------------------------------------------------------------------------
_SHORT = 2  # characters
_ENOUGH = listed(
    "好的 好哒 好滴 好呢 好哦 好呀 好啊 好嘞 好哈 好吧 在的 在呢 在哦 可以 可的 有的 有呢 有哦 有哒 是的 是呢 是哒 是哦 对的 对哒 对呢 对哦 会的 会呢 会哦 能的 能呢 行的 行哦 没错 没事 稍等"
    " 您好 你好 您说 请说 客气 收到"
    " 明白 了解 ok"
)
# Said with as little as can be: everything else of two characters may be all there is to say (下午, 一米).
_CURT = listed("没货 没了 无货 不行 不能 不可 不知 不懂 没空 不发 不送 不退 不换 不包 卖完")
_CONTENT = re.compile(r"\[[^\]]*(?:图|视频|链接|商品|文件|语音|订单|卡片|券|位置|x)[^\]]*\]")
_EMOJI = re.compile(r"\[[^\[\]]{1,6}\]|/:[\w^<>'\"@$)(&!~*+-]{1,6}|#e-?s?\d*|:[a-z_]+:")
_SIGNS = re.compile(r"[\W_]+")


def _find_too_short(said: Said, before: Sequence[Said], asked: Asked | None, shop: Shop) -> Match | None:
    text = said.folded.squeezed
    if len(text) > _LONGEST_ANSWER or _CONTENT.search(text) or not _question(before):
        return None
    words = _SIGNS.sub("", _EMOJI.sub("", text))
    if len(words) > _SHORT or words in _ENOUGH or _GRUNT.fullmatch(words) or _HUM.fullmatch(words):
        return None
    if not words:
        return Match(0, len(text), "no_word")
    if words.isdecimal():  # a size, a price, a number of days
        return None
    curt = len(words) == 1 or words in _CURT
    return Match(0, len(text), "short", Certainty.LIKELY if curt else Certainty.POSSIBLE)


# --- quarrelling --------------------------------------------------------------------------------------------------------
_QUARREL = re.compile(
    r"(?:不信|不要|不买|不退|不换|爱要)?就?拉倒|那?[您你](?:就)?去(?:别家|别的店|其他店|别处|别人家|人家)(?:那)?(?:买|拍|看)?(?:吧|好了|啊|呗)|[您你]自己(?:没|不)(?:看清"
    r"|看|问清|选对|注意)[^,。]{0,4},?(?:还怪|怪|赖)|退退退|就[您你](?:事|话|问题|毛病)(?:最|真)?多|[您你]这(?:个)?人(?:怎么|咋|真|有)|投诉去(?:吧|啊|呗)"
    r"|(?<![着不])(?:急|催|吵|闹|喊)(?:什么|啥)(?:啊|呀|呢|嘛|[,。!?~]|\Z)|不想?要就退|怕你(?:啊|吗|不成|呀)|找茬|(?:没事)?找事(?:儿)?(?:是|吧|的|呢|啊|\Z)"
    r"|故意刁难|(?:真|太|很|好)?无语(?:了|死|[,。!~]|\Z)|服了[您你]|(?:行行行|好好好),?[您你](?:说|厉害|对|赢)|[您你]说(?:什么|啥)就是(?:什么|啥)"
    r"|(?<!底)你(?:还)?(?:买|要|拍)不(?:买|要|拍)(?:了)?(?:啊|\?|!|\Z)|要买就买|爱买买|告我们(?:啊|吧|呗|去)|告去(?:吧|啊|呗)|投诉(?:也|都)?没用|说话(?:客气|注意)(?:一)?点"
    r"|(?<![白懂道楚])你(?:这话)?(?:是)?什么意思(?:啊|\?|!|\Z)|没见过[您你]这(?:样|种)|(退|差评|投诉|告|不买|换|不要)就\1(?:呗|吧|啊|好了)|(?:不差|不缺"
    r"|不少)[您你]这?一?单|要退(?:就)?(?:赶紧|快|马上)|脾气(?:挺|真|这么|还)(?:挺)?大|(?:在|到)(?:这里|这儿|这)闹(?!钟)|就是不(?:行|退|给|换|能退)(?:啊|!|\Z)"
    r"|(?:急|催|吵|闹)啥(?:呀|啊)?(?:急|催|吵|闹)|到底(?:还|想|要|是)?(?:买|要|退|拍|换|付)?(?:还是)?不(?:买|要|退|拍|换|付)|到底(?:还|想|要)?(?:买|拍)(?:吗"
    r"|么|呢)|爱(?:买|信|要|退|拍|来|用|看|评|投诉|换)(?:就)?不(?:买|信|要|退|拍|来|用|看|评|投诉|换)|爱咋咋|爱怎么(?:样|着|说|投诉|想)?(?:就)?怎么"
    r"|爱(?:去)?哪(?:儿)?(?:买|告|投诉)?(?:去)?哪|信不信(?:由|随)[您你]|(?:买不买|要不要|退不退)随[您你]|随[您你](?:便|怎么(?:说|想|样|弄|评|投诉))|随便[您你](?!选"
    r"|挑|看|拍|买|什么时候|哪)|随便(?:去)?(?:投诉|差评|举报|告|评)|(?:尽管|有本事|有种|有能耐)(?:[您你])?(?:就|去)?(?:投诉|差评|举报|告|起诉|曝光|去|打|找)|投诉(?:就"
    r"|去)?(?:投诉)?(?:呗|好了(?!吗|么|没)|啊|去啊|随便)|(?:[您你]|那)(?:就)?(?:赶紧|快)?去?(?:投诉|告|举报|曝光|12315)(?:吧|好了|啊|呗)|(?:不"
    r"|谁)怕[您你]?(?:投诉|差评|告|举报|曝光)|(?:给|打)?差评(?:随便|就给|随[您你]|我们?(?:也)?不怕)|(?:那?[您你](?:就|直接|赶紧|自己|去){0,2}|那就(?:直接|赶紧"
    r"|自己)?)退(?:了|掉|货|款)?(?:吧|好了|呗|啊|得了)|不(?:想|要)?(?:买|要)(?:就)?(?:拉倒|算了|别(?:问|烦|废话|啰嗦|拍|浪费|来)|不要(?:问|烦|废话|浪费))|嫌(?:贵"
    r"|慢|麻烦)(?:就|你|您)*(?:别|不要|去别|可以不)|就不(?:给|退|发|换|赔)(?:[您你]|怎)|(?:不|没)(?:退|发|换|赔|给)(?:[您你])?(?:又|能|你能)(?:怎样|咋样|怎么样"
    r"|怎么着|如何|拿我)|[您你](?:能)?(?:把|拿)我们?怎么(?:样|着)|(?:不然|那)?[您你](?:到底)?(?:想|要)(?:我)?(?:怎样|怎么样|咋样|咋地)(?:\?|啊|嘛|呢|!|,|\Z)"
    r"|(?:有完没完|没完没了(?:了)?(?:是|吧|啊|!|\?|\Z)|烦不烦|烦死|真烦|好烦|你烦)|(?:[您你])?(?<!爱)(?:[催急吵问闹喊叫])(?:什么|啥|个屁|个什么)[催急吵问闹喊叫](?!题)"
    r"|[您你](?:吵|闹|喊|急|催)(?:什么|啥)(?!时)|(?:别|不要)(?:再)?(?:烦(?:我|了)|吵了|废话|啰嗦|磨叽|磨蹭|闹了|无理取闹|胡搅蛮缠|一直催|老催|催命)|(?:别"
    r"|不要)(?:再)?(?:催|问|发|说)(?:了)?(?:,)?(?:行|好|可以)(?:吗|不行|不|么)|(?:说|讲|告诉[您你]|解释)(?:了|过)?(?:多少|几|八百|一百|好几|n|很多|无数"
    r"|[两三四五六七八九十])(?:遍|次|百遍)(?:了)?|(?:听|看)不懂(?:人话|中国话|(?:话|字|中文)(?:吗|么|啊|嘛|[!?]|\Z))|(?:跟|和|与)[您你](?:说|讲|解释)不(?:清|通"
    r"|明白)|(?:懒得|不想|没(?:时间|空|工夫|功夫))(?:再)?(?:理|搭理|跟|和|陪|鸟)[您你]|怪我(?:们)?(?:咯|吗|啊|喽|了|么|\?)|怪谁|赖我们?(?:咯|吗|啊)"
    r"|(?:[您你](?:怎么|咋)?)(?:这么|那么|真)(?:多事|麻烦|烦|难缠|啰嗦|墨迹|难伺候|计较|较真)|无理取闹|胡搅蛮缠|不可理喻|强词夺理|讲不讲(?:道)?理|讲点(?:道)?理|蛮不讲理|(?:事"
    r"|事儿|问题)(?:真|可真|怎么这么)多(?!谢)|[您你](?:自己)?(?:不会|没)(?:长眼|看|查|识字)(?:吗|啊|么)|(?:自己)?(?:没)?长眼|行了吧[!?]|[您你]说了算(?:吧|行)"
    r"|(?:谁|没人)(?:求|逼|强迫|让)[您你](?:来)?(?:买|拍)|又不是我(?:让|叫|逼)[您你]|懂不懂(?:啊|\?|\Z)|(?:[您你])(?:懂)?什么(?:都)?不懂"
    r"|take it or leave it|(?:so )?(?:are|do) you (?:going to |want to )?buy(?:ing)?(?: it)? or not"
    r"|go ahead and (?:complain|report)|complain (?:all you want|if you (?:want|like))|stop (?:asking|bothering"
    r"|messaging)|how many times (?:do|must|should) i|i(?:'ve| have)? (?:already )?told you (?:already|many times"
    r"|so many)|then (?:just )?return it|what do you want(?: from me)?\?"
)
# One character each, so that one beginning hides no other: 你到底 holds two.
_QUARREL_BEGINS = re.compile(
    r"您(?=[这吵闹喊急催自能想要到说买还怎就把拿赶快去退投告举曝什懂不没拍直1])|你(?=[这吵闹喊急催自能想要到说买还怎就把拿赶快去退投告举曝什懂不没拍直1])|拉(?=[倒])|退|不(?=[信要买退换想差缺少怕然]"
    r"|可理)|爱|就(?=[拉你您退不]|是不)|到(?=[底这])|投|急|催|吵|闹|喊|叫|怕|找|没(?=[事见退发换赔给完时空工功人长])|故(?=[意])|真(?=[无烦])|太(?=[无])|很(?=[无])"
    r"|好(?=[无烦]|好好)|无(?=[语理])|服(?=[了])|行(?=[行了])|说(?=[话了过多几八一好n很无两三四五六七九十])|脾(?=[气])|在(?=[这])|告|差(?=[评])|换(?=[就])"
    r"|要(?=[买退]|不要)|信(?=[不])|买(?=[不])|随|尽(?=[管])|有(?=[本种能完])|那(?=[就你您不这投去赶告么])|谁|给(?=[差])|打(?=[差])|嫌|把|拿|问(?=[什啥个题])"
    r"|烦|别|讲|解(?=[释])|听(?=[不])|看(?=[不])|跟|和|与|懒|怪|赖|这(?=[么])|胡|强(?=[词])|蛮|事(?=[真可怎儿])|自(?=[己])|长(?=[眼])|又(?=[不])"
    r"|懂(?=[不])|t(?=ake|hen)|s(?=o |top)|a(?=re)|d(?=[o])|g(?=[o])|c(?=omplain)|h(?=ow)|i|w(?=hat)"
)
_NOT_AT_HIM = re.compile(
    r"(?:不会|没有(?:说|让)?|不是(?:说|让)?|怎么会|不敢|不想|请|麻烦|建议|以免|避免|可以|如果|若|要是|帮|让|快递|物流)[^,]{0,6}\Z"
)
# Politely said, the same may be help: 那您退货吧，运费我们出.
_GENTLE = re.compile("您|亲|运费|帮|给[您你]|抱歉|不好意思|我们来|补|申请")
_RETURNING = re.compile(r"那?[您你]?(?:就|直接|赶紧|自己|去){0,2}退|随便[您你]|[您你](?:想|要)")


def _find_quarrelling(said: Said, before: Sequence[Said], asked: Asked | None, shop: Shop) -> Match | None:
    text = said.folded.squeezed
    for found in each(_QUARREL, _QUARREL_BEGINS, text):
        words = clause_before(text, found.start())
        if _QUOTED.search(words) or _NOT_AT_HIM.search(words):
            continue
        gentle = _RETURNING.match(found[0]) and _GENTLE.search(text)
        return Match(*found.span(), "quarrels", Certainty.POSSIBLE if gentle else Certainty.LIKELY)
    return None


DETECTORS = (
    Detector(
        name="refusing",
        find=_find_refusing,
        triggers=listed(
            "不知道 太知道 不清楚 太清楚 很清楚 大清楚 不晓得 太晓得 不了解 太了解 大了解 很了解 不懂 太懂 不造 没办法 没法 没辙 管不 帮不 处理不了 解决不了 无能为力 爱莫能助 自己看 自己上网"
            " 自己不会 自己查 自己去 自己想 自己解 自己处 自己问 自己找 自己联 自己弄 自己搞 自己百 自己搜"
            " 问别人 找别人 问人家 找人家 问快递 问平台 问厂家 问物流 没空 没时间 忙着呢 idk 不归我 不归售 不归客 不关我 关我 懒得 义务 不是我该 不是我的事 不是我们的事 去问快 去找快 去问平"
            " 去找平 去问物"
            " 去问厂 去找物 去找厂 问我我 我怎么知 我哪知 我哪里知 我哪儿知 鬼知道 谁知道"
            " don't_know do_not_know no_idea can't_help cant_help not_my_ how_should_i how_would_i how_do_i_know"
        ),
        reasons={
            "nothing_else": gettext_noop("The whole answer is that nothing is known or can be done."),
            "not_mine": gettext_noop("Sends the buyer away: that is none of the agent's business."),
        },
    ),
    Detector(
        name="evasive",
        find=_find_evasive,
        triggers=listed(
            "嗯 恩 噢 喔 呃 哦哦 随便 随意 随您 随你 看着办 都行 看你自 看您自 看你喜 看您喜 看你个 看您个 看你心 看您心 自己决 自己选 自己拿 说不定 不一定 觉得呢 时候看 无所谓 不好说 说不准"
            " 说不好 看情况 看运气 再说 再看 就知道 应该吧 可能吧 大概 也许 或许 估计 差不多 应该可以 应该能 应该会 应该是 应该行 应该有 应该没"
            " 可能会 可能是 可能有 可能没 看详情 看下详情 看一下详情 看介绍 看下介绍 看一下介绍 看页面 看下页面 看一下页面 看描述 看下描述 看说明 看下说明 看标题 看图片 看下图片 看参数 看商品 看宝贝 看产品"
            " 参考详情 查看详情 参考页面 详情页有 详情页都 详情页里 详情页上 详情有 详情里 页面有 页面都 页面上 页面里 介绍有 介绍里 描述有 描述里 说明书有 书上有 书里有 标题有 标题上 上面有 上面写"
            " 上面都 下面有 链接里 有写 whatever maybe"
            " up_to_you see_the_ see_desc see_page"
        )
        | _whole_lines("哦 额 哦哦哦"),
        reasons={
            "grunt": gettext_noop("A mere sound where the buyer asked something."),
            "evades": gettext_noop("The whole answer evades what the buyer asked."),
        },
    ),
    Detector(
        name="too_short",
        find=_find_too_short,
        triggers=listed(
            "没货 没了 无货 不行 卖完 ?? 。。 .. …… 😊 😄 😂 🙏 👌 👍 🌹 ❤ 🤝 😅 [微笑] [呲牙] [玫瑰] [握手] [ok] /:"
        )
        | _whole_lines(
            "有 没 在 不 行 能 会 要 是 对 好 可 否 懂 无 啊 哈 ? 不能 不可 不知 不懂 没空 不发 不送 不退 不换 不包"
        ),
        reasons={
            "short": gettext_noop("A word or two where the buyer asked something."),
            "no_word": gettext_noop("Not a word where the buyer asked something."),
        },
    ),
    Detector(
        name="quarrelling",
        find=_find_quarrelling,
        triggers=listed(
            "到底 爱买 去别 去其他店 去人家 自己没看 自己不看 自己没问 自己没选 自己没注意 退退退 就你事 就你话 就你问 就你毛 你这人 你这个人 两遍 三遍 四遍 五遍 六遍 七遍 八遍 九遍 十遍 什么急"
            " 诉去 急什么 喊什么 不要就退 想要就退 怕你 找茬 找事 故意刁难 无语 服了你 服了您 行行行 好好好 就是什么 就是啥 你买不"
            " 你还买 你要不 你拍不 要买就 爱买买 告我 告去 投诉 说话客 说话注 什么意思 没见过 就退 就差评 就投 就告 就不买 就换 不差你 不差您 不缺你 不缺您 要退赶 要退就 要退快 脾气 里闹 这儿闹"
            " 就是不 啥急 啥催 啥呀急 爱信 爱要 爱退 爱拍 爱来 爱用 爱看 爱评 爱投 爱换 爱咋 爱怎 爱哪 爱去 信不信 买不买 要不要 退不退 随你 随您 随便 尽管 有本事 有种 有能耐 投诉 去告 举报"
            " 曝光 12315 不怕 谁怕 怕你 怕您 差评 退吧 退了吧 退掉吧 退货吧 退款吧"
            " 退好了 退货好了 退呗 退啊 退得了 退掉好 拉倒 不买就 不要就 想买就 不买就别 不买别问 不要别问 嫌贵 嫌慢 嫌麻 就不给 就不退 就不发 就不换 就不赔 又怎 又能 又咋 拿我 把我 你能 怎样 怎么样"
            " 咋样 咋地 有完没 没完没 烦不 烦死 真烦 好烦 你烦 您烦 别烦 要烦 么烦 什么急 什么催"
            " 急什么 催什么 吵什么 问什么 闹什么 喊什么 叫什么叫 急啥 催啥 吵啥 吵了 闹了 废话 啰嗦 磨叽 磨蹭 无理取闹 胡搅蛮缠 催命 一直催 老催 多少遍 几遍 百遍 几次了 多少次 n遍 很多遍 好几遍"
            " 无数遍 无数次 很多次 听不懂 看不懂 说不清 说不通 讲不清"
            " 讲不通 不明白 懒得 不想理 不想跟 不想和 没时间 没空 没工夫 没功夫 怪我 怪谁 赖我 这么多事 多事 难缠 难伺候 墨迹 计较 较真 不可理喻 强词夺理 讲理 道理 事真多 事儿真 真多 怎么这么"
            " 长眼 不会看 不会查 没看吗 识字 行了吧 说了算 求你"
            " 求您 逼你 逼您 让你买 让您买 没人让 又不是我 懂不懂 都不懂 催了行 催了好 别催 别问"
            " take_it_or_leave buy_it_or_not or_not go_ahead_and complain stop_asking stop_bothering stop_messaging"
            " how_many_times told_you return_it what_do_you_want"
        ),
        reasons={"quarrels": gettext_noop("Quarrels with the buyer or challenges them.")},
    ),
)
