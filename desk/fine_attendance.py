"""Fines for attendance (R20): late beyond what is free, absent without leave. Corrections stand over what was derived."""

import calendar
from collections.abc import Iterator
from datetime import timedelta

from desk.attendance_month import Cell, month_sheet
from desk.attendance_rules import Status
from desk.duties import desk_settings
from desk.fine_facts import Found, Look


def late(look: Look) -> list[Found]:
    """Each day marked late and counted; what is free is the desk's setting."""
    return [
        _found(look, agent_id, cell, {"late_minutes": cell.late_minutes})
        for agent_id, cell in _cells(look)
        if cell.mark == "counted"
    ]


def absent(look: Look) -> list[Found]:
    """Each day of a shift on which nobody was seen. Leave is the roster's word: such a day is no absence."""
    return [
        _found(look, agent_id, cell, {})
        for agent_id, cell in _cells(look)
        if cell.status == Status.ABSENT and not (cell.derived and cell.derived.ends_at and cell.derived.ends_at > look.now)
    ]  # fmt: skip


def _cells(look: Look) -> Iterator[tuple[int, Cell]]:
    """Each person's days. Two statements for each month."""
    figures = desk_settings()
    for month in look.months:
        days = [month + timedelta(days=n) for n in range(calendar.monthrange(month.year, month.month)[1])]
        for person in month_sheet(look.agents, days, figures):
            for day, cell in person.cells.items():
                if look.since <= day <= look.until and look.home(person.agent.pk, day) is not None:
                    yield person.agent.pk, cell


def _found(look: Look, agent_id: int, cell: Cell, facts: dict) -> Found:
    return Found(look.home(agent_id, cell.day), agent_id, f"{agent_id}/{cell.day}", cell.day, facts=facts)
