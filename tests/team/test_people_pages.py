"""The pages about people: list, person, positions, groups, persons taken for one; and who may open them."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from team.models import Agent, Group, Position, SeatAssignment
from tenants.scope import organization_scope
from tests.make import make_agent


@pytest.fixture
def signed_in(client, supervisor):
    client.force_login(supervisor)
    return client


def add_position(client, agent, **fields):
    words = {"kind": "both", "grade": "", "since": "2026-11-01", "until": ""} | fields
    path = f"/yunfan/agents/{agent.pk}/positions/"
    return client.post(path, {f"position-{name}": value for name, value in words.items()})


def positions_of(organization):
    with organization_scope(organization.pk):
        return list(Position.objects.values_list("kind", "since", "until"))


def test_the_list_shows_todays_position_and_seats(signed_in, organization, store):
    today = timezone.localdate()
    agent = make_agent(organization, "小美", (store, "旗舰店:小美"), (store, "旗舰店:旧"))
    with organization_scope(organization.pk):
        SeatAssignment.objects.filter(seat__name="旗舰店:旧").update(until=today - timedelta(days=1))
        for kind, since, until in (
            ("pre_sales", date(2020, 1, 1), today - timedelta(days=1)), ("after_sales", today, None)
        ):  # fmt: skip
            Position.objects.create(
                organization=organization, agent=agent, kind=kind, since=since, until=until
            )
    (shown,) = signed_in.get("/yunfan/agents/").context["page"]
    assert shown.position.kind == "after_sales"
    assert [seat.name for seat in shown.seats_now] == ["旗舰店:小美"]


def test_the_list_asks_as_many_questions_for_ten_people_as_for_one(signed_in, organization, store):
    # Coming in is noted once.
    signed_in.get("/yunfan/agents/")
    asked = []
    for number in range(10):
        make_agent(organization, f"客服{number}", (store, f"店:{number}"))
        with CaptureQueriesContext(connection) as queries:
            signed_in.get("/yunfan/agents/")
        asked.append(len(queries))
    assert len(set(asked)) == 1


def test_the_filters_find_people_by_name_number_grade_and_leaving(signed_in, organization):
    today = timezone.localdate()
    with organization_scope(organization.pk):
        for name, employee_id, left_on in (
            ("小美", "E1", None), ("周强", "E2", None), ("李雷", "E3", today - timedelta(days=1))
        ):  # fmt: skip
            Agent.objects.create(
                organization=organization, name=name, employee_id=employee_id, left_on=left_on
            )
        senior = Agent.objects.get(name="周强")
        Position.objects.create(organization=organization, agent=senior, grade="senior", since=today)

    def found(query):
        return {agent.name for agent in signed_in.get(f"/yunfan/agents/?{query}").context["page"]}

    assert found("") == {"小美", "周强"}
    assert found("left=on") == {"小美", "周强", "李雷"}
    assert found("q=小") == {"小美"}
    assert found("q=e2") == {"周强"}
    assert found("grade=senior") == {"周强"}
    assert found("group=999&grade=nonsense") == {"小美", "周强"}


def test_a_person_is_added_and_changed(signed_in, organization):
    answer = signed_in.post("/yunfan/agents/new/", {"name": "小美", "employee_id": "E1", "left_on": ""})
    assert signed_in.post(
        answer.headers["Location"], {"name": "小美", "employee_id": "E1", "left_on": "2026-11-30"}
    )
    with organization_scope(organization.pk):
        assert Agent.objects.get().left_on == date(2026, 11, 30)


def test_two_people_of_one_name_need_employee_ids(signed_in, organization):
    make_agent(organization, "小美")
    answer = signed_in.post("/yunfan/agents/new/", {"name": "小美"})
    assert answer.status_code == 200
    assert answer.context["form"].non_field_errors()
    assert signed_in.post("/yunfan/agents/new/", {"name": "小美", "employee_id": "E2"}).status_code == 302


def test_a_new_position_ends_the_one_before_when_asked(signed_in, organization):
    agent = make_agent(organization, "小美")
    add_position(signed_in, agent, kind="pre_sales", since="2026-10-01")
    add_position(signed_in, agent, kind="after_sales", end_previous="on")
    assert positions_of(organization) == [
        ("pre_sales", date(2026, 10, 1), date(2026, 10, 31)), ("after_sales", date(2026, 11, 1), None)
    ]  # fmt: skip


def test_a_position_that_overlaps_another_is_refused(signed_in, organization):
    agent = make_agent(organization, "小美")
    add_position(signed_in, agent, since="2026-10-01")
    answer = add_position(signed_in, agent)
    assert answer.status_code == 200
    assert "2026-10-01" in str(answer.context["position_form"].non_field_errors())
    assert len(positions_of(organization)) == 1


def test_a_position_is_deleted_from_its_own_person_only(signed_in, organization):
    agent, other = make_agent(organization, "小美"), make_agent(organization, "周强")
    add_position(signed_in, agent)
    with organization_scope(organization.pk):
        number = Position.objects.get().pk
    assert signed_in.post(f"/yunfan/agents/{other.pk}/positions/{number}/delete/").status_code == 404
    assert signed_in.post(f"/yunfan/agents/{agent.pk}/positions/{number}/delete/").status_code == 302
    assert positions_of(organization) == []


def merged(organization, store):
    agent = make_agent(organization, "小美", (store, "旗舰店:小美"), (store, "专卖店:小美"))
    with organization_scope(organization.pk):
        Agent.objects.filter(pk=agent.pk).update(merged_unconfirmed=True)
        return agent, list(SeatAssignment.objects.order_by("seat__name").values_list("pk", flat=True))


def test_one_person_is_confirmed(signed_in, organization, store):
    agent, _ = merged(organization, store)
    assert signed_in.get("/yunfan/agents/merges/").context["agents"] == [agent]
    signed_in.post(f"/yunfan/agents/{agent.pk}/confirm/")
    assert signed_in.get("/yunfan/agents/merges/").context["agents"] == []


def test_two_persons_are_split_by_their_seats(signed_in, organization, store):
    agent, (moved, kept) = merged(organization, store)
    words = {"assignments": [moved], "name": "小美", "employee_id": "E9"}
    fields = {f"agent{agent.pk}-{name}": value for name, value in words.items()}
    assert signed_in.post(f"/yunfan/agents/{agent.pk}/split/", fields).status_code == 302
    with organization_scope(organization.pk):
        holders = dict(SeatAssignment.objects.values_list("pk", "agent__employee_id"))
    assert holders == {moved: "E9", kept: ""}


def test_a_split_without_seats_or_with_the_same_name_is_refused(signed_in, organization, store):
    agent, (moved, _) = merged(organization, store)
    for words in ({"name": "周强"}, {"name": "小美", "assignments": [moved]}):
        fields = {f"agent{agent.pk}-{name}": value for name, value in words.items()}
        answer = signed_in.post(f"/yunfan/agents/{agent.pk}/split/", fields)
        assert answer.status_code == 200
        assert answer.context["form"].errors
    with organization_scope(organization.pk):
        assert Agent.objects.count() == 1


def test_a_group_counts_who_is_in_it_today(signed_in, organization):
    agent = make_agent(organization, "小美")
    signed_in.post("/yunfan/groups/", {"name": "A组", "leader": agent.pk})
    with organization_scope(organization.pk):
        group = Group.objects.get()
    yesterday = timezone.localdate() - timedelta(days=1)
    add_position(signed_in, agent, group=group.pk, since="2020-01-01", until=yesterday.isoformat())
    assert [one.members for one in signed_in.get("/yunfan/groups/").context["groups"]] == [0]
    add_position(signed_in, agent, group=group.pk, since=timezone.localdate().isoformat())
    assert [one.members for one in signed_in.get("/yunfan/groups/").context["groups"]] == [1]


def test_a_group_is_renamed_but_not_to_anothers_name(signed_in, organization):
    for name in ("A组", "B组"):
        signed_in.post("/yunfan/groups/", {"name": name})
    with organization_scope(organization.pk):
        number = Group.objects.get(name="B组").pk
    assert signed_in.post(f"/yunfan/groups/{number}/", {"name": "A组"}).status_code == 200
    assert signed_in.post(f"/yunfan/groups/{number}/", {"name": "C组"}).status_code == 302
    with organization_scope(organization.pk):
        assert set(Group.objects.values_list("name", flat=True)) == {"A组", "C组"}


PAGES = ["agents/", "agents/new/", "agents/merges/", "groups/", "seats/"]


@pytest.mark.parametrize("path", PAGES)
def test_leads_may_look_and_others_not(client, owner, supervisor, agent_member, outsider, path):
    for user, status in ((owner, 200), (supervisor, 200), (agent_member, 403), (outsider, 404)):
        client.force_login(user)
        assert client.get(f"/yunfan/{path}").status_code == status


ROWS = ["agents/{agent}/", "agents/{agent}/positions/", "agents/{agent}/confirm/", "agents/{agent}/split/"]
ROWS += [
    "seats/{seat}/",
    "seats/holdings/{holding}/end/",
    "seats/holdings/{holding}/remove/",
    "groups/{group}/",
]
ROWS += ["agents/{agent}/positions/{position}/delete/"]


@pytest.mark.parametrize("path", ROWS)
def test_another_organizations_rows_are_404_and_an_agent_gets_403(
    client, owner, agent_member, other_organization, other_store, path
):
    agent = make_agent(other_organization, "小美", (other_store, "店:小美"))
    with organization_scope(other_organization.pk):
        held = SeatAssignment.objects.get()
        group = Group.objects.create(organization=other_organization, name="A组")
        position = Position.objects.create(
            organization=other_organization, agent=agent, since=date(2026, 1, 1)
        )
    ids = {
        "agent": agent.pk,
        "holding": held.pk,
        "seat": held.seat_id,
        "group": group.pk,
        "position": position.pk,
    }
    for user, status in ((owner, 404), (agent_member, 403)):
        client.force_login(user)
        assert client.post(f"/yunfan/{path.format(**ids)}").status_code == status
