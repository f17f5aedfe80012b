"""What comes in, hour by hour: kept of the past, expected of the days to come (docs/desk.md, Load and coverage)."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from desk.models import StoreHour
from kpis.models import STORE
from stores.models import Store
from team.calendar_days import countries_of, special_days
from tenants.scope import organization_scope

HOUR = timedelta(hours=1)
# The last so many ordinary days of the same weekday tell what is to be expected; none is older than the look-back.
SAME_WEEKDAYS = 4
LOOK_BACK = timedelta(weeks=12)
# Days on which every marketplace sells many times the usual: (month, day).
SHOPPING_DAYS = frozenset({(6, 18), (11, 11), (12, 12)})

FRESH_HOURS = """
CREATE TEMPORARY TABLE fresh_hour ON COMMIT DROP AS
SELECT day, date_trunc('hour', started_at, %(zone)s) AS starts_at,
    date_part('hour', min(started_at) AT TIME ZONE %(zone)s)::smallint AS hour, count(*)::integer AS rounds,
    count(DISTINCT buyer_id)::integer AS buyers, count(*) FILTER (WHERE seconds IS NULL)::integer AS unanswered_rounds
FROM kpis_round WHERE store_id = %(store)s {days} GROUP BY 1, 2
"""
COLUMNS = "day, starts_at, hour, rounds, buyers, unanswered_rounds"
# The sums a day's hours must have: kpis_agentday counts the same rounds.
STALE = """
SELECT coalesce(a.day, h.day) FROM (
    SELECT day, response_count + unanswered_rounds AS rounds, unanswered_rounds FROM kpis_agentday
    WHERE store_id = %(store)s AND agent_id = %(whole)s AND response_count + unanswered_rounds > 0
) AS a FULL JOIN (
    SELECT day, sum(rounds) AS rounds, sum(unanswered_rounds) AS unanswered_rounds FROM desk_storehour
    WHERE store_id = %(store)s GROUP BY day
) AS h USING (day)
WHERE (a.rounds, a.unanswered_rounds) IS DISTINCT FROM (h.rounds, h.unanswered_rounds) ORDER BY 1
"""


def refresh_load(cursor, store: Store, since: date | None, until: date | None) -> int:
    """Make the hours of these business days (both included; None: open) what the rounds say; returns rows changed.

    Called in the organization's scope, after kpis has derived the days. Running it again changes nothing.
    """
    days = (" AND day >= %(since)s" if since else "") + (" AND day <= %(until)s" if until else "")
    params = {"store": store.pk, "zone": store.time_zone, "since": since, "until": until}
    params["organization"] = store.organization_id
    cursor.execute("DROP TABLE IF EXISTS fresh_hour")
    cursor.execute(FRESH_HOURS.format(days=days), params)
    cursor.execute(
        f"DELETE FROM desk_storehour t WHERE store_id = %(store)s {days}"
        f" AND NOT EXISTS (SELECT 1 FROM fresh_hour f WHERE (t.day, t.starts_at) = (f.day, f.starts_at))",
        params,
    )
    gone = cursor.rowcount
    cursor.execute(
        f"INSERT INTO desk_storehour AS t (organization_id, store_id, {COLUMNS})"
        f" SELECT %(organization)s, %(store)s, {COLUMNS} FROM fresh_hour"
        " ON CONFLICT (organization_id, store_id, day, starts_at) DO UPDATE SET"
        " hour = EXCLUDED.hour, rounds = EXCLUDED.rounds, buyers = EXCLUDED.buyers,"
        " unanswered_rounds = EXCLUDED.unanswered_rounds"
        " WHERE (t.hour, t.rounds, t.buyers, t.unanswered_rounds) IS DISTINCT FROM"
        " (EXCLUDED.hour, EXCLUDED.rounds, EXCLUDED.buyers, EXCLUDED.unanswered_rounds)",
        params,
    )
    return gone + cursor.rowcount


def refresh_stale_load(organization_id: int) -> int:
    """Refresh, in all stores, the days whose hours do not add up to the day's figures; returns rows changed."""
    changed = 0
    with organization_scope(organization_id), connection.cursor() as cursor:
        for store in Store.objects.all():
            cursor.execute(STALE, {"store": store.pk, "whole": STORE})
            for since, until in spans([row[0] for row in cursor.fetchall()]):
                changed += refresh_load(cursor, store, since, until)
    return changed


