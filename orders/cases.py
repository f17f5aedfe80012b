"""After-sales cases: opened once, worked step by step by their procedure, closed with an outcome (R32).

Every move locks the row, writes one line of the dossier and of the change log, and changes nothing when it is repeated.
ValueError says in words why something cannot be. A step is known by its `occasion`, `<key>-<restarts>`: a page that shows
an older one is told so. lead: whether the person is a supervisor or owner.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from orders.attachments import attach
from orders.dossiers import LONGEST_NOTE, happened, lines_of
from orders.models import Order, OrderLine, Refund
from orders.procedures import Step, kept_procedure, steps_of
from orders.remark_models import About, Attachment, DossierEvent
from orders.service_models import Case, CaseKind, Fault
from stores.imports import log_changes
from stores.models import Buyer, Store
from team.notices import notify, supervisors_of, users_of_agents
from tenants.encryption import encrypt
from tenants.models import User

LOCK = 7310  # advisory lock class of what is opened or paid for one order, refund or buyer
OUTCOMES = {
    "compensated": gettext_lazy("Compensated"),
    "refunded": gettext_lazy("Refunded to the buyer"),
    "exchanged": gettext_lazy("Exchanged or sent anew"),
    "repaired": gettext_lazy("Repaired"),
    "invoiced": gettext_lazy("Invoice issued"),
    "settled": gettext_lazy("Settled otherwise"),
    "dropped": gettext_lazy("The buyer let it drop"),
    "refused": gettext_lazy("Not granted"),
}
_REFUND_OVER = "completed"
SAME_CLICK = timedelta(seconds=10)  # what comes again so soon is a double click


def occasion_of(case: Case) -> str:
    """What names the open step among all steps the case ever had; "" when it is closed."""
    return f"{case.step}-{case.restarts}" if case.step else ""


def step_of(case: Case) -> Step | None:
    """The open step; None when the case is closed."""
    return next((step for step in steps_of(case.procedure) if step.key == case.step), None)


def lock_subject(store: Store, subject: str) -> None:
    """Until the transaction ends nobody else opens or pays anything for the same order, refund or buyer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, f"{store.pk}/{subject}"])


@transaction.atomic
def open_case(
    store: Store,
    kind: str,
    *,
    user: User,
    now: datetime,
    order_id: str | None = None,
    buyer: Buyer | None = None,
    refund_id: str | None = None,
    product_code: str = "",
    reason: str = "",
    fault: str = Fault.UNKNOWN,
    story: str = "",
    agent_id: int | None = None,
) -> tuple[Case, bool]:
    """(the case, whether it is new). A refund has one case, ever; an order and product one open case of a kind.

    What is not given is taken from the refund (order, reason) and the order (buyer, its only product).
    """
    refund = Refund.objects.filter(store=store, refund_id=refund_id).first() if refund_id else None
    if refund:
        order_id, reason = order_id or refund.order_id, reason or (refund.reason or "")
    order = Order.objects.select_related("buyer").filter(store=store, order_id=order_id or "").first()
    buyer = buyer or (order.buyer if order else None)
    if not order_id and buyer is None:
        raise ValueError(_("Say which order or which buyer it is about."))
    lock_subject(store, order_id or f"buyer {buyer.pk}")
    product_code = product_code or _only_product(store, order_id)
    found = _there_already(store, kind, order_id, buyer, refund_id, product_code)
    if found:
        return found, False
    procedure = kept_procedure(store, kind, now)
    first = steps_of(procedure)[0]
    case = Case.objects.create(
        organization_id=store.organization_id, store=store, kind=CaseKind(kind), procedure=procedure,
        order_id=order_id or None, buyer=buyer, refund_id=refund_id or None, product_code=product_code,
        reason=reason.strip()[:200], fault=Fault(fault), agent_id=agent_id,
        story=encrypt(store.organization_id, "story", story.strip()[:LONGEST_NOTE]) if story.strip() else None,
        step=first.key, step_since=now, step_due_at=now + timedelta(hours=first.hours), opened_by=user, opened_at=now,
    )  # fmt: skip
    happened(
        store, About.CASE, case.pk, "opened", user=user, now=now, kind=case.kind, version=procedure.number,
        refund_id=refund_id or "", agent_id=agent_id,
    )  # fmt: skip
    _entered(case, first, now)
    return case, True


