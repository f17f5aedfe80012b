"""A sign's evidence opened for people to check: the orders, messages and buyers it names (R16). Personal data masked."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from conversations.models import Message
from orders.models import Order, Refund
from policies.risk_scores import Explained
from stores.models import Buyer, Store

SHOWN = 10  # of each kind


@dataclass
class Evidence:
    """A sign with what it rests on. orders: with `refund`, the money that went back for it, or None; buyers: confirmed
    ones in stores one may see; elsewhere: how many are in others; more: how many orders and messages are not shown."""

    sign: Explained
    orders: list[Order] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    buyers: list[Buyer] = field(default_factory=list)
    elsewhere: int = 0
    more: int = 0


def opened(store: Store, signs: Iterable[Explained], open_stores: Iterable[int]) -> list[Evidence]:
    """Each sign with its orders, messages and buyers. Four statements however many signs."""
    signs = list(signs)
    named = {
        what: {item for sign in signs for item in sign.signal.evidence.get(what, ())}
        for what in ("orders", "messages", "buyers")
    }
    orders = {
        order.order_id: order
        for order in Order.objects.filter(store=store, order_id__in=named["orders"]).defer("raw")
    }
    refunds = Refund.objects.filter(store=store, order_id__in=named["orders"], kind="refund_only")
    amounts = {refund.order_id: refund for refund in refunds.exclude(status="closed")}
    for order in orders.values():
        order.refund = amounts.get(order.order_id)
    messages = {
        message.message_id: message
        for message in Message.objects.filter(store=store, message_id__in=named["messages"])
    }
    visible = set(open_stores)
    buyers = {
        buyer.pk: buyer
        for buyer in Buyer.objects.filter(pk__in=named["buyers"]).select_related("store")
        if buyer.store_id in visible
    }
    return [_of(sign, orders, messages, buyers) for sign in signs]


def _of(sign: Explained, orders: dict, messages: dict, buyers: dict) -> Evidence:
    told = sign.signal.evidence
    found = [orders[number] for number in told.get("orders", ()) if number in orders]
    said = [messages[number] for number in told.get("messages", ()) if number in messages]
    known = [buyers[pk] for pk in told.get("buyers", ()) if pk in buyers]
    return Evidence(
        sign, found[:SHOWN], said[-SHOWN:], known, len(told.get("buyers", ())) - len(known),
        max(0, len(found) - SHOWN) + max(0, len(said) - SHOWN),
    )  # fmt: skip