def spans(days: Iterable[date]) -> list[tuple[date, date]]:
    """Neighbouring days of an ordered sequence put together: [(first, last), …]."""
    found: list[tuple[date, date]] = []
    for day in days:
        if found and found[-1][1] == day - timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def extraordinary_days(store: Store, since: date, until: date) -> set[date]:
    """Days between both that tell nothing of an ordinary week: the country's holidays, weekends worked for them,
    and the shopping festivals."""
    special = {one.day for one in special_days(since, until, countries_of([store]), "en")}
    festivals = {date(year, *day) for year in range(since.year, until.year + 1) for day in SHOPPING_DAYS}
    return special | {day for day in festivals if since <= day <= until}


class Expected(NamedTuple):
    """What one store expects: `hours[weekday][hour]` questions by its wall clock; `days` that were looked at."""

    zone: ZoneInfo
    hours: list[list[float]]
    days: dict[int, list[date]]

    def within(self, instant: datetime) -> float:
        """Questions expected in the hour from `instant` on; it may begin within an hour of the store."""
        wall = instant.astimezone(self.zone)
        after = (instant + HOUR).astimezone(self.zone)
        share = wall.minute / 60
        first = self.hours[wall.weekday()][wall.hour] * (1 - share)
        return first + (self.hours[after.weekday()][after.hour] * share if share else 0.0)


def expected_load(stores: Sequence[Store], before: date) -> dict[int, Expected]:
    """{store id: what it expects}, from the last 4 ordinary days of each weekday before `before` (its wall clock's
    calendar day) on which it had data; special days do not count. One query."""
    since = before - LOOK_BACK
    rows = StoreHour.objects.filter(
        store__in=[store.pk for store in stores],
        starts_at__gte=datetime.combine(since - timedelta(days=1), datetime.min.time(), UTC),
        starts_at__lt=datetime.combine(before + timedelta(days=1), datetime.min.time(), UTC),
    ).values_list("store_id", "starts_at", "rounds")
    heard: dict[int, dict[date, list[int]]] = {store.pk: {} for store in stores}
    zones = {store.pk: ZoneInfo(store.time_zone) for store in stores}
    for store_id, starts_at, rounds in rows:
        wall = starts_at.astimezone(zones[store_id])
        if since <= wall.date() < before:
            heard[store_id].setdefault(wall.date(), [0] * 24)[wall.hour] += rounds
    return {
        store.pk: _expected(zones[store.pk], heard[store.pk], extraordinary_days(store, since, before), since)
        for store in stores
    }


def _expected(zone: ZoneInfo, heard: dict[date, list[int]], special: set[date], since: date) -> Expected:
    """Days between the first and the last with data count, silent ones too: nobody asked."""
    hours, days = [[0.0] * 24 for _ in range(7)], {weekday: [] for weekday in range(7)}
    if heard:
        day, first = max(heard), max(min(heard), since)
        while day >= first:
            known = days[day.weekday()]
            if len(known) < SAME_WEEKDAYS and day not in special:
                known.append(day)
            day -= timedelta(days=1)
    for weekday, known in days.items():
        for hour in range(24):
            asked = sum(heard[day][hour] for day in known if day in heard)
            hours[weekday][hour] = asked / len(known) if known else 0.0
    return Expected(zone, hours, days)


def actual_load(stores: Sequence[Store], since: datetime, until: datetime) -> dict[datetime, int]:
    """{instant an hour begins: questions asked in it}, all stores together, of hours that begin in [since, until)."""
    found: dict[datetime, int] = {}
    rows = StoreHour.objects.filter(
        store__in=[store.pk for store in stores], starts_at__gte=since, starts_at__lt=until
    ).values_list("starts_at", "rounds")
    for starts_at, rounds in rows:
        found[starts_at] = found.get(starts_at, 0) + rounds
    return found