def _only_product(store: Store, order_id: str | None) -> str:
    codes = set(
        OrderLine.objects.filter(store=store, order_id=order_id or "").values_list("product_code", flat=True)
    )
    return codes.pop() or "" if len(codes) == 1 else ""


def _there_already(store, kind, order_id, buyer, refund_id, product_code) -> Case | None:
    cases = Case.objects.filter(store=store).select_related("procedure", "store")
    if refund_id:
        return cases.filter(refund_id=refund_id).first()
    same = cases.filter(kind=kind, closed_at=None, product_code=product_code)
    return (
        same.filter(order_id=order_id).first()
        if order_id
        else same.filter(order_id=None, buyer=buyer).first()
    )


@transaction.atomic
def do_step(
    case: Case, occasion: str, *, user: User, lead: bool, now: datetime, note: str = "", files: Iterable = (),
    outcome: str = "",
) -> bool:  # fmt: skip
    """The open step is done; the next one begins, or after the last one the case is closed with `outcome`.

    False: it was done before. files: uploaded evidence, kept with the case.
    """
    row, step = _at_step(case, occasion)
    if step is None:
        return False
    if step.who == "supervisor" and not lead:
        raise ValueError(_("This step is a supervisor's."))
    is_last = step.key == steps_of(row.procedure)[-1].key
    if is_last and outcome not in OUTCOMES:
        raise ValueError(_("Choose how the case ended."))
    for file in files:
        attach_evidence(row, file, user, now)
    if step.evidence and not has_evidence_since(row, row.step_since):
        raise ValueError(_("This step asks for evidence: add a picture or paper first."))
    _step_over(row, step, "step_done", user, now, note)
    return _went_on(case, row, step, user, now, outcome)


@transaction.atomic
def skip_step(
    case: Case, occasion: str, reason: str, *, user: User, lead: bool, now: datetime, outcome: str = ""
) -> bool:
    """A supervisor passes over the open step, with a reason. False: it is over already."""
    if not lead:
        raise ValueError(_("Only a supervisor passes over a step."))
    if not reason.strip():
        raise ValueError(_("Say why."))
    row, step = _at_step(case, occasion)
    if step is None:
        return False
    if step.key == steps_of(row.procedure)[-1].key and outcome not in OUTCOMES:
        raise ValueError(_("Choose how the case ended."))
    _step_over(row, step, "step_skipped", user, now, reason)
    return _went_on(case, row, step, user, now, outcome)


@transaction.atomic
def change_kind(case: Case, kind: str, reason: str, *, user: User, now: datetime) -> bool:
    """Another kind or severity: its present procedure begins with the first step. False: it goes by it already."""
    row = _locked(case)
    if row.closed_at:
        raise ValueError(_("The case is closed: open it again first."))
    procedure = kept_procedure(row.store, kind, now)
    if row.kind == kind and row.procedure_id == procedure.pk:
        return False
    if not reason.strip():
        raise ValueError(_("Say why."))
    before, ended = row.kind, _ended(row)
    row.kind, row.procedure, row.restarts = CaseKind(kind), procedure, row.restarts + 1
    happened(
        row.store, About.CASE, row.pk, "restarted", user=user, now=now, note=reason, kind=kind, before=before,
        version=procedure.number, **ended,
    )  # fmt: skip
    _begin(row, steps_of(procedure)[0], now)
    return _told(case, row)


