"""Neutral tables other than messages: what a platform's own export does not cover (docs/imports.md)."""

from collections.abc import Callable
from decimal import Decimal

from stores.platforms import cells
from stores.platforms.columns import Row, TableFormat, row_by_row
from stores.platforms.marked_text import gettext_noop as _
from stores.platforms.records import (
    COST_KINDS,
    ORDER_STATUSES,
    REFUND_KINDS,
    REFUND_STATUSES,
    BuyerRecord,
    CostRecord,
    OrderLineRecord,
    OrderRecord,
    PresenceRecord,
    ProductRecord,
    RateRecord,
    RatingRecord,
    Record,
    RefundRecord,
    ReviewRecord,
    RosterRecord,
    SeatRecord,
    SessionRecord,
    TrackingRecord,
)

_RATING_WORDS = {"good": 5, "neutral": 3, "bad": 1, "好评": 5, "中评": 3, "差评": 1}
_STATUS = {status: status for status in ORDER_STATUSES}
_REFUND_STATUS = {status: status for status in REFUND_STATUSES}
_REFUND_KIND = {kind: kind for kind in REFUND_KINDS}
_COST_KIND = {kind: kind for kind in COST_KINDS}


def _rating(row: Row) -> int | None:
    """1–5; good, neutral and bad are 5, 3 and 1."""
    text = row.text("rating")
    if text is not None and text.casefold() in _RATING_WORDS:
        return _RATING_WORDS[text.casefold()]
    stars = row.count("rating")
    if stars is not None and not 1 <= stars <= 5:
        raise row.refused("rating", _("%(value)s is not a rating from 1 to 5"), value=stars)
    return stars


def _session(row: Row) -> SessionRecord:
    started_at, ended_at = row.need("started_at", row.instant("started_at")), row.instant("ended_at")
    if ended_at is not None and ended_at < started_at:
        raise row.refused("ended_at", _("the session ends before it starts"))
    return SessionRecord(
        session_id=row.need("session_id", row.identifier("session_id")),
        buyer=row.need("buyer", row.text("buyer")),
        seat=row.need("agent", row.text("agent")),
        started_at=started_at,
        ended_at=ended_at,
        buyer_messages=row.count("buyer_messages"),
        agent_messages=row.count("agent_messages"),
        invited=row.yes_no("invited"),
        rating=_rating(row),
        transferred_to=row.text("transferred_to"),
    )


def _order(row: Row) -> OrderRecord:
    return OrderRecord(
        order_id=row.need("order_id", row.identifier("order_id")),
        buyer=row.text("buyer"),
        status=row.choice("status", _STATUS),
        created_at=row.instant("created_at"),
        paid_at=row.instant("paid_at"),
        shipped_at=row.instant("shipped_at"),
        completed_at=row.instant("completed_at"),
        closed_at=row.instant("closed_at"),
        close_reason=row.text("close_reason"),
        total_amount=row.money("total_amount"),
        paid_amount=row.money("paid_amount"),
        postage=row.money("postage"),
        items=row.count("items"),
        flag=row.count("flag"),
        flag_seat=row.text("flag_agent"),
        seller_memo=row.text("seller_memo"),
        buyer_message=row.text("buyer_message"),
        receiver_name=row.text("receiver_name"),
        receiver_phone=row.text("receiver_phone"),
        receiver_address=row.text("receiver_address"),
        cod=row.yes_no("cod"),
        courier=row.text("courier"),
        tracking_no=row.tracking_number("tracking_no"),
        promised_ship_at=row.promise("promised_ship_at"),
        delivered_at=row.instant("delivered_at"),
        raw=row.raw(),
    )


def _order_line(row: Row) -> OrderLineRecord:
    return OrderLineRecord(
        order_id=row.need("order_id", row.identifier("order_id")),
        line_no=row.need("line_no", row.count("line_no")),
        product_code=row.identifier("product_code"),
        title=row.text("title"),
        sku=row.text("sku"),
        quantity=row.count("quantity"),
        price=row.money("price"),
    )


