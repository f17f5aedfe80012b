"""Business days: when one begins, and what they are in SQL. Parameters there: `zone`, the store's IANA time zone, and
`cut`, its day cut as an interval."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from stores.models import Store


def start_of(store: Store, day: date) -> datetime:
    """The instant at which a business day of the store begins (docs/kpis.md §1)."""
    wall = datetime.combine(day, time()) + store.day_cut
    return wall.replace(tzinfo=ZoneInfo(store.time_zone))


def day_of(instant: str) -> str:
    """SQL of the business day of an instant (docs/kpis.md §1)."""
    return f"(({instant} AT TIME ZONE %(zone)s) - %(cut)s::interval)::date"


def day_params(store: Store) -> dict[str, str]:
    """The parameters `day_of` asks for."""
    return {"zone": store.time_zone, "cut": f"{store.day_cut_minutes} minutes"}