@transaction.atomic
def assign(case: Case, agent_id: int | None, *, user: User, now: datetime) -> bool:
    """Somebody else's case from now on; who gets it is told. False: it is theirs already."""
    row = _locked(case)
    if row.agent_id == agent_id:
        return False
    happened(
        row.store, About.CASE, row.pk, "assigned", user=user, now=now, agent_id=agent_id, before=row.agent_id
    )
    row.agent_id = agent_id
    row.save(update_fields=["agent_id"])
    _log(row, now)
    tell(
        row, [pk for pk in users_of_agents([agent_id] if agent_id else []).values() if pk != user.pk],
        f"assigned-{now:%Y%m%d%H%M%S}", gettext_noop("%(store)s: an after-sales case was given to you."), now,
    )  # fmt: skip
    return _told(case, row)


@transaction.atomic
def judge(case: Case, *, fault: str, reason: str, product_code: str, user: User, now: datetime) -> bool:
    """Whose fault it is, why, and which product: what the returns report counts. False: it says so already."""
    row = _locked(case)
    values = {"fault": Fault(fault), "reason": reason.strip()[:200], "product_code": product_code.strip()}
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return False
    happened(row.store, About.CASE, row.pk, "judged", user=user, now=now, **changed)
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(update_fields=list(changed))
    _log(row, now)
    return _told(case, row)


@transaction.atomic
def add_note(case: Case, text: str, *, user: User, now: datetime) -> bool:
    """A person's words in the dossier. False: the same words came a moment ago. ValueError: none."""
    words = text.strip()[:LONGEST_NOTE]
    if not words:
        raise ValueError(_("Write the note first."))
    row = _locked(case)
    last = lines_of(About.CASE, [row.pk])[row.pk][-1]
    if (last.what, last.note) == ("noted", words) and now - last.at < SAME_CLICK:
        return False
    happened(row.store, About.CASE, row.pk, "noted", user=user, now=now, note=words)
    return True


@transaction.atomic
def close_early(case: Case, outcome: str, reason: str, *, user: User, lead: bool, now: datetime) -> bool:
    """Closed with steps left: by a supervisor, or by anybody once its refund is completed. False: closed already."""
    row = _locked(case)
    if row.closed_at:
        return False
    if not lead and not refund_is_over(row):
        raise ValueError(
            _("Steps are left: a supervisor may close it, or anybody once its refund is completed.")
        )
    if outcome not in OUTCOMES:
        raise ValueError(_("Choose how the case ended."))
    if not reason.strip():
        raise ValueError(_("Say why."))
    _closed(row, outcome, user, now, reason, **_ended(row))
    return _told(case, row)


@transaction.atomic
def reopen(case: Case, reason: str, *, user: User, now: datetime) -> bool:
    """Open again at the step it was closed at. False: it is open."""
    row = _locked(case)
    if row.closed_at is None:
        return False
    if not reason.strip():
        raise ValueError(_("Say why."))
    last = (
        DossierEvent.objects.filter(about=About.CASE, about_id=row.pk, what="closed").order_by("-pk").first()
    )
    steps = steps_of(row.procedure)
    step = next((step for step in steps if last and step.key == last.details.get("step")), steps[-1])
    row.outcome, row.closed_by, row.closed_at, row.restarts = "", None, None, row.restarts + 1
    happened(row.store, About.CASE, row.pk, "reopened", user=user, now=now, note=reason)
    _begin(row, step, now)
    return _told(case, row)


def refund_is_over(case: Case) -> bool:
    """Whether a refund of the case (its own, else one of its order) is completed: then it may be closed."""
    refunds = Refund.objects.filter(store_id=case.store_id, status=_REFUND_OVER)
    if case.refund_id:
        return refunds.filter(refund_id=case.refund_id).exists()
    return bool(case.order_id) and refunds.filter(order_id=case.order_id).exists()


def has_evidence_since(case: Case, since: datetime) -> bool:
    return Attachment.objects.filter(about=About.CASE, about_id=case.pk, made_at__gte=since).exists()


def attach_evidence(case: Case, uploaded, user: User, now: datetime) -> None:
    """Keep a file with the case. ValueError in words: its size, its type."""
    attach(case.store, About.CASE, case.pk, "evidence", uploaded, user, now)


