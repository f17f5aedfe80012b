"""Pages and fragments of an order's remark: the panel, writing a version, restoring, the platform's copy, production."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from orders.attachments import attach
from orders.models import Order
from orders.openings import note_opening
from orders.production import CONFIRMATION, reach
from orders.remark_checks import findings, promised_days
from orders.remark_formats import Format, compose, format_of, most_bytes
from orders.remark_forms import RemarkForm, initial_of
from orders.remark_models import About, Remark, Stage
from orders.remark_panel import may_see_full, panel_of
from orders.remarks import (
    RemarkOutdated,
    RemarkRefused,
    Version,
    adopt_platform_copy,
    current_remark,
    put_on_platform,
    restore_version,
    write_remark,
)
from stores.models import Store
from tenants.access import permission_required


@require_GET
@permission_required("see_orders")
def remark_panel(request, code: str, order_id: str):
    """An order's remark, masked: a fragment for pages that show the order, or a page of its own."""
    order, shown_pass = _order(request, code, order_id)
    return _panel(request, order, shown_pass)


@require_http_methods(["GET", "POST"])
@permission_required("write_remarks")
def remark_edit(request, code: str, order_id: str):
    """Write a version of an order's remark. POST with `look` only says what it would be and what is suspicious."""
    order, shown_pass = _order(request, code, order_id)
    fmt, current, now = format_of(order.store), current_remark(order), timezone.now()
    _may_change(request, order, shown_pass, current)
    form = _form(request, order, shown_pass, fmt, current)
    if request.method == "POST" and "look" in request.POST:
        form.is_valid()
        return _private(render(request, "orders/_remark_preview.html", _preview(order, fmt, form, now)))
    if request.method == "POST" and form.is_valid():
        try:
            write_remark(
                order, form.values(), flag=form.flag, agent_id=form.agent_id, user=request.user, now=now,
                accepted=request.POST.get("accept", "").split(","), based_on=form.cleaned_data["based_on"],
            )  # fmt: skip
        except RemarkRefused as refused:
            return _edit(request, order, shown_pass, fmt, form, refused)
        except RemarkOutdated:
            form.add_error(
                None, gettext("Somebody has written another version meanwhile: read it, then change it.")
            )
        except ValueError as error:
            form.add_error(None, str(error))
        else:
            return _back(request, order, shown_pass)
    if request.method == "GET" and current and current.contents:
        note_opening(request, "remark_opened", order, now, store=code)
    return _edit(request, order, shown_pass, fmt, form)


@require_POST
@permission_required("write_remarks")
def remark_restore(request, code: str, order_id: str):
    """Write an earlier version (`number`) anew."""
    order, shown_pass = _order(request, code, order_id)
    number = _number(request)
    _may_change(request, order, shown_pass, current_remark(order))
    get_object_or_404(Remark, store=order.store, order=order, number=number)
    return _done(
        request, order, shown_pass,
        lambda now: restore_version(
            order, number, user=request.user, now=now, agent_id=request.membership.agent_id
        ),
    )  # fmt: skip


@require_POST
@permission_required("write_remarks")
def remark_adopt(request, code: str, order_id: str):
    """Write what the platform has as a new version."""
    order, shown_pass = _order(request, code, order_id)
    _may_change(request, order, shown_pass, current_remark(order))
    return _done(
        request, order, shown_pass, lambda now: adopt_platform_copy(order, user=request.user, now=now)
    )


@require_POST
@permission_required("write_remarks")
def remark_put(request, code: str, order_id: str):
    """The member put a version (`number`) on the platform."""
    order, shown_pass = _order(request, code, order_id)
    number = _number(request)
    get_object_or_404(Remark, store=order.store, order=order, number=number)
    return _done(
        request, order, shown_pass, lambda now: put_on_platform(order, number, user=request.user, now=now)
    )


@require_POST
@permission_required("write_remarks")
def remark_text(request, code: str, order_id: str):
    """The current text as it is, to be copied onto the platform; the audit trail says who took it."""
    order, shown_pass = _order(request, code, order_id)
    current = current_remark(order)
    if not may_see_full(request.membership, order, shown_pass):
        raise PermissionDenied
    if current is None or current.contents is None:
        raise Http404
    note_opening(request, "remark_opened", order, timezone.now(), store=code)
    return _private(HttpResponse(current.contents.text, content_type="text/plain; charset=utf-8"))


@require_POST
@permission_required("write_remarks")
def production_step(request, code: str, order_id: str):
    """The order reached a stage (`stage`); `files`: what the buyer confirmed."""
    order, shown_pass = _order(request, code, order_id)
    stage = request.POST.get("stage")
    if stage not in Stage.values:
        raise Http404

    def step(now) -> None:
        for uploaded in request.FILES.getlist("files"):
            attach(order.store, About.ORDER, order.pk, CONFIRMATION, uploaded, request.user, now)
        reach(order, stage, user=request.user, now=now)

    return _done(request, order, shown_pass, step)


