"""Remarks written later than a store asks for, or not at all: who, which order, how late (R27)."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django import forms
from django.core.paginator import Paginator
from django.db import connection
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from kpis.exports import CONTENT_TYPES, Sheet, file_answer
from orders.remark_models import RemarkFormat
from stores.forms import DayField, StyledForm
from stores.models import Store
from team.models import Agent
from team.seats import agents_open_to
from tenants.access import permission_required
from tenants.models import Membership, Role

ROWS_PER_PAGE = 50
DAYS = 7

_LATE = """
SELECT o.store_id, o.order_id, coalesce(CASE WHEN f.owner_id > 0 THEN f.owner_id END, m.agent_id), o.paid_at, r.made_at,
    floor(extract(epoch FROM coalesce(r.made_at, %(now)s) - o.paid_at) / 60)::integer
FROM orders_remarkformat w
JOIN orders_order o ON o.store_id = w.store_id AND o.paid_at >= greatest(w.since, %(since)s) AND o.paid_at < %(until)s
LEFT JOIN orders_remark r ON r.store_id = o.store_id AND r.order_id = o.id AND r.number = 1
LEFT JOIN kpis_orderfact f ON f.order_id = o.id
LEFT JOIN tenants_membership m ON m.organization_id = o.organization_id AND m.user_id = r.made_by_id
WHERE w.store_id = ANY(%(stores)s) AND NOT (o.status = 'closed' AND coalesce(o.paid_amount, 0) = 0)
    AND coalesce(r.made_at, %(now)s) > o.paid_at + make_interval(mins => w.late_minutes)
ORDER BY o.paid_at DESC, o.order_id
"""


class LateRemark(NamedTuple):
    """minutes: from the payment to the first remark, up to now where there is none (made_at None); whole ones.

    agent_id: whose the order is, else who wrote the remark; None where nobody is known.
    """

    store_id: int
    order_id: str
    agent_id: int | None
    paid_at: datetime
    made_at: datetime | None
    minutes: int


def late_remarks(
    stores: Sequence[Store], since: datetime, until: datetime, now: datetime
) -> list[LateRemark]:
    """Orders of these stores paid in [since, until) whose first remark was late or is still missing, newest first.

    Only of stores that have set how they write remarks, and of orders paid since then. One statement.
    """
    with connection.cursor() as cursor:
        params = {"stores": [store.pk for store in stores], "since": since, "until": until, "now": now}
        cursor.execute(_LATE, params)
        return [LateRemark(*row) for row in cursor.fetchall()]


class LateFilters(StyledForm):
    """What the address asks for; a wrong value asks for nothing."""

    store = forms.ModelChoiceField(
        label=_("Store"), queryset=Store.objects.none(), required=False, to_field_name="code",
        empty_label=_("All stores"),
    )  # fmt: skip
    agent = forms.ModelChoiceField(
        label=_("Agent"), queryset=Agent.objects.none(), required=False, empty_label=_("All agents")
    )
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("To"), required=False)

    def __init__(self, data, membership: Membership):
        super().__init__(data)
        self.fields["store"].queryset = Store.objects.open_to(membership)
        self.fields["agent"].queryset = agents_open_to(membership)
        for name in ("store", "agent"):
            self.fields[name].widget.attrs["aria-label"] = self.fields[name].label

    def period(self, today: date) -> tuple[date, date]:
        """First and last day asked for; the last seven days where nothing is."""
        until = self.cleaned_data.get("until") or today
        return self.cleaned_data.get("since") or until - timedelta(days=DAYS - 1), until


@require_GET
@permission_required("see_orders")
def remark_late_list(request):
    """Late remarks of a period with counts for each agent; an agent sees the own ones; also as a file."""
    membership, now = request.membership, timezone.now()
    filters = LateFilters(request.GET, membership)
    filters.is_valid()
    stores = {store.pk: store for store in Store.objects.open_to(membership)}
    chosen = filters.cleaned_data.get("store")
    wanted = [chosen] if chosen else list(stores.values())
    zone = ZoneInfo(wanted[0].time_zone if wanted else "UTC")
    first, last = filters.period(now.astimezone(zone).date())
    # The fields show the days that are shown.
    filters.data = {**filters.data.dict(), "since": first.isoformat(), "until": last.isoformat()}
    since, until = (datetime.combine(day, time.min, zone) for day in (first, last + timedelta(days=1)))
    agent = filters.cleaned_data.get("agent")
    only = (membership.agent_id or 0) if membership.role == Role.AGENT else agent and agent.pk
    rows = [row for row in late_remarks(wanted, since, until, now) if only is None or row.agent_id == only]
    names = dict(Agent.objects.filter(pk__in={row.agent_id for row in rows}).values_list("pk", "name"))
    if request.GET.get("file") in CONTENT_TYPES:
        return file_answer(request, _sheet(rows, stores, names), request.GET["file"], "late-remarks")
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "first": first,
        "last": last,
        "page": page,
        "rows": [(row, stores[row.store_id], names.get(row.agent_id, "")) for row in page.object_list],
        "sums": _sums(rows, names),
        "any_format": RemarkFormat.objects.filter(store__in=wanted).exists(),
    }
    return render(request, "desk/remark_late_list.html", context)


def _sums(rows: Sequence[LateRemark], names: dict[int, str]) -> list[dict]:
    """[{agent_id, name, late, missing}] by count; missing: those of `late` that have no remark to this hour."""
    found: dict[int | None, dict] = {}
    for row in rows:
        line = found.setdefault(
            row.agent_id,
            {"agent_id": row.agent_id, "name": names.get(row.agent_id, ""), "late": 0, "missing": 0},
        )
        line["late"] += 1
        line["missing"] += row.made_at is None
    return sorted(found.values(), key=lambda line: (-line["late"], line["name"]))


def _sheet(rows: Sequence[LateRemark], stores: dict[int, Store], names: dict[int, str]) -> Sheet:
    titles = [
        gettext("Store"),
        gettext("Order"),
        gettext("Agent"),
        gettext("Paid"),
        gettext("First remark"),
        gettext("Minutes"),
    ]

    def local(instant: datetime | None, store: Store) -> str:
        return instant.astimezone(ZoneInfo(store.time_zone)).isoformat(timespec="minutes") if instant else ""

    lines = [
        [
            stores[row.store_id].name,
            row.order_id,
            names.get(row.agent_id, ""),
            local(row.paid_at, stores[row.store_id]),
            local(row.made_at, stores[row.store_id]),
            row.minutes,
        ]
        for row in rows
    ]
    return Sheet(titles, lines, ["", "", "", "", "", "count"])
