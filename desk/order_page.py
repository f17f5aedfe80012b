"""One order and everything around it: what is next, whose it is, what was agreed, and what happened."""

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from conversations.models import Message
from desk.order_events import Timeline, chats_of, window_of
from desk.order_facts import facts_of
from desk.order_matters import matters_of
from desk.order_steps import NextSteps, beginnings
from kpis.explain import REASONS
from kpis.figures import agent_names
from kpis.models import ChatSession
from kpis.order_page import may_see_order, personal_address
from kpis.ruling_pages import name_in, ruling_of
from orders.models import Order, OrderLine
from orders.remark_formats import colours_of
from stores.models import Product, Store
from tenants.access import permission_required
from tenants.permissions import allowed

MOST_MESSAGES = 300  # of one chat; the newest


def order_open_to(request, code: str, order_id: str) -> Order:
    """The order with its store, buyer and sale; 404 outside of the member's stores. One statement."""
    stores = Store.objects.open_to(request.membership).filter(code=code)
    found = Order.objects.select_related("store", "buyer", "fact")
    return get_object_or_404(found, store__in=stores, order_id=order_id)


@require_GET
@permission_required("see_orders")
def order_page(request, code: str, order_id: str):
    """Everything known of an order, personal data masked. ?before=INSTANT: earlier lines of the timeline."""
    order, now = order_open_to(request, code, order_id), timezone.now()
    before = _instant(request.GET.get("before", ""))
    names, facts = agent_names(), facts_of(order)
    matters = matters_of(order, request.membership, now)
    slug = request.organization.slug
    events, earlier = Timeline(slug, order, names, facts, matters, chats_of(order)).lines(before)
    remarks = [fact for fact in facts if fact.what == "remark"]
    is_own = may_see_order(request.membership, order.store, order)
    address = personal_address(request, order, order.store) if is_own else ""
    context = {
        "order": order,
        "store": order.store,
        "events": events,
        "earlier": earlier and earlier.isoformat(),
        "before": before,
        "steps": NextSteps(slug, order, matters, bool(remarks), now).steps(),
        "beginnings": beginnings(slug, order, request.membership),
        "lines": lines_of(order),
        "flag": _flag(order, remarks),
        "may_see_why": is_own and allowed(request.membership, "see_own_figures"),
        "personal_address": address,
        # The remark's panel shows more to who may see the receiver: the same pass.
        "shown_pass": address[address.index("?") :] if address else "",
        "ruling": ruling_of(order, request.membership),
        **_ownership(order, names),
    }
    response = render(request, "desk/order_page.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def lines_of(order: Order) -> list[OrderLine]:
    """The order's products, each with `stock` of its store (None: unknown). One statement."""
    known = Product.objects.filter(store=order.store_id, code=OuterRef("product_code"))
    lines = OrderLine.objects.filter(store=order.store_id, order_id=order.order_id)
    return list(lines.annotate(stock=Subquery(known.values("stock")[:1])).order_by("line_no"))


def _ownership(order: Order, names: dict[int, str]) -> dict[str, Any]:
    """Whose the order is and why; what counts as sales of it."""
    fact = getattr(order, "fact", None)  # only sales have one
    reason = fact.reason if fact else "no_sale"
    return {
        "owner": name_in(names, fact.owner_id) if fact and fact.owner_id is not None else "",
        "reason": gettext(REASONS[reason]),
    }


def _flag(order: Order, remarks: list) -> dict[str, str] | None:
    """{colour, name} of the flag that holds: that of our newest remark if it names one, else the platform's."""
    said = remarks[0].detail if remarks else ""
    number = int(said) if said else order.flag
    colours = colours_of(order.store)
    if not number or number not in colours:
        return None
    colour, name = colours[number]
    return {"colour": colour, "name": gettext(name)}


def _instant(text: str) -> datetime | None:
    """An instant of an address; None for nothing or nonsense."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo else None


@require_GET
@permission_required("see_orders")
def order_chat(request, code: str, order_id: str, seat_id: int):
    """The messages of one chat around an order, masked: that which began at ?start=, else the seat's latest.

    A fragment of the order's page, or a page of its own.
    """
    order = order_open_to(request, code, order_id)
    window = window_of(order)
    if order.buyer_id is None or window is None:
        raise Http404
    sessions = ChatSession.objects.filter(store=order.store, buyer=order.buyer_id, seat=seat_id)
    start = _instant(request.GET.get("start", ""))
    sessions = sessions.filter(started_at=start) if start else sessions.filter(started_at__range=window)
    session = sessions.select_related("seat").order_by("-started_at").first()
    if session is None:
        raise Http404
    said = Message.objects.filter(
        store=order.store,
        buyer=order.buyer_id,
        seat=seat_id,
        sent_at__range=(session.started_at, session.ended_at),
    )
    newest = said.select_related("seat").order_by("-sent_at", "-kind", "-message_id")[:MOST_MESSAGES]
    part = request.htmx and not request.htmx.boosted
    response = render(
        request,
        "desk/_order_chat.html" if part else "desk/order_chat.html",
        {"order": order, "store": order.store, "session": session, "said": list(newest)[::-1]},
    )
    response.headers["Cache-Control"] = "no-store"
    return response
