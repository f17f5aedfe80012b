"""The handover page, answering lines, and the handover book."""

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from desk.duties import duty_of
from desk.handovers import accept, close_overdue_duties, hand_over, offer
from desk.models import Duty, FollowUp, HandoverLine
from tenants.models import Membership
from tenants.scope import organization_scope
from tests.desk.two_shifts import TwoShifts, make_two_shifts, noted, unanswered
from tests.make import at, make_store

NOW = at("2026-11-02 17:20:00")
LIVE = {"HX-Request": "true"}


@pytest.fixture
def world(committed) -> TwoShifts:
    return make_two_shifts()


@pytest.fixture(autouse=True)
def evening():
    with time_machine.travel(NOW, tick=False):
        yield


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def scope(world):
    return organization_scope(world.organization.pk)


def english(client: Client, name: str, *args, query: str = "", **headers) -> str:
    address = reverse(name, args=["yunfan", *args]) + query
    response = client.get(address, headers={"Accept-Language": "en", **headers})
    assert response.status_code == 200
    return response.content.decode()


def send(client: Client, **data):
    return client.post(
        reverse("handover", args=["yunfan"]), data, follow=True, headers={"Accept-Language": "en"}
    )


def test_the_page_gathers_the_list_and_offers_the_next_shift(world):
    with scope(world):
        must = unanswered(world, world.ann, "2026-11-02 17:00:00")
        free = noted(world, "send samples", world.ann, "2026-11-02 15:00:00", "2026-11-05 18:00:00")
        noted(world, "not mine", world.bea, "2026-11-02 15:00:00", "2026-11-05 18:00:00")
    shown = english(client_of(world.ann_user), "handover")
    assert "send samples" in shown
    assert "not mine" not in shown
    assert f'<option value="{world.bea.pk}">Bea · Night 17:00</option>' in shown
    # An unanswered buyer cannot stay; what falls due after the next own shift began is proposed to.
    form = shown[shown.index(f'id="matter-{must.pk}"') :][:900]
    assert "Stays mine" not in form
    assert "Say who takes it" in form
    form = shown[shown.index(f'id="matter-{free.pk}"') :][:1200]
    assert '<option value="mine" selected>' in form


def test_closing_needs_an_owner_for_the_unanswered_and_then_closes(world):
    ann = client_of(world.ann_user)
    with scope(world):
        must = unanswered(world, world.ann, "2026-11-02 17:00:00")
        other = noted(world, "x", world.ann, "2026-11-02 15:00:00", "2026-11-05 18:00:00")
    said = send(
        ann, action="close", note="warehouse closed", **{f"to-{must.pk}": "", f"to-{other.pk}": "mine"}
    )
    assert "1 matters need somebody" in said.content.decode()
    with scope(world):
        assert Duty.objects.get(agent=world.ann).closed_at is None
    data = {
        f"to-{must.pk}": str(world.bea.pk),
        f"remark-{must.pk}": "asks for size 40",
        f"to-{other.pk}": "mine",
    }
    send(ann, action="close", note="warehouse closed", **data)
    with scope(world):
        duty = Duty.objects.get(agent=world.ann)
        assert (duty.closed_at, duty.closed_by, duty.decrypted("note")) == (
            NOW,
            world.ann_user,
            "warehouse closed",
        )
        line = HandoverLine.objects.get()
        assert (line.follow_up_id, line.to_agent_id, line.decrypted("remark")) == (
            must.pk,
            world.bea.pk,
            "asks for size 40",
        )
        assert FollowUp.objects.get(pk=other.pk).agent_id == world.ann.pk
    # The next shift reads the note.
    assert "warehouse closed" in english(client_of(world.bea_user), "my_day")


def test_a_receiver_who_is_not_on_the_next_shift_is_refused(world):
    with scope(world):
        one = noted(world, "x", world.ann, "2026-11-02 15:00:00", "2026-11-02 18:00:00")
    for wrong in (str(world.cai.pk), "999999", "-1", "x"):
        send(client_of(world.ann_user), action="offer", **{f"to-{one.pk}": wrong})
    with scope(world):
        assert not HandoverLine.objects.exists()


def test_lines_of_others_cannot_be_given_away(world):
    with scope(world):
        hers = noted(world, "x", world.bea, "2026-11-02 15:00:00", "2026-11-02 18:00:00")
    send(client_of(world.ann_user), action="offer", **{f"to-{hers.pk}": "next"})
    with scope(world):
        assert not HandoverLine.objects.exists()


