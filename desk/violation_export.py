"""The list of violations as a file."""

from functools import partial

from django.http import Http404
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from kpis.exports import CONTENT_TYPES, Sheet, file_answer, wall_clock
from policies.inspection_models import Violation
from policies.violation_list import ViolationFilters, list_line
from team.seats import agents_open_to
from tenants.access import permission_required

LONGEST_FILE = 20_000


@require_GET
@permission_required("see_violations")
def violation_export(request):
    """What the list shows with these filters, all its pages, as ?file=csv or xlsx."""
    kind = request.GET.get("file", "csv")
    if kind not in CONTENT_TYPES:
        raise Http404
    filters = ViolationFilters(request.GET, request.membership)
    names = {agent.pk: agent.name for agent in agents_open_to(request.membership)}
    return file_answer(request, _sheet(filters, names), kind, f"violations-{filters.show}")


def _sheet(filters: ViolationFilters, names: dict[int, str]) -> Sheet:
    titles = [
        gettext("Number"), gettext("Store"), gettext("Rule"), gettext("Version"), gettext("When"), gettext("Business day"),
        gettext("Agent"), gettext("Buyer"), gettext("Order"), gettext("What was said"), gettext("How sure"),
        gettext("State"), gettext("The agent had asked the supervisor before"), gettext("Platform points"),
        gettext("Fine"), gettext("Confirmed at"),
    ]  # fmt: skip

    def cells(row: Violation) -> list:
        line, wall = list_line(row, names), partial(wall_clock, zone=row.store.time_zone)
        return [
            row.pk, row.store.code, line.rule, row.version.number, wall(row.said_at), row.day, line.agent,
            row.buyer.name if row.buyer else "", row.order_id or "", "".join(line.words), line.certainty,
            row.get_state_display(), gettext("yes") if row.exempt else "", row.points, row.money,
            wall(row.confirmed_at),
        ]  # fmt: skip

    units = [""] * 13 + ["ratio", "money", ""]
    return Sheet(titles, [cells(row) for row in filters.chosen()[:LONGEST_FILE]], units)
