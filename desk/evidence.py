"""Everything there is of a buyer in one store, for a complaint or a malicious review: chats, orders with their remarks,
refunds, calls, reviews, dossiers and attachments (R33, R34).

Personal data are masked unless the file is asked for in full. Bounded: what is beyond MOST_* is counted and named.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conversations.models import Kind, Message, PhoneCall
from desk.complaint_words import lines_in_words
from orders.attachments import attachments_of
from orders.complaint_models import Complaint, ReviewHandling
from orders.dossiers import lines_of
from orders.models import Order, OrderLine, Refund, Review
from orders.personal import masked_fields, revealed_fields
from orders.remark_formats import format_of
from orders.remark_models import About, Attachment, Remark
from orders.remark_seals import Contents, read
from orders.service_models import Case, Promise
from orders.trade_models import Concession
from stores.models import Buyer, Store
from team.models import Agent
from tenants.masking import masked_name, masked_text

MOST_MESSAGES = 5000  # the newest
MOST_ORDERS = 200
MOST_BYTES = 40 * 1024**2  # of attachments
DIRECTIONS = {
    Kind.IN: _("Buyer"),
    Kind.HUMAN: _("Store"),
    Kind.AUTO_BY_FILE: _("Store, automatic"),
    Kind.AUTO_BY_TEXT: _("Store, automatic"),
}
TITLES = {
    About.ORDER: _("Order"),
    About.PROMISE: _("Promise"),
    About.CASE: _("After-sales case"),
    About.COMPLAINT: _("Complaint"),
    About.REVIEW: _("Review"),
    About.CONCESSION: _("Concession"),
}


@dataclass
class Evidence:
    """What the index shows; times are text with their offset. left_out: sentences on what was beyond the bounds."""

    store: Store
    buyer: Buyer | None
    full: bool
    messages: list[dict] = field(default_factory=list)
    orders: list[dict] = field(default_factory=list)
    calls: list[dict] = field(default_factory=list)
    reviews: list[dict] = field(default_factory=list)
    dossiers: list[dict] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def lines(self) -> int:
        """How many lines of anything the file holds, for the audit trail."""
        dossier_lines = sum(len(dossier["lines"]) for dossier in self.dossiers)
        return len(self.messages) + len(self.orders) + len(self.calls) + len(self.reviews) + dossier_lines


def collect(store: Store, buyer: Buyer | None, order_ids: set[str], full: bool) -> Evidence:
    """What is known of a buyer, and of these orders, in a store. A constant number of statements."""
    found = Evidence(store, buyer, full)
    of_orders = Order.objects.filter(store=store, order_id__in=order_ids)
    if buyer:
        of_orders = of_orders | Order.objects.filter(store=store, buyer=buyer)
    orders = list(of_orders.order_by("-created_at", "-pk")[: MOST_ORDERS + 1])
    if len(orders) > MOST_ORDERS:
        found.left_out.append(gettext("Orders older than the %(most)s newest") % {"most": MOST_ORDERS})
        orders = orders[:MOST_ORDERS]
    hide = (lambda text: text or "") if full else _hider(orders)
    if buyer:
        _messages(found, hide)
        _calls(found, hide)
    _orders(found, orders, hide)
    subjects = _subjects(found, {order.order_id for order in orders} | order_ids)
    subjects[About.ORDER] = {order.pk: order.order_id for order in orders}
    _reviews(found, subjects[About.REVIEW], hide)
    _dossiers(found, subjects, hide)
    return found


def _hider(orders: list[Order]) -> Callable[[str | None], str]:
    """Hides phones, addresses and the like, and the receivers of these orders wherever they are named."""
    names = {name.strip() for order in orders if (name := order.decrypted("receiver_name"))}
    addresses = {place.strip() for order in orders if (place := order.decrypted("receiver_address"))}
    known = sorted((text for text in names | addresses if len(text) > 1), key=len, reverse=True)

    def hide(text: str | None) -> str:
        text = text or ""
        for said in known:
            text = text.replace(said, masked_name(said))
        return masked_text(text)

    return hide


def told_at(store: Store, instant: datetime | None) -> str:
    """2026-11-02 10:00:00+08:00, by the store's clock."""
    return instant.astimezone(ZoneInfo(store.time_zone)).isoformat(" ", "seconds") if instant else ""


def _messages(found: Evidence, hide) -> None:
    rows = Message.objects.filter(store=found.store, buyer=found.buyer).select_related("seat")
    newest = list(rows.order_by("-sent_at", "-message_id")[: MOST_MESSAGES + 1])
    if len(newest) > MOST_MESSAGES:
        found.left_out.append(gettext("Messages older than the %(most)s newest") % {"most": MOST_MESSAGES})
    found.messages = [
        {
            "at": told_at(found.store, row.sent_at),
            "who": DIRECTIONS[Kind(row.kind)],
            "is_buyer": row.kind == Kind.IN,
            "seat": row.seat.name,
            "text": hide(row.text),
            "number": row.message_id,
        }
        for row in reversed(newest[:MOST_MESSAGES])
    ]