def freight_payer(case: Case) -> str:
    """Who pays the way back by the procedure's rule: buyer, seller, or "" while nobody has judged the fault."""
    if case.procedure.freight != "by_fault":
        return case.procedure.freight
    if case.fault == Fault.UNKNOWN:
        return ""
    return "buyer" if case.fault == Fault.BUYER else "seller"


def tell(case: Case, user_ids: Iterable[int], key: str, text: str, now: datetime) -> None:
    """A notice with a link to the case, once for each key. text: a msgid with a place for the store's name."""
    organization = case.store.organization
    notify(
        organization, user_ids, key=f"case-{case.pk}-{key}", kind="case", text=text, params={"store": case.store.name},
        link=reverse("case_detail", args=[organization.slug, case.pk]), now=now,
    )  # fmt: skip


def _locked(case: Case) -> Case:
    locked = Case.objects.select_for_update(of=("self",))
    return locked.select_related("store__organization", "procedure").get(pk=case.pk)


def _at_step(case: Case, occasion: str) -> tuple[Case, Step | None]:
    """The locked row and its open step; None where the named one is over already. ValueError: it never was."""
    row = _locked(case)
    if row.closed_at is None and occasion_of(row) == occasion:
        return row, step_of(row)
    over = DossierEvent.objects.filter(about=About.CASE, about_id=row.pk, details__occasion=occasion)
    if over.exists():
        _told(case, row)
        return row, None
    raise ValueError(_("The case has moved on. Load the page again."))


def _ended(row: Case) -> dict:
    """Which step ends now and when it began and was due: what follow-ups are told by (desk/detectors/case_step.py)."""
    step = step_of(row)
    return {
        "occasion": occasion_of(row), "step": row.step, "title": step.title if step else "",
        "since": row.step_since.isoformat(), "due_at": row.step_due_at.isoformat(),
    }  # fmt: skip


def _step_over(row: Case, step: Step, what: str, user: User, now: datetime, note: str) -> None:
    happened(row.store, About.CASE, row.pk, what, user=user, now=now, note=note, **_ended(row))


def _went_on(case: Case, row: Case, step: Step, user: User, now: datetime, outcome: str) -> bool:
    steps = steps_of(row.procedure)
    place = next(number for number, one in enumerate(steps) if one.key == step.key)
    if place + 1 < len(steps):
        _begin(row, steps[place + 1], now)
    else:
        _closed(row, outcome, user, now, "", step=step.key)
    return _told(case, row)


def _begin(row: Case, step: Step, now: datetime) -> None:
    row.step, row.step_since, row.step_due_at = step.key, now, now + timedelta(hours=step.hours)
    row.save()
    _entered(row, step, now)


def _entered(row: Case, step: Step, now: datetime) -> None:
    _log(row, now)
    if step.who == "supervisor":
        text = gettext_noop("%(store)s: an after-sales case waits for a supervisor.")
        tell(row, supervisors_of([row.store_id]), occasion_of(row), text, now)


def _closed(row: Case, outcome: str, user: User, now: datetime, reason: str, **details) -> None:
    happened(
        row.store, About.CASE, row.pk, "closed", user=user, now=now, note=reason, outcome=outcome, **details
    )
    row.step, row.step_since, row.step_due_at = "", None, None
    row.outcome, row.closed_by, row.closed_at = outcome, user, now
    row.save()
    _log(row, now)


def _log(row: Case, now: datetime) -> None:
    """Detectors look at the buyer again; 0 stands for what belongs to no buyer."""
    with connection.cursor() as cursor:
        log_changes(
            cursor, row.store, "SELECT %s::integer, NULL::integer, %s::timestamptz, %s::timestamptz",
            [row.buyer_id or 0, now, now],
        )  # fmt: skip


def _told(case: Case, row: Case) -> bool:
    """The caller's object shows what became of it."""
    for field in Case._meta.concrete_fields:
        setattr(case, field.attname, getattr(row, field.attname))
    case.procedure = row.procedure
    return True
