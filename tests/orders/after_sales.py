"""What the tests of after-sales cases share: a store with an order of 100, an agent, and procedures with limits."""

from datetime import timedelta
from decimal import Decimal

from orders.cases import do_step, occasion_of, open_case, step_of
from orders.imports import write_order_lines
from orders.models import Refund
from orders.procedures import present_procedure, save_version
from orders.remark_models import About, Attachment, DossierEvent
from stores.models import Store
from stores.platforms.records import OrderLineRecord
from tenants.encryption import encrypt
from tenants.scope import organization_scope
from tests.make import at, write_order

NOW = at("2026-11-02 10:00:00")
HOUR = timedelta(hours=1)


def an_order(store: Store, order_id: str = "o1", paid: str = "100", *products: str) -> None:
    write_order(store, order_id, buyer="阿月", paid_at="2026-11-01 09:00:00", paid_amount=paid)
    records = [
        (n, OrderLineRecord(order_id, n, product_code=code, quantity=1, title=f"布 {code}"))
        for n, code in enumerate(products or ("P1",))
    ]
    with organization_scope(store.organization_id):
        write_order_lines(store, records)


def a_refund(store: Store, refund_id: str = "r1", order_id: str = "o1", **fields) -> Refund:
    values = {
        "kind": "return_refund",
        "status": "open",
        "amount": Decimal(40),
        "reason": "不喜欢",
        "created_at": NOW,
    }
    with organization_scope(store.organization_id):
        return Refund.objects.create(
            organization_id=store.organization_id, store=store, refund_id=refund_id, order_id=order_id, **values | fields
        )  # fmt: skip


def limits(store: Store, kind: str, agent, supervisor, user, now=NOW, **changes):
    """A common version of the kind's procedure with these limits."""
    present = present_procedure(store.organization_id, None, kind)
    values = {"steps": present.steps, "freight": present.freight, "text": present.text, **changes}
    version, _new = save_version(
        store.organization_id, None, kind, agent_limit=agent and Decimal(agent),
        supervisor_limit=supervisor and Decimal(supervisor), based_on=present.number, user=user, now=now, **values,
    )  # fmt: skip
    return version


def a_case(store: Store, user, kind: str = "quality_slight", **fields):
    case, _new = open_case(store, kind, user=user, now=NOW, **{"order_id": "o1", **fields})
    return case


def a_picture(case, now=NOW) -> Attachment:
    """Evidence, as the page for files keeps it."""
    return Attachment.objects.create(
        organization_id=case.organization_id, store=case.store, about=About.CASE, about_id=case.pk, purpose="evidence",
        name=encrypt(case.organization_id, "name", "a.png"), kept_as="none", content_type="image/png", size=1,
        digest="0", made_at=now,
    )  # fmt: skip


def go_on(case, user, lead: bool = True, now=NOW, **fields) -> bool:
    """The open step is done, with evidence where it asks for it."""
    if step_of(case).evidence:
        a_picture(case, now)
    return do_step(case, occasion_of(case), user=user, lead=lead, now=now, **fields)


def events(case) -> list[str]:
    """What happened, in order, without the opening."""
    found = DossierEvent.objects.filter(about=About.CASE, about_id=case.pk).order_by("pk")
    return [event.what for event in found][1:]
