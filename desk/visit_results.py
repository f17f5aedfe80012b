"""The revisit table (R38, 老客户回访表): each return visit with what it found, and whether the buyer came back.

A visit is a follow-up of the kinds in desk/visits.py that a person closed.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import QuerySet
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from desk.couriers import IS_DELIVERED
from desk.detectors import DETECTORS
from desk.follow_up_list import open_to
from desk.models import FollowUp, State
from desk.visits import OUTCOMES, VISITS
from kpis.exports import CONTENT_TYPES, Sheet, file_answer
from stores.forms import DayField, StyledForm
from stores.models import Store
from tenants.access import permission_required
from tenants.masking import masked_text
from tenants.models import Role, User

ROWS_PER_PAGE = 50
LONGEST_FILE = 20_000
AGAIN_WITHIN = timedelta(days=30)
DEFAULT_DAYS = 31
# What an outcome says of the buyer's content; the others say nothing of it.
SATISFIED = {"content": True, "complaint": False}

# The order visited about, else the buyer's last one paid before the visit; when it arrived as the order tells it, else
# by the courier's report; and the first sale after the visit.
FACTS = f"""
SELECT f.id,
    coalesce(o.delivered_at, (SELECT min(e.happened_at) FROM orders_trackingevent e
        WHERE e.store_id = f.store_id AND e.order_id = o.order_id AND {IS_DELIVERED}), o.completed_at),
    o.order_id,
    (SELECT min(s.paid_at) FROM kpis_orderfact s WHERE s.store_id = f.store_id AND s.buyer_id = f.buyer_id
        AND s.paid_at > f.closed_at AND s.paid_at <= f.closed_at + %(within)s)
