"""The revisit table: what each return visit found, when the order arrived, and whether the buyer came back."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine

from desk.follow_ups import close
from desk.models import FollowUp
from kpis.refresh import refresh_store
from orders.models import TrackingEvent
from stores.models import Buyer
from tenants.scope import organization_scope
from tests.make import at, make_agent, make_member, write_order

NOW = at("2026-11-20 10:00:00")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def visits(organization, store, owner):
    """ann, visited about A1 and content, bought again within 30 days; bea, visited for September, complained and did
    not; cid's 30 days are not over; dan's visit is open."""
    mei = make_agent(organization, "王小美", (store, "s:mei"))
    user = make_member(organization, "agent", "mei@yunfan.example", agent_id=mei.pk)
    for order_id, buyer, paid in (
        ("A1", "ann", "2026-09-20"), ("A2", "ann", "2026-10-20"), ("B1", "bea", "2026-09-05"), ("C1", "cid", "2026-09-05"),
        ("D1", "dan", "2026-09-05"),
    ):  # fmt: skip
        write_order(
            store,
            order_id,
            buyer=buyer,
            created_at=f"{paid} 09:00:00",
            paid_at=f"{paid} 09:01:00",
            paid_amount="9",
        )
    refresh_store(store, whole=True)
    with organization_scope(organization.pk):
        for place, event in enumerate(("已揽收", "已签收")):
            TrackingEvent.objects.create(
                organization=organization, store=store, order_id="A1", event=event,
                happened_at=at("2026-09-23 10:00:00") + timedelta(days=place),
            )  # fmt: skip
        for name, order_id, kind, closed, outcome, words in (
            ("ann", "A1", "content_visit", "2026-10-01", "content", "满意，电话13812341234"),
            ("bea", None, "return_visit", "2026-10-15", "complaint", ""),
            ("cid", None, "return_visit", "2026-11-10", "no_answer", ""),
            ("dan", None, "return_visit", None, "", ""),
        ):
            buyer = Buyer.objects.get(name=name)
            matter = FollowUp.objects.create(
                organization=organization, store=store, kind=kind, subject=name, buyer=buyer, order_id=order_id,
                opens_at=at("2026-09-30 09:00:00"), due_at=at("2026-10-01 09:00:00"), made_at=NOW, agent_id=mei.pk,
            )  # fmt: skip
            if closed:
                close(matter, outcome, owner if name == "bea" else user, at(f"{closed} 12:00:00"), words)
    return user


def told(client, **asked) -> list[tuple]:
    rows = client.get("/yunfan/desk/visits/results/", {"since": "2026-09-01", **asked}).context["rows"]
    return [
        (row.follow_up.buyer.name, row.order_id, row.received_at, row.visitor, row.satisfied, row.again)
        for row in rows
    ]


ANN = ("ann", "A1", at("2026-09-24 10:00:00"), "Agent", True, True)
BEA = ("bea", "B1", None, "Owner", False, False)
CID = ("cid", "C1", None, "Agent", None, None)


def test_each_visit_made_is_a_line_with_what_came_of_it(visits, owner, client):
    client.force_login(owner)
    assert told(client) == [CID, BEA, ANN]


def test_filters_choose_by_period_kind_outcome_and_visitor(visits, owner, client):
    client.force_login(owner)
    assert told(client, since="2026-10-15", until="2026-10-15") == [BEA]
    assert told(client, until="2026-10-14") == [ANN]
    assert told(client, kind="content_visit") == [ANN]
    assert told(client, outcome="complaint") == [BEA]
    assert told(client, by=str(owner.pk)) == [BEA]
    # What is wrong chooses nothing.
    assert told(client, kind="x", outcome="y", store="z", by="0") == [CID, BEA, ANN]
    # By default the last 31 days.
    rows = client.get("/yunfan/desk/visits/results/").context["rows"]
    assert [row.follow_up.buyer.name for row in rows] == ["cid"]


def test_words_are_masked_on_the_page_and_in_the_file(visits, owner, client):
    client.force_login(owner)
    page = client.get("/yunfan/desk/visits/results/", {"since": "2026-09-01"}).content.decode()
    assert "138****1234" in page
    assert "13812341234" not in page
    asked = {"since": "2026-09-01", "file": "csv"}
    answer = client.get("/yunfan/desk/visits/results/", asked, headers={"Accept-Language": "en"})
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert lines[3][0] == "2026-10-01 12:00"
    assert lines[3][3:] == [
        "ann",
        "A1",
        "2026-09-24",
        "Agent",
        "Content",
        "yes",
        "满意，电话138****1234",
        "yes",
    ]
    assert lines[1][-1] == ""


def test_agents_see_the_visits_of_their_own_list(organization, store, visits, client):
    # bea's was on Mei's list, though the owner made it.
    client.force_login(visits)
    assert told(client) == [CID, BEA, ANN]
    other = make_agent(organization, "周强", (store, "s:zhou"))
    client.force_login(make_member(organization, "agent", "zhou@yunfan.example", agent_id=other.pk))
    assert told(client) == []
