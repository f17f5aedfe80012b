"""People, shifts and entries for the tests of the roster. All is made in the organization's scope."""

from datetime import date, datetime

from team.models import Agent
from team.roster import write_cells
from team.roster_limits import Limits
from team.roster_models import ShiftKind
from team.roster_month import Grid, load_month

NOVEMBER = date(2026, 11, 1)


def moment(text: str) -> datetime:
    """`2026-11-03 17:00` in Shanghai (always UTC+8)."""
    return datetime.fromisoformat(f"{text}+08:00")


def make_shift(organization, name: str, starts: str, ends: str, **fields) -> ShiftKind:
    """starts, ends: HH:MM after midnight of the day it begins on; 26:00 is 02:00 of the next day."""
    minutes = [int(text[:2]) * 60 + int(text[3:]) for text in (starts, ends)]
    return ShiftKind.objects.create(
        organization=organization, name=name, starts_minutes=minutes[0], ends_minutes=minutes[1], **fields
    )


def three_shifts(organization) -> dict[str, str]:
    """{name: code} of the usual three."""
    made = (
        make_shift(organization, "day", "08:30", "17:30"),
        make_shift(organization, "evening", "17:00", "24:00"),
        make_shift(organization, "night", "17:00", "26:00"),
    )
    return {kind.name: f"s{kind.pk}" for kind in made}


def put(organization, agent, codes: dict[int, str], month: date = NOVEMBER, now=None, **options):
    """Write {day of the month: code} for one person."""
    wanted = {(agent.pk, month.replace(day=day)): code for day, code in codes.items()}
    return write_cells(organization, wanted, now or moment("2026-10-20 12:00"), **options)


def grid_of(month: date = NOVEMBER, limits: Limits | None = None, drafts: bool = True) -> Grid:
    agents = Agent.objects.order_by("name", "pk")
    return load_month(month, agents, list(ShiftKind.objects.all()), limits or Limits(), drafts)
