"""The second reading: what is made of the rules' word, and how both together do on the dialogues that were set aside."""

import json
from importlib import import_module

import pytest

from policies.detection import second_reading
from policies.detection.detector import Asked, Certainty, Detector, Match, Said, Shop
from policies.detection.folding import fold
from policies.detection.reader import Line, Reader
from policies.detection.registry import DETECTORS
from policies.detection.second_reading import FOLDER, Reading, answer, by_whose, question, read_twice, second
from scripts.learn_second_readings import digest
from tests.policies.dialogue_sets import SHOPS, found_in, load, scored, warned

TMALL = SHOPS["tmall"]
SETS = ("counterfeit", "invoice", "privacy", "abuse")


def said(text: str, by_buyer: bool = False) -> Said:
    return Said(by_buyer, fold(text))


# Nine in ten of each, on dialogues by somebody who saw no rule, opened by nobody who makes them.
@pytest.mark.parametrize("name", SETS)
def test_nine_violations_in_ten_are_found_and_nine_found_in_ten_are_violations(name):
    score = scored(DETECTORS[name], load(name, "held"))
    assert min(score.recall, score.precision) >= 0.9, str(score)


@pytest.mark.parametrize("name", ["counterfeit", "invoice", "privacy"])
def test_nine_dangerous_questions_in_ten_are_warned_of_and_nine_warnings_in_ten_are_right(name):
    score = warned(DETECTORS[name], load(name, "held"))
    assert min(score.recall, score.precision) >= 0.9, str(score)


@pytest.mark.parametrize("name", SETS)
def test_sixty_of_each_kind_are_held_and_none_is_learned_from(name):
    held = load(name, "held")
    assert sum(one.violation for one in held) >= 60
    assert sum(not one.violation for one in held) >= 60
    assert not {one.turns for one in held} & {
        one.turns for half in ("tune", "train") for one in load(name, half)
    }


WEIGHTS = {
    "rule nothing": -1.0,
    "rule names": 2.0,
    "rule LIKELY": 0.5,
    "shop tmall": 0.25,
    "asked asks LIKELY": 1.5,
}
WEIGHTS |= {"a好的": -2.0, "a^": 0.125, "q真": 0.0625, "p真": 8.0}


def test_a_sum_is_bias_facts_and_every_sequence_once():
    line = answer(said("好的好的"), [said("是真的", True)], Asked(Match(0, 1, "asks"), 1), TMALL, None)
    total = 0.5 + -1.0 + 0.25 + 1.5 + -2.0 + 0.125 + 0.0625
    weights = by_whose(WEIGHTS)
    assert Reading(weights, 0.5, total, frozenset()).finds(line)
    assert not Reading(weights, 0.5, total + 0.001, frozenset()).finds(line)


def test_a_question_is_weighed_with_the_buyers_line_before_it():
    line = question(said("给我", True), [said("真", True), said("好")], TMALL, None)
    weights = by_whose(WEIGHTS)
    assert Reading(weights, 0.0, -1.0 + 0.25 + 8.0, frozenset()).finds(line)
    assert not Reading(weights, 0.0, -1.0 + 0.25 + 8.001, frozenset()).finds(line)


def test_what_is_found_is_likely_what_is_doubted_stays_possible():
    own, sure = Match(0, 3, "sounds_like"), Match(1, 2, "names", Certainty.SURE)
    assert own.certainty == Certainty.LIKELY
    assert second(None, True, lambda: own) == own
    assert second(None, False, lambda: own) is None
    assert second(sure, True, lambda: own) == sure
    assert second(sure, False, lambda: own) == sure._replace(certainty=Certainty.POSSIBLE)
    assert second(sure._replace(certainty=Certainty.POSSIBLE), True, lambda: own) == own


def test_the_weightiest_clause_is_shown():
    reading = Reading(by_whose({"a没票": 2.0, "a好": 0.5, "a没": 0.1}), 0.0, 0.0, frozenset())
    text = "好好好,这里没票的。没了"
    assert text[slice(*reading.weightiest(text, "a"))] == "这里没票的"
    assert reading.weightiest(",。", "a") == (0, 2)


def test_only_the_rules_are_asked_where_the_rule_does_not_bind(tmp_path, monkeypatch):
    (tmp_path / "toy_answers.json").write_text(
        json.dumps({"bias": 1.0, "enough": 0.0, "wakes": ["呢"], "weights": {}}), encoding="utf-8"
    )
    monkeypatch.setattr(second_reading, "FOLDER", tmp_path)
    rules = Detector("toy", lambda *_: None, frozenset({"好"}), {})
    toy = read_twice(rules, binds=lambda shop: shop.platform == "tmall")
    assert toy.find(said("好"), (), None, TMALL) == Match(0, 1, "sounds_like")
    assert toy.find(said("好"), (), None, Shop("taobao")) is None
    # What the second reading alone hears wakes it too.
    assert [found.place for found in Reader([toy]).read([Line("呢", False), Line("嗯", False)], TMALL)] == [0]


@pytest.mark.parametrize("name", SETS)
def test_the_reader_finds_what_the_detectors_do(name):
    for dialogue in load(name, "tune")[:60]:
        lines = [Line(text, by_buyer) for by_buyer, text in dialogue.turns]
        read = {found.place: found.match for found in Reader([DETECTORS[name]]).read(lines, dialogue.shop)}
        assert [read.get(place) for place in range(len(lines))] == found_in(
            DETECTORS[name], dialogue.turns, dialogue.shop
        )


def test_a_hostile_text_is_weighed_by_its_beginning():
    long = answer(said("开" * 5000 + "票"), (), None, TMALL, None)
    assert max(map(len, long.features())) < 30
    assert not any("票" in one for one in long.features())


def test_the_weights_are_those_the_dialogues_teach():
    """Each file says of which dialogues it was learned; `scripts/learn_second_readings.py` learns it anew."""
    learned_from = {
        json.loads(path.read_text(encoding="utf-8"))["learned_from"] for path in FOLDER.glob("*.json")
    }
    assert learned_from == {digest()}


@pytest.mark.parametrize("name", SETS)
def test_without_a_second_reading_the_rules_alone_find_less(name):
    rules = import_module(f"policies.detection.{name}").RULES
    held = load(name, "held")
    alone, both = scored(rules, held), scored(DETECTORS[name], held)
    assert both.recall > alone.recall
