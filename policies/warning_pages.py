"""The list of dangerous questions: what a buyer asked, and the words that are safe."""

from typing import NamedTuple

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from policies.draft_check import safe_wordings
from policies.inspection_models import ChatWarning
from policies.rule_versions import in_words
from policies.violation_words import reason_in_words
from policies.warnings import open_to, put_aside, questions_of, waiting
from stores.models import Store
from team.models import Agent
from tenants.access import permission_required
from tenants.masking import masked_text

ROWS_PER_PAGE = 50
SHOWN = {"waiting": _("Wait for an answer"), "answered": _("Answered"), "all": _("All")}


class Row(NamedTuple):
    """question: the buyer's words, personal data masked; "" where the chat is gone."""

    warning: ChatWarning
    question: str
    rule: str
    why: str
    wordings: list[str]
    agent: str


@require_GET
@permission_required("check_drafts")
def warning_list(request):
    """Newest first. The part that lists them asks again every half minute."""
    show = request.GET.get("show") if request.GET.get("show") in SHOWN else "waiting"
    found = waiting(request.membership) if show == "waiting" else open_to(request.membership)
    if show == "answered":
        found = found.exclude(answered_at=None)
    stores = list(Store.objects.open_to(request.membership))
    code = request.GET.get("store", "")
    if code in {store.code for store in stores}:
        found = found.filter(store__code=code)
    ordered = found.select_related("store", "buyer", "version__rule").order_by("-asked_at", "-pk")
    page = Paginator(ordered, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    shown = {"page": page, "rows": _rows(list(page.object_list)), "show": show, "shown": SHOWN}
    shown |= {"stores": stores, "store_code": code, "now": timezone.now()}
    part = request.htmx and not request.htmx.boosted
    return render(request, "policies/_warnings.html" if part else "policies/warning_list.html", shown)


@require_POST
@permission_required("check_drafts")
def warning_close(request, warning_id: int):
    """It needs no answer any more."""
    warning = get_object_or_404(open_to(request.membership), pk=warning_id)
    put_aside(warning, request.user, timezone.now())
    return redirect("warning_list", request.organization.slug)


def _rows(warnings: list[ChatWarning]) -> list[Row]:
    questions = questions_of(warnings)
    agents = dict(Agent.objects.filter(pk__in={one.agent_id for one in warnings}).values_list("pk", "name"))
    return [
        Row(
            one,
            masked_text(questions.get(one.pk, "")),
            in_words(one.version.rule),
            reason_in_words(one.version.rule, one.reason),
            safe_wordings(one.store, one.version),
            agents.get(one.agent_id, ""),
        )
        for one in warnings
    ]
