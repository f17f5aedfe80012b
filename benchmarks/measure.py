"""Timing by interleaved repeats, and what a section reports."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Measured:
    """One figure beside its target. kind: "at least" or "at most"; target None: told for information only."""

    name: str
    value: float
    target: float | None = None
    kind: str = "at most"
    unit: str = ""

    @property
    def reached(self) -> bool | None:
        if self.target is None:
            return None
        return self.value >= self.target if self.kind == "at least" else self.value <= self.target


@dataclass
class Report:
    """What one section found: figures, and lines that explain them."""

    title: str
    figures: list[Measured] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(
        self, name: str, value: float, target: float | None = None, kind: str = "at most", unit: str = ""
    ):
        self.figures.append(Measured(name, value, target, kind, unit))

    def lines(self) -> list[str]:
        """The report as Markdown."""
        rows = ["| | measured | target | reached |", "|---|---|---|---|"]
        for each in self.figures:
            target = "" if each.target is None else f"{each.kind} {each.target:g}{each.unit}"
            reached = {None: "", True: "yes", False: "**no**"}[each.reached]
            rows.append(f"| {each.name} | {_shown(each.value)}{each.unit} | {target} | {reached} |")
        return [f"## {self.title}", "", *rows, "", *[f"- {note}" for note in self.notes], ""]


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def seconds(action: Callable[[], Any]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def interleaved(actions: dict[str, Callable[[], float]], repeats: int) -> dict[str, list[float]]:
    """Each action's seconds in every round; the actions take turns, so that a busy machine slows all alike.

    An action returns its own seconds: what it prepares and clears away is not counted.
    """
    found: dict[str, list[float]] = {name: [] for name in actions}
    for turn in range(repeats):
        # Every other round backwards: no action always follows the same one.
        for name in list(actions)[:: -1 if turn % 2 else 1]:
            found[name].append(actions[name]())
    return found


def ratio(found: dict[str, list[float]], over: str, under: str) -> float:
    """Median over the rounds of one action's seconds / another's in the same round."""
    return statistics.median(a / b for a, b in zip(found[over], found[under], strict=True))


def spread(found: dict[str, list[float]]) -> str:
    """Each action's seconds, smallest, median and largest, for the notes."""
    return "; ".join(
        f"{name} {min(times):.2f}–{statistics.median(times):.2f}–{max(times):.2f} s"
        for name, times in found.items()
    )


def percentile(values: list[float], share: float) -> float:
    """The value that `share` (0..1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
