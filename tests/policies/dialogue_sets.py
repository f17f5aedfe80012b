"""The hand-written dialogues of R11–R14 and how a detector does on them.

dialogues/<set>_tune.jsonl was open to whoever wrote the rules, <set>_held.jsonl was set aside before. One line each:
{"id", "violation", "warn", "store", "turns": [["in" | "out", text], …], "why"}. violation: whether the last turn, an
agent's, breaks the rule. warn: whether the last buyer's turn puts the dangerous question.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from policies.detection.detector import ANSWERS_WITHIN, CONTEXT, Asked, Certainty, Detector, Match, Said, Shop
from policies.detection.folding import Folded, fold

FOLDER = Path(__file__).parent / "dialogues"
SHOPS = {
    "tmall": Shop("tmall"),
    "taobao": Shop("taobao"),
    "enterprise": Shop("taobao", "enterprise"),
    "jd": Shop("jd"),
    "shopee": Shop("shopee", "", "TW"),
}


class Dialogue(NamedTuple):
    """turns: (by the buyer?, text), oldest first."""

    id: str
    violation: bool
    warn: bool
    shop: Shop
    turns: tuple[tuple[bool, str], ...]
    why: str


@dataclass
class Score:
    """right: how many found rightly. missed, wrong: the ids of those not found and of those found though harmless."""

    right: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.right / max(self.right + len(self.missed), 1)

    @property
    def precision(self) -> float:
        return self.right / max(self.right + len(self.wrong), 1)

    def count(self, dialogue: Dialogue, meant: bool, found: bool) -> None:
        if meant and found:
            self.right += 1
        elif meant:
            self.missed.append(dialogue.id)
        elif found:
            self.wrong.append(dialogue.id)

    def __str__(self) -> str:
        return (
            f"recall {self.recall:.3f} precision {self.precision:.3f} "
            f"({self.right} right, {len(self.missed)} missed, {len(self.wrong)} wrong)"
        )


def load(set_name: str, half: str) -> list[Dialogue]:
    """set_name: counterfeit, invoice, privacy, abuse. half: tune, train or held."""
    lines = (FOLDER / f"{set_name}_{half}.jsonl").read_text(encoding="utf-8").splitlines()
    return [_dialogue(json.loads(line)) for line in lines if line.strip()]


def _dialogue(row: dict) -> Dialogue:
    turns = tuple((side == "in", text) for side, text in row["turns"])
    return Dialogue(
        str(row["id"]), row["violation"], row["warn"], SHOPS[row["store"]], turns, row.get("why", "")
    )


def found_in(detector: Detector, turns: Sequence[tuple[bool, str]], shop: Shop) -> list[Match | None]:
    """What the detector says of each turn (a buyer's: the question; an agent's: the violation), as the reader asks."""
    said = [Said(by_buyer, fold(text)) for by_buyer, text in turns]
    found: list[Match | None] = []
    open_question: tuple[int, Match] | None = None
    for place, line in enumerate(said):
        before = said[max(0, place - CONTEXT) : place]
        match = None
        if line.by_buyer:
            if detector.asks and _says(line.folded, detector.question_triggers):
                match = detector.asks(line, before, shop)
            if match:
                open_question = (place, match)
        else:
            asked = None
            if open_question and place - open_question[0] <= ANSWERS_WITHIN:
                asked = Asked(open_question[1], place - open_question[0])
            if asked or _says(line.folded, detector.triggers):
                match = detector.find(line, before, asked, shop)
        found.append(match)
    return found


def _says(folded: Folded, triggers: frozenset[str]) -> bool:
    return any(trigger in folded.squeezed or trigger in folded.text for trigger in triggers)


def last_line(detector: Detector, turns: Sequence[tuple[bool, str]], shop: Shop) -> Match | None:
    """What the detector says of the last turn."""
    return found_in(detector, turns, shop)[-1]


def scored(detector: Detector, dialogues: Sequence[Dialogue], least: Certainty = Certainty.LIKELY) -> Score:
    """Violations: the last turn, where an agent's. Found: a match of `least` and above."""
    return _counted(
        [dialogue for dialogue in dialogues if not dialogue.turns[-1][0]],
        lambda dialogue: dialogue.violation,
        lambda dialogue: (
            (match := last_line(detector, dialogue.turns, dialogue.shop)) is not None
            and match.certainty >= least
        ),
    )


def warned(detector: Detector, dialogues: Sequence[Dialogue], least: Certainty = Certainty.LIKELY) -> Score:
    """Questions: the last turn of the buyer."""
    return _counted(
        [dialogue for dialogue in dialogues if any(by_buyer for by_buyer, _ in dialogue.turns)],
        lambda dialogue: dialogue.warn,
        lambda dialogue: (
            (match := _last_question(detector, dialogue)) is not None and match.certainty >= least
        ),
    )


def _last_question(detector: Detector, dialogue: Dialogue) -> Match | None:
    place = max(place for place, (by_buyer, _) in enumerate(dialogue.turns) if by_buyer)
    return found_in(detector, dialogue.turns, dialogue.shop)[place]


def _counted(
    dialogues: Sequence[Dialogue], meant: Callable[[Dialogue], bool], found: Callable[[Dialogue], bool]
) -> Score:
    score = Score()
    for dialogue in dialogues:
        score.count(dialogue, meant(dialogue), found(dialogue))
    return score
