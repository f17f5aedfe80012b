"""The roster as it is written: blocks of cells saved at once, a month published, and who is told.

A cell's content goes by a code, on the page as in requests and sheets: "" nothing, "s12" the kind of shift 12, else a
value of EntryKind such as "rest".
"""

import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from team.notices import notify, users_of_agents
from team.roster_models import EntryKind, RosterEntry, RosterMonth, ShiftKind
from team.shifts import hours_of, log_shifts
from tenants.models import Organization, User

Cell = tuple[int, date]  # agent_id, day
CODES = frozenset(EntryKind.values) - {EntryKind.WORK}
_SHIFT = re.compile(r"s(\d{1,9})")


class Changed(NamedTuple):
    """One cell that differs now. before, after: codes; published: its month is."""

    agent_id: int
    day: date
    before: str
    after: str
    published: bool


def month_start(day: date) -> date:
    return day.replace(day=1)


def days_of(month: date) -> list[date]:
    """Every day of the month that begins on `month`."""
    return [month + timedelta(days=number) for number in range(monthrange(month.year, month.month)[1])]


def next_month(month: date) -> date:
    return month_start(month + timedelta(days=32))


def previous_month(month: date) -> date:
    return month_start(month - timedelta(days=1))


def code_of(entry: RosterEntry | None) -> str:
    if entry is None:
        return ""
    return f"s{entry.shift_id}" if entry.kind == EntryKind.WORK else entry.kind


def shift_id_of(code: str) -> int | None:
    """The kind of shift a code names, None for rest, leave and nothing."""
    found = _SHIFT.fullmatch(code)
    return int(found[1]) if found else None


def is_code(code: str, kinds: Mapping[int, ShiftKind]) -> bool:
    """Whether the code is "", a reason not to work, or one of these kinds of shifts."""
    return code == "" or code in CODES or shift_id_of(code) in kinds


@transaction.atomic
def write_cells(
    organization: Organization,
    wanted: Mapping[Cell, str],
    now: datetime,
    user: User | None = None,
    tell: bool = True,
) -> list[Changed]:
    """Make these cells what `wanted` says and return those that differed, by day.

    In a published month the change log is told, and with `tell` everybody whose days changed but `user`, who did it.
    KeyError: a code names a shift that does not exist. The months are locked: nobody publishes them meanwhile.
    """
    if not wanted:
        return []
    months = _locked(organization, {month_start(day) for _agent, day in wanted})
    existing = _existing(wanted)
    kinds = ShiftKind.objects.in_bulk({number for code in wanted.values() if (number := shift_id_of(code))})
    changed, written = [], []
    for (agent_id, day), code in wanted.items():
        before = code_of(existing.get((agent_id, day)))
        if before != code:
            published = months[month_start(day)].published_at is not None
            changed.append(Changed(agent_id, day, before, code, published))
            if code:
                written.append(_entry(organization, agent_id, day, code, kinds, published))
    gone = [existing[one.agent_id, one.day].pk for one in changed if not one.after]
    RosterEntry.objects.filter(pk__in=gone).delete()
    RosterEntry.objects.bulk_create(
        written,
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["organization", "agent", "day"],
        update_fields=["kind", "shift", "starts_at", "ends_at", "published"],
    )
    old = [existing[cell] for one in changed if (cell := (one.agent_id, one.day)) in existing]
    log_shifts(_hours(entry for entry in (*old, *written) if entry.published), now)
    changed.sort(key=lambda one: (one.day, one.agent_id))
    if tell:
        _tell(organization, [one for one in changed if one.published], now, user)
    return changed


def _locked(organization: Organization, months: set[date]) -> dict[date, RosterMonth]:
    RosterMonth.objects.bulk_create(
        [RosterMonth(organization=organization, month=month) for month in sorted(months)],
        ignore_conflicts=True,
    )
    rows = RosterMonth.objects.select_for_update().filter(month__in=months).order_by("month")
    return {row.month: row for row in rows}


def _existing(wanted: Mapping[Cell, str]) -> dict[Cell, RosterEntry]:
    agents, days = {cell[0] for cell in wanted}, [cell[1] for cell in wanted]
    entries = RosterEntry.objects.filter(agent_id__in=agents, day__range=(min(days), max(days)))
    return {(entry.agent_id, entry.day): entry for entry in entries}


def _entry(
    organization: Organization,
    agent_id: int,
    day: date,
    code: str,
    kinds: Mapping[int, ShiftKind],
    published: bool,
) -> RosterEntry:
    entry = RosterEntry(organization=organization, agent_id=agent_id, day=day, kind=code, published=published)
    if number := shift_id_of(code):
        entry.kind, entry.shift_id = EntryKind.WORK, number
        entry.starts_at, entry.ends_at = hours_of(kinds[number], day)
    return entry