FROM desk_followup f
LEFT JOIN LATERAL (
    SELECT b.order_id FROM orders_order b WHERE f.order_id IS NULL AND b.store_id = f.store_id
        AND b.buyer_id = f.buyer_id AND b.paid_at <= f.closed_at
    ORDER BY b.created_at DESC NULLS LAST LIMIT 1
) AS last ON true
LEFT JOIN orders_order o ON o.store_id = f.store_id AND o.order_id = coalesce(f.order_id, last.order_id)
WHERE f.id = ANY(%(ids)s)
"""


@dataclass(frozen=True)
class Visit:
    """One line of the table. satisfied: None, the visit does not tell. again: whether the buyer paid within 30 days
    after; None, the 30 days are not over and they have not."""

    follow_up: FollowUp
    kind: str
    order_id: str
    received_at: datetime | None
    visitor: str
    outcome: str
    satisfied: bool | None
    words: str
    again: bool | None


class VisitFilters(StyledForm):
    """What the address asks for; a wrong value falls back to the default."""

    store = forms.ChoiceField(label=_("Store"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    outcome = forms.ChoiceField(label=_("Outcome"), required=False)
    by = forms.ChoiceField(label=_("Who visited"), required=False)
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("To"), required=False)

    def __init__(self, data, stores: list[Store], visitors: list[User]):
        super().__init__(data)
        self.fields["store"].choices = [("", _("All stores")), *((s.code, s.name) for s in stores)]
        self.fields["kind"].choices = [
            ("", _("All kinds")),
            *((name, gettext(DETECTORS[name].label)) for name in VISITS),
        ]
        self.fields["outcome"].choices = [
            ("", _("All outcomes")),
            *((code, gettext(label)) for code, label in OUTCOMES),
        ]
        self.fields["by"].choices = [("", _("Everybody")), *((str(user.pk), user.name) for user in visitors)]
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label

    def asked(self, name: str):
        """What is asked for, None where it is nothing or wrong."""
        self.is_valid()
        return self.cleaned_data.get(name) or None


class VisitResults:
    """Everything the page shows; a fixed number of statements."""

    def __init__(self, request, now: datetime):
        self.now, self.membership = now, request.membership
        self.stores = {store.pk: store for store in Store.objects.open_to(request.membership)}
        visits = open_to(request.membership, now).filter(
            kind__in=VISITS, state=State.CLOSED, closed_by__isnull=False
        )
        self.sees_all = request.membership.role != Role.AGENT
        visitors = []
        if self.sees_all:
            closers = visits.order_by().values("closed_by").distinct()
            visitors = list(User.objects.filter(pk__in=closers).order_by("name", "pk"))
        self.form = VisitFilters(request.GET, list(self.stores.values()), visitors)
        self.since, self.until = self.form.asked("since"), self.form.asked("until")
        today = timezone.localdate(now)
        self.until = self.until or max(today, self.since or today)
        self.since = self.since or self.until - timedelta(days=DEFAULT_DAYS - 1)
        self.visits = self._chosen(visits)
        self.page_number = request.GET.get("page")

    def _chosen(self, visits: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
        """By the clock of the chosen store, else of the first."""
        asked = self.form.asked
        named = [store for store in self.stores.values() if store.code == asked("store")]
        clock = (named or list(self.stores.values()) or [None])[0]
        zone = ZoneInfo(clock.time_zone) if clock else timezone.get_default_timezone()
        visits = visits.filter(
            closed_at__gte=_midnight(self.since, zone),
            closed_at__lt=_midnight(self.until + timedelta(days=1), zone),
        )
        if named:
            visits = visits.filter(store=named[0])
        for name in ("kind", "outcome"):
            if value := asked(name):
                visits = visits.filter(**{name: value})
        if by := asked("by"):
            visits = visits.filter(closed_by_id=int(by))
        return visits.select_related("buyer", "closed_by").order_by("-closed_at", "-pk")

    def lines(self, visits: list[FollowUp]) -> list[Visit]:
        """These visits with what is known around them; one statement."""
        with connection.cursor() as cursor:
            cursor.execute(FACTS, {"ids": [visit.pk for visit in visits], "within": AGAIN_WITHIN})
            facts = {row[0]: row[1:] for row in cursor.fetchall()}
        return [self._line(visit, *facts[visit.pk]) for visit in visits]

    def _line(self, visit: FollowUp, received_at, order_id, bought_at) -> Visit:
        visit.store = self.stores[visit.store_id]
        detector = DETECTORS[visit.kind]
        over = visit.closed_at + AGAIN_WITHIN <= self.now
        return Visit(
            visit, gettext(detector.label), visit.order_id or order_id or "", received_at, visit.closed_by.name,
            detector.outcome_label(visit.outcome), SATISFIED.get(visit.outcome),
            masked_text(visit.decrypted("outcome_note") or ""),
            True if bought_at else (False if over else None),
        )  # fmt: skip

    def context(self) -> dict:
        """The context of desk/visit_results.html."""
        page = Paginator(self.visits, ROWS_PER_PAGE).get_page(self.page_number)
        return {
            "page": page, "rows": self.lines(list(page.object_list)), "form": self.form, "since": self.since,
            "until": self.until, "sees_all": self.sees_all, "many_stores": len(self.stores) > 1,
        }  # fmt: skip

    def sheet(self) -> Sheet:
        """All chosen visits as a file, times on the stores' clocks."""
        titles = [
            gettext("Visited"), gettext("Kind"), gettext("Store"), gettext("Buyer"), gettext("Order"),
            gettext("Received"), gettext("Who visited"), gettext("Outcome"), gettext("Content?"),
            gettext("What they said"), gettext("Bought again within 30 days"),
        ]  # fmt: skip
        return Sheet(titles, [self._cells(line) for line in self.lines(list(self.visits[:LONGEST_FILE]))])

    def _cells(self, line: Visit) -> list:
        visit, zone = line.follow_up, ZoneInfo(line.follow_up.store.time_zone)
        received = line.received_at and line.received_at.astimezone(zone).date()
        return [
            visit.closed_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"), line.kind, visit.store.code,
            visit.buyer.name if visit.buyer else "", line.order_id, received, line.visitor, line.outcome,
            answer(line.satisfied), line.words, answer(line.again),
        ]  # fmt: skip


def answer(value: bool | None) -> str:
    """yes, no, or nothing where it is not known."""
    return "" if value is None else gettext("yes") if value else gettext("no")


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)


@require_GET
@permission_required("see_follow_ups")
def visit_results(request):
    """Return visits one by one, with filters; also as a file."""
    results = VisitResults(request, timezone.now())
    if request.GET.get("file") in CONTENT_TYPES:
        return file_answer(request, results.sheet(), request.GET["file"], "visit-results")
    return render(request, "desk/visit_results.html", results.context())
