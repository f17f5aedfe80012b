"""The buyers of the stores one may see: found by name, or the most valuable of a store in a period (R37)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django import forms
from django.core.paginator import Paginator
from django.db import connection
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from desk.buyer_classes import Bought, bought_by, class_sql, rules_on
from kpis.exports import Sheet
from orders.trade_models import BuyerCard, BuyerClass
from stores.forms import StyledForm
from stores.models import Buyer, Store

ROWS_PER_PAGE = 50
LONGEST_FILE = 10_000
PERIODS = {"30": _("30 days"), "90": _("90 days"), "365": _("A year")}
DEFAULT_PERIOD = "90"

# Without a class only the period's sales are read; with one all that can decide it. What a person set goes before the
# rules.
VALUABLE = """
SELECT b.buyer_id, b.orders, b.value, count(*) OVER () FROM (
    SELECT f.buyer_id, (count(*) FILTER (WHERE f.paid_day >= %(since)s))::integer AS orders,
        sum(f.amount) FILTER (WHERE f.paid_day >= %(since)s) AS value, {by_rule} AS by_rule
    FROM kpis_orderfact f
    WHERE f.store_id = %(store)s AND f.buyer_id > 0 AND f.paid_day >= %(first)s AND f.paid_day <= %(day)s
    GROUP BY f.buyer_id
) AS b
LEFT JOIN orders_buyercard c ON c.store_id = %(store)s AND c.buyer_id = b.buyer_id AND c.class_by_hand <> ''
WHERE b.orders > 0 AND (%(class)s = '' OR coalesce(c.class_by_hand, b.by_rule) = %(class)s)
ORDER BY b.value DESC, b.buyer_id LIMIT %(limit)s OFFSET %(offset)s
"""


@dataclass(frozen=True)
class Valued:
    """A buyer's place in the list: what they bought in the period."""

    buyer_id: int
    orders: int
    value: Decimal


