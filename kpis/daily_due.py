"""Which daily tables are due to whom: the set time has come, and the day is complete, or waited for long enough."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from kpis.daily_access import tables_of
from kpis.daily_models import DailyMail
from kpis.models import STORE, AgentDay
from stores.models import Store
from tenants.models import Membership

# Nothing older is sent: yesterday's news is news for three days.
FRESH_DAYS = 3
# A day of which nothing came yet is waited for until noon of the next one by the store's clock …
LATEST_MINUTES = 12 * 60
# … if the store had figures within so many days before: one that lies idle is not waited for.
IDLE_DAYS = 7
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Due:
    """One mail to be sent: the tables of a day, of stores the member may see."""

    mail: DailyMail
    membership: Membership
    stores: list[Store]
    day: date
    tables: list[str]


def due_mails(now: datetime) -> list[Due]:
    """What is due at `now`, the oldest day first, whether or not it was sent. Four statements; call inside a scope."""
    mails = list(
        DailyMail.objects.filter(active=True, user__is_active=True).select_related("user").order_by("pk")
    )
    if not mails:
        return []
    members = {
        member.user_id: member
        for member in Membership.objects.filter(user_id__in=[mail.user_id for mail in mails]).select_related(
            "organization"
        )
    }
    stores = list(Store.objects.all())
    if not stores:
        return []
    today = max(store.business_day(now) for store in stores)
    days = [today - _DAY * back for back in range(FRESH_DAYS, 0, -1)]
    with_figures = _days_with_figures(days[0] - _DAY * IDLE_DAYS, today)
    due = []
    for day in days:
        for mail in mails:
            member = members.get(mail.user_id)
            if member is None or day < mail.since:
                continue
            told = Due(mail, member, _stores_of(mail, member, stores), day, _tables(mail, member))
            if told.tables and told.stores and _is_time(told, now, with_figures):
                due.append(told)
    return due


def _stores_of(mail: DailyMail, member: Membership, stores: Sequence[Store]) -> list[Store]:
    """Those chosen that the member may still see; none chosen: all of these."""
    return [
        store
        for store in stores
        if (not mail.store_ids or store.pk in mail.store_ids)
        and (not member.store_ids or store.pk in member.store_ids)
    ]


def _tables(mail: DailyMail, member: Membership) -> list[str]:
    return [name for name in tables_of(member) if name in mail.tables]


def _days_with_figures(since: date, until: date) -> set[tuple[int, date]]:
    rows = AgentDay.objects.filter(day__range=(since, until), agent_id=STORE)
    return set(rows.values_list("store_id", "day"))


def _is_time(due: Due, now: datetime, with_figures: set[tuple[int, date]]) -> bool:
    """Whether each store's clock has passed the set time, or, where nothing of the day came yet, noon."""
    lively = [store for store in due.stores if _had_figures(store, due.day, with_figures)]
    if not lively:
        return False
    for store in due.stores:
        latest = due.mail.at_minutes
        if store in lively and lacks(store, due.day, with_figures):
            latest = max(latest, LATEST_MINUTES)
        wall = now.astimezone(ZoneInfo(store.time_zone)).replace(tzinfo=None)
        next_day = datetime.combine(due.day + _DAY, time())
        if wall < next_day + max(timedelta(minutes=latest), store.day_cut):
            return False
    return True


def _had_figures(store: Store, day: date, with_figures: set[tuple[int, date]]) -> bool:
    """On the day or within IDLE_DAYS before it."""
    return any((store.pk, day - _DAY * back) in with_figures for back in range(IDLE_DAYS + 1))


def lacks(store: Store, day: date, with_figures: set[tuple[int, date]]) -> bool:
    """Whether neither the day nor one after it has figures."""
    return not any((store.pk, day + _DAY * on) in with_figures for on in range(FRESH_DAYS + 1))


def newest_instants(stores: Iterable[Store], day: date) -> dict[int, datetime | None]:
    """{store id: the last chat or payment of the day} of stores without figures of a later day; None: nothing came.

    What is missing here is complete: a later day has begun to come in.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s, greatest(
                (SELECT max(ended_at) FROM kpis_chatsession c WHERE c.store_id = s AND c.day = %(day)s),
                (SELECT max(paid_at) FROM kpis_orderfact f WHERE f.store_id = s AND f.paid_day = %(day)s))
            FROM unnest(%(stores)s) s
            WHERE NOT EXISTS (SELECT 1 FROM kpis_agentday a WHERE a.store_id = s AND a.day > %(day)s)
            """,
            {"stores": [store.pk for store in stores], "day": day},
        )
        return dict(cursor.fetchall())
