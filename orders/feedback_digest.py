"""Once a week: how much feedback there was, about which products, and what came of it (R40)."""

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from orders.complaint_models import Feedback
from stores.models import Store
from team.notices import notify
from tenants.models import Membership, Organization, Role
from tenants.scope import organization_scope

HOUR = 9  # of Monday, by the clocks of a member's first store
TOP = 3
TEXT = _(
    "Feedback of the week from %(since)s: %(made)s new, %(done)s done, %(declined)s declined, %(open)s still open."
    " Most about: %(products)s."
)
NOTHING_NAMED = "–"


def tell_week(organization_id: int, now: datetime) -> int:
    """Tell supervisors and owners of last week's feedback in their stores; how many were told now.

    From Monday 09:00 on, each once a week: the notice's key names the week. Where there was none, nobody is told.
    """
    with organization_scope(organization_id):
        organization = Organization.objects.get(pk=organization_id)
        stores = list(Store.objects.order_by("pk"))
        told = 0
        weeks: dict[tuple, tuple] = {}
        for member in Membership.objects.filter(role__in=(Role.OWNER, Role.SUPERVISOR)).order_by("pk"):
            seen = [store for store in stores if not member.store_ids or store.pk in member.store_ids]
            if not seen:
                continue
            wall = now.astimezone(ZoneInfo(seen[0].time_zone))
            monday = wall.date() - timedelta(days=wall.weekday())
            if wall < datetime(monday.year, monday.month, monday.day, HOUR, tzinfo=wall.tzinfo):
                continue
            key = (monday, seen[0].time_zone, tuple(store.pk for store in seen))
            if key not in weeks:
                weeks[key] = week_of(seen, monday - timedelta(days=7))
            params = weeks[key]
            if params is None:
                continue
            year, number, _day = (monday - timedelta(days=7)).isocalendar()
            told += notify(
                organization, [member.user_id], key=f"feedback-{year}-W{number:02d}", kind="feedback", text=TEXT,
                params=params, link=reverse("feedback_by_product", args=[organization.slug]), now=now,
            )  # fmt: skip
        return told


def week_of(stores: list[Store], monday: date) -> dict | None:
    """The places of TEXT for the week from `monday` on, by the first store's clock; None: nothing happened."""
    zone = ZoneInfo(stores[0].time_zone)
    since = datetime(monday.year, monday.month, monday.day, tzinfo=zone)
    end = monday + timedelta(days=7)
    until = datetime(end.year, end.month, end.day, tzinfo=zone)
    rows = Feedback.objects.filter(store__in=stores)
    made = rows.filter(made_at__gte=since, made_at__lt=until)
    moved = Q(changed_at__gte=since, changed_at__lt=until)
    counts = rows.aggregate(
        done=Count("pk", filter=moved & Q(state="done")),
        declined=Count("pk", filter=moved & Q(state="declined")),
        open=Count("pk", filter=Q(state__in=("new", "sent", "accepted"), made_at__lt=until)),
    )
    products = Counter(code for code in made.values_list("product_code", flat=True) if code)
    number = made.count()
    if not (number or counts["done"] or counts["declined"]):
        return None
    ordered = sorted(products.items(), key=lambda item: (-item[1], item[0]))[:TOP]
    named = ", ".join(f"{code} ({count})" for code, count in ordered) or NOTHING_NAMED
    return {"since": monday, "made": number, "products": named, **counts}