def _refund(row: Row) -> RefundRecord:
    return RefundRecord(
        refund_id=row.need("refund_id", row.identifier("refund_id")),
        order_id=row.need("order_id", row.identifier("order_id")),
        kind=row.choice("kind", _REFUND_KIND) or "refund_only",
        status=row.need("status", row.choice("status", _REFUND_STATUS)),
        amount=row.money("amount"),
        items=row.count("items"),
        reason=row.text("reason"),
        created_at=row.instant("created_at"),
        completed_at=row.instant("completed_at"),
    )


def _review(row: Row) -> ReviewRecord:
    return ReviewRecord(
        review_id=row.need("review_id", row.identifier("review_id")),
        order_id=row.identifier("order_id"),
        buyer=row.text("buyer"),
        rating=_rating(row),
        text=cells.plain_text(row.cell("text")) or None,
        created_at=row.instant("created_at"),
        reply=cells.plain_text(row.cell("reply")) or None,
        replied_at=row.instant("replied_at"),
    )


def _tracking(row: Row) -> TrackingRecord:
    return TrackingRecord(
        order_id=row.need("order_id", row.identifier("order_id")),
        event=row.need("event", cells.plain_text(row.cell("event")) or None),
        happened_at=row.need("happened_at", row.instant("happened_at")),
        tracking_no=row.tracking_number("tracking_no"),
        courier=row.text("courier"),
        place=cells.plain_text(row.cell("place")) or None,
    )


def _buyer(row: Row) -> BuyerRecord:
    good_rate = row.read("good_rate", cells.share)
    return BuyerRecord(
        buyer=row.need("buyer", row.text("buyer")),
        registered_at=row.instant("registered_at"),
        credit=row.count("credit"),
        good_rate=good_rate,
        note=row.text("note"),
    )


def _seat(row: Row) -> SeatRecord:
    since, until = row.need("from", row.day("from")), row.day("to")
    if until is not None and until < since:
        raise row.refused("to", _("the last day lies before the first"))
    return SeatRecord(
        seat=row.need("agent", row.text("agent")),
        name=row.need("name", row.text("name")),
        employee_id=row.identifier("employee_id"),
        grade=row.text("grade"),
        since=since,
        until=until,
    )


def _roster(row: Row) -> RosterRecord:
    name, employee_id = row.text("name"), row.identifier("employee_id")
    if name is None and employee_id is None:
        raise row.refused("name", _("this cell must not be blank"))
    return RosterRecord(
        name=name,
        employee_id=employee_id,
        day=row.need("day", row.day("day")),
        shift=row.need("shift", row.text("shift")),
    )


def _rate(row: Row) -> RateRecord:
    currency = row.need("currency", row.text("currency"))
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha()):
        raise row.refused("currency", _("%(value)s is not a currency code such as VND"), value=currency)
    rate: Decimal = row.need("rate", row.read("rate", cells.number))
    if rate == 0:
        raise row.refused("rate", _("a rate must not be 0"))
    return RateRecord(day=row.need("day", row.day("day")), currency=currency.upper(), rate=rate)


def _product(row: Row) -> ProductRecord:
    return ProductRecord(
        product_code=row.need("product_code", row.identifier("product_code")),
        title=row.text("title"),
        price=row.money("price"),
        stock=row.count("stock"),
        counterfeit_risk=row.yes_no("counterfeit_risk"),
    )


def _cost(row: Row) -> CostRecord:
    record = CostRecord(
        order_id=row.identifier("order_id"),
        day=row.day("day"),
        product_code=row.identifier("product_code"),
        kind=row.need("kind", row.choice("kind", _COST_KIND)),
        amount=row.need("amount", row.money("amount")),
    )
    if record.order_id is None and None in (record.day, record.product_code):
        raise row.refused("order_id", _("a cost needs an order_id, or day and product_code"))
    return record


