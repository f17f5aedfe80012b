"""After-sales cases for the tests of who may open what: one with a compensation and goods on their way back."""

from decimal import Decimal

from orders.cases import open_case
from orders.compensations import ask
from orders.procedures import kept_procedure, present_procedure, save_version
from orders.returned import arrive, expect
from tenants.scope import organization_scope


def ids(organization, store, person, users, now) -> dict[str, object]:
    with organization_scope(organization.pk):
        case, gift, item = _make(store, person, users["agent"], "o1", now)
        return {"case_id": case.pk, "compensation_id": gift.pk, "returned_id": item.pk}


def grow(world, store, people, number, now) -> None:
    """More of everything that lists show, in the organization's scope."""
    for one in (store, world.store):
        for person in people:
            _make(one, person, world.users["owner"], f"case{number}-{person.pk}", now)
    organization_id = world.organization.pk
    present = present_procedure(organization_id, None, "quality_slight")
    save_version(
        organization_id, None, "quality_slight", steps=present.steps, agent_limit=Decimal(number), supervisor_limit=None,
        freight="buyer", text="", based_on=present.number, user=world.users["owner"], now=now,
    )  # fmt: skip
    case = open_case(world.store, "quality_slight", user=world.users["owner"], now=now, order_id="o1")[0]
    for amount in (number + 1, number + 2):
        ask(
            world.store, case=case, kind="gift", amount=Decimal(amount), user=world.users["owner"], role="owner", now=now,
            note="more",
        )  # fmt: skip
    expect(case, product_code=f"P{number}", quantity=1, user=world.users["owner"], now=now)


def _make(store, person, user, order_id: str, now):
    kept_procedure(store, "quality_slight", now)
    case, _new = open_case(store, "quality_slight", user=user, now=now, order_id=order_id, agent_id=person.pk)
    gift = ask(
        store, case=case, kind="money", amount=Decimal(5), user=user, role="agent", now=now, note="stain"
    )
    item = expect(case, product_code="P", quantity=1, user=user, now=now)
    arrive(item, user=user, now=now)
    return case, gift, item
