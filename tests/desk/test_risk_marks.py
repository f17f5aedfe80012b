"""A mark beside risky buyers where people meet them: the live board and the agent's day; and the tasks that look for them."""

import pytest
import time_machine
from django.test import Client

from desk import risk_tasks
from desk.follow_ups import make_by_hand
from kpis.refresh import refresh_store
from policies.risk_models import RiskSignal, RiskStanding
from stores.imports import write_buyers
from stores.models import Buyer
from stores.platforms.records import BuyerRecord
from tenants.scope import organization_scope
from tests.desk.two_shifts import make_two_shifts
from tests.make import at, write_chat

NOON = at("2026-11-02 12:00:00")
MARK = 'class="risk-mark"'


@pytest.fixture
def world(committed):
    world = make_two_shifts()
    for name, minute in (("risky", 30), ("plain", 40)):
        write_chat(world.store, name, "tb1:Ann", ("in", f"2026-11-02 11:{minute}:00", "在吗"))
    refresh_store(world.store, whole=True)
    with organization_scope(world.organization.pk):
        for name in ("risky", "plain"):
            buyer = Buyer.objects.get(name=name)
            make_by_hand(
                world.store, kind_text=f"call {name}", due_at=NOON, agent_id=world.ann.pk, user=world.ann_user, now=NOON,
                buyer=buyer,
            )  # fmt: skip
        RiskStanding.objects.create(
            organization=world.organization, store=world.store, buyer=Buyer.objects.get(name="risky"), state="watched",
            changed_at=NOON,
        )  # fmt: skip
    return world


def page(user, address: str) -> str:
    client = Client()
    client.force_login(user)
    with time_machine.travel(NOON, tick=False):
        return client.get(address).content.decode()


def test_the_board_marks_risky_buyers_who_wait(world):
    said = page(world.supervisor, "/yunfan/desk/board/")
    assert said.count(MARK) == 1
    said = said[said.index('<div class="board"') :]
    assert said.index("risky") < said.index(MARK) < said.index("plain")


def test_the_day_marks_matters_of_risky_buyers_and_renews_itself_when_one_is_cleared(world):
    client = Client()
    client.force_login(world.ann_user)
    with time_machine.travel(NOON, tick=False):
        client.get("/yunfan/desk/day/")  # the first look makes the duty of the day
        first = client.get("/yunfan/desk/day/")
        assert first.content.decode().count(MARK) == 1
        same = {"HX-Request": "true", "If-None-Match": first["ETag"]}
        assert client.get("/yunfan/desk/day/", headers=same).status_code == 304
        with organization_scope(world.organization.pk):
            RiskStanding.objects.update(state="cleared", changed_at=at("2026-11-02 12:00:01"))
        assert MARK not in client.get("/yunfan/desk/day/", headers=same).content.decode()


def test_the_task_looks_at_every_store_of_an_organization(world):
    with organization_scope(world.organization.pk):
        write_buyers(world.store, [(1, BuyerRecord("plain", credit=1))])
    with time_machine.travel(NOON, tick=False):
        assert risk_tasks.look_for_risk(world.organization.pk) == {"stores": 1, "signs": 1, "told": 0}
        assert risk_tasks.look_for_risk(world.organization.pk)["signs"] == 0
    with organization_scope(world.organization.pk):
        assert RiskSignal.objects.get().kind == "low_credit"
    with time_machine.travel(at("2028-11-02 12:00:00"), tick=False):
        assert risk_tasks.drop_old_signs_of_all() == {"dropped": 1}
