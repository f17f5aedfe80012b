"""The list of risky buyers as a file: what its filters choose, all pages of it."""

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_GET

from kpis.exports import CONTENT_TYPES, Sheet, file_answer, wall_clock
from policies.risk_list import RiskList
from tenants.access import permission_required

LONGEST_FILE = 20_000


@require_GET
@permission_required("see_risky_buyers")
def risk_export(request):
    """`?file=csv` or `xlsx`; the other parameters are the list's. 404 for another kind of file."""
    kind = request.GET.get("file", "csv")
    if kind not in CONTENT_TYPES:
        raise Http404
    rows, _count = RiskList(request.membership, request.GET, timezone.now()).read(LONGEST_FILE, 0)
    titles = [
        gettext("Buyer"), gettext("Store"), pgettext("risk", "Points"), gettext("State"), pgettext("signs", "Why"),
        gettext("Latest sign"),
    ]  # fmt: skip
    lines = (
        [
            row.buyer.name, row.store.name, row.score, str(row.level.label), row.sentence,
            wall_clock(row.latest_at, row.store.time_zone),
        ]
        for row in rows
    )  # fmt: skip
    return file_answer(request, Sheet(titles, lines, ["", "", "count", "", "", ""]), kind, "risky-buyers")
