"""Walks a conversation once and asks every detector what concerns it (docs/policies.md). Pure.

All triggers are one automaton (pyahocorasick: one pass over a text, however many phrases), so a line that concerns no
rule costs a fold and a look.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

import ahocorasick

from policies.detection.detector import (
    ANSWERS_WITHIN,
    CONTEXT,
    CONTEXT_HOURS,
    Asked,
    Detector,
    Match,
    Said,
    Shop,
)
from policies.detection.folding import fold

_LONGEST_PAUSE = timedelta(hours=CONTEXT_HOURS)


class Line(NamedTuple):
    """One chat line as stored. automatic: an automatic reply, which is context and nobody's breach. at None: just typed."""

    text: str
    by_buyer: bool
    at: datetime | None = None
    automatic: bool = False


class Found(NamedTuple):
    """A match in the line at `place`. question: the buyer asked; otherwise an agent's line breaks the rule."""

    place: int
    detector: str
    match: Match
    question: bool


class Reader:
    """Reads conversations with some detectors. Building costs milliseconds, so keep one."""

    def __init__(self, detectors: Iterable[Detector]) -> None:
        self.detectors = {detector.name: detector for detector in detectors}
        self._answers = _automaton(
            (phrase, one.name) for one in self.detectors.values() for phrase in one.triggers
        )
        self._questions = _automaton(
            (phrase, one.name)
            for one in self.detectors.values()
            if one.asks
            for phrase in one.question_triggers
        )

    def wakes(self, answers: str, questions: str) -> bool:
        """Whether some detector could say anything of many lines at once: agents' and buyers', each joined by line
        breaks. Never False where `read` would find something, and far quicker."""
        return any(
            automaton and next(automaton.iter(f"\n{fold(text).squeezed}\n"), None)
            for automaton, text in ((self._answers, answers), (self._questions, questions))
        )

    def read(self, lines: Iterable[Line], shop: Shop) -> Iterator[Found]:
        """What stands in one buyer's conversation, lines in the order of time."""
        before: deque[Said] = deque(maxlen=CONTEXT)
        asked: dict[str, tuple[int, Match]] = {}
        last = None
        for place, line in enumerate(lines):
            if last and line.at and line.at - last > _LONGEST_PAUSE:
                before.clear()
                asked.clear()
            last = line.at or last
            said = Said(line.by_buyer, fold(line.text), line.at)
            if line.by_buyer:
                for name in _named(self._questions, said.folded.squeezed):
                    match = self.detectors[name].asks(said, before, shop)
                    if match:
                        asked[name] = (place, match)
                        yield Found(place, name, match, True)
            elif not line.automatic:
                yield from self._answer(place, said, before, asked, shop)
            before.append(said)

    def _answer(self, place: int, said: Said, before, asked, shop: Shop) -> Iterator[Found]:
        # Between line breaks, so that a trigger can be a whole line: a lone 哦.
        names = _named(self._answers, f"\n{said.folded.squeezed}\n")
        if asked:
            for name in [name for name, (at, _) in asked.items() if place - at > ANSWERS_WITHIN]:
                del asked[name]
            names = names.union(asked)
        for name in names:
            question = asked.get(name)
            standing = Asked(question[1], place - question[0]) if question else None
            match = self.detectors[name].find(said, before, standing, shop)
            if match:
                yield Found(place, name, match, False)


def _automaton(pairs: Iterable[tuple[str, str]]) -> ahocorasick.Automaton | None:
    """Finds phrases and says whose they are; None without any."""
    named: dict[str, set[str]] = {}
    for phrase, name in pairs:
        named.setdefault(phrase, set()).add(name)
    if not named:
        return None
    automaton = ahocorasick.Automaton()
    for phrase, names in named.items():
        automaton.add_word(phrase, frozenset(names))
    automaton.make_automaton()
    return automaton


_NOBODY: frozenset[str] = frozenset()


def _named(automaton: ahocorasick.Automaton | None, text: str) -> frozenset[str]:
    """The detectors of which a trigger stands in a text."""
    if automaton is None:
        return _NOBODY
    found = _NOBODY
    for _end, names in automaton.iter(text):
        found = found | names
    return found
