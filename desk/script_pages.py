"""Finding and using a script: its places filled with the buyer, order and store one is busy with."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from conversations.script_models import Script, ScriptFolder
from conversations.scripts import Piece, narrowed, note_use, open_to, pieces, uses_since
from kpis import wording
from orders.models import Order
from stores.models import Buyer, Store
from team.models import Agent
from tenants.access import permission_required

ROWS_PER_PAGE = 50
USES_OF = timedelta(days=30)


@dataclass(frozen=True)
class Occasion:
    """What ?store=, ?order= and ?buyer= say one is busy with; what is unknown or not one's own store's is None."""

    store: Store | None = None
    order: Order | None = None
    buyer: Buyer | None = None
    agent: str = ""

    def values(self) -> dict[str, str | None]:
        """What stands in for the places of a script."""
        order, buyer = self.order, self.buyer
        return {
            "store": self.store and self.store.name,
            "order": order and order.order_id,
            "courier": order and order.courier,
            "tracking_no": order and order.tracking_no,
            "buyer": buyer and buyer.name,
            "agent": self.agent,
        }

    def query(self) -> str:
        """The same as parameters of an address; "" where nothing is known."""
        known = {
            "store": self.store and self.store.code,
            "order": self.order and self.order.order_id,
            "buyer": self.buyer and self.buyer.pk,
        }
        return urlencode({name: value for name, value in known.items() if value})


def occasion_of(request) -> Occasion:
    """At most four statements. buyer: the number of stores.Buyer; an order's own buyer where none is named."""
    membership, asked = request.membership, request.GET
    agent = Agent.objects.filter(pk=membership.agent_id).first() if membership.agent_id else None
    name = agent.name if agent else request.user.name
    store = Store.objects.open_to(membership).filter(code=asked.get("store", "")).first()
    if store is None:
        return Occasion(agent=name)
    order = buyer = None
    if number := asked.get("order", ""):
        order = Order.objects.select_related("buyer").filter(store=store, order_id=number).first()
        buyer = order.buyer if order else None
    if buyer is None and asked.get("buyer", "").isdecimal():
        buyer = Buyer.objects.filter(store=store, pk=int(asked["buyer"][:9])).first()
    return Occasion(store, order, buyer, name)


@dataclass(frozen=True)
class Row:
    """One script as the list shows it. text: what is copied, places filled as far as known."""

    script: Script
    pieces: list[Piece]
    text: str
    uses: int


def _rows(scripts: list[Script], occasion: Occasion) -> list[Row]:
    uses = uses_since([script.pk for script in scripts], timezone.now() - USES_OF)
    values = occasion.values()
    rows = []
    for script in scripts:
        filled = pieces(script.text, values)
        text = "".join(piece.text for piece in filled)
        rows.append(Row(script, filled, text, uses.get(script.pk, 0)))
    return rows


@require_GET
@permission_required("see_scripts")
def script_list(request):
    """Scripts found by words or initials of pinyin; a fragment while one types."""
    occasion = occasion_of(request)
    scripts = open_to(request.membership, occasion.store)
    folders = list(ScriptFolder.objects.filter(scripts__in=scripts).distinct().order_by("name", "pk"))
    asked, folder = request.GET.get("q", "").strip()[:100], request.GET.get("folder", "")
    if folder in {str(one.pk) for one in folders}:
        scripts = scripts.filter(folder_id=int(folder))
    page = Paginator(narrowed(scripts, asked), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "rows": _rows(list(page.object_list), occasion), "occasion": occasion, "q": asked,
        "folders": folders, "folder": folder, "none_yet": not folders,
    }  # fmt: skip
    part = request.htmx and not request.htmx.boosted
    return render(request, "desk/_scripts.html" if part else "desk/script_list.html", context)


@require_POST
@permission_required("see_scripts")
@permission_required("work_desk")
def script_use(request, script_id: int):
    """Somebody copied it; answers how often it was used in the last 30 days."""
    script = get_object_or_404(open_to(request.membership), pk=script_id)
    occasion, now = occasion_of(request), timezone.now()
    note_use(script, occasion.store, occasion.buyer, request.membership.agent_id, now)
    uses = uses_since([script.pk], now - USES_OF)[script.pk]
    return HttpResponse(wording.count_text(uses), content_type="text/plain; charset=utf-8")
