"""What came of bad reviews, by agent and store: how many there were, contacted, changed, kept (R34)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.db import connection
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from kpis.exports import CONTENT_TYPES, Sheet, file_answer
from kpis.forms import today_of
from orders.review_grades import GRAVE
from orders.reviews import KEPT
from stores.forms import DayField, StyledForm
from stores.models import Store
from team.seats import agents_open_to
from tenants.access import permission_required
from tenants.permissions import allowed

DAYS = 30
COUNTS = ("bad", "contacted", "answered", "changed", "deleted", "kept", "open", "malicious")
TITLES = {
    "bad": _("Bad reviews"),
    "contacted": _("Contacted"),
    "answered": _("Answered"),
    "changed": _("Changed"),
    "deleted": _("Deleted"),
    "kept": _("Kept"),
    "open": _("Nothing yet"),
    "malicious": _("Malicious"),
}
# Whose: whoever handled it, else whose the order is (docs/kpis.md §4). A mended review counts though its stars rose.
FIGURES = """
SELECT store_id, agent_id, count(*), count(contacted_at), count(*) FILTER (WHERE answered),
    count(*) FILTER (WHERE outcome = 'changed'), count(*) FILTER (WHERE outcome = 'deleted'),
    count(*) FILTER (WHERE outcome = ANY(%(kept)s)), count(*) FILTER (WHERE outcome IN ('', 'will_change')),
    count(*) FILTER (WHERE malicious)
FROM (
    SELECT r.store_id, coalesce(h.agent_id, nullif(f.owner_id, 0)) AS agent_id, h.contacted_at,
        coalesce(h.outcome, '') AS outcome, coalesce(h.malicious, false) AS malicious,
        r.replied_at IS NOT NULL OR r.reply IS NOT NULL OR h.published_at IS NOT NULL AS answered
    FROM unnest(%(stores)s::integer[], %(since)s::timestamptz[], %(until)s::timestamptz[]) AS p (store_id, since, until)
    JOIN orders_review r ON r.store_id = p.store_id AND r.created_at >= p.since AND r.created_at < p.until
    LEFT JOIN orders_reviewhandling h ON h.store_id = r.store_id AND h.review_id = r.review_id
    LEFT JOIN orders_order o ON o.store_id = r.store_id AND o.order_id = r.order_id
    LEFT JOIN kpis_orderfact f ON f.order_id = o.id
    WHERE r.grade = ANY(%(grave)s) OR h.outcome <> ''
) AS bad GROUP BY 1, 2
"""


class PeriodForm(StyledForm):
    """?since= and ?until=, both included; a wrong one is the default: the last 30 days."""

    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("To"), required=False)
    store = forms.ModelChoiceField(
        label=_("Store"), queryset=Store.objects.none(), required=False, to_field_name="code", empty_label=_("All stores")
    )  # fmt: skip


def figures(stores: list[Store], since: date, until: date) -> list[dict]:
    """[{store, agent_id, counts: by COUNTS}] of reviews written from day `since` to `until` by the stores' clocks.

    One statement."""
    zones, day = [ZoneInfo(store.time_zone) for store in stores], timedelta(days=1)
    params = {
        "stores": [store.pk for store in stores],
        "since": [datetime.combine(since, time(), zone) for zone in zones],
        "until": [datetime.combine(until + day, time(), zone) for zone in zones],
        "grave": list(GRAVE),
        "kept": list(KEPT),
    }
    by_pk = {store.pk: store for store in stores}
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, params)
        return [
            {"store": by_pk[store_id], "agent_id": agent_id, "counts": dict(zip(COUNTS, counts, strict=True))}
            for store_id, agent_id, *counts in cursor.fetchall()
        ]


@require_GET
@permission_required("see_cases")
def review_figures(request):
    """Bad reviews of a period and what came of them, by agent and store; agents see their own lines."""
    stores = list(Store.objects.open_to(request.membership))
    form = PeriodForm(request.GET)
    form.fields["store"].queryset = Store.objects.open_to(request.membership)
    form.is_valid()
    today = today_of(stores) if stores else timezone.now().date()
    until = form.cleaned_data.get("until") or today
    since = min(form.cleaned_data.get("since") or until - timedelta(days=DAYS - 1), until)
    chosen = form.cleaned_data.get("store")
    names = {agent.pk: agent.name for agent in agents_open_to(request.membership)}
    rows = figures([chosen] if chosen else stores, since, until)
    if not allowed(request.membership, "see_all_figures"):
        rows = [row for row in rows if row["agent_id"] and row["agent_id"] == request.membership.agent_id]
    for row in rows:
        row["agent"] = names.get(row["agent_id"]) or gettext("nobody")
        row["cells"] = [row["counts"][name] for name in COUNTS]
    rows.sort(key=lambda row: (-row["counts"]["bad"], row["agent"], row["store"].code))
    titles = [TITLES[name] for name in COUNTS]
    if request.GET.get("file") in CONTENT_TYPES:
        lines = [[row["agent"], row["store"].code, *row["cells"]] for row in rows]
        heads = [gettext("Agent"), gettext("Store"), *(str(title) for title in titles)]
        units = ["", "", *["count"] * len(COUNTS)]
        return file_answer(
            request, Sheet(heads, lines, units), request.GET["file"], f"review-outcomes-{since}-{until}"
        )
    totals = [sum(row["counts"][name] for row in rows) for name in COUNTS]
    context = {
        "form": form, "since": since, "until": until, "rows": rows, "titles": titles, "totals": totals,
        "several_stores": len(stores) > 1,
    }  # fmt: skip
    return render(request, "desk/review_figures.html", context)
