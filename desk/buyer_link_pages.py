"""Which buyers are one person: pairs with the same phone, confirmed, refused and undone by people."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from orders.buyer_links import MOST_BUYERS, Proposal, buyers_of, decide, proposals, undo
from orders.trade_models import BuyerLink
from stores.models import Buyer, Store
from tenants.access import permission_required
from tenants.masking import masked_name

PAIRS_PER_PAGE = 50


@dataclass(frozen=True)
class Side:
    """One of two buyers: their name but for its first letter."""

    buyer: Buyer
    shown: str
    orders: int | None


def _side(buyer: Buyer, orders: int | None = None) -> Side:
    return Side(buyer, masked_name(buyer.name), orders)


def _pairs(found: list[Proposal]) -> list[dict]:
    buyers = buyers_of({pk for pair in found for pk in pair[:2]})
    return [
        {
            "one": _side(buyers[pair.buyer_id], pair.orders),
            "two": _side(buyers[pair.other_id], pair.other_orders),
            "pair": pair,
        }
        for pair in found
    ]


@require_GET
@permission_required("link_buyers")
def buyer_link_list(request):
    """Pairs that wait for a decision; ?show=decided: those decided, to be undone."""
    stores = list(Store.objects.open_to(request.membership).values_list("pk", flat=True))
    show = "decided" if request.GET.get("show") == "decided" else "open"
    context = {"show": show, "most": MOST_BUYERS}
    if show == "decided":
        links = BuyerLink.objects.filter(buyer__store__in=stores, other__store__in=stores)
        links = links.select_related("buyer__store", "other__store", "decided_by").order_by(
            "-decided_at", "-pk"
        )
        page = Paginator(links, PAIRS_PER_PAGE).get_page(request.GET.get("page"))
        context["links"] = [
            {"link": link, "one": _side(link.buyer), "two": _side(link.other)} for link in page.object_list
        ]
    else:
        asked = request.GET.get("page", "")
        wanted = int(asked) if asked.isdecimal() and 0 < int(asked) < 10**5 else 1
        found, count, context["common"] = proposals(stores, PAIRS_PER_PAGE, (wanted - 1) * PAIRS_PER_PAGE)
        page = Paginator(range(count), PAIRS_PER_PAGE).get_page(wanted if found else 1)
        if not found and wanted > 1:
            found, count, context["common"] = proposals(stores, PAIRS_PER_PAGE)
            page = Paginator(range(count), PAIRS_PER_PAGE).get_page(1)
        context["pairs"] = _pairs(found)
    return render(request, "desk/buyer_link_list.html", context | {"page": page})


@require_POST
@permission_required("link_buyers")
def buyer_link_decide(request):
    """buyer, other: their numbers; same: 1 or 0. 404 for a buyer of a store one may not see."""
    stores = Store.objects.open_to(request.membership)
    numbers = [request.POST.get(name, "") for name in ("buyer", "other")]
    if not all(number.isdecimal() and len(number) < 10 for number in numbers):
        raise Http404
    one, two = (
        get_object_or_404(Buyer.objects.select_related("store"), pk=number, store__in=stores)
        for number in numbers
    )
    same = request.POST.get("same") == "1"
    try:
        decide(one, two, same, request.user, timezone.now())
        messages.success(
            request, gettext("Noted: one person.") if same else gettext("Noted: two different people.")
        )
    except ValueError as refused:
        messages.error(request, str(refused))
    return redirect("buyer_link_list", request.organization.slug)


@require_POST
@permission_required("link_buyers")
def buyer_link_undo(request, link_id: int):
    """Take a decision back."""
    stores = Store.objects.open_to(request.membership)
    links = BuyerLink.objects.filter(Q(buyer__store__in=stores) & Q(other__store__in=stores))
    link = get_object_or_404(links.select_related("buyer__store", "other__store"), pk=link_id)
    undo(link, request.user, timezone.now())
    messages.success(request, gettext("The decision is taken back."))
    return redirect("buyer_link_list", request.organization.slug)
