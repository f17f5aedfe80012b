"""The list of fines and the table of a month, also as files (R18). What is done about one: policies/penalty_pages.py."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet, Sum
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from desk.fine_counters import counters_of
from kpis.exports import CONTENT_TYPES, Sheet, file_answer
from policies.fine_list import (
    OWN,
    SHOWN,
    WAITING,
    FineFilters,
    agent_names,
    fines_open_to,
    month_asked,
    row_of,
)
from policies.fines import deducted, next_month
from policies.penalty_models import Fine, FineCap, FineState
from policies.rule_models import PolicyRule, PolicyVersion, Reads
from stores.models import Store
from team.models import Agent
from tenants.access import permission_required
from tenants.models import Role

ROWS_PER_PAGE = 50
LONGEST_FILE = 50_000


@require_GET
@permission_required("see_penalties")
def penalty_list(request):
    """Fines as the filters choose them; agents see their own and how near the next one is; also as a file."""
    membership, now = request.membership, timezone.now()
    filters = FineFilters(request.GET, membership)
    mine = fines_open_to(membership)
    found, names = filters.chosen(mine), agent_names()
    if request.GET.get("file") in CONTENT_TYPES:
        return file_answer(
            request,
            _sheet(found, names, request.organization.currency),
            request.GET["file"],
            f"fines-{filters.show}",
        )
    is_agent = membership.role == Role.AGENT
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "show": filters.show,
        "shown": [(key, SHOWN[key][0]) for key in (OWN if is_agent else SHOWN)],
        "page": page,
        "rows": [row_of(fine, names) for fine in page.object_list],
        "waiting": 0 if is_agent else mine.filter(state__in=WAITING).count(),
        "sum": found.aggregate(sum=Sum("amount"))["sum"] or Decimal(0),
        "counters": _counters(membership.agent_id, now) if is_agent else None,
        "unverified": 0 if is_agent else _unverified(),
    }  # fmt: skip
    return render(request, "policies/penalty_list.html", context)


def _counters(agent_id: int | None, now):
    agent = Agent.objects.filter(pk=agent_id).first()
    return counters_of(agent, now) if agent else None


def _unverified() -> int:
    """How many rules about facts would fine but propose nothing, for no owner has verified their newest version."""
    newest = PolicyVersion.objects.filter(rule__reads=Reads.FACTS, enabled=True, money__isnull=False)
    newest = newest.order_by("rule", "-number").distinct("rule")
    rules = PolicyRule.objects.filter(reads=Reads.FACTS).count()
    verified = sum(version.verified_on is not None for version in newest)
    return rules and len(newest) - verified


def _sheet(found: QuerySet[Fine], names: dict[int, str], currency: str) -> Sheet:
    titles = [
        gettext("Number"), gettext("Day"), gettext("Store"), gettext("Agent"), gettext("Rule"), gettext("Order"),
        f"{gettext('Amount')} ({currency})", gettext("State"), gettext("Takes the order’s credit"),
        gettext("What the facts say"),
    ]  # fmt: skip

    def cells(fine: Fine) -> list:
        row = row_of(fine, names)
        return [
            fine.pk, fine.day, fine.store.name, row.agent, row.rule, fine.order_id or "", fine.amount, str(row.state),
            gettext("yes") if fine.takes_credit else gettext("no"), "; ".join(row.facts),
        ]  # fmt: skip

    units = ["", "", "", "", "", "", "money", "", "", ""]
    return Sheet(titles, [cells(fine) for fine in found[:LONGEST_FILE]], units)


@dataclass
class Line:
    """One agent's month. proposed, confirmed: of what happened in it; final, deducted: of what became final in it."""

    agent_id: int
    name: str
    fines: int = 0
    proposed: Decimal = Decimal(0)
    confirmed: Decimal = Decimal(0)
    final: Decimal = Decimal(0)
    deducted: Decimal = Decimal(0)

    @property
    def above_cap(self) -> Decimal:
        return self.final - self.deducted


@require_GET
@permission_required("see_penalties")
def penalty_months(request):
    """Each agent's fines of a month: proposed, told, final, and what payroll deducts; also as a file."""
    membership, today = request.membership, timezone.now().date()
    month = month_asked(request.GET.get("month", ""), today)
    stores = {store.pk for store in Store.objects.open_to(membership)}
    only = (membership.agent_id or 0) if membership.role == Role.AGENT else None
    lines = month_lines(month, stores, agent_names(), only)
    if request.GET.get("file") in CONTENT_TYPES:
        return file_answer(
            request,
            _month_sheet(lines, request.organization.currency),
            request.GET["file"],
            f"fines-{month:%Y-%m}",
        )
    cap = FineCap.objects.filter(since__lte=month).order_by("-since").first()
    context = {
        "month": month, "month_key": f"{month:%Y-%m}", "before": _before(month), "after": next_month(month),
        "is_running": next_month(month) > today, "lines": lines, "cap": cap and cap.amount,
        "sums": {name: sum((getattr(line, name) for line in lines), Decimal(0))
                 for name in ("proposed", "confirmed", "final", "deducted")},
    }  # fmt: skip
    return render(request, "policies/penalty_months.html", context)


def month_lines(
    month: date, stores: Iterable[int], names: dict[int, str], only: int | None = None
) -> list[Line]:
    """Each agent's sums by amount deducted; of these stores; only: one agent, whose proposals are not told."""
    within = {"store__in": list(stores), "day__gte": month, "day__lt": next_month(month)}
    open_ones = (FineState.PROPOSED, FineState.SECOND) if only is None else ()
    told = (FineState.CONFIRMED, FineState.APPEALED)
    found = Fine.objects.filter(**within)
    if only is not None:
        found = found.filter(agent_id=only)
    rows = found.values("agent_id").annotate(
        n=Count("pk", filter=Q(state__in=(*open_ones, *told, FineState.FINAL))),
        proposed=Sum("amount", filter=Q(state__in=open_ones), default=Decimal(0)),
        confirmed=Sum("amount", filter=Q(state__in=told), default=Decimal(0)),
    )
    lines = {
        row["agent_id"]: Line(
            row["agent_id"], names.get(row["agent_id"], "–"), row["n"], row["proposed"], row["confirmed"]
        )
        for row in rows
    }  # fmt: skip
    wanted = set(stores)
    for agent_id, parts in deducted(month).items():
        parts = [part for part in parts if part.store_id in wanted]
        if not parts or (only is not None and agent_id != only):
            continue
        line = lines.setdefault(agent_id, Line(agent_id, names.get(agent_id, "–")))
        line.final = sum((part.amount for part in parts), Decimal(0))
        line.deducted = sum((part.deducted for part in parts), Decimal(0))
    shown = [line for line in lines.values() if line.fines or line.final or line.deducted]
    return sorted(shown, key=lambda line: (-line.deducted, -line.proposed, line.name))


def _before(month: date) -> date:
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def _month_sheet(lines: list[Line], currency: str) -> Sheet:
    money = ("proposed", "confirmed", "final", "deducted")
    titles = [
        gettext("Agent"), gettext("Fines"),
        *(f"{title} ({currency})" for title in (
            gettext("Proposed"), gettext("Told"), gettext("Final"), gettext("Deducted"))),
    ]  # fmt: skip
    rows = [[line.name, line.fines, *(getattr(line, name) for name in money)] for line in lines]
    return Sheet(titles, rows, ["", "count", "money", "money", "money", "money"])
