"""A conversation is walked once, and every detector is asked exactly where it may have something to say."""

from datetime import timedelta
from random import Random

import pytest

from policies.detection.detector import ANSWERS_WITHIN, CONTEXT, CONTEXT_HOURS, Asked, Detector, Match, Shop
from policies.detection.folding import fold
from policies.detection.reader import Line, Reader
from policies.detection.registry import DETECTORS
from tests.make import at
from tests.policies.inspected import HAIRY

SHOP = Shop("taobao")
START = at("2026-11-02 10:00:00")


def chat(*lines: str) -> list[Line]:
    """`buyer: …`, `agent: …` or `auto: …`, a minute apart."""
    told = []
    for minute, line in enumerate(lines):
        who, _, text = line.partition(": ")
        told.append(Line(text, who == "buyer", START + timedelta(minutes=minute), who == "auto"))
    return told


class Noting:
    """A detector that notes how it is asked, and finds every line it is asked about."""

    def __init__(self, triggers=("bad",), question_triggers=("fake",)):
        self.asked: list[tuple] = []
        self.questions: list[str] = []
        self.detector = Detector(
            "noting",
            self._find,
            frozenset(triggers),
            {},
            asks=self._asks,
            question_triggers=frozenset(question_triggers),
        )

    def _find(self, said, before, asked, shop):
        self.asked.append((said.folded.text, len(before), asked.ago if asked else None, shop))
        return Match(0, 1, "found")

    def _asks(self, said, before, shop):
        self.questions.append(said.folded.text)
        return Match(0, 4, "asks")


def test_an_agents_line_is_asked_about_where_a_trigger_stands():
    noting = Noting()
    found = list(
        Reader([noting.detector]).read(chat("agent: fine", "agent: ＢＡＤ", "buyer: bad", "auto: bad"), SHOP)
    )
    assert noting.asked == [("bad", 1, None, SHOP)]
    assert [(one.place, one.detector, one.question) for one in found] == [(1, "noting", False)]


def test_after_a_question_every_answer_is_asked_about_for_some_lines():
    noting = Noting()
    lines = chat("buyer: fake?", *["agent: fine"] * (ANSWERS_WITHIN + 1))
    found = list(Reader([noting.detector]).read(lines, SHOP))
    assert [ago for _text, _before, ago, _shop in noting.asked] == [1, 2, 3, 4]
    assert [one.place for one in found if one.question] == [0]
    assert ANSWERS_WITHIN == 4


def test_the_later_question_is_the_one_that_stands():
    noting = Noting()
    list(Reader([noting.detector]).read(chat("buyer: fake", "agent: a", "buyer: fake", "agent: b"), SHOP))
    assert [(text, ago) for text, _, ago, _ in noting.asked] == [("a", 1), ("b", 1)]


def test_context_is_so_many_lines_and_ends_at_a_long_pause():
    noting = Noting()
    lines = chat(*["buyer: hello"] * (CONTEXT + 3), "agent: bad")
    last = lines[-1].at
    lines.append(Line("bad", False, last + timedelta(hours=CONTEXT_HOURS)))
    lines.append(Line("fake", True, last + timedelta(hours=CONTEXT_HOURS, minutes=1)))
    lines.append(Line("no", False, last + timedelta(hours=2 * CONTEXT_HOURS, minutes=2)))
    lines.append(Line("bad", False, last + timedelta(hours=2 * CONTEXT_HOURS, minutes=3)))
    list(Reader([noting.detector]).read(lines, SHOP))
    # Exactly the hours are no pause yet; a minute more takes question and context away.
    assert [(text, before, ago) for text, before, ago, _ in noting.asked] == [
        ("bad", CONTEXT, None), ("bad", CONTEXT, None), ("bad", 1, None),
    ]  # fmt: skip


def test_an_automatic_line_is_context_only_and_a_draft_needs_no_time():
    noting = Noting()
    lines = [Line("fake", True), Line("bad", False, None, True), Line("fine", False)]
    list(Reader([noting.detector]).read(lines, SHOP))
    assert [(text, before, ago) for text, before, ago, _ in noting.asked] == [("fine", 2, 2)]


def test_no_detector_finds_nothing():
    assert list(Reader([]).read(chat("buyer: fake", "agent: bad"), SHOP)) == []
    assert not Reader([]).wakes("bad", "fake")


def slowly(detectors, lines: list[Line], shop: Shop) -> set[tuple]:
    """As `Reader.read`, written the long way: every detector by itself looks back from every line."""
    found = set()
    for one in detectors:
        questions = {}
        for place, line in enumerate(lines):
            begin = place
            while begin > 0 and lines[begin].at - lines[begin - 1].at <= timedelta(hours=CONTEXT_HOURS):
                begin -= 1
            before = [said(earlier) for earlier in lines[max(begin, place - CONTEXT) : place]]
            text = fold(line.text).squeezed
            if line.by_buyer:
                wakes = any(word in text for word in one.question_triggers)
                match = one.asks(said(line), before, shop) if one.asks and wakes else None
                if match:
                    questions[place] = match
                    found.add((place, one.name, match, True))
                continue
            open_ones = [p for p in questions if p >= begin and place - p <= ANSWERS_WITHIN]
            asked = Asked(questions[open_ones[-1]], place - open_ones[-1]) if open_ones else None
            if line.automatic or not (asked or any(word in text for word in one.triggers)):
                continue
            match = one.find(said(line), before, asked, shop)
            if match:
                found.add((place, one.name, match, False))
    return found


def said(line: Line):
    from policies.detection.detector import Said

    return Said(line.by_buyer, fold(line.text), line.at)


WORDS = (
    "q",
    "x",
    "y",
    "z",
    "假货吗",
    "是高仿",
    "是的",
    "开发票吗",
    "不开",
    "加我微信",
    "好评返现",
    "你是猪吗",
    "在的",
    "qx",
)


@pytest.mark.parametrize("seed", range(40))
def test_it_finds_what_looking_back_from_every_line_finds(seed):
    random = Random(seed)
    detectors = [HAIRY, *DETECTORS.values()]
    when, lines = START, []
    for _line in range(60):
        when += timedelta(minutes=random.choice((0, 1, 5, 60, 730)))
        text = "".join(random.choices(WORDS, k=random.randrange(1, 3)))
        lines.append(Line(text, random.random() < 0.5, when, random.random() < 0.1))
    found = list(Reader(detectors).read(lines, SHOP))
    assert set(found) == slowly(detectors, lines, SHOP)
    assert len(found) == len(set(found)) > 10


@pytest.mark.parametrize("seed", range(20))
def test_what_does_not_wake_it_has_nothing_to_find(seed):
    random = Random(seed)
    parts = (
        "假",
        "货",
        "吗",
        "高",
        "仿",
        " ",
        ".",
        "\n",
        "g",
        "a",
        "o",
        "ｆ",
        "不",
        "开",
        "票",
        "微 信",
        "在的",
    )
    for one in DETECTORS.values():
        reader = Reader([one])
        lines = [
            Line("".join(random.choices(parts, k=random.randrange(1, 6))), random.random() < 0.5, START)
            for _ in range(6)
        ]
        answers = "\n".join(line.text for line in lines if not line.by_buyer)
        questions = "\n".join(line.text for line in lines if line.by_buyer)
        if not reader.wakes(answers, questions):
            assert list(reader.read(lines, SHOP)) == []
