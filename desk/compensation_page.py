"""The ledger of compensations: what waits for approval first, sums by currency, and the file (R32)."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.core.paginator import Paginator
from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet, Sum
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from kpis.exports import CONTENT_TYPES, Sheet, file_answer, wall_clock
from orders.compensations import KINDS
from orders.dossiers import lines_of
from orders.remark_models import About
from orders.service_models import Compensation, PaymentState
from stores.forms import DayField, StyledForm
from stores.models import Store
from team.models import Agent
from team.seats import agents_open_to
from tenants.access import permission_required
from tenants.masking import masked_text
from tenants.models import Role
from tenants.permissions import allowed

ROWS_PER_PAGE = 50
LONGEST_FILE = 50_000
DAYS = 30  # shown where no period is chosen; what waits is shown however old


class LedgerFilters(StyledForm):
    """What the address asks for; a wrong value asks for everything."""

    store = forms.ModelChoiceField(
        Store.objects.none(),
        label=_("Store"),
        required=False,
        to_field_name="code",
        empty_label=_("All stores"),
    )
    agent = forms.ModelChoiceField(
        Agent.objects.none(), label=_("Agent"), required=False, empty_label=_("Everybody")
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *PaymentState.choices]
    )
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("To"), required=False)

    def __init__(self, data, membership):
        super().__init__(data, auto_id="filter_%s")
        self.fields["store"].queryset = Store.objects.open_to(membership)
        self.fields["agent"].queryset = agents_open_to(membership)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label


def ledger_of(membership, asked: dict, now: datetime) -> QuerySet[Compensation]:
    """What the filters choose of the member's stores: waiting ones first, then the latest.

    Without a period the last 30 days, and whatever still waits. Days are the store's, or UTC's over several stores.
    """
    stores = Store.objects.open_to(membership)
    rows = Compensation.objects.filter(store__in=[asked["store"]] if asked.get("store") else stores)
    if asked.get("agent"):
        rows = rows.filter(agent_id=asked["agent"].pk)
    if asked.get("state"):
        rows = rows.filter(state=asked["state"])
    zone = ZoneInfo(asked["store"].time_zone if asked.get("store") else "UTC")
    since, until = asked.get("since"), asked.get("until")
    if since:
        rows = rows.filter(asked_at__gte=datetime.combine(since, time(), zone))
    if until:
        rows = rows.filter(asked_at__lt=datetime.combine(until + timedelta(days=1), time(), zone))
    if not since and not until:
        recent = rows.filter(asked_at__gte=now - timedelta(days=DAYS))
        rows = recent | rows.filter(state=PaymentState.ASKED)
    waiting = ExpressionWrapper(Q(state=PaymentState.ASKED), output_field=BooleanField())
    return rows.order_by(waiting.desc(), "-asked_at", "-pk")


@require_GET
@permission_required("see_cases")
def compensation_list(request):
    """The ledger as the filters choose it; also as a file."""
    filters = LedgerFilters(request.GET, request.membership)
    filters.is_valid()
    found = ledger_of(request.membership, filters.cleaned_data, timezone.now())
    names = dict(agents_open_to(request.membership).values_list("pk", "name"))
    related = ("store", "case", "asked_by", "decided_by")
    if request.GET.get("file") in CONTENT_TYPES:
        rows = found.select_related(*related)[:LONGEST_FILE]
        return file_answer(request, _sheet(rows, names), request.GET["file"], "compensation")
    page = Paginator(found.select_related(*related), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    context = {
        "page": page, "filters": filters, "sums": _sums(found), "rows": _shown(request, rows, names), "days": DAYS,
        "has_period": bool(filters.cleaned_data.get("since") or filters.cleaned_data.get("until")),
    }  # fmt: skip
    return render(request, "desk/compensation_list.html", context)


def _sums(found: QuerySet[Compensation]) -> list[dict]:
    """[{currency, state, count, sum}]; one statement."""
    states = dict(PaymentState.choices)
    sums = (
        found.order_by("store__currency", "state")
        .values("store__currency", "state")
        .annotate(count=Count("pk"), sum=Sum("amount"))
    )
    return [
        {
            "currency": row["store__currency"],
            "state": states[row["state"]],
            "count": row["count"],
            "sum": row["sum"],
        }
        for row in sums
    ]


def _shown(request, rows: list[Compensation], names: dict[int, str]) -> list[dict]:
    """Each row with its agent, what was said of it and what the member may do."""
    said = _said(rows)
    decides = allowed(request.membership, "approve_compensation")
    is_owner = request.membership.role == Role.OWNER
    return [
        {
            "row": row,
            "kind": KINDS.get(row.kind, row.kind),
            "agent": names.get(row.agent_id, ""),
            "said": said.get(row.pk, []),
            "may_decide": decides
            and row.state == PaymentState.ASKED
            and (is_owner or row.asked_by_id != request.user.pk),
            "may_refuse": decides and row.state == PaymentState.APPROVED,
        }
        for row in rows
    ]


def _said(rows: list[Compensation]) -> dict[int, list[str]]:
    """{compensation id: what people wrote about it}; four statements however many rows."""
    said: dict[int, list[str]] = {}
    cases = {row.case_id for row in rows if row.case_id}
    complaints = {row.complaint_id for row in rows if row.complaint_id}
    for about, ids in ((About.CASE, cases), (About.COMPLAINT, complaints)):
        for lines in lines_of(about, ids).values():
            for line in lines:
                if line.note and "compensation_id" in line.details:
                    said.setdefault(line.details["compensation_id"], []).append(masked_text(line.note))
    return said


def _sheet(rows: QuerySet[Compensation], names: dict[int, str]) -> Sheet:
    """The rows as a file, times on the stores' clocks."""
    titles = [
        gettext("Store"), gettext("Order"), gettext("Product"), gettext("Case"), gettext("What is given"), gettext("Amount"),
        gettext("currency"), gettext("State"), gettext("Agent"), gettext("Asked by"), gettext("Asked at"),
        gettext("Approved or refused by"), gettext("Approved or refused at"), gettext("Paid at"),
    ]  # fmt: skip

    lines = (
        [
            row.store.name, row.order_id, row.product_code, row.case_id, str(KINDS.get(row.kind, row.kind)), row.amount,
            row.store.currency, row.get_state_display(), names.get(row.agent_id, ""),
            row.asked_by.name if row.asked_by else "", wall_clock(row.asked_at, row.store.time_zone),
            row.decided_by.name if row.decided_by else "", wall_clock(row.decided_at, row.store.time_zone), wall_clock(row.paid_at, row.store.time_zone),
        ]
        for row in rows
    )  # fmt: skip
    return Sheet(titles, lines, ["", "", "", "", "", "money"])
