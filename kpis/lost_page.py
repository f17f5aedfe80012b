"""Unconverted buyers: who asked and did not buy, with whom, how long they chatted, and their last words."""

from dataclasses import dataclass
from functools import partial

from django import forms
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kpis.agent_page import names_of
from kpis.exports import Sheet, wall_clock
from kpis.figures import Query
from kpis.forms import Filters
from kpis.tables import PAGE_ROWS
from kpis.unconverted import ORDERS, Unconverted, unconverted
from tenants.masking import masked_text

WENT = {
    "nobody": _("Bought nothing"),
    "colleague": _("Bought through a colleague"),
    "silent": _("Bought without a chat"),
    "all": _("All not converted"),
}
LENGTHS = {
    "": (0, 10**9, _("Any length")),
    "short": (0, 119, _("Under 2 min")),
    "middle": (120, 899, _("2–15 min")),
    "long": (900, 10**9, _("15 min and more")),
}
LONGEST_FILE = 50_000


class LostForm(forms.Form):
    """What the address asks for beside the filter bar; a wrong value falls back to the default."""

    went = forms.ChoiceField(choices=list(WENT.items()), required=False)
    length = forms.ChoiceField(choices=[(key, key) for key in LENGTHS], required=False)
    unpaid = forms.BooleanField(required=False)
    sort = forms.ChoiceField(choices=[(key, key) for key in ORDERS], required=False)
    page = forms.IntegerField(min_value=1, required=False)


@dataclass(frozen=True)
class LostBuyer:
    """One line of the page."""

    inquiry: Unconverted
    agent: str
    agent_href: str
    zone: str
    went_to: str
    order_href: str
    unpaid_href: str


class LostPage:
    """Everything the page of unconverted buyers shows."""

    def __init__(self, request, filters: Filters):
        self.request, self.filters = request, filters
        form = LostForm(request.GET)
        form.is_valid()
        asked = form.cleaned_data
        self.went = asked.get("went") or "nobody"
        self.length = asked.get("length") or ""
        self.unpaid = bool(asked.get("unpaid"))
        self.sort = asked.get("sort") or "-day"
        self.page_number = asked.get("page") or 1
        self.names = names_of()
        self.stores = {store.pk: store for store in filters.stores}

    def query(self) -> Query:
        return self.filters.query()

    def lines(self, limit: int, offset: int) -> tuple[list[LostBuyer], int]:
        at_least, at_most, _name = LENGTHS[self.length]
        found, total = unconverted(
            self.query(), self.went, self.unpaid, at_least, at_most, self.sort, limit=limit, offset=offset
        )
        return [self._line(inquiry) for inquiry in found], total

    def _line(self, inquiry: Unconverted) -> LostBuyer:
        slug = self.request.organization.slug

        def order(order_id: str | None) -> str:
            return reverse("order_page", args=[slug, inquiry.store_code, order_id]) if order_id else ""

        went = inquiry.went_to
        if went == "silent":
            words = gettext("bought without a chat")
        else:
            words = (
                ""
                if went is None
                else gettext("went to %(agent)s") % {"agent": self.names.get(went, str(went))}
            )
        return LostBuyer(
            inquiry,
            self.names.get(inquiry.agent_id, str(inquiry.agent_id)),
            reverse("agent_day", args=[slug, inquiry.agent_id, inquiry.day.isoformat()]),
            self.stores[inquiry.store_id].time_zone,
            words,
            order(inquiry.bought_order),
            order(inquiry.unpaid_order),
        )

    def context(self) -> dict:
        """The context of kpis/unconverted_buyers.html."""
        lines, total = self.lines(PAGE_ROWS, (self.page_number - 1) * PAGE_ROWS)
        if not lines and self.page_number > 1:
            self.page_number = 1
            lines, total = self.lines(PAGE_ROWS, 0)
        return {
            "lines": lines,
            "total": total,
            # The database has cut the page out already; the paginator only needs to count.
            "page": Paginator(range(total), PAGE_ROWS).get_page(self.page_number),
            "went": self.went,
            "went_choices": WENT,
            "length": self.length,
            "length_choices": {key: name for key, (_least, _most, name) in LENGTHS.items()},
            "unpaid": self.unpaid,
            "sort": self.sort,
        }

    def sheet(self) -> Sheet:
        """All lines, not only the page's, as a file; the last words masked as on the page."""
        titles = [
            gettext("Buyer"), gettext("Agent"), gettext("Store"), gettext("Day"), gettext("First message"),
            gettext("Last message"), gettext("Chat (seconds)"), gettext("Buyers' messages"), gettext("Human replies"),
            gettext("Last words"), gettext("Unpaid order"), gettext("Unpaid amount"), gettext("currency"),
            gettext("Went to"), gettext("Order bought"), gettext("maturity"),
        ]  # fmt: skip
        lines, _total = self.lines(LONGEST_FILE, 0)
        return Sheet(titles, [self._cells(line) for line in lines])

    def _cells(self, line: LostBuyer) -> list:
        lost, wall = line.inquiry, partial(wall_clock, zone=line.zone)
        return [
            lost.buyer, line.agent, lost.store_code, lost.day.isoformat(), wall(lost.first_at), wall(lost.last_at),
            lost.chat_seconds, lost.in_messages, lost.human_replies, masked_text(lost.last_words), lost.unpaid_order,
            lost.unpaid_amount, lost.currency, line.went_to, lost.bought_order,
            "final" if lost.is_final else "provisional",
        ]  # fmt: skip
