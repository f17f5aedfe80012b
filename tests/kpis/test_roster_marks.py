"""A roster that changes afterwards: who was on line at a chase is judged anew, and nobody else is."""

from datetime import timedelta

import pytest

from team.models import Agent
from team.roster import publish, write_cells
from team.roster_models import ShiftKind
from tenants.models import Organization
from tenants.scope import organization_scope
from tests.kpis.test_incremental import bring_in, owner, refresh_a_part
from tests.reference.by_hand import HandStore, at, day

pytestmark = pytest.mark.usefixtures("committed")


def test_a_published_shift_and_its_change_move_the_chasers_order():
    """
    Created day 1 10:30 (A landed it), B chases day 2 12:01, paid 12:05; A writes nothing on day 2.
    | A's shift on day 2              | owner                        |
    | none                            | B, the chaser                |
    | 09:00–18:00, still a draft      | B: a draft is no shift       |
    | 09:00–18:00, published          | A, on line at the chase      |
    | taken away again                | B                            |
    """
    hand = HandStore({"chaser": True})
    hand.chat("A", at(1, "10:00"), at(1, "10:20"))
    hand.order(at(1, "10:30"), at(2, "12:05"))
    hand.chat("B", at(2, "12:00"), at(2, "12:10"))
    store = bring_in(hand)
    assert owner(store) == "B"
    now = at(2, "12:00") + timedelta(days=1)
    with organization_scope(store.organization_id):
        organization = Organization.objects.get(pk=store.organization_id)
        cell = (Agent.objects.get(name="A").pk, day(2))
        shift = ShiftKind.objects.create(
            organization=organization, name="day", starts_minutes=540, ends_minutes=1080
        )
        write_cells(organization, {cell: f"s{shift.pk}"}, now)
        assert owner(store) == "B"
        publish(organization, day(1), None, now)
    refresh_a_part(store)
    assert owner(store) == "A"
    with organization_scope(store.organization_id):
        write_cells(organization, {cell: "rest"}, now)
    refresh_a_part(store)
    assert owner(store) == "B"
