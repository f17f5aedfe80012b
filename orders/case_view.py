"""What the page of a case shows beside its forms."""

from datetime import datetime

from orders import compensations, returned
from orders.attachments import attachments_of
from orders.case_forms import InspectForm, SettleItemForm
from orders.case_words import lines_in_words
from orders.cases import (
    OUTCOMES,
    freight_payer,
    has_evidence_since,
    occasion_of,
    refund_is_over,
)
from orders.dossiers import Line, lines_of
from orders.models import Refund
from orders.procedures import WHO, newest_versions, steps_of
from orders.remark_models import About
from orders.service_models import Case, Compensation, PaymentState, ReturnedItem
from stores.models import Product
from team.seats import agents_open_to
from tenants.masking import masked_text
from tenants.models import Role
from tenants.permissions import allowed


def case_context(request, case: Case, now: datetime) -> dict:
    """Everything but the forms. A constant number of statements."""
    lines = lines_of(About.CASE, [case.pk])[case.pk]
    agents = {agent.pk: agent.name for agent in agents_open_to(request.membership)}
    newest = newest_versions([case.store_id]).get((case.procedure.store_id, case.kind))
    product = Product.objects.filter(store=case.store, code=case.product_code or "").first()
    return {
        "case": case,
        "occasion": occasion_of(case),
        "steps": checklist(case, lines, now),
        "evidence_there": bool(case.step) and has_evidence_since(case, case.step_since),
        "newest_number": newest.number if newest else case.procedure.number,
        "agent": agents.get(case.agent_id, ""),
        "product": product.title if product and product.title else case.product_code,
        "payer": freight_payer(case),
        "story": masked_text(case.decrypted("story")),
        "outcome": OUTCOMES.get(case.outcome, ""),
        "refunds": refunds_of(case),
        "refund_over": case.closed_at is None and refund_is_over(case),
        "history": lines_in_words(lines, agents),
        "attachments": attachments_of_case(case),
        "may_work": allowed(request.membership, "work_cases"),
        **ledger(request, case, lines),
        "goods": goods_of(case),
    }


def checklist(case: Case, lines: list[Line], now: datetime) -> list[dict]:
    """[{step, number, who, state: done | skipped | now | later | left, line, late}] of the case's version."""
    over: dict[str, Line] = {}
    for line in lines:
        if line.what == "restarted":
            over = {}
        elif line.what in ("step_done", "step_skipped"):
            over[line.details["step"]] = line
    steps = steps_of(case.procedure)
    keys = [step.key for step in steps]
    place = keys.index(case.step) if case.step in keys else len(keys)
    shown = []
    for number, step in enumerate(steps):
        line = over.get(step.key)
        if number == place:
            state = "now"
        elif number < place and line:
            state = "done" if line.what == "step_done" else "skipped"
        else:
            state = "left" if case.closed_at else "later"
        shown.append(
            {
                "step": step, "number": number + 1, "who": WHO.get(step.who, step.who), "state": state,
                "line": line if state in ("done", "skipped") else None,
                "late": now - case.step_due_at if state == "now" and case.step_due_at < now else None,
                "left": case.step_due_at - now if state == "now" and case.step_due_at >= now else None,
            }
        )  # fmt: skip
    return shown


def refunds_of(case: Case) -> list[Refund]:
    """Of its order, its own first; without an order its own."""
    refunds = Refund.objects.filter(store_id=case.store_id)
    if not case.order_id:
        return list(refunds.filter(refund_id=case.refund_id or ""))
    found = list(refunds.filter(order_id=case.order_id).order_by("created_at", "pk"))
    return sorted(found, key=lambda refund: refund.refund_id != case.refund_id)


def ledger(request, case: Case, lines: list[Line]) -> dict:
    """The case's compensations with what was said of each, and what the member may give alone."""
    said: dict[int, list[str]] = {}
    for line in lines:
        if line.note and "compensation_id" in line.details:
            said.setdefault(line.details["compensation_id"], []).append(masked_text(line.note))
    rows = (
        Compensation.objects.filter(case=case)
        .select_related("asked_by", "decided_by")
        .order_by("asked_at", "pk")
    )
    decides = allowed(request.membership, "approve_compensation")
    role = request.membership.role
    shown = [
        {
            "row": row,
            "kind": compensations.KINDS.get(row.kind, row.kind),
            "said": said.get(row.pk, []),
            "may_decide": decides and row.state == PaymentState.ASKED and (role == Role.OWNER or row.asked_by_id != request.user.pk),
            "may_refuse": decides and row.state == PaymentState.APPROVED,
        }
        for row in rows
    ]  # fmt: skip
    return {
        "compensations": shown,
        "given": sum((item["row"].amount for item in shown if item["row"].state != PaymentState.REFUSED), 0),
        "limit": compensations.limit_of(case, role),
        "no_limit": compensations.limit_of(case, role) is None,
    }


def goods_of(case: Case) -> list[dict]:
    rows = ReturnedItem.objects.filter(case=case).select_related("inspected_by").order_by("expected_at", "pk")
    return [
        {
            "row": row,
            "stage": returned.stage_of(row),
            "stage_name": returned.STAGES[returned.stage_of(row)],
            "condition": returned.CONDITIONS.get(row.condition, ""),
            "decision": returned.DECISIONS.get(row.decision, ""),
            "inspect": InspectForm(auto_id=f"item{row.pk}_%s"),
            "settle": SettleItemForm(auto_id=f"item{row.pk}_%s", initial={"worth": row.worth}),
        }
        for row in rows
    ]


def attachments_of_case(case: Case) -> list:
    return attachments_of(About.CASE, [case.pk])[case.pk]
