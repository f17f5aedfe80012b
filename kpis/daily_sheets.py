"""The daily tables in words: one description of each that the page, the files and the mail show."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from kpis import daily, wording
from kpis.agent_page import names_of
from kpis.daily_report import report_of, report_table
from kpis.explain import REASONS
from kpis.exports import Sheet, sheet_of, wall_clock
from kpis.figures import Query
from orders.service_models import Fault
from stores.models import Store
from tenants.masking import masked_name

# name → (title, what the table is); who may see them: kpis/daily_pages.py.
TITLES = {
    "inquiries": _("Inquiries of the day"),
    "deals": _("Deals of the day"),
    "returns": _("Returns and refunds of the day"),
    "report": _("Sales report of the day"),
}
REFUND_KINDS = {
    "refund_only": _("Refund only"),
    "return_refund": _("Return and refund"),
    "exchange": _("Exchange"),
    "repair": _("Repair"),
}


class Column(NamedTuple):
    """unit: "count", "money" or "time"; "" for text, which stands to the left. wide: its text takes several lines."""

    title: str
    unit: str = ""
    wide: bool = False


class Told(NamedTuple):
    """One cell of the page. note: small, below."""

    text: str
    href: str = ""
    note: str = ""


@dataclass(frozen=True)
class DailyTable:
    """A table of lines. foot: a cell per column below all lines; count, said: of all lines, not only those here."""

    name: str
    columns: list[Column]
    lines: list[list[Told]]
    count: int
    said: str
    foot: list[str] = field(default_factory=list)

    @property
    def rows(self) -> list[list[tuple[Column, Told]]]:
        return [list(zip(self.columns, line, strict=True)) for line in self.lines]

    @property
    def foot_row(self) -> list[tuple[Column, str]]:
        return list(zip(self.columns, self.foot, strict=True))


class Writer:
    """Says lines of these stores in the reader's language. masked: buyers' names by their first letter only (mails).

    slug: of the organization, for links; "" for none.
    """

    def __init__(self, stores: Sequence[Store], slug: str = "", masked: bool = False):
        self.stores = {store.pk: store for store in stores}
        self.slug, self.masked = slug, masked
        self.names = names_of()
        self.several = len(stores) > 1

    def buyer(self, name: str | None) -> str:
        if name is None:
            return wording.UNKNOWN
        return masked_name(name) if self.masked else name

    def agent(self, agent_id: int | None) -> str:
        return gettext("nobody") if agent_id is None else self.names.get(agent_id, str(agent_id))

    def order_link(self, store: Store, order: str | None) -> str:
        return reverse("order_why", args=[self.slug, store.code, order]) if order and self.slug else ""

    def became(self, line: daily.InquiryLine) -> str:
        """What became of an inquiry, in words."""
        if line.converted:
            return gettext("bought")
        if line.bought_by == daily.SILENT:
            return gettext("bought without a chat")
        if line.bought_by is not None:
            return gettext("went to %(agent)s") % {"agent": self.agent(line.bought_by)}
        return gettext("ordered, not paid") if line.unpaid_order else gettext("bought nothing")


def money_words(sums: Sequence[daily.Money]) -> str:
    """Sums of several currencies beside each other; they are not added up."""
    return " + ".join(wording.money_text(each.amount, each.currency, exact=True) for each in sums)


def inquiry_table(writer: Writer, query: Query, limit: int, offset: int) -> DailyTable:
    sums = daily.inquiry_sums(query)
    lines = []
    for line in daily.inquiry_lines(query, limit, offset):
        store = writer.stores[line.store_id]
        amount, order = (
            (line.amount, line.bought_order) if line.bought_order else (line.unpaid_amount, line.unpaid_order)
        )
        lines.append([
            Told(writer.buyer(line.buyer), note=store.name if writer.several else ""),
            Told(writer.agent(line.agent_id)),
            Told(wording.instant_text(line.first_at, store.time_zone)),
            Told(wording.instant_text(line.last_at, store.time_zone)),
            Told(wording.count_text(line.rounds)),
            Told(f"{wording.count_text(line.in_messages)} / {wording.count_text(line.human_replies)}"),
            Told(writer.became(line)),
            Told(order or "", writer.order_link(store, order)),
            Told(wording.money_text(amount, store.currency, exact=True) if order else ""),
        ])  # fmt: skip
    columns = [
        Column(gettext("Buyer")), Column(gettext("Agent")), Column(gettext("First message"), "time"),
        Column(gettext("Last message"), "time"), Column(gettext("Rounds"), "count"),
        Column(gettext("Messages buyer / store"), "count"), Column(gettext("What became of it")),
        Column(gettext("Order")), Column(gettext("Amount"), "money"),
    ]  # fmt: skip
    said = ngettext("%(n)s inquiry", "%(n)s inquiries", sums.lines) % {"n": wording.count_text(sums.lines)}
    share = wording.rate_text(sums.converted / sums.lines if sums.lines else None)
    detail = gettext("converted: %(final)s (%(rate)s), the same day: %(same_day)s") % {
        "final": wording.count_text(sums.converted), "rate": share, "same_day": wording.count_text(sums.same_day),
    }  # fmt: skip
    whole = ""
    if sums.of_stores is not None and sums.of_stores != sums.lines:
        # Who asked two agents is two lines here, and one inquiry of the store.
        whole = gettext("of the stores: %(n)s inquiries, %(converted)s converted") % {
            "n": wording.count_text(sums.of_stores),
            "converted": wording.count_text(sums.stores_converted),
        }
    return DailyTable(
        "inquiries", columns, lines, sums.lines, " · ".join(filter(None, [said, detail, whole])),
        [gettext("Sum"), said, "", "", "", "", " · ".join(filter(None, [detail, whole])), "", ""],
    )  # fmt: skip


def inquiry_sheet(writer: Writer, query: Query) -> Sheet:
    """Every inquiry of the query, with what the page has no room for."""
    titles = [
        gettext("Day"), gettext("Store"), gettext("Store code"), gettext("Agent"), gettext("Buyer"), gettext("First message"),
        gettext("Last message"), gettext("Rounds"), gettext("Buyers' messages"), gettext("Human replies"),
        gettext("What became of it"), gettext("Converted the same day"), gettext("Converted inquiries"),
        gettext("Order bought"), gettext("Amount"), gettext("Unpaid order"), gettext("Unpaid amount"),
        gettext("currency"),
    ]  # fmt: skip
    lines = []
    for line in daily.inquiry_lines(query):
        store = writer.stores[line.store_id]
        lines.append([
            line.day.isoformat(), store.name, store.code, writer.agent(line.agent_id), writer.buyer(line.buyer),
            wall_clock(line.first_at, store.time_zone), wall_clock(line.last_at, store.time_zone), line.rounds, line.in_messages, line.human_replies,
            writer.became(line), int(line.same_day), int(line.converted), line.bought_order, line.amount,
            line.unpaid_order, line.unpaid_amount, store.currency,
        ])  # fmt: skip
    sums = daily.inquiry_sums(query)
    foot = [gettext("Sum"), *[None] * 10, sums.same_day, sums.converted, *[None] * 5]
    units = [
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "count",
        "count",
        "count",
        "",
        "count",
        "count",
        "",
        "money",
        "",
        "money",
        "",
    ]
    return Sheet(titles, lines, units, [foot])


def deal_table(writer: Writer, query: Query, limit: int, offset: int) -> DailyTable:
    sums = daily.deal_sums(query)
    lines = []
    for line in daily.deal_lines(query, limit, offset):
        store = writer.stores[line.store_id]
        link = writer.order_link(store, line.order)
        refunded = gettext("refunded") if line.refunded else ""
        lines.append([
            Told(line.order, link, store.name if writer.several else ""),
            Told(writer.buyer(line.buyer)), Told(writer.agent(line.owner_id), note=gettext(REASONS[line.reason])),
            Told(wording.instant_text(line.paid_at, store.time_zone)),
            Told(line.products), Told(wording.count_text(line.items)),
            Told(wording.money_text(line.amount, store.currency, exact=True), note=refunded),
            Told(gettext("yes") if line.remark else pgettext("remark", "none")),
        ])  # fmt: skip
    columns = [
        Column(gettext("Order")), Column(gettext("Buyer")), Column(gettext("Agent")),
        Column(pgettext("time", "Paid"), "time"), Column(gettext("Products"), wide=True), Column(gettext("Items"), "count"),
        Column(gettext("Amount"), "money"), Column(gettext("Remark")),
    ]  # fmt: skip
    said = ngettext("%(n)s deal", "%(n)s deals", sums.lines) % {"n": wording.count_text(sums.lines)}
    buyers = ngettext("%(n)s paying buyer", "%(n)s paying buyers", sums.buyers) % {
        "n": wording.count_text(sums.buyers)
    }
    money = money_words(sums.money)
    return DailyTable(
        "deals", columns, lines, sums.lines, " · ".join(filter(None, [said, buyers, money])),
        [gettext("Sum"), buyers, "", "", said, wording.count_text(sums.items), money, ""],
    )  # fmt: skip


def deal_sheet(writer: Writer, query: Query) -> Sheet:
    titles = [
        gettext("Day"), gettext("Store"), gettext("Store code"), gettext("Order"), gettext("Buyer"), gettext("Agent"),
        gettext("Why"), pgettext("time", "Paid"), gettext("Products"), gettext("Items"), gettext("Amount"),
        gettext("currency"), gettext("Refunded"), gettext("Remark"),
    ]  # fmt: skip
    lines = []
    for line in daily.deal_lines(query):
        store = writer.stores[line.store_id]
        lines.append([
            line.day.isoformat(), store.name, store.code, line.order, writer.buyer(line.buyer),
            writer.agent(line.owner_id), gettext(REASONS[line.reason]), wall_clock(line.paid_at, store.time_zone), line.products,
            line.items, line.amount, store.currency, line.refunded_amount if line.refunded else None, int(line.remark),
        ])  # fmt: skip
    sums = daily.deal_sums(query)
    feet = [[gettext("Sum"), *[None] * 9, each.amount, each.currency, None, None] for each in sums.money]
    if feet:
        feet[0][9] = sums.items
    units = ["", "", "", "", "", "", "", "", "", "count", "money", "", "money", "count"]
    return Sheet(titles, lines, units, feet)


def return_table(writer: Writer, query: Query, limit: int, offset: int) -> DailyTable:
    sums = daily.return_sums(query)
    lines = []
    for line in daily.return_lines(query, limit, offset):
        store = writer.stores[line.store_id]
        lines.append([
            Told(line.order, writer.order_link(store, line.order), store.name if writer.several else ""),
            Told(str(REFUND_KINDS.get(line.kind, line.kind)), note=status_words(line.status)),
            Told(line.reason or wording.UNKNOWN), Told(fault_words(line.fault)), Told(line.products),
            Told(writer.agent(line.owner_id)),
            Told(wording.instant_text(line.created_at, store.time_zone)),
            Told(wording.instant_text(line.completed_at, store.time_zone)),
            Told(wording.money_text(line.amount, store.currency, exact=True)),
        ])  # fmt: skip
    columns = [
        Column(gettext("Order")), Column(gettext("Kind")), Column(gettext("Reason"), wide=True), Column(gettext("Fault")),
        Column(gettext("Products"), wide=True), Column(gettext("Agent")), Column(gettext("Asked for"), "time"),
        Column(gettext("Completed"), "time"), Column(gettext("Amount"), "money"),
    ]  # fmt: skip
    said = ngettext("%(n)s return or refund", "%(n)s returns and refunds", sums.lines) % {
        "n": wording.count_text(sums.lines)
    }
    done = gettext("refunds completed: %(n)s") % {"n": wording.count_text(sums.completed)}
    money = money_words(sums.money)
    if sums.without_amount:
        done += " " + gettext("(%(n)s without a known amount)") % {
            "n": wording.count_text(sums.without_amount)
        }
    return DailyTable(
        "returns", columns, lines, sums.lines, " · ".join(filter(None, [said, done, money])),
        [gettext("Sum"), said, "", "", "", "", "", done, money],
    )  # fmt: skip


def return_sheet(writer: Writer, query: Query) -> Sheet:
    titles = [
        gettext("Store"), gettext("Store code"), gettext("Order"), gettext("Refund number"), gettext("Kind"), gettext("Status"),
        gettext("Reason"), gettext("Fault"), gettext("Products"), gettext("Agent"), gettext("Asked for"),
        gettext("Completed"), gettext("Items"), gettext("Amount"), gettext("currency"),
        gettext("Completed refund of a sale"),
    ]  # fmt: skip
    lines = []
    for line in daily.return_lines(query):
        store = writer.stores[line.store_id]
        lines.append([
            store.name, store.code, line.order, line.refund, str(REFUND_KINDS.get(line.kind, line.kind)),
            status_words(line.status), line.reason, fault_words(line.fault), line.products,
            writer.agent(line.owner_id), wall_clock(line.created_at, store.time_zone), wall_clock(line.completed_at, store.time_zone), line.items,
            line.amount, store.currency, int(line.counts),
        ])  # fmt: skip
    sums = daily.return_sums(query)
    feet = [[gettext("Sum"), *[None] * 12, each.amount, each.currency, None] for each in sums.money]
    if feet:
        feet[0][-1] = sums.completed
    units = [*[""] * 12, "count", "money", "", "count"]
    return Sheet(titles, lines, units, feet)


def status_words(status: str) -> str:
    return {
        "open": pgettext("refund", "open"),
        "completed": pgettext("refund", "completed"),
        "closed": pgettext("refund", "closed without a refund"),
    }.get(status, status)


def fault_words(fault: str) -> str:
    return str(Fault(fault).label)


PAGES: dict[str, Callable[[Writer, Query, int, int], DailyTable]] = {
    "inquiries": inquiry_table,
    "deals": deal_table,
    "returns": return_table,
}
SHEETS: dict[str, Callable[[Writer, Query], Sheet]] = {
    "inquiries": inquiry_sheet,
    "deals": deal_sheet,
    "returns": return_sheet,
}


def sheet_named(
    name: str,
    writer: Writer,
    stores: Sequence[Store],
    day: date,
    agents: tuple[int, ...] | None,
    now: datetime,
) -> Sheet:
    """One table of a day with all its lines. agents None: everybody's."""
    if name == "report":
        return sheet_of(report_table(report_of(stores, day, now, agents), writer.names))
    return SHEETS[name](writer, Query(day, day, tuple(store.pk for store in stores), agents))
