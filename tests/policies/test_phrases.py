"""Rules of phrases: what they find, what their exceptions take back, and what cannot be written."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.detection.detector import Asked, Certainty, Match, Said, Shop
from policies.detection.folding import fold
from policies.detection.phrases import GAP, Phrases, checked_spec, parts_of, phrase_detector
from policies.detection.reader import Line, Reader

SHOP = Shop("tmall")


def said(text: str, by_buyer: bool = False) -> Said:
    return Said(by_buyer, fold(text))


def found(text: str, question: Asked | None = None, **spec) -> Match | None:
    return phrase_detector("own", checked_spec(spec)).find(said(text), [], question, SHOP)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("内部价", "给您内部价"),
        ("內部價", "给您内部价哦"),
        ("内部价", "給您內部價哦"),
        ("内部价", "给您内 部 价"),
        ("内部价", "给您内.部.价"),
        ("VIP price", "this is our vip price"),
        ("ＶＩＰ", "vip客户"),
        ("改…地址", "改一下收货地址"),
        ("改…地址", "改一二三四五六七八地址"),
        ("改......地址", "改地址"),
        ("改……地址", "改您的收货地址"),
        ("…内部价…", "内部价"),
        ("送…给…朋友", "送一个给您的朋友"),
        ("5元", "返5元"),
    ],
)
def test_a_phrase_is_found_in_every_writing(phrase, text):
    assert found(text, phrases=[phrase])


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("line", "online"),
        ("line", "lines"),
        ("5元", "返15元"),
        ("改…地址", "改一下您刚才下的那个订单的收货地址"),
        ("改…地址", "改一二三四五六七八九地址"),
        ("改…地址", "改。地址"),
        ("改…地址", "改好了！地址没错"),
        ("地址…改", "改地址"),
        ("内部价", "内部的价"),
    ],
)
def test_a_phrase_is_not_found_in_other_words(phrase, text):
    assert found(text, phrases=[phrase]) is None


def test_the_place_is_the_first_and_at_one_place_the_longest():
    assert found("好的，最低价了，全网最低价", phrases=["最低", "最低价", "全网"]) == Match(
        3, 6, "phrase", Certainty.LIKELY
    )


def test_places_may_overlap():
    assert Phrases(["好好"]).spans("好好好") == [(0, 2), (1, 3)]


def test_an_exception_covers_what_it_holds_whole_and_nothing_else():
    spec = {"phrases": ["第一"], "except": ["第一时间", "第一…步"]}
    assert found("第一时间给您处理", **spec) is None
    assert found("第一个要做的步骤", **spec) is None
    assert found("第一时间处理，我们销量第一", **spec).start == 11
    assert found("第一", **spec)
    assert found("全网第一时", phrases=["网第一"], **{"except": ["第一时"]})


def test_a_phrase_that_needs_its_question_counts_only_while_it_is_open():
    spec = {"phrases": ["没有的"], "asked": ["有发票", "开票"]}
    question = Asked(Match(0, 2, "question"), 1)
    assert found("没有的", **spec) is None
    assert found("没有的", question, **spec) == Match(0, 3, "phrase", Certainty.LIKELY)
    detector = phrase_detector("own", checked_spec(spec))
    assert detector.asks(said("能开票吗", True), [], SHOP) == Match(1, 3, "question", Certainty.POSSIBLE)
    assert detector.asks(said("多少钱", True), [], SHOP) is None


def test_a_rule_about_buyers_asks_and_finds_nothing():
    detector = phrase_detector(
        "own", checked_spec({"phrases": ["投诉你们"], "speaker": "buyer", "certainty": "sure"})
    )
    assert detector.asks(said("我要投诉你们", True), [], SHOP) == Match(2, 6, "question", Certainty.SURE)
    assert detector.find(said("投诉你们"), [], None, SHOP) is None
    assert (detector.triggers, detector.question_triggers) == (frozenset(), {"投诉你们"})


def test_the_reader_reads_conversations_with_rules_of_phrases():
    rules = [
        phrase_detector("secret", checked_spec({"phrases": ["内部…价"], "in_remarks": True})),
        phrase_detector("answer", checked_spec({"phrases": ["没有的"], "asked": ["有发票"]})),
    ]
    lines = [
        Line("没有的", False),
        Line("有發票嗎", True),
        Line("沒有的哦", False),
        Line("给您内部优惠价", False),
    ]
    assert {(one.place, one.detector, one.question) for one in Reader(rules).read(lines, SHOP)} == {
        (1, "answer", True),
        (2, "answer", False),
        (3, "secret", False),
    }
    assert rules[0].in_remarks


def test_a_checked_rule_has_every_field_and_each_phrase_once():
    assert checked_spec({"phrases": [" 內部價 ", "内部价", "", "低价"]}) == {
        "phrases": ["內部價", "低价"],
        "except": [],
        "asked": [],
        "speaker": "agent",
        "in_remarks": False,
        "certainty": "likely",
    }


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({}, "at least one phrase"),
        ({"phrases": ["", "  "]}, "at least one phrase"),
        ({"phrases": ["价"]}, "too short"),
        ({"phrases": ["……"]}, "too short"),
        ({"phrases": ["改…址"]}, "too short"),
        ({"phrases": ["!!"]}, "too short"),
        ({"phrases": ["价 "]}, "too short"),
        ({"phrases": ["内部价"], "except": ["第"]}, "too short"),
        ({"phrases": ["价" * 61]}, "longer than 60"),
        ({"phrases": [f"低价{number}" for number in range(201)]}, "At most 200"),
        ({"phrases": ["一一…二…三…四…五"]}, "more than 3 gaps"),
        ({"phrases": ["投诉"], "speaker": "buyer", "in_remarks": True}, "reads no remarks"),
        ({"phrases": ["投诉"], "speaker": "buyer", "asked": ["发票"]}, "no question before it"),
        ({"phrases": ["没有"], "asked": ["发票"], "in_remarks": True}, "answers no question"),
        ({"phrases": "内部价"}, "other fields"),
        ({"phrases": [5]}, "other fields"),
        ({"phrases": ["内部价"], "pattern": ".*"}, "other fields"),
        ({"phrases": ["内部价"], "certainty": "certain"}, "other fields"),
        ({"phrases": ["内部价"], "speaker": "robot"}, "other fields"),
        ({"phrases": ["内部价"], "in_remarks": "yes"}, "other fields"),
        (["内部价"], "other fields"),
    ],
)
def test_what_cannot_be_a_rule_is_refused_in_words(spec, words, english):
    with pytest.raises(ValidationError) as refused:
        checked_spec(spec)
    assert words in str(refused.value)


# --- an independent matcher: every stretch of the text, tried against the phrase letter by letter ---------------------


def stands(text: str, at: int, end: int, parts: tuple[str, ...]) -> bool:
    """Whether the parts fill text[at:end] exactly, with gaps between."""
    part, *others = parts
    after = at + len(part)
    if after > end or any(text[at + i] != part[i] for i in range(len(part))):
        return False
    if cut_through(text, at) or cut_through(text, after):
        return False
    if not others:
        return after == end
    return any(
        all(letter not in "。!?;\n…" for letter in text[after : after + gap])
        and stands(text, after + gap, end, tuple(others))
        for gap in range(GAP + 1)
    )


def cut_through(text: str, at: int) -> bool:
    pair = text[max(0, at - 1) : at + 1]
    return at > 0 and len(pair) == 2 and (all(c in "ab" for c in pair) or all(c in "12" for c in pair))


def slow(text: str, phrases: list[str], exceptions: list[str]) -> list[tuple[int, int]]:
    def every(list_of):
        return [
            (i, j)
            for i in range(len(text))
            for j in range(i + 1, len(text) + 1)
            if any(stands(text, i, j, parts_of(phrase)) for phrase in list_of)
        ]

    covers = every(exceptions)
    return sorted(
        (span for span in every(phrases) if not [c for c in covers if c[0] <= span[0] and span[1] <= c[1]]),
        key=lambda span: (span[0], -span[1]),
    )


PHRASE = st.lists(st.text("甲乙ab1", min_size=1, max_size=3), min_size=1, max_size=3).map("…".join)


@settings(max_examples=300, deadline=None)
@given(
    st.text("甲乙丙ab12。, ", max_size=24),
    st.lists(PHRASE, min_size=1, max_size=4),
    st.lists(PHRASE, max_size=3),
)
def test_it_finds_what_a_slow_matcher_finds(text, phrases, exceptions):
    squeezed = fold(text).squeezed
    assert Phrases(phrases, exceptions).spans(squeezed) == slow(squeezed, phrases, exceptions)
