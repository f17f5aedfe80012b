"""The live board: what a supervisor sees at a glance. It renews itself and keeps quiet about what it cannot know."""

from django.conf import settings
from django.utils import timezone
from django.views.decorators.http import require_GET

from desk.board_data import board_stamp, on_duty_now, overdue, store_tiles, total_of
from desk.day_page import live_answer, not_modified
from desk.handover_book import book, lately_returned, lines_open_to, not_accepted
from desk.lines import clock
from policies.risk_scores import hints_of
from policies.warnings import waiting
from stores.models import Store
from team.seats import agents_open_to
from tenants.access import permission_required

# Handovers named on the board; the book has them all.
NAMED = 12


@require_GET
@permission_required("see_board")
def live_board(request):
    """Who is on, who waits, today's figures, what is overdue and what nobody accepted."""
    now, membership = timezone.now(), request.membership
    stores = list(Store.objects.open_to(membership))
    ids = [store.pk for store in stores]
    stamp = board_stamp(ids, now)
    if same := not_modified(request, stamp):
        return same
    tiles = store_tiles(stores, now)
    risky = hints_of((pk for tile in tiles for pk in tile.waiting_ids), now, from_hint=False)
    reached = [tile.data_to for tile in tiles if tile.data_to]
    agents = list(agents_open_to(membership).values_list("pk", flat=True))
    lines = lines_open_to(membership, None)
    late = overdue(ids, now)
    names = {store.pk: store.name for store in stores}
    zone = stores[0].time_zone if stores else settings.TIME_ZONE
    context = {
        "tiles": [
            (
                tile,
                clock(tile.data_to, tile.store.time_zone, now) if tile.data_to else "",
                {name for pk, (name, _since) in zip(tile.waiting_ids, tile.waiting, strict=True) if pk in risky},
            )
            for tile in tiles
        ],
        "total": total_of([tile.row for tile in tiles if tile.row], request.organization.currency),
        # A total is no newer than its oldest part.
        "total_to": clock(min(reached), zone, now) if reached else "",
        "total_stale": any(tile.stale for tile in tiles),
        "on": on_duty_now(agents, now),
        "overdue": [{**row, "store": names[row["store_id"]]} for row in late],
        "overdue_count": sum(row["count"] for row in late),
        "waiting": book(not_accepted(lines), now, notes=False)[:NAMED],
        "dangerous": waiting(membership).count(),
        "returned": lately_returned(lines, now).count(),
        "now": now,
        "at": clock(now, zone, now),
        "stores": stores,
    }  # fmt: skip
    return live_answer(request, "desk/board.html", "desk/_board.html", stamp, context)
