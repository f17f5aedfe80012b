"""A second reading of what a detector's rules have read: weighs question and answer by their characters. Pure.

Rules know turns of phrase and miss what is put as nobody put it before. The second reading is a linear model over
what the rules said, the kind of store, and every sequence of one to three characters of the answer and of one and two of
the question: each has a weight, the sum decides. `scripts/learn_second_readings.py` learns the weights from dialogues
written by hand (tests/policies/dialogues). What it finds beyond the rules is LIKELY at most; what it doubts stays POSSIBLE.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from operator import add
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext_noop

from policies.detection.clauses import CLAUSE_ENDS
from policies.detection.detector import Asked, Certainty, Detector, Match, Said, Shop

FOLDER = Path(__file__).parent / "second_readings"
REASONS = {
    "sounds_like": gettext_noop(
        "No rule names these words, but together they sound like answers that broke it."
    ),
}
FACTS = ("rule ", "asked ", "shop ")
_CLAUSE = re.compile(rf"[^{CLAUSE_ENDS}]+")
LONGEST = 300  # characters of a line that are weighed


class Weighed(NamedTuple):
    """What a line is weighed by. facts: what the rules said and where; texts: (whose: "a" the answer's, "q" the
    question's, "p" of the line before the question, text, the longest sequence)."""

    facts: list[str]
    texts: list[tuple[str, str, int]]

    def features(self) -> Iterator[str]:
        """Each once, as `Reading.weights` names them."""
        yield from self.facts
        for whose, text, longest in self.texts:
            for part in _sequences(text, longest):
                yield whose + part


class Reading(NamedTuple):
    """weights: {whose, or "" of facts: {sequence: log-odds it adds}}; enough: from this sum on a line is found. wakes: character
    sequences without which no line says enough that the rules are not asked about anyway."""

    weights: dict[str, dict[str, float]]
    bias: float
    enough: float
    wakes: frozenset[str]

    def finds(self, line: Weighed) -> bool:
        """Whether the weights of a line come to enough."""
        facts = self.weights[""]
        total = self.bias + sum(facts.get(fact, 0.0) for fact in line.facts)
        for whose, text, longest in line.texts:
            weights = self.weights[whose]
            total += sum(map(weights.__getitem__, weights.keys() & _sequences(text, longest)))
        return total >= self.enough

    def weightiest(self, text: str, whose: str) -> tuple[int, int]:
        """Where the clause stands that adds most."""
        weight = self.weights[whose].get
        clauses = [found.span() for found in _CLAUSE.finditer(text[:LONGEST])]
        return max(
            clauses,
            key=lambda span: sum(weight(part, 0.0) for part in _parts(text[slice(*span)], 3)),
            default=(0, len(text)),
        )


def answer(
    said: Said, before: Sequence[Said], asked: Asked | None, shop: Shop, match: Match | None
) -> Weighed:
    """What an agent's line is weighed by; match: what the rules said of it."""
    facts = _of_rules(match, shop)
    facts.append(f"asked {asked.match.reason} {asked.match.certainty.name}" if asked else "asked nothing")
    question = next((line.folded.squeezed for line in reversed(before) if line.by_buyer), None)
    texts = [("a", said.folded.squeezed, 3)]
    return Weighed(facts, [*texts, ("q", question, 2)] if question is not None else texts)


def question(said: Said, before: Sequence[Said], shop: Shop, match: Match | None) -> Weighed:
    """What a buyer's line is weighed by; match: what the rules said of it."""
    earlier = next((line.folded.squeezed for line in reversed(before) if line.by_buyer), None)
    texts = [("q", said.folded.squeezed, 3)]
    return Weighed(_of_rules(match, shop), [*texts, ("p", earlier, 2)] if earlier is not None else texts)


def _of_rules(match: Match | None, shop: Shop) -> list[str]:
    shops = f"shop {shop.kind or shop.platform}"
    return (
        [f"rule {match.reason}", f"rule {match.certainty.name}", shops] if match else ["rule nothing", shops]
    )


# A line is weighed for several detectors, and with each answer to it again.
@lru_cache(maxsize=256)
def _sequences(text: str, longest: int) -> frozenset[str]:
    return frozenset(_parts(f"^{text[:LONGEST]}$", longest))


def _parts(text: str, longest: int) -> set[str]:
    ending = list(text)
    parts = set(ending)
    for length in range(1, longest):
        ending = list(map(add, ending, text[length:]))
        parts.update(ending)
    return parts


def read_twice(
    rules: Detector,
    asked_as: str = "",
    binds: Callable[[Shop], bool] = lambda shop: True,
    settled: frozenset[str] = frozenset(),
) -> Detector:
    """`rules` with a second reading of answers and, where they read questions, of questions.

    asked_as: the reason given to a question the rules do not know, where they read any: which answers are wrong depends on it.
    binds: at other shops the rules alone are asked. settled: reasons of the rules with which nothing is weighed any more.
    """
    answers, questions = load(rules.name, "answers"), load(rules.name, "questions") if rules.asks else None

    def find(said: Said, before: Sequence[Said], asked: Asked | None, shop: Shop) -> Match | None:
        match = rules.find(said, before, asked, shop)
        if not binds(shop) or (match and match.reason in settled):
            return match
        finds = answers.finds(answer(said, before, asked, shop, match))
        text = said.folded.squeezed
        return second(match, finds, lambda: Match(*answers.weightiest(text, "a"), "sounds_like"))

    def asks(said: Said, before: Sequence[Said], shop: Shop) -> Match | None:
        match = rules.asks(said, before, shop)
        finds = questions.finds(question(said, before, shop, match))
        text = said.folded.squeezed
        return second(match, finds, lambda: Match(*questions.weightiest(text, "q"), asked_as))

    return replace(
        rules,
        find=find,
        asks=asks if questions else None,
        triggers=rules.triggers | answers.wakes,
        question_triggers=rules.question_triggers | (questions.wakes if questions else frozenset()),
        reasons=rules.reasons | REASONS,
    )


def second(match: Match | None, finds: bool, own: Callable[[], Match]) -> Match | None:
    """What is made of the rules' match and whether the second reading finds something; own: its own match."""
    if finds and (match is None or match.certainty < Certainty.LIKELY):
        return own()
    return match if finds or match is None else match._replace(certainty=Certainty.POSSIBLE)


def load(name: str, of: str) -> Reading:
    """The reading of a detector's "answers" or "questions". FileNotFoundError: none was learned."""
    stored = json.loads((FOLDER / f"{name}_{of}.json").read_text(encoding="utf-8"))
    return Reading(by_whose(stored["weights"]), stored["bias"], stored["enough"], frozenset(stored["wakes"]))


def by_whose(weights: dict[str, float]) -> dict[str, dict[str, float]]:
    """Weights of `Weighed.features` as `Reading` keeps them."""
    parted: dict[str, dict[str, float]] = {"": {}, "a": {}, "q": {}, "p": {}}
    for feature, weight in weights.items():
        whose, part = ("", feature) if feature.startswith(FACTS) else (feature[0], feature[1:])
        parted[whose][part] = weight
    return parted
