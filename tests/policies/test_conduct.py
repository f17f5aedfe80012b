"""Refusing, evasive, too short and quarrelling answers, and those that only look like it. Sentences by hand."""

import pytest

from policies.detection.conduct import DETECTORS
from policies.detection.detector import Certainty, Match, Said, Shop
from policies.detection.folding import fold
from policies.detection.reader import Line, Reader

RULES = {detector.name: detector for detector in DETECTORS}
SHOP = Shop("tmall")


def answered(rule: str, text: str, *before: str) -> Match | None:
    """The match in an agent's answer to what the buyer wrote before it."""
    lines = [Said(True, fold(line)) for line in before]
    return RULES[rule].find(Said(False, fold(text)), lines, None, SHOP)


def found(rule: str, text: str, *before: str) -> Match | None:
    """The same as the reader gets it: none without a trigger."""
    squeezed = fold(text).squeezed
    return answered(rule, text, *before) if any(one in squeezed for one in RULES[rule].triggers) else None


@pytest.mark.parametrize(
    "text",
    [
        "不知道",
        "不清楚",
        "亲，这个不清楚哦",
        "我也不知道呢",
        "客官，这个小二也不知道呢",
        "这个我们不太清楚的",
        "没办法",
        "没办法的亲",
        "管不了",
        "您自己查一下",
        "自己看",
        "自己去看吧",
        "你自己问快递",
        "你自己想办法吧",
        "帮不了您",
        "不曉得耶",
        "不归我管",
        "这个不归我们管的，我只负责售前",
        "关我什么事",
        "我怎么知道快递什么时候到",
        "懒得查",
        "don't know",
        "not my problem",
        "这 个 不 知 道",
        "没办法，规定就这样",
        "自己上网查",
        "快递不归我管",
        "不归售前管",
    ],
)
def test_an_answer_that_only_refuses_is_refusing(text):
    match = found("refusing", text, "我的快递到哪里了")
    assert match
    assert match.certainty == Certainty.LIKELY


@pytest.mark.parametrize(
    "text",
    [
        "不知道，我帮您问一下仓库",
        "不清楚的话您可以看一下尺码表",
        "不知道您收到了没有",
        "这边不清楚您的订单号，麻烦发一下",
        "您知道自己的尺码吗",
        "没办法修改的，建议您重新下单",
        "您自己申请退款之后我们马上处理",
        "您可以在订单详情页自己查看物流",
        "这个没办法保证时间，预计三天到",
        "不知道您喜欢哪个颜色呢",
        "管不了那么远的话可以选另一款",
        "不太了解您的意思，可以再说一下吗",
        "不归类在这个价格里",
        "放心，不关您的事",
        "快递不归我们管，不过我帮您联系了",
        "您了解一下这款",
        "you know the size chart is below",
    ],
)
def test_an_answer_that_helps_or_asks_is_not_refusing(text):
    match = found("refusing", text, "我的快递到哪里了")
    assert match is None or match.certainty < Certainty.LIKELY, match


def test_a_refusal_with_an_apology_is_possible_only():
    assert found("refusing", "抱歉亲，这个不清楚", "有优惠吗").certainty == Certainty.POSSIBLE


def test_what_the_agent_adds_to_own_words_is_no_refusal():
    lines = [Said(True, fold("多少钱")), Said(False, fold("一百元")), Said(False, fold("还有赠品"))]
    assert RULES["refusing"].find(Said(False, fold("不知道")), lines, None, SHOP) is None


