"""The mini-language of the dialogue scripts, and how a script becomes spoken lines.

A turn is a string: `<` the buyer speaks, `>` the agent, `!` the moment the buyer places the order (no line).
Wordings that may stand for each other are separated by `|`; `{slot}` is filled from the sale at hand.
"""

from random import Random
from typing import NamedTuple

BUYER, AGENT, ORDER = "<", ">", "!"


class Script(NamedTuple):
    """One stretch of dialogue. `goods` empty: fits every store; else the catalogue line it belongs to.

    `stage`: open, topic, close_deal, close_later, close_lost, close_unpaid, courtesy, nudge before the sale;
    after, visit, chase, handover; night, morning; rare (said seldom, some of it better never).
    """

    name: str
    stage: str
    goods: str
    turns: tuple[tuple[str, tuple[str, ...]], ...]

    def opening(self) -> "Script":
        """Its first turn alone: the other side does not answer."""
        return self._replace(turns=self.turns[:1])


def script(name: str, stage: str, *turns: str, goods: str = "") -> Script:
    """Parse the mini-language; raises ValueError on a turn that begins with none of the three marks."""
    parsed = []
    for turn in turns:
        if turn[0] not in (BUYER, AGENT, ORDER):
            raise ValueError(f"{name}: {turn!r}")
        parsed.append((turn[0], tuple(wording.strip() for wording in turn[1:].split("|"))))
    return Script(name, stage, goods, tuple(parsed))


class ScriptBook:
    """The scripts of one language that fit one line of goods, by stage."""

    def __init__(self, scripts: tuple[Script, ...], goods: str):
        self._stages: dict[str, list[Script]] = {}
        for each in scripts:
            if each.goods in ("", goods):
                self._stages.setdefault(each.stage, []).append(each)

    def choose(self, rng: Random, stage: str) -> Script:
        return rng.choice(self._stages[stage])

    def choose_several(self, rng: Random, stage: str, count: int) -> list[Script]:
        choices = self._stages[stage]
        return rng.sample(choices, min(count, len(choices)))

    def named(self, name: str) -> Script:
        """The script of that name; raises LookupError when this book has none."""
        for scripts in self._stages.values():
            for each in scripts:
                if each.name == name:
                    return each
        raise LookupError(name)

    def has(self, name: str) -> bool:
        return any(each.name == name for scripts in self._stages.values() for each in scripts)


def speak(rng: Random, each: Script, slots: dict[str, object]) -> list[tuple[str, str]]:
    """(mark, text) of every turn, one wording chosen for each."""
    return [
        (mark, rng.choice(wordings).format_map(slots) if mark != ORDER else "")
        for mark, wordings in each.turns
    ]