def _session_rating(row: Row) -> RatingRecord:
    record = RatingRecord(
        session_id=row.identifier("session_id"),
        buyer=row.text("buyer"),
        seat=row.text("agent"),
        rated_at=row.instant("rated_at"),
        invited=row.yes_no("invited"),
        rating=_rating(row),
        text=cells.plain_text(row.cell("text")) or None,
    )
    if record.session_id is None and None in (record.buyer, record.seat, record.rated_at):
        raise row.refused("session_id", _("a rating needs a session_id, or buyer, agent and rated_at"))
    return record


def _presence(row: Row) -> PresenceRecord:
    online_at, offline_at = row.need("online_at", row.instant("online_at")), row.instant("offline_at")
    if offline_at is not None and offline_at < online_at:
        raise row.refused("offline_at", _("the stretch ends before it starts"))
    return PresenceRecord(
        seat=row.need("agent", row.text("agent")),
        online_at=online_at,
        offline_at=offline_at,
        state=row.text("state"),
    )


def _format(
    kind: str,
    required: str,
    optional: str,
    make: Callable[[Row], Record],
    any_of: tuple[frozenset[str], ...] = (),
    foreign: str = "",
) -> TableFormat:
    """The neutral format of one kind; headers are the field names themselves."""
    return TableFormat(
        name=f"neutral.{kind}",
        kind=kind,
        aliases={name: (name,) for name in (*required.split(), *optional.split())},
        required=frozenset(required.split()),
        any_of=any_of,
        # Couriers' events (`tracking` tables) also hold order_id, courier and tracking_no.
        foreign=frozenset(foreign.split())
        | (frozenset() if "happened_at" in required.split() else frozenset({"happened_at"})),
        parse=row_by_row(lambda _store: lambda row: [make(row)]),
    )


_ORDER_FIELDS = (
    "buyer status created_at paid_at shipped_at completed_at closed_at close_reason total_amount paid_amount"
    " postage items flag flag_agent seller_memo buyer_message receiver_name receiver_phone receiver_address"
    " cod courier tracking_no promised_ship_at delivered_at"
)

FORMATS = (
    _format(
        "sessions",
        "session_id buyer agent started_at",
        "ended_at buyer_messages agent_messages invited rating transferred_to",
        _session,
    ),
    _format(
        "refunds",
        "refund_id order_id status",
        "kind amount items reason created_at completed_at",
        _refund,
    ),
    _format("order_lines", "order_id line_no", "product_code title sku quantity price", _order_line),
    _format("reviews", "review_id", "order_id buyer rating text created_at reply replied_at", _review),
    _format("tracking", "order_id event happened_at", "tracking_no courier place", _tracking),
    _format("orders", "order_id", _ORDER_FIELDS, _order, (frozenset(_ORDER_FIELDS.split()) - {"buyer"},)),
    _format(
        "ratings",
        "rating",
        "session_id buyer agent rated_at invited text",
        _session_rating,
        (frozenset({"session_id", "rated_at"}),),
    ),
    _format("seats", "agent name from", "employee_id grade to", _seat),
    _format("roster", "day shift", "name employee_id", _roster, (frozenset({"name", "employee_id"}),)),
    _format(
        "buyers",
        "buyer",
        "registered_at credit good_rate note",
        _buyer,
        (frozenset({"registered_at", "credit", "good_rate", "note"}),),
    ),
    _format("rates", "day currency rate", "", _rate),
    # A table of refunds has these columns too.
    _format(
        "costs",
        "kind amount",
        "order_id day product_code",
        _cost,
        (frozenset({"order_id", "day"}),),
        foreign="refund_id",
    ),
    _format("presence", "agent online_at", "offline_at state", _presence),
    _format(
        "products",
        "product_code",
        "title price stock counterfeit_risk",
        _product,
        (frozenset({"title", "price", "stock", "counterfeit_risk"}),),
    ),
)
