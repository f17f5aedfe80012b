"""One after-sales case: opening it, its page, and what is done on it."""

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from orders import cases, compensations, returned
from orders.case_forms import (
    AskForm,
    AssignForm,
    CaseForm,
    CloseForm,
    ExpectForm,
    JudgeForm,
    KindForm,
    NoteForm,
    ReopenForm,
    SkipForm,
    StepForm,
    products_of,
)
from orders.case_list import cases_open_to
from orders.case_view import case_context
from orders.models import Order, Refund
from orders.procedures import steps_of
from orders.service_models import Case
from stores.forms import posted
from stores.models import Buyer, Store
from team.seats import agents_open_to
from tenants.access import permission_required
from tenants.models import Role


@require_http_methods(["GET", "POST"])
@permission_required("work_cases")
def case_new(request):
    """Open a case; ?store=, ?order=, ?refund=, ?buyer= (its id) and ?kind= fill in what the page before knew."""
    stores = Store.objects.open_to(request.membership)
    form = CaseForm(posted(request), stores=stores, initial=_known(request, stores))
    if request.method == "POST" and form.is_valid():
        case, new = _opened(request, form)
        if case:
            messages.success(
                request, gettext("The case is open.") if new else gettext("There is a case for this already.")
            )
            return redirect("case_detail", request.organization.slug, case.pk)
    return _private(render(request, "orders/case_new.html", {"form": form}))


def _known(request, stores) -> dict:
    store = stores.filter(code=request.GET.get("store", "")).first() or stores.first()
    refund = Refund.objects.filter(store=store, refund_id=request.GET.get("refund", "")).first()
    order_id = refund.order_id if refund else request.GET.get("order", "")[:100]
    order = Order.objects.select_related("buyer").filter(store=store, order_id=order_id).first()
    asked = request.GET.get("buyer", "")[:200]
    buyers = Buyer.objects.filter(store=store)
    buyer = buyers.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 10 else None
    buyer = buyer or buyers.filter(name=asked).first() or (order.buyer if order else None)
    return {
        "store": store, "order_id": order_id, "buyer": buyer.name if buyer else "", "kind": request.GET.get("kind", ""),
        "refund_id": refund.refund_id if refund else "", "reason": refund.reason if refund else "",
    }  # fmt: skip


def _opened(request, form: CaseForm) -> tuple[Case | None, bool]:
    said = form.cleaned_data
    try:
        return cases.open_case(
            said["store"], said["kind"], user=request.user, now=timezone.now(), order_id=said["order_id"],
            buyer=said["buyer"] or None, refund_id=said["refund_id"], product_code=said.get("product_code", ""),
            reason=said["reason"], story=said["story"], agent_id=request.membership.agent_id,
        )  # fmt: skip
    except ValueError as refused:
        form.add_error(None, str(refused))
        return None, False


def one_open_to(request, case_id: int) -> Case:
    """The case with what its page shows; 404 where the member may not see it."""
    found = cases_open_to(request.membership).select_related(
        "store", "buyer", "procedure", "opened_by", "closed_by"
    )
    return get_object_or_404(found, pk=case_id)


@require_GET
@permission_required("see_cases")
def case_detail(request, case_id: int):
    """A case: the procedure as a checklist, what it costs, what comes back, what happened."""
    return _shown(request, one_open_to(request, case_id))