def _order(request, code: str, order_id: str) -> tuple[Order, str]:
    store = get_object_or_404(Store.objects.open_to(request.membership), code=code)
    order = get_object_or_404(
        Order.objects.select_related("store", "flag_seat"), store=store, order_id=order_id
    )
    return order, request.GET.get("pass", "")


def _may_change(request, order: Order, shown_pass: str, current: Version | None) -> None:
    """A first remark anybody on shift may write; one that is there holds personal data."""
    if order.personal_erased_at or (current and not may_see_full(request.membership, order, shown_pass)):
        raise PermissionDenied


def _number(request) -> int:
    """The version a button names. A number no version can have is no version."""
    text = request.POST.get("number", "")
    if not text.isdecimal() or len(text) > 9:
        raise Http404
    return int(text)


def _form(request, order: Order, shown_pass: str, fmt: Format, current: Version | None) -> RemarkForm:
    membership = request.membership
    if current:
        told = initial_of(fmt, current.contents)
        told |= {"flag": current.row.flag, "agent": current.row.agent_id, "based_on": current.row.number}
    else:
        told = {"based_on": 0, "agent": membership.agent_id, **_first(request, order, shown_pass, fmt)}
    return RemarkForm(
        request.POST if request.method == "POST" else None, initial=told, store=order.store, fmt=fmt,
        membership=membership, current_agent=current.row.agent_id if current else None,
    )  # fmt: skip


def _first(request, order: Order, shown_pass: str, fmt: Format) -> dict:
    """What the order itself says for a first remark: the receiver, for those who may see it, and the promised day."""
    told: dict = {}
    if may_see_full(request.membership, order, shown_pass) and (name := order.decrypted("receiver_name")):
        told |= {f"f_{one.key}": name for one in fmt.fields if one.personal}
        note_opening(request, "remark_opened", order, timezone.now(), store=order.store.code)
    if days := promised_days(order):
        told |= {f"f_{one.key}": days[0] for one in fmt.of_kind("date")}
    return told


def _preview(order: Order, fmt: Format, form: RemarkForm, now) -> dict:
    values = form.values()
    text = compose(fmt.fields, values)
    # What is not typed yet is not missing yet.
    found = [
        one
        for one in findings(order, fmt, values, text, form.flag, now)
        if one.code not in ("missing", "empty")
    ]
    most = most_bytes(order.store)
    return {"form": form, "text": text, "used": len(text.encode()), "most": most, "found": found}


def _edit(
    request,
    order: Order,
    shown_pass: str,
    fmt: Format,
    form: RemarkForm,
    refused: RemarkRefused | None = None,
) -> HttpResponse:
    if form.is_bound:
        text = compose(fmt.fields, form.values())
    else:
        current = current_remark(order)
        text = current.contents.text if current and current.contents else ""
    context = {
        "order": order, "store": order.store, "pass": shown_pass, "form": form, "refused": refused, "text": text,
        "used": len(text.encode()), "most": most_bytes(order.store),
    }  # fmt: skip
    part = request.htmx and not request.htmx.boosted
    return _private(
        render(request, "orders/_remark_form.html" if part else "orders/remark_form.html", context)
    )


def _done(request, order: Order, shown_pass: str, change) -> HttpResponse:
    """Do what a button says and show the panel again, with what stood against it in words."""
    try:
        change(timezone.now())
    except ValueError as error:
        return _panel(request, order, shown_pass, problem=str(error))
    except RemarkRefused as refused:
        return _panel(request, order, shown_pass, problem=" ".join(map(str, refused.findings)))
    return _back(request, order, shown_pass)


def _back(request, order: Order, shown_pass: str) -> HttpResponse:
    """To the panel: a fragment follows like a page."""
    address = reverse("remark_panel", args=[request.organization.slug, order.store.code, order.order_id])
    return redirect(f"{address}?{urlencode({'pass': shown_pass})}" if shown_pass else address)


def _panel(request, order: Order, shown_pass: str, problem: str = "") -> HttpResponse:
    part = request.htmx and not request.htmx.boosted
    context = panel_of(request, order, shown_pass, timezone.now()) | {"problem": problem}
    return _private(
        render(request, "orders/_remark_panel.html" if part else "orders/remark_panel.html", context)
    )


def _private(response: HttpResponse) -> HttpResponse:
    """Kept by no cache, neither on the way nor in the browser."""
    response.headers["Cache-Control"] = "no-store"
    return response