@pytest.mark.parametrize(
    "text",
    [
        "哦",
        "哦哦",
        "噢",
        "嗯",
        "恩。",
        "随便",
        "都随便",
        "你看着办",
        "看介绍",
        "看详情",
        "您看下详情页哦",
        "自己看介绍",
        "详情页有",
        "详情页都有写的",
        "页面上写着呢",
        "到时候再说吧",
        "应该可以吧",
        "不好说",
        "看情況吧",
        "大概吧",
        "up to you",
        "随 便",
        "都行吧",
        "看你自己",
        "不一定",
    ],
)
def test_a_whole_answer_that_says_nothing_is_evasive(text):
    match = answered("evasive", text, "这件怎么洗")
    assert match
    assert match.certainty == Certainty.LIKELY


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("好的亲", "这件怎么洗"),
        ("哦，您说的是那一款，可以机洗的", "这件怎么洗"),
        ("嗯，冷水手洗就可以", "这件怎么洗"),
        ("随便搭配都好看", "这件怎么搭"),
        ("您看下详情页的尺码表，165选M", "我穿多大"),
        ("详情页有写冷水洗，不能漂白", "这件怎么洗"),
        ("应该可以的，我帮您确认一下", "明天能到吗"),
        ("大概三天左右", "多久到"),
        ("页面显示有货的", "还有货吗"),
        ("差不多一米五", "多长"),
        ("哦", "我已经收到了"),
        ("嗯", "那我先下单"),
        ("嗯", "谢谢"),
        ("哦", "在吗"),
        ("看介绍", "我先看一下"),
        ("嗯嗯", "好的，知道了"),
        ("哦", "好吧"),
        ("上面有您的名字", "包裹怎么认"),
        ("嗯嗯", "是今天发货吗"),
    ],
)
def test_an_answer_that_says_something_or_answers_no_question_is_not_evasive(text, question):
    match = answered("evasive", text, question)
    assert match is None or match.certainty < Certainty.LIKELY, match


def test_a_sound_may_be_a_yes_where_yes_or_no_was_asked():
    assert answered("evasive", "嗯", "今天发货吗").certainty == Certainty.POSSIBLE
    assert answered("evasive", "哦", "今天发货吗").certainty == Certainty.LIKELY


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("没", "有小号吗"),
        ("有", "还有货吗"),
        ("不", "可以便宜点吗"),
        ("无", "有赠品吗"),
        ("行", "能不能换颜色"),
        ("在", "可以问个问题吗"),
        ("没货", "有小号吗"),
        ("没了", "还有红色的吗"),
        ("不行", "可以换吗"),
        ("不能", "能开票吗"),
        ("不退", "拆了可以退吗"),
        ("？", "为什么还没发货"),
        ("。。。", "什么时候发货"),
        ("😊", "怎么退货"),
        ("[微笑]", "怎么退货"),
        ("[呲牙][呲牙]", "几天到"),
        ("/:^_^", "几天到"),
        ("沒貨。", "有小號嗎"),
    ],
)
def test_a_word_or_less_to_a_question_is_too_short(text, question):
    match = answered("too_short", text, question)
    assert match
    assert match.certainty == Certainty.LIKELY


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("好的", "帮我备注一下可以吗"),
        ("在的", "在吗"),
        ("在", "在吗"),
        ("可以", "能机洗吗"),
        ("有的", "还有货吗"),
        ("是的", "是纯棉吗"),
        ("稍等", "我的快递到哪了"),
        ("165", "我穿多大号"),
        ("8", "几天到"),
        ("3天", "几天到"),
        ("下午", "什么时候送到"),
        ("一米", "多长"),
        ("黑色", "哪个颜色好看"),
        ("😊", "谢谢"),
        ("[玫瑰]", "好的谢谢，没问题了吧"),
        ("有", "我要下单了"),
        ("[图片]", "怎么安装"),
        ("[链接x]", "哪里可以买"),
        ("嗯嗯", "是今天发货吗"),
        ("没有的哦亲", "有小号吗"),
        ("收到", "地址改成这个可以吗"),
    ],
)
def test_enough_said_or_nothing_asked_is_not_too_short(text, question):
    match = answered("too_short", text, question)
    assert match is None or match.certainty < Certainty.LIKELY, match


@pytest.mark.parametrize("text", ["好的", "可以", "有的。", "在的呢"])
def test_a_plain_yes_is_not_even_possibly_too_short(text):
    assert answered("too_short", text, "还有货吗") is None


def test_several_lines_of_the_buyer_are_one_question_and_an_agents_line_ends_it():
    assert answered("too_short", "没", "有小号吗", "我急着穿")
    lines = [Said(True, fold("有小号吗")), Said(False, fold("我帮您看看"))]
    assert RULES["too_short"].find(Said(False, fold("没")), lines, None, SHOP) is None
    assert RULES["too_short"].find(Said(False, fold("没")), [], None, SHOP) is None