def _calls(found: Evidence, hide) -> None:
    rows = PhoneCall.objects.filter(store=found.store, buyer=found.buyer).select_related("agent")
    found.calls = [
        {
            "at": told_at(found.store, row.called_at),
            "who": row.agent.name,
            "incoming": row.incoming,
            "about": hide(row.decrypted("about")),
            "outcome": hide(row.decrypted("outcome")),
        }
        for row in rows.order_by("called_at", "pk")
    ]


def _orders(found: Evidence, orders: list[Order], hide) -> None:
    store, numbers = found.store, [order.order_id for order in orders]
    lines: dict[str, list] = {number: [] for number in numbers}
    for line in OrderLine.objects.filter(store=store, order_id__in=numbers).order_by("order_id", "line_no"):
        lines[line.order_id].append(line)
    refunds: dict[str, list] = {number: [] for number in numbers}
    for refund in Refund.objects.filter(store=store, order_id__in=numbers).order_by("created_at", "pk"):
        refunds[refund.order_id].append(
            {
                "row": refund,
                "at": told_at(store, refund.created_at),
                "done": told_at(store, refund.completed_at),
                "reason": hide(refund.reason),
            }
        )
    remarks = _remarks(found, orders, hide)
    found.orders = [
        {
            "row": order,
            "status": order.get_status_display(),
            "created": told_at(store, order.created_at),
            "paid": told_at(store, order.paid_at),
            "shipped": told_at(store, order.shipped_at),
            "completed": told_at(store, order.completed_at),
            "personal": revealed_fields(order) if found.full else masked_fields(order),
            "lines": lines[order.order_id],
            "refunds": refunds[order.order_id],
            "remarks": remarks[order.pk],
        }
        for order in orders
    ]


def _remarks(found: Evidence, orders: list[Order], hide) -> dict[int, list[dict]]:
    """{order's key: every version of its remark, the first first}."""
    store = found.store
    remarks: dict[int, list] = {order.pk: [] for order in orders}
    versions = Remark.objects.filter(store=store, order_id__in=list(remarks))
    rows = list(versions.select_related("made_by").order_by("number"))
    contents = read(rows)
    personal = [one.key for one in format_of(store).fields if one.personal]
    for row in rows:
        said = contents[row.pk]
        remarks[row.order_id].append(
            {
                "number": row.number,
                "at": told_at(store, row.made_at),
                "who": str(row.made_by or ""),
                "flag": row.flag,
                "text": _remark_text(said, [] if found.full else personal, hide)
                if said
                else gettext("erased"),
            }
        )
    return remarks


def _remark_text(said: Contents, personal: list[str], hide) -> str:
    """A version's text; personal: keys of the fields whose words are hidden in it."""
    text = said.text
    for value in (said.fields.get(key) for key in personal):
        if isinstance(value, str) and len(value.strip()) > 1:
            text = text.replace(value.strip(), masked_name(value))
    return hide(text)


def _subjects(found: Evidence, numbers: set[str]) -> dict[About, dict[int, str]]:
    """{what a dossier is kept on: {its key: how it is called}} of the buyer and these orders."""
    subjects: dict[About, dict[int, str]] = {}
    for about, model in (
        (About.PROMISE, Promise),
        (About.CASE, Case),
        (About.COMPLAINT, Complaint),
        (About.REVIEW, Review),
        (About.CONCESSION, Concession),
    ):
        rows = model.objects.filter(store=found.store, order_id__in=numbers)
        if found.buyer:
            rows = rows | model.objects.filter(store=found.store, buyer=found.buyer)
        name = "review_id" if about == About.REVIEW else "pk"
        subjects[about] = {pk: str(called) for pk, called in rows.order_by("pk").values_list("pk", name)}
    return subjects


def _reviews(found: Evidence, pks: dict[int, str], hide) -> None:
    rows = list(Review.objects.filter(pk__in=list(pks)).order_by("created_at", "pk"))
    handled = {
        row.review_id: row
        for row in ReviewHandling.objects.filter(store=found.store, review_id__in=list(pks.values()))
    }
    found.reviews = [
        {
            "row": row,
            "at": told_at(found.store, row.created_at),
            "text": hide(row.text),
            "reply": hide(row.reply),
            "replied": told_at(found.store, row.replied_at),
            "malicious": row.review_id in handled and handled[row.review_id].malicious,
        }
        for row in rows
    ]


def _dossiers(found: Evidence, subjects: dict[About, dict[int, str]], hide) -> None:
    """The lines and files of every dossier that has any. Attachments are opened by who writes the file."""
    names = dict(Agent.objects.values_list("pk", "name"))
    size = 0
    for about, called in subjects.items():
        lines, files = lines_of(about, called), attachments_of(about, called)
        for pk, name in called.items():
            told = lines_in_words(about, lines[pk], names)
            if not told and not files[pk]:
                continue
            for said, line in zip(told, reversed(lines[pk]), strict=True):
                said["at"], said["note"] = told_at(found.store, line.at), hide(line.note)
            found.dossiers.append({"about": TITLES[about], "name": name, "lines": told[::-1]})
            for attachment in files[pk]:
                size += attachment.size
                if size > MOST_BYTES:
                    found.left_out.append(
                        gettext("Attachments beyond %(most)s MB: %(name)s")
                        % {"most": MOST_BYTES // 1024**2, "name": attachment.digest}
                    )
                else:
                    found.attachments.append(attachment)
