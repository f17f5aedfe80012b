"""Abuse of the buyer (R14). Expected values by hand; the sets are described in dialogues/README.md."""

import time

import pytest

from policies.detection.abuse import RULES
from policies.detection.detector import Certainty, Match, Said
from policies.detection.folding import fold, original_span
from tests.policies.agents_sentences import ABUSIVE, NOT_ABUSIVE
from tests.policies.dialogue_sets import SHOPS, last_line, load, scored

HELLO = ((True, "在吗"),)


def said(text: str, before=HELLO) -> Match | None:
    return last_line(RULES, (*before, (False, text)), SHOPS["taobao"])


def is_abuse(text: str, before=HELLO) -> bool:
    match = said(text, before)
    return match is not None and match.certainty >= Certainty.LIKELY


@pytest.mark.parametrize("text", ABUSIVE)
def test_what_an_angry_agent_says_is_found(text):
    assert is_abuse(text)


@pytest.mark.parametrize("text", NOT_ABUSIVE)
def test_what_only_looks_like_it_is_left_alone(text):
    assert not is_abuse(text)


@pytest.mark.parametrize(
    "piece", ["你", "滚", "你这种人", "傻 . ", "有钱没钱", "a*", "眼睛是", "死", "别跟我", "你个"]
)
def test_a_hostile_text_is_judged_quickly(piece):
    """Nothing repeats without a bound, so time grows with the length only. The limit is far above the usual 20 ms."""
    text = (piece * 1500)[:1500]
    begun = time.thread_time()
    said(text)
    assert time.thread_time() - begun < 0.5


def test_the_dialogues_the_rules_were_made_on_are_judged_rightly():
    score = scored(RULES, load("abuse", "tune"))
    assert min(score.recall, score.precision) >= 0.9, str(score)


@pytest.mark.parametrize(
    "text",
    [
        "神经病，大半夜的发什么疯",
        "你妈没教过你怎么说话？",
        "你个傻X",
        "傻 . 逼",
        "ｓｂ",
        "nmsl",
        "cao ni ma",
        "你是智障嗎 看不懂字？",
        "去死啦 奧客",
        "你是在靠北什麼，不爽不要買",
        "you are such an idiot",
        "fuck off",
        "f**k you and your order",
    ],
)
def test_an_open_insult_is_found_however_it_is_written(text):
    assert is_abuse(text)


@pytest.mark.parametrize(
    "text",
    [
        "爱买不买，不差你这一个",
        "就你这素质还好意思要差价",
        "怎么会有你这种人，恶心",
        "像你这种客人我见多了，就想占便宜",
        "没钱就别学人家网购",
        "你以为你是谁啊，皇帝吗",
        "我建议你先去精神科看看再来",
        "脑子是个好东西，希望你有",
        "您的智商真是让人着急呢亲",
        "白长了一双眼睛",
        "不会自己看吗，那么大的字",
        "你们女人就是事多",
        "stop wasting my time, cheapo",
        "are you blind? read the description",
    ],
)
def test_scorn_without_a_swear_word_is_found(text):
    assert is_abuse(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("祝你喝水呛死", "curse"),
        ("你个贱人", "insult"),
        ("出门被车撞的东西", "curse"),
        ("爱退不退", "away"),
        ("不做你的生意了，滚", "away"),
    ],
)
def test_a_match_says_of_which_kind_it_is(text, reason):
    match = said(text)
    assert match.reason == reason
    assert reason in RULES.reasons


@pytest.mark.parametrize(
    "text",
    [
        "滚筒洗衣机请提前清空内筒哦",
        "这款是2B铅笔，考试涂卡用",
        "2B铅笔和橡皮你一起拍就包邮",
        "SB-200的滤芯你拍左边那个",
        "USB接口在你左手边",
        "狗粮你拍两包，死扣用针挑开",
        "猪猪侠玩偶你要哪个尺寸",
        "你这盆植物是病虫害，打药就好",
        "机车包你背着不显胖",
        "你这件是贱卖了，亏本价",
        "三小包装你看可以吗",
        "北七街那邊你可以自取",
        "250ml你拍两瓶",
        "the window blinds you ordered come with brackets",
    ],
)
def test_harmless_words_with_the_same_characters_are_left_alone(text):
    assert not is_abuse(text)


@pytest.mark.parametrize(
    "text",
    [
        "我刚才脑子短路了，给你发错链接",
        "我真是猪脑子，忘了给你备注",
        "we are the idiots here, you were right",
    ],
)
def test_who_laughs_at_himself_abuses_nobody(text):
    assert not is_abuse(text)


@pytest.mark.parametrize(
    "text",
    [
        "您骂我神经病也没关系，问题我会帮您解决",
        "“傻逼”这样的词你就别再发了",
        "没有说你没素质的意思",
        "您刚才说傻逼，我就当没看见",
        "请不要骂人，什么白痴之类的话就别说了",
    ],
)
def test_quoting_and_denying_are_no_abuse(text):
    assert not is_abuse(text)


def test_a_word_of_the_buyer_taken_up_courteously_is_a_quotation_but_thrown_back_it_is_abuse():
    before = ((True, "你们就是骗子，白痴客服，脑残"),)
    assert not is_abuse("脑残客服给您道歉了，马上给您补发", before)
    assert is_abuse("你才脑残，谢谢", before)


def test_said_of_the_courier_it_is_only_possible():
    match = said("快递真是脑残，我去骂他们")
    assert match.certainty == Certainty.POSSIBLE


def test_courtesy_outweighs_mild_words_but_no_hard_insult():
    assert is_abuse("你这人真抠门")
    assert not is_abuse("不好意思，抠门老板不给包邮，麻烦您理解，谢谢")
    assert is_abuse("亲亲，麻烦您滚蛋，谢谢")


@pytest.mark.parametrize(
    "text", ["不退", "没货了", "这个问题我解释过了，你再看看", "不包邮的，自己看清楚再拍哦"]
)
def test_short_and_cold_is_not_abusive(text):
    assert not is_abuse(text)


def test_the_place_found_is_that_of_the_worst_word():
    text = "好的呢，傻 . 叉，慢走"
    match = said(text)
    first, last = original_span(text, match.start, match.end)
    assert text[first:last] == "傻 . 叉"


def test_no_abuse_stands_in_a_line_without_a_trigger():
    """Otherwise the reader would not even ask."""
    for dialogue in load("abuse", "tune"):
        for by_buyer, text in dialogue.turns:
            line = Said(by_buyer, fold(text))
            if not any(trigger in line.folded.squeezed for trigger in RULES.triggers):
                assert RULES.find(line, (), None, dialogue.shop) is None