def _hours(entries: Iterable[RosterEntry]) -> list[tuple[int, datetime, datetime]]:
    return [
        (entry.agent_id, entry.starts_at, entry.ends_at)
        for entry in entries
        if entry.starts_at is not None and entry.ends_at is not None
    ]


def _tell(organization: Organization, changed: list[Changed], now: datetime, by: User | None) -> None:
    """Everybody whose published days changed is told which; people with the same days by one notice."""
    days: dict[int, list[date]] = defaultdict(list)
    for one in changed:
        days[one.agent_id].append(one.day)
    users = users_of_agents(list(days)) if days else {}
    told: dict[tuple[date, ...], list[int]] = defaultdict(list)
    for agent_id, user_id in users.items():
        if by is None or user_id != by.pk:
            told[tuple(days[agent_id])].append(user_id)
    for theirs, user_ids in told.items():
        notify(
            organization,
            user_ids,
            key=f"roster-changed {now:%Y%m%dT%H%M%S.%f} {theirs[0]}",
            kind="roster",
            text=_("Your roster was changed: %(days)s"),
            params={"days": days_in_brief(theirs)},
            link=link_to(organization, theirs[0]),
            now=now,
        )


def days_in_brief(days: Iterable[date]) -> str:
    """`11-03, 11-05…07`: days in order, runs of three or more drawn together."""
    runs: list[list[date]] = []
    for day in sorted(days):
        if runs and day - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    words = []
    for run in runs:
        if len(run) < 3:
            words += [f"{day:%m-%d}" for day in run]
        else:
            last = f"{run[-1]:%d}" if run[-1].month == run[0].month else f"{run[-1]:%m-%d}"
            words.append(f"{run[0]:%m-%d}…{last}")
    return ", ".join(words)


def link_to(organization: Organization, day: date) -> str:
    """The roster's page of that day's month."""
    return f"{reverse('roster', args=[organization.slug])}?month={day:%Y-%m}"


@transaction.atomic
def publish(organization: Organization, month: date, user: User | None, now: datetime) -> int:
    """Everybody sees the month from now on, and who has something in it is told. Returns how many entries; 0 and
    nothing happens where it was published already."""
    row = _locked(organization, {month})[month]
    if row.published_at is not None:
        return 0
    row.published_at, row.published_by = now, user
    row.save(update_fields=["published_at", "published_by"])
    entries = RosterEntry.objects.filter(day__range=(month, days_of(month)[-1]), published=False)
    found = list(entries.select_for_update())
    entries.update(published=True)
    log_shifts(_hours(found), now)
    users = users_of_agents(sorted({entry.agent_id for entry in found}))
    notify(
        organization,
        sorted(set(users.values())),
        key=f"roster-published {month:%Y-%m}",
        kind="roster",
        text=_("The roster of %(month)s is there."),
        params={"month": f"{month:%Y-%m}"},
        link=link_to(organization, month),
        now=now,
    )
    return len(found)


@transaction.atomic
def change_shift(
    organization: Organization,
    shift: ShiftKind,
    changed: Iterable[str],
    now: datetime,
    user: User | None = None,
) -> int:
    """Save a kind of shift whose fields `changed` differ; returns how many entries follow it.

    Shifts not begun yet take the new hours, and whose published days these are is told, but `user`, who did it. What
    was worked stays as it was, but which stores a shift covers holds for its past too: the chases of all its
    published entries are judged anew.
    """
    changed, moved = set(changed), []
    shift.save()
    if changed & {"starts_minutes", "ends_minutes", "time_zone"}:
        moved = list(RosterEntry.objects.select_for_update().filter(shift=shift, starts_at__gt=now))
        published = [entry for entry in moved if entry.published]
        before = _hours(published)
        for entry in moved:
            entry.starts_at, entry.ends_at = hours_of(shift, entry.day)
        RosterEntry.objects.bulk_update(moved, ["starts_at", "ends_at"], batch_size=2000)
        log_shifts([*before, *_hours(published)], now)
        same = code_of(published[0]) if published else ""
        _tell(
            organization, [Changed(one.agent_id, one.day, same, same, True) for one in published], now, user
        )
    if "store_ids" in changed:
        published = RosterEntry.objects.filter(shift=shift, published=True)
        log_shifts(published.values_list("agent_id", "starts_at", "ends_at"), now)
    return len(moved)
