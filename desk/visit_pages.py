"""The revisit table (R38): what return visits found, by month."""

from collections import defaultdict
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from desk.detectors import DETECTORS
from desk.follow_up_list import open_to
from desk.models import State
from desk.visits import OUTCOMES, VISITS
from kpis.exports import CONTENT_TYPES, Sheet, file_answer
from kpis.forms import today_of
from stores.models import Store
from tenants.access import permission_required

MONTHS = 13


def visit_rows(membership, stores: list[Store], now) -> list[dict]:
    """[{month, kind, open, <outcome>: count, bought, visited}] newest first, by the month a visit was due.

    bought: came back by themselves. Months by the first store's clock.
    """
    zone = ZoneInfo(stores[0].time_zone)
    counts = (
        open_to(membership, now)
        .filter(kind__in=VISITS, store__in=stores, opens_at__lte=now)
        .order_by()
        .annotate(month=TruncMonth("due_at", tzinfo=zone))
        .values("month", "kind", "state", "outcome")
        .annotate(n=Count("pk"))
    )
    rows: dict[tuple, dict] = defaultdict(lambda: defaultdict(int))
    for count in counts:
        row = rows[count["month"].date(), count["kind"]]
        row[count["outcome"] if count["state"] == State.CLOSED else count["state"]] += count["n"]
    found = []
    for (month, kind), row in sorted(rows.items(), reverse=True):
        told = {code: row[code] for code, _label in OUTCOMES}
        found.append(
            {
                "month": month,
                "kind": gettext(DETECTORS[kind].label),
                "due": sum(row.values()),
                "visited": sum(told.values()),
                "counts": list(told.values()),
                "bought": row["bought"],
                "open": row["open"],
                "counted": row["counted"],
            }
        )
    months = sorted({row["month"] for row in found}, reverse=True)[:MONTHS]
    return [row for row in found if row["month"] in months]


@require_GET
@permission_required("see_follow_ups")
def visit_list(request):
    """Return visits by month: how many were due, made, and what they found; also as a file."""
    stores = list(Store.objects.open_to(request.membership))
    rows = visit_rows(request.membership, stores, timezone.now()) if stores else []
    outcomes = [gettext(label) for _code, label in OUTCOMES]
    if request.GET.get("file") in CONTENT_TYPES:
        titles = [gettext("Month"), gettext("Kind"), gettext("Due"), gettext("Visited"), *outcomes]
        titles += [gettext("Bought by themselves"), gettext("Open"), gettext("Too old, only counted")]
        lines = [
            [
                f"{r['month']:%Y-%m}",
                r["kind"],
                r["due"],
                r["visited"],
                *r["counts"],
                r["bought"],
                r["open"],
                r["counted"],
            ]
            for r in rows
        ]
        return file_answer(request, Sheet(titles, lines), request.GET["file"], f"visits-{today_of(stores)}")
    return render(request, "desk/visit_list.html", {"rows": rows, "outcomes": outcomes})