def _forms(request, case: Case, data=None) -> dict:
    """Every form of the page, filled with what holds; data: of the one that was sent."""
    lead = request.membership.role in (Role.OWNER, Role.SUPERVISOR)
    steps = steps_of(case.procedure)
    is_last = bool(steps) and case.step == steps[-1].key
    products = products_of(case.store, case.order_id)
    if case.product_code and case.product_code not in dict(products):
        products.append((case.product_code, case.product_code))
    people = {agent.pk: agent.name for agent in agents_open_to(request.membership) if not agent.left_on}
    made = {
        "step": lambda data: StepForm(data, is_last=is_last),
        "skip": lambda data: SkipForm(data, is_last=is_last),
        "kind": lambda data: KindForm(data, initial={"kind": case.kind}),
        "assign": lambda data: AssignForm(
            data, people=people, initial={"agent": str(case.agent_id or "")}
        ),
        "judge": lambda data: JudgeForm(
            data, products=products,
            initial={"fault": case.fault, "reason": case.reason, "product_code": case.product_code},
        ),
        "note": lambda data: NoteForm(data),
        "close": lambda data: CloseForm(data),
        "reopen": lambda data: ReopenForm(data),
        "ask": lambda data: AskForm(data),
        "expect": lambda data: ExpectForm(data, products=products, initial={"product_code": case.product_code}),
    }  # fmt: skip
    act = request.POST.get("act", "") if data is not None else ""
    forms = {name: make(data if name == act else None) for name, make in made.items()}
    return {"forms": forms, "lead": lead, "is_last": is_last}


def _shown(request, case: Case, forms: dict | None = None, status: int = 200) -> HttpResponse:
    context = {**(forms or _forms(request, case)), **case_context(request, case, timezone.now())}
    return _private(render(request, "orders/case_detail.html", context, status=status))


@require_POST
@permission_required("work_cases")
def case_act(request, case_id: int):
    """One deed, named by `act`: step, skip, kind, assign, judge, note, close, reopen, ask or expect."""
    case = one_open_to(request, case_id)
    made = _forms(request, case, request.POST)
    form = made["forms"].get(request.POST.get("act", ""))
    if form is None:
        messages.error(request, gettext("Nothing was changed."))
        return redirect("case_detail", request.organization.slug, case.pk)
    if form.is_valid():
        try:
            _do(request, case, request.POST["act"], form.cleaned_data, made["lead"], timezone.now())
        except ValueError as refused:
            form.add_error(None, str(refused))
    if not form.is_valid():
        case = one_open_to(request, case_id)
        return _shown(request, case, made)
    return redirect("case_detail", request.organization.slug, case.pk)


def _do(request, case: Case, act: str, said: dict, lead: bool, now: datetime) -> None:
    """ValueError says in words why it cannot be done."""
    who = {"user": request.user, "now": now}
    occasion = request.POST.get("occasion", "")
    if act == "step":
        files = request.FILES.getlist("files")
        cases.do_step(
            case, occasion, lead=lead, note=said["note"], files=files, outcome=said.get("outcome", ""), **who
        )
    elif act == "skip":
        cases.skip_step(case, occasion, said["reason"], lead=lead, outcome=said.get("outcome", ""), **who)
    elif act == "kind":
        cases.change_kind(case, said["kind"], said["reason"], **who)
    elif act == "assign":
        agent_id = int(said["agent"]) if said["agent"] else None
        if not lead and agent_id != request.membership.agent_id:
            raise PermissionDenied
        cases.assign(case, agent_id, **who)
    elif act == "judge":
        cases.judge(case, **said, **who)
    elif act == "note":
        cases.add_note(case, said["note"], **who)
    elif act == "close":
        cases.close_early(case, said["outcome"], said["reason"], lead=lead, **who)
    elif act == "reopen":
        cases.reopen(case, said["reason"], **who)
    elif act == "expect":
        returned.expect(case, **said, **who)
    else:
        _ask(request, case, said, now)


def _ask(request, case: Case, said: dict, now: datetime) -> None:
    made = compensations.ask(
        case.store, case=case, kind=said["kind"], amount=said["amount"], note=said["note"], user=request.user,
        role=request.membership.role, agent_id=request.membership.agent_id, now=now,
    )  # fmt: skip
    if made.state == "asked":
        messages.info(request, gettext("This is beyond your limit: it waits for approval."))


def _private(response: HttpResponse) -> HttpResponse:
    """Kept by no cache: it shows what people wrote."""
    response.headers["Cache-Control"] = "no-store"
    return response