@pytest.fixture
def line(world) -> HandoverLine:
    with scope(world):
        duty = duty_of(world.ann.pk, NOW)
        one = noted(world, "x", world.ann, "2026-11-02 15:00:00", "2026-11-02 18:00:00")
        return offer(duty, one, world.bea.pk, world.ann_user, NOW)


def answer(client: Client, name: str, line: HandoverLine, **data) -> int:
    return client.post(reverse(name, args=["yunfan", line.pk]), data).status_code


def test_only_the_receiver_and_those_who_lead_answer(world, line):
    assert answer(client_of(world.cai_user), "accept_line", line) == 403
    assert answer(client_of(world.cai_user), "return_line", line, why="x") == 403
    assert answer(client_of(world.bea_user), "return_line", line) == 302
    with scope(world):
        assert HandoverLine.objects.get().state == "offered"
    assert answer(client_of(world.supervisor), "accept_line", line) == 302
    with scope(world):
        assert FollowUp.objects.get().agent_id == world.bea.pk


def test_the_giver_sees_it_accepted_without_loading_anew(world, line):
    ann = client_of(world.ann_user)
    address = reverse("handover", args=["yunfan"])
    tag = ann.get(address, headers=LIVE)["ETag"]
    assert ann.get(address, headers={**LIVE, "If-None-Match": tag}).status_code == 304
    assert answer(client_of(world.bea_user), "accept_line", line) == 302
    fresh = ann.get(address, headers={**LIVE, "If-None-Match": tag, "Accept-Language": "en"})
    assert fresh.status_code == 200
    assert "accepted" in fresh.content.decode()


def test_a_line_to_the_next_shift_is_answered_by_whoever_holds_a_seat_there(world):
    elsewhere = make_store(world.organization, "tb2")
    with scope(world):
        duty = duty_of(world.ann.pk, NOW)
        one = noted(world, "x", world.ann, "2026-11-02 15:00:00", "2026-11-02 18:00:00")
        FollowUp.objects.filter(pk=one.pk).update(store=elsewhere)
        line = offer(duty, FollowUp.objects.get(), None, world.ann_user, NOW)
    assert answer(client_of(world.bea_user), "accept_line", line) == 403
    with scope(world):
        FollowUp.objects.filter(pk=one.pk).update(store=world.store)
    assert answer(client_of(world.bea_user), "accept_line", line) == 302


def test_the_book_by_day_by_state_and_for_agents_their_own(world, line):
    lead, cai, bea = client_of(world.supervisor), client_of(world.cai_user), client_of(world.bea_user)
    with scope(world):
        accept(line, world.bea_user, NOW)
        close_overdue_duties(at("2026-11-02 18:00:00"))
    day = english(lead, "handover_book")
    assert "accepted" in day
    assert "closed itself" in day
    assert "→ Bea" in day
    assert "No handover here." in english(lead, "handover_book", query="?day=2026-10-01")
    assert "→ Bea" not in english(lead, "handover_book", query="?day=2026-11-02&state=returned")
    assert "→ Bea" in english(lead, "handover_book", query=f"?agent={world.bea.pk}")
    assert "→ Bea" in english(bea, "handover_book")
    assert "→ Bea" not in english(cai, "handover_book")


def test_a_supervisor_of_another_store_reads_no_line_of_this_one(world, line):
    other = make_store(world.organization, "tb2")
    with scope(world):
        Membership.objects.filter(user=world.supervisor).update(store_ids=[other.pk])
    lead = client_of(world.supervisor)
    for query in ("", "?state=offered"):
        assert "→ Bea" not in english(lead, "handover_book", query=query)
    assert lead.get(reverse("handover_book", args=["yunfan"]) + "?store=tb1").status_code == 404
    assert answer(lead, "accept_line", line) == 404


def count(client: Client, name: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        english(client, name)
    return len(captured)


def test_book_and_handover_page_ask_no_more_for_many_lines_than_for_few(world, line):
    ann, lead = client_of(world.ann_user), client_of(world.supervisor)

    def grow(number: int):
        with scope(world):
            duty = duty_of(world.ann.pk, NOW)
            made = [
                noted(world, "y", world.ann, "2026-11-02 15:00:00", "2026-11-02 18:00:00")
                for _ in range(2 * number)
            ]
            hand_over(duty, {one.pk: (world.bea.pk, "r") for one in made[:number]}, world.ann_user, NOW)

    for client, name in ((ann, "handover"), (lead, "handover_book")):
        english(client, name)
    grow(2)
    few = [count(ann, "handover"), count(lead, "handover_book")]
    grow(10)
    assert [count(ann, "handover"), count(lead, "handover_book")] == few
    assert max(few) <= 45
