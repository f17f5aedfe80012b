"""What static/js/charts.js draws: plain dictionaries of series over a common axis. Unknown values are None."""

from collections.abc import Sequence
from datetime import date
from itertools import accumulate

from django.utils.translation import gettext

from kpis import wording
from kpis.definitions import MEASURES, Measure
from kpis.models import RESPONSE_BINS
from kpis.rows import Row, ratio
from kpis.summary import ENOUGH_INQUIRIES
from kpis.tables import value_of

SHOWN = 5
# Those of static/css/figures.css, --series-0 on.
COLOURS = 6
# A day's rate of one person jumps with every buyer: in a longer period each point sums a week.
WEEK = 7
# What a figure is made of: rows for a chart need no more.
SUMS_OF = {
    "paid_amount": ("paid_amount",),
    "conversion_final": ("converted_final", "inquiries"),
    "average_first_response_seconds": ("first_response_seconds_sum", "first_response_count"),
    "refund_rate": ("refunded_orders", "orders"),
}


# One person's {day or month: the sums SUMS_OF names}.
Points = dict[date, tuple]


def series(name: str, values: list, role: str = "person", person: int = 0, href: str = "") -> dict:
    """role: "person" (its own colour), "team" (the line to compare with), "rest" (grey, not named)."""
    numbers = [None if value is None else round(float(value), 6) for value in values]
    return {"name": name, "values": numbers, "role": role, "person": person, "href": href}


def chart(
    kind: str, title: str, measure: Measure, axis: list[str], lines: list[dict], currency: str = ""
) -> dict:
    unit = {"money": currency, "seconds": gettext("seconds"), "rate": "%"}.get(measure.unit, "")
    return {
        "kind": kind,
        "title": title,
        "measure": measure.key,
        "unit": measure.unit,
        "currency": currency if measure.unit == "money" else "",
        "axis": axis,
        "axis_name": f"{measure.name} ({unit})" if unit else str(measure.name),
        "series": lines,
        "words": {"axis": gettext("Day"), "seconds": gettext("{n} s")},
    }


def shown_people(totals: Sequence[Row], key: str, chosen: frozenset[int]) -> list[int]:
    """The at most five people a chart names: the chosen ones, else the three highest and the two lowest."""
    known = [row for row in totals if value_of(row, key) is not None]
    if chosen:
        return [row.agent_id for row in known if row.agent_id in chosen][:SHOWN]
    asked = [row for row in known if row.inquiries >= ENOUGH_INQUIRIES] or known
    ordered = [row.agent_id for row in sorted(asked, key=lambda row: value_of(row, key), reverse=True)]
    return ordered if len(ordered) <= SHOWN else ordered[:3] + ordered[-2:]


def colours_of(shown: Sequence[int], ranks: dict[int, int]) -> dict[int, int]:
    """{agent id: one of COLOURS} for those a chart names: everybody's own colour, which comes from the rank by id
    and so is the same all over; where two named ones share it, the later joined takes the next that is free."""
    taken: dict[int, int] = {}
    for agent_id in sorted(shown, key=lambda one: ranks.get(one, 0)):
        own = ranks.get(agent_id, 0) % COLOURS
        free = (slot % COLOURS for slot in range(own, own + COLOURS) if slot % COLOURS not in taken.values())
        taken[agent_id] = next(free, own)
    return taken


def trend(
    key: str,
    totals: Sequence[Row],
    points: dict[int, Points],
    steps: list[date],
    people: dict,
    shown: list[int],
    months: bool = False,
) -> dict:
    """One line per shown person, the team between them, everybody else grey.

    totals: the whole period's row of everybody to draw; points: {agent id: Points}; steps: the days, or months, of the
    axis; people: {agent id: (name, rank, href)}.
    """
    measure = MEASURES[key]
    smooth = is_smooth(key, steps, months)
    lines = []
    for row in totals:
        name, rank, href = people.get(row.agent_id, ("", 0, ""))
        values = values_at(points.get(row.agent_id, {}), steps, smooth)
        lines.append(series(name, values, "person" if row.agent_id in shown else "rest", rank, href))
    # Money and counts of a whole team dwarf its members': only averages are a line to compare with.
    if measure.unit in ("rate", "seconds", "ratio") and len(totals) > 1:
        lines.append(team_line([points.get(row.agent_id, {}) for row in totals], steps, smooth))
    axis = [wording.month_text(step) if months else wording.day_text(step) for step in steps]
    lines.sort(key=lambda line: ("rest", "person", "team").index(line["role"]))
    title = gettext("%(figure)s by day") if not months else gettext("%(figure)s by month")
    spec = chart("trend", title % {"figure": measure.name}, measure, axis, lines, totals[0].currency)
    return spec | {"note": gettext("Each point sums the seven days up to it.") if smooth else ""}


def is_smooth(key: str, steps: list[date], months: bool = False) -> bool:
    """Whether each point sums a week: rates and times over more than two weeks of days."""
    return MEASURES[key].unit in ("rate", "seconds", "ratio") and not months and len(steps) > 2 * WEEK


def points_of(rows: Sequence[Row], key: str) -> Points:
    """One person's rows by day or month as points of the figure `key`."""
    return {row.day or row.month: tuple(getattr(row, name) for name in SUMS_OF[key]) for row in rows}


def values_at(points: Points, steps: list[date], smooth: bool) -> list:
    """The figure at each step, of the seven days up to it if `smooth`; None where nothing happened."""
    own = [points.get(step) for step in steps]
    if not smooth:
        return [None if sums is None else sums[0] if len(sums) == 1 else ratio(*sums) for sums in own]
    part, whole = ([0, *accumulate(sums[place] if sums else 0 for sums in own)] for place in (0, 1))
    spans = [(max(0, end - WEEK), end) for end in range(1, len(own) + 1)]
    return [ratio(part[end] - part[start], whole[end] - whole[start]) for start, end in spans]


def team_line(people: Sequence[Points], steps: list[date], smooth: bool = False) -> dict:
    """The figure of all these people together, as the line to compare with."""
    by_step = {step: [points[step] for points in people if step in points] for step in steps}
    together = {step: tuple(map(sum, zip(*sums, strict=True))) for step, sums in by_step.items() if sums}
    return series(gettext("Team"), values_at(together, steps, smooth), "team")


def distribution(team: Row, rows: Sequence[Row], people: dict, shown: list[int]) -> dict:
    """Which share of the answered rounds fell into each span of response time: the team as bars, people as lines."""
    bounds = [0, *RESPONSE_BINS]
    axis = [f"≤ {wording.seconds_text(bound)}" for bound in RESPONSE_BINS]
    axis.append(f"> {wording.seconds_text(bounds[-1])}")
    measure = MEASURES["response_share"]
    lines = [series(gettext("Team"), _shares(team), "team")]
    for row in rows:
        if row.agent_id in shown:
            name, rank, href = people[row.agent_id]
            lines.append(series(name, _shares(row), "person", rank, href))
    spec = chart("bars", gettext("How long buyers wait for an answer"), measure, axis, lines)
    spec["words"]["axis"] = gettext("Response time")
    return spec


def _shares(row: Row) -> list[float | None]:
    total = sum(row.response_bins)
    return [count / total if total else None for count in row.response_bins]
