"""The pages about seats: binding from the list, from the seat's page, and by htmx."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from team.models import Agent, Seat, SeatAssignment
from tenants.models import Membership
from tenants.scope import organization_scope
from tests.make import make_agent, make_member, make_store


@pytest.fixture
def seat(organization, store):
    with organization_scope(organization.pk):
        return Seat.objects.create(organization=organization, store=store, name="旗舰店:小美")


@pytest.fixture
def signed_in(client, supervisor):
    client.force_login(supervisor)
    return client


def bind(client, seat, htmx=False, **fields):
    words = {f"seat{seat.pk}-{name}": value for name, value in fields.items()}
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(f"/yunfan/seats/{seat.pk}/", words, headers=headers)


def held(organization):
    with organization_scope(organization.pk):
        return list(SeatAssignment.objects.values_list("seat__name", "agent__name", "since", "until"))


def test_a_seat_is_bound_to_somebody_there(signed_in, organization, seat):
    agent = make_agent(organization, "周强")
    assert bind(signed_in, seat, agent=agent.pk, since="2026-11-01").status_code == 302
    assert held(organization) == [("旗舰店:小美", "周强", date(2026, 11, 1), None)]


def test_a_seat_is_bound_to_somebody_made_on_the_spot(signed_in, organization, seat):
    bind(signed_in, seat, new_name="小美", new_employee_id="E7")
    assert held(organization) == [("旗舰店:小美", "小美", date(1, 1, 1), None)]
    with organization_scope(organization.pk):
        assert Agent.objects.get().employee_id == "E7"


def test_a_chosen_agent_counts_and_the_proposed_name_does_not(signed_in, organization, seat):
    agent = make_agent(organization, "周强")
    bind(signed_in, seat, agent=agent.pk, new_name="小美")
    assert [name for _, name, *_ in held(organization)] == ["周强"]
    with organization_scope(organization.pk):
        assert Agent.objects.count() == 1


def test_the_list_proposes_the_name_in_the_seat(signed_in, organization, seat):
    form = signed_in.get("/yunfan/seats/").context["unbound"][0].form
    assert form["new_name"].initial == "小美"
    agent = make_agent(organization, "小美")
    form = signed_in.get("/yunfan/seats/").context["unbound"][0].form
    assert form["agent"].initial == str(agent.pk)
    assert form["new_name"].initial is None


def test_an_overlap_is_refused_and_makes_no_agent(signed_in, organization, store):
    make_agent(organization, "小美", (store, "旗舰店:小美"))
    with organization_scope(organization.pk):
        seat = Seat.objects.get()
    answer = bind(signed_in, seat, new_name="周强", since="2026-11-01")
    assert answer.status_code == 200
    assert "小美" in str(answer.context["form"].non_field_errors())
    with organization_scope(organization.pk):
        assert list(Agent.objects.values_list("name", flat=True)) == ["小美"]


def test_the_holder_ends_the_day_before_when_asked(signed_in, organization, store):
    make_agent(organization, "小美", (store, "旗舰店:小美"))
    with organization_scope(organization.pk):
        seat = Seat.objects.get()
    bind(signed_in, seat, new_name="周强", since="2026-11-01", end_holder="on")
    assert [(name, until) for _, name, _, until in held(organization)] == [
        ("小美", date(2026, 10, 31)), ("周强", None)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"agent": "999999"},
        {"new_name": "小美", "since": "soon"},
        {"new_name": "小美", "since": "2026-11-02", "until": "2026-11-01"},
    ],
)
def test_a_wrong_form_is_shown_again(signed_in, organization, seat, fields):
    answer = bind(signed_in, seat, **fields)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert held(organization) == []


def test_htmx_gets_the_row_alone(signed_in, organization, seat):
    wrong = bind(signed_in, seat, htmx=True)
    assert wrong.text.lstrip().startswith(f'<li class="list-group-item" id="seat-{seat.pk}">')
    assert "alert-danger" in wrong.text
    done = bind(signed_in, seat, htmx=True, new_name="小美")
    assert "<form" not in done.text
    assert held(organization)


def test_the_last_day_is_changed_and_the_holding_removed(signed_in, organization, store):
    make_agent(organization, "小美", (store, "旗舰店:小美"))
    with organization_scope(organization.pk):
        number = SeatAssignment.objects.get().pk
    signed_in.post(f"/yunfan/seats/holdings/{number}/end/", {f"held{number}-until": "2026-11-30"})
    assert [until for *_, until in held(organization)] == [date(2026, 11, 30)]
    signed_in.post(f"/yunfan/seats/holdings/{number}/end/", {f"held{number}-until": "soon"})
    assert [until for *_, until in held(organization)] == [date(2026, 11, 30)]
    signed_in.post(f"/yunfan/seats/holdings/{number}/remove/")
    assert held(organization) == []


def test_the_list_is_paged_and_asks_a_fixed_number_of_questions(signed_in, organization, store):
    # Coming in is noted once.
    signed_in.get("/yunfan/seats/")
    asked = []
    for count in (1, 60):
        with organization_scope(organization.pk):
            for number in range(count):
                Seat.objects.create(organization=organization, store=store, name=f"店:{count}-{number}")
        make_agent(
            organization, f"客服{count}", *[(store, f"held{count}-{number}") for number in range(count)]
        )
        with CaptureQueriesContext(connection) as queries:
            answer = signed_in.get("/yunfan/seats/")
        asked.append(len(queries))
    assert asked[0] == asked[1]
    assert (len(answer.context["unbound"]), len(answer.context["page"])) == (50, 50)
    assert len(signed_in.get("/yunfan/seats/?unbound=2&page=2").context["unbound"]) == 11


def test_a_seat_of_another_store_is_404_for_a_supervisor_of_some(client, organization, store, seat):
    closed = make_store(organization, "tb2")
    make_agent(organization, "周强", (closed, "专卖店:周强"))
    user = make_member(organization, "supervisor", email="some@example.com", store_ids=[store.pk])
    with organization_scope(organization.pk):
        theirs, holding = Seat.objects.get(store=closed), SeatAssignment.objects.get()
        assert Membership.objects.get(user=user).store_ids == [store.pk]
    client.force_login(user)
    assert client.get(f"/yunfan/seats/{seat.pk}/").status_code == 200
    for path in (
        f"seats/{theirs.pk}/",
        f"seats/holdings/{holding.pk}/remove/",
        f"seats/holdings/{holding.pk}/end/",
    ):
        assert client.post(f"/yunfan/{path}").status_code == 404
    assert client.get(f"/yunfan/agents/{holding.agent_id}/").status_code == 404
    assert "周强" not in client.get("/yunfan/seats/").text
    assert "周强" not in client.get("/yunfan/agents/").text