@pytest.mark.parametrize(
    "text",
    [
        "你到底买不买",
        "到底要不要啊",
        "你爱信不信",
        "愛要不要",
        "那你退吧",
        "你退了吧，我们也不缺你这一单",
        "随便你投诉",
        "隨便你",
        "你去投诉吧",
        "有本事你去投诉",
        "尽管去举报",
        "我们不怕投诉",
        "给差评随便你",
        "不买拉倒",
        "不想买就别问",
        "你想怎么样",
        "你能把我怎么样",
        "急什么急",
        "催什么催，都说了明天发",
        "你有完没完",
        "说了多少遍了",
        "看不懂字吗",
        "跟你说不清楚",
        "怪我咯",
        "你怎么这么麻烦",
        "你这是无理取闹",
        "又不是我让你买的",
        "take it or leave it",
        "are you going to buy it or not",
        "爱 信 不 信",
        "退就退呗",
        "不信拉倒",
        "那你去别家买吧",
        "你自己没看清楚还怪我",
        "都跟你讲了三遍了",
        "就你事多",
        "要买就买，不买别问",
        "你说话客气点",
        "没见过你这样的",
    ],
)
def test_challenging_the_buyer_is_quarrelling(text):
    match = found("quarrelling", text, "怎么还没发货")
    assert match
    assert match.certainty == Certainty.LIKELY


@pytest.mark.parametrize(
    "text",
    [
        "您可以投诉快递公司，我们这边也帮您反馈",
        "那您退货吧，运费我们承担",
        "那给您申请退款吧",
        "随便您选哪个颜色都可以",
        "别着急，已经帮您催了",
        "您不要着急",
        "麻烦您发一下照片",
        "不买也没关系的，可以先收藏",
        "看看要不要再带一件，满减更划算",
        "您想要怎么样的款式呢",
        "这款怎么样",
        "不好意思，让您多次咨询了",
        "给您添麻烦了，实在抱歉",
        "您说的到底能不能退，我帮您确认",
        "投诉的事情我们已经登记了",
        "不明白的地方可以随时问我",
        "什么时候急用呢",
        "差评对我们很重要，您有什么不满意请告诉我们",
        "您尽管放心",
        "退货吧台在一楼",
        "如果到底买不买还没想好，可以先收藏",
        "请问您叫什么名字",
        "您叫什么名字",
        "您不买别的了吗",
        "看不懂中文说明书的话我发英文的",
        "那退款吧，这边同意了",
        "真不好意思让您这么麻烦",
        "不太明白你什么意思",
        "你要不要看看另一款",
        "you can return it within 7 days",
        "we are sorry for the trouble",
    ],
)
def test_help_in_like_words_is_not_quarrelling(text):
    match = found("quarrelling", text, "怎么还没发货")
    assert match is None or match.certainty < Certainty.LIKELY, match


def test_the_reader_asks_each_rule_where_its_words_stand():
    lines = [
        Line("怎么还没发货", True),
        Line("嗯", False),
        Line("到底几天能到", True),
        Line("急什么急", False),
    ]
    assert [(one.place, one.detector) for one in Reader(DETECTORS).read(lines, SHOP)] == [
        (1, "evasive"),
        (3, "quarrelling"),
    ]


@pytest.mark.parametrize(
    ("text", "rule"), [("哦", "evasive"), ("额。", "evasive"), ("没", "too_short"), ("不能！", "too_short")]
)
def test_the_reader_asks_about_a_word_that_is_the_whole_line(text, rule):
    reader = Reader(DETECTORS)
    lines = [Line("能不能换个颜色", True), Line(text, False)]
    assert [(one.place, one.detector) for one in reader.read(lines, SHOP)] == [(1, rule)]
    assert reader.wakes(text, "能不能换个颜色")
    assert not reader.wakes("好的哦，没有关系", "能不能换个颜色")


@pytest.mark.parametrize(
    ("rule", "reasons"),
    [
        ("refusing", {"nothing_else", "not_mine"}),
        ("evasive", {"grunt", "evades"}),
        ("too_short", {"short", "no_word"}),
        ("quarrelling", {"quarrels"}),
    ],
)
def test_every_reason_is_told_in_words(rule, reasons):
    assert set(RULES[rule].reasons) == reasons