@dataclass(frozen=True)
class Valuable:
    """The most valuable buyers of a store since a day, as a Paginator reads them: one statement for count and page."""

    store: Store
    since: date
    wanted: str
    rules: dict
    now: datetime

    def read(self, limit: int, offset: int) -> tuple[list[Valued], int]:
        day = self.store.business_day(self.now)
        by_rule, params, first = class_sql(self.rules, day) if self.wanted else ("''", {"day": day}, day)
        params |= {
            "store": self.store.pk, "since": self.since, "first": min(first, self.since), "class": self.wanted,
            "limit": limit, "offset": offset,
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(VALUABLE.format(by_rule=by_rule), params)
            rows = cursor.fetchall()
        return [Valued(*row[:3]) for row in rows], rows[0][3] if rows else 0


class ValuablePages(Paginator):
    """Reads page and count together."""

    def __init__(self, valuable: Valuable, number: str | None):
        wanted = int(number) if number and number.isdecimal() and 0 < int(number) < 10**6 else 1
        found, count = valuable.read(ROWS_PER_PAGE, (wanted - 1) * ROWS_PER_PAGE)
        if not found and wanted > 1:
            wanted, (found, count) = 1, valuable.read(ROWS_PER_PAGE, 0)
        super().__init__(range(count), ROWS_PER_PAGE)
        self.found, self.wanted = found, wanted


class BuyerFilters(StyledForm):
    """What the address asks for; a wrong value falls back to the default."""

    store = forms.ChoiceField(label=_("Store"), required=False)
    wanted = forms.ChoiceField(
        label=_("Class"), required=False, choices=[("", _("All classes")), *BuyerClass.choices]
    )
    days = forms.ChoiceField(label=_("Period"), required=False, choices=list(PERIODS.items()))

    def __init__(self, data, stores: list[Store]):
        super().__init__(data)
        self.fields["store"].choices = [(store.code, store.name) for store in stores]
        self.data = self.data.copy()
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = field.label
            if self.data.get(name) not in dict(field.choices):
                self.data.pop(name, None)
        if "days" not in self.data:
            self.data["days"] = DEFAULT_PERIOD


@dataclass(frozen=True)
class Row:
    """One buyer as the list shows them. valued: None where they were found by name."""

    buyer: Buyer
    store: Store
    name: str  # of the class
    label: str
    by_hand: bool
    bought: Bought
    valued: Valued | None

    @property
    def refund_share(self) -> Decimal | None:
        return Decimal(self.bought.refunded_orders) / self.bought.orders if self.bought.orders else None


def after(prefix: str) -> str:
    """The least text above all that begin with `prefix`, by code point."""
    # A surrogate cannot be stored; nothing lies between U+D7FF and U+E000.
    last = ord(prefix[-1]) + 1
    if last > 0x10FFFF:
        return prefix + chr(0x10FFFF)
    return prefix[:-1] + chr(0xE000 if 0xD800 <= last < 0xE000 else last)


class BuyerList:
    """Everything the page shows; eight statements however many rows."""

    def __init__(self, request, now: datetime):
        self.now, self.asked_name = now, request.GET.get("q", "").strip().replace("\0", "")[:200]
        self.stores = {store.pk: store for store in Store.objects.open_to(request.membership)}
        self.form = BuyerFilters(request.GET, list(self.stores.values()))
        self.form.is_valid()
        asked = self.form.cleaned_data
        self.wanted, self.days = asked.get("wanted") or "", int(asked.get("days") or DEFAULT_PERIOD)
        stores = list(self.stores.values())
        named = [store for store in stores if store.code == asked.get("store")]
        self.store = (named or stores or [None])[0]
        self.page_number = request.GET.get("page")

    @cached_property
    def rules(self) -> dict:
        return rules_on(self.stores.values(), self.now)

    def _named(self):
        """Buyers whose name begins so, in every store one may see: a range of the index of names."""
        found = Buyer.objects.filter(
            store_id__in=list(self.stores), name__gte=self.asked_name, name__lt=after(self.asked_name)
        )
        return found.order_by("name", "store_id")

    def _valuable(self) -> Valuable:
        since = self.store.business_day(self.now) - timedelta(days=self.days - 1)
        return Valuable(self.store, since, self.wanted, self.rules[self.store.pk], self.now)

    def rows(self, buyers: list[Buyer], valued: dict[int, Valued]) -> list[Row]:
        """These buyers with what they bought; three statements."""
        by_store = defaultdict(list)
        for buyer in buyers:
            by_store[self.stores[buyer.store_id]].append(buyer.pk)
        bought = bought_by(by_store, self.rules, self.now)
        cards = BuyerCard.objects.filter(buyer_id__in=[buyer.pk for buyer in buyers]).exclude(
            class_by_hand=""
        )
        by_hand = dict(cards.filter(store_id__in=list(self.stores)).values_list("buyer_id", "class_by_hand"))
        rows = []
        for buyer in buyers:
            name = by_hand.get(buyer.pk) or bought[buyer.pk].by_rule
            label, store = BuyerClass(name).label, self.stores[buyer.store_id]
            of_period = valued.get(buyer.pk)
            rows.append(Row(buyer, store, name, label, buyer.pk in by_hand, bought[buyer.pk], of_period))
        return rows

    def _valued_rows(self, found: list[Valued]) -> list[Row]:
        valued = {one.buyer_id: one for one in found}
        buyers = Buyer.objects.in_bulk(list(valued))
        return self.rows([buyers[pk] for pk in valued if pk in buyers], valued)

    def context(self) -> dict:
        """The context of desk/buyer_list.html."""
        if self.store is None:
            page, rows = None, []
        elif self.asked_name:
            page = Paginator(self._named(), ROWS_PER_PAGE).get_page(self.page_number)
            rows = self.rows(list(page.object_list), {})
        else:
            pages = ValuablePages(self._valuable(), self.page_number)
            page, rows = pages.page(pages.wanted), self._valued_rows(pages.found)
        return {
            "page": page, "rows": rows, "form": self.form, "q": self.asked_name, "store": self.store,
            "period": PERIODS[str(self.days)],
        }  # fmt: skip

    def sheet(self) -> Sheet:
        """All that was asked for as a file, at most 10,000 lines."""
        if self.store is None:
            rows = []
        elif self.asked_name:
            rows = self.rows(list(self._named()[:LONGEST_FILE]), {})
        else:
            rows = self._valued_rows(self._valuable().read(LONGEST_FILE, 0)[0])
        titles = [
            gettext("Buyer"), gettext("Store"), gettext("Class"), gettext("Orders in the period"),
            gettext("Paid in the period"), gettext("Orders in all"), gettext("Paid in all"), gettext("currency"),
            gettext("Refunded orders"), gettext("First bought"), gettext("Last bought"),
        ]  # fmt: skip
        return Sheet(titles, [self._cells(row) for row in rows])

    def _cells(self, row: Row) -> list:
        def day(instant: datetime | None):
            return instant and row.store.business_day(instant)

        return [
            row.buyer.name, row.store.code, str(row.label), row.valued and row.valued.orders,
            row.valued and row.valued.value, row.bought.orders, row.bought.amount, row.store.currency,
            row.bought.refunded_orders, day(row.bought.first_at), day(row.bought.last_at),
        ]  # fmt: skip
