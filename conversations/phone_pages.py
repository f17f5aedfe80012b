"""Pages of the phone log: the list, one call's form, and the calls about an order for the order's page."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from conversations.phone_calls import (
    CallFilters,
    CallForm,
    as_csv,
    callers_open_to,
    calls_open_to,
    initial_of,
    log_call,
    may_change,
    with_texts,
    write_call,
)
from stores.forms import posted
from stores.models import Store
from tenants.access import permission_required
from tenants.audit import record, record_export
from tenants.permissions import allowed

ROWS_PER_PAGE = 50
MOST_LINES = 20_000  # of a file; more is chosen by a shorter period


@require_GET
@permission_required("see_calls")
def call_list(request):
    """Calls, newest first, as the filters choose them; ?file=csv gives them out."""
    filters = CallFilters(request.GET, membership=request.membership)
    calls = filters.chosen(calls_open_to(request.membership))
    if request.GET.get("file") == "csv":
        return _file(request, calls)
    page = Paginator(calls, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = with_texts(page.object_list)
    for call in page.object_list:
        call.changeable = allowed(request.membership, "log_calls") and may_change(request.membership, call)
    chosen = any(request.GET.get(name) for name in filters.fields)
    return render(
        request, "conversations/call_list.html", {"filters": filters, "page": page, "chosen": chosen}
    )


def _file(request, calls) -> HttpResponse:
    if not allowed(request.membership, "export"):
        raise PermissionDenied
    content, count = as_csv(calls[:MOST_LINES])
    chosen = {key: request.GET.getlist(key) for key in request.GET if key != "file"}
    record_export(request, "calls", "csv", count, chosen=chosen)
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="calls.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@require_http_methods(["GET", "POST"])
@permission_required("log_calls")
def call_new(request):
    """Write down a call; ?store=, ?order= and ?buyer= fill in what the page before knew."""
    now = timezone.now()
    form = CallForm(posted(request), membership=request.membership, now=now, initial=_known(request, now))
    if request.method == "POST" and form.is_valid():
        call = log_call(form.told(), request.user, now)
        record(request, "call_logged", call.store.name, order=call.order_id or "", call=call.pk)
        messages.success(request, _("The call is written down."))
        return redirect("call_list", request.organization.slug)
    nobody = not callers_open_to(request.membership).exists()
    return _private(render(request, "conversations/call_edit.html", {"form": form, "nobody": nobody}))


def _known(request, now) -> dict:
    stores = Store.objects.open_to(request.membership)
    store = stores.filter(code=request.GET.get("store", "")).first() or stores.first()
    wall = now.astimezone(ZoneInfo(store.time_zone)) if store else now
    return {
        "store": store, "agent": request.membership.agent_id, "order_id": request.GET.get("order", "")[:200],
        "buyer": request.GET.get("buyer", "")[:200], "called_at": wall.strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
@permission_required("log_calls")
def call_edit(request, call_id: int):
    """Correct what was written down. Who did not write it and is no lead gets 403."""
    call = get_object_or_404(calls_open_to(request.membership), pk=call_id)
    if not may_change(request.membership, call):
        raise PermissionDenied
    form = CallForm(
        posted(request), membership=request.membership, now=timezone.now(), initial=initial_of(call)
    )
    if request.method == "POST" and form.is_valid():
        write_call(call, form.told())
        record(request, "call_changed", call.store.name, call=call.pk, fields=form.changed_data)
        messages.success(request, _("The call is written down."))
        return redirect("call_list", request.organization.slug)
    return _private(render(request, "conversations/call_edit.html", {"form": form, "call": call}))


@require_GET
@permission_required("see_calls")
def order_calls(request, code: str):
    """The calls about the order ?order= that this member may see: a fragment of its page, or a page of its own.

    Whether there is such an order is not known here: of one there is not, there are no calls.
    """
    store = get_object_or_404(Store.objects.open_to(request.membership), code=code)
    order_id = request.GET.get("order", "")
    calls = calls_open_to(request.membership).filter(store=store, order_id=order_id)[:ROWS_PER_PAGE]
    calls = with_texts(calls)
    part = request.htmx and not request.htmx.boosted
    template = "conversations/_order_calls.html" if part else "conversations/order_calls.html"
    return _private(render(request, template, {"store": store, "order_id": order_id, "calls": calls}))


def _private(response: HttpResponse) -> HttpResponse:
    """Kept by no cache: the form shows texts as they were written."""
    response.headers["Cache-Control"] = "no-store"
    return response
