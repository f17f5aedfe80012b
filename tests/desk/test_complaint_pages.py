"""Pages and follow-ups of complaints, in the roles that use them."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from desk.complaint_tasks import escalate_all
from desk.follow_ups import close, reopen, take
from desk.models import FollowUp, State
from orders import complaints
from orders.complaint_models import Complaint, ServiceSettings
from orders.service_models import Compensation
from stores.models import Buyer
from team.notice_models import Notice
from tenants.models import AuditEntry, Membership
from tenants.scope import organization_scope
from tests.desk.matters import catch_up, follow_ups, the_one
from tests.make import at, make_agent, make_member, make_organization, make_store, write_order

NOW = at("2026-11-02 10:00:00")


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def mei(organization, store):
    return make_agent(organization, "王小美", (store, "tb1:mei"))


@pytest.fixture
def agent(organization, mei, clock):
    return make_member(organization, "agent", agent_id=mei.pk)


@pytest.fixture
def complaint(organization, store, mei, owner, clock):
    write_order(
        store,
        "O1",
        buyer="阿月",
        created_at="2026-11-01 09:00:00",
        paid_at="2026-11-01 09:01:00",
        paid_amount="100",
    )
    with organization_scope(organization.pk):
        return complaints.open_complaint(
            store, source="chat", level="serious", user=owner, now=NOW, story="电话13812341234没人接", order_id="O1",
            buyer=Buyer.objects.get(name="阿月"), agent_id=mei.pk,
        )  # fmt: skip


def page(client, organization, name, *args, **query):
    return client.get(reverse(name, args=[organization.slug, *args]), query)


def act(client, organization, complaint, deed, **fields):
    address = reverse("complaint_detail", args=[organization.slug, complaint.pk])
    answer = client.post(address, {"act": deed, **fields})
    with organization_scope(organization.pk):
        complaint.refresh_from_db()
    return answer


def test_one_is_opened_with_what_the_page_before_knew(client, organization, store, agent, complaint, mei):
    client.force_login(agent)
    with organization_scope(organization.pk):
        buyer = Buyer.objects.get(name="阿月")
    form = page(
        client, organization, "complaint_new", store="tb1", order="O1", buyer=buyer.pk, source="phone"
    )
    first = form.context["form"].initial
    assert (first["order_id"], first["buyer"], first["source"], first["agent"]) == (
        "O1",
        "阿月",
        "phone",
        mei.pk,
    )
    said = {"store": "tb1", "source": "phone", "level": "platform", "order_id": "O1", "story": "平台介入"}
    client.post(reverse("complaint_new", args=[organization.slug]), {**said, "source_key": "TS9"})
    again = client.post(reverse("complaint_new", args=[organization.slug]), {**said, "source_key": "TS9"})
    with organization_scope(organization.pk):
        made = Complaint.objects.get(source_key="TS9")
    assert (made.buyer_id, made.due_at) == (buyer.pk, NOW + timedelta(hours=2))
    assert again.url == reverse("complaint_detail", args=[organization.slug, made.pk])


@pytest.mark.parametrize(
    ("field", "value"), [("order_id", "no"), ("buyer", "no"), ("store", "no"), ("story", " ")]
)
def test_what_nobody_knows_is_refused_in_words(client, organization, agent, complaint, field, value):
    client.force_login(agent)
    said = {"store": "tb1", "source": "phone", "level": "platform", "story": "x"} | {field: value}
    answer = client.post(reverse("complaint_new", args=[organization.slug]), said)
    assert answer.status_code == 200
    assert field in answer.context["form"].errors


def test_the_list_shows_what_is_late_and_hides_phones(client, organization, supervisor, complaint, clock):
    client.force_login(supervisor)
    assert [line["row"] for line in page(client, organization, "complaint_list").context["rows"]] == [
        complaint
    ]
    assert not page(client, organization, "complaint_list", show="late").context["rows"]
    clock.move_to(NOW + timedelta(hours=8))
    late = page(client, organization, "complaint_list", show="late", level="serious", source="no-such")
    assert [line["row"] for line in late.context["rows"]] == [complaint]
    assert "138****1234" in late.content.decode()
    assert "13812341234" not in late.content.decode()
    rows = csv.reader(
        io.StringIO(page(client, organization, "complaint_list", file="csv").content.decode("utf-8-sig"))
    )
    line = list(rows)[1]
    assert (line[4], line[10], line[11]) == ("O1", "2026-11-02 10:00:00", "2026-11-02 18:00:00")


def test_from_answer_to_closing_and_opening_again(client, organization, agent, complaint, clock):
    client.force_login(agent)
    act(client, organization, complaint, "answer", text="补发今天寄出", next_at="2026-11-03T09:00")
    assert complaint.answered_at == NOW
    assert complaint.next_at == at("2026-11-03 09:00:00")
    act(client, organization, complaint, "note", text="仓库已确认")
    act(client, organization, complaint, "close", fault="agent")
    assert complaint.closed_at is None
    act(client, organization, complaint, "close", outcome="settled", fault="agent", text="买家满意")
    assert (complaint.outcome, complaint.fault) == ("settled", "agent")
    words = page(client, organization, "complaint_detail", complaint.pk).content.decode()
    for said in ("补发今天寄出", "仓库已确认", "买家满意"):
        assert said in words
    act(client, organization, complaint, "reopen", text="又来")
    assert (complaint.closed_at, complaint.reopenings) == (None, 1)


def test_an_agent_opens_again_only_what_they_closed(client, organization, owner, agent, complaint):
    with organization_scope(organization.pk):
        complaints.close(complaint, "settled", "", owner, NOW)
    client.force_login(agent)
    assert act(client, organization, complaint, "reopen").status_code == 403
    assert complaint.closed_at == NOW


def test_who_is_given_one_is_told_and_has_it_on_the_list(client, organization, store, supervisor, complaint):
    strong = make_agent(organization, "周强", (store, "tb1:qiang"))
    member = make_member(organization, "agent", "qiang@yunfan.example", agent_id=strong.pk)
    client.force_login(supervisor)
    act(client, organization, complaint, "give", agent=strong.pk)
    assert complaint.agent_id == strong.pk
    with organization_scope(organization.pk):
        assert Notice.objects.get().user == member


def test_compensation_beyond_the_limit_waits_for_a_supervisor(client, organization, agent, complaint):
    client.force_login(agent)
    act(client, organization, complaint, "compensate", compensation="money", amount="20", text="漏发")
    with organization_scope(organization.pk):
        given = Compensation.objects.get(complaint_id=complaint.pk)
    assert (given.amount, given.state, given.order_id) == (Decimal(20), "asked", "O1")
    assert "20" in page(client, organization, "complaint_detail", complaint.pk).content.decode()


def test_settings_are_kept_audited_and_hold(client, organization, supervisor, agent, complaint):
    member = Membership.objects.filter(user=agent)
    client.force_login(supervisor)
    form = page(client, organization, "service_settings").context["form"]
    said = {name: value for name, value in form.initial.items() if name != "answerers"}
    with organization_scope(organization.pk):
        pk = member.get().pk
    wrong = client.post(reverse("service_settings", args=[organization.slug]), said | {"hours_serious": 0})
    assert wrong.status_code == 200
    said |= {"hours_serious": 5, "to_serious": "owner", "answerers": [pk], "words": "甲醛超标\n\n 假羊毛 "}
    client.post(reverse("service_settings", args=[organization.slug]), said)
    with organization_scope(organization.pk):
        row = ServiceSettings.objects.get()
        assert (row.review_answerers, row.negative_words) == ([pk], ["假羊毛", "甲醛超标"])
        assert AuditEntry.objects.filter(verb="settings_changed").count() == 1
        assert complaints.open_complaint(
            complaint.store, source="chat", level="serious", user=supervisor, now=NOW
        ).due_at == NOW + timedelta(hours=5)


class Desk:
    """Committed rows, for what reads the change log."""

    def __init__(self):
        organization = make_organization("yunfan")
        self.store = make_store(organization, "tb1")
        self.mei = make_agent(organization, "王小美", (self.store, "tb1:mei"))
        self.agent = make_member(organization, "agent", agent_id=self.mei.pk)
        write_order(self.store, "O1", buyer="阿月", created_at="2026-11-01 09:00:00", paid_amount="100")
        with self.scope():
            self.complaint = complaints.open_complaint(
                self.store, source="chat", level="ordinary", user=self.agent, now=NOW, order_id="O1",
                buyer=Buyer.objects.get(name="阿月"), agent_id=self.mei.pk,
            )  # fmt: skip

    def scope(self):
        return organization_scope(self.store.organization_id)

    def found(self) -> FollowUp:
        return the_one(self.store, "complaint")


@pytest.fixture
def desk(committed):
    return Desk()


def test_an_open_complaint_is_on_its_handlers_list_until_it_is_closed(desk):
    catch_up(desk.store, NOW)
    found = desk.found()
    assert (found.agent_id, found.opens_at, found.due_at) == (desk.mei.pk, NOW, NOW + timedelta(hours=24))
    with desk.scope():
        complaints.answer(desk.complaint, "已补发", desk.agent, NOW, NOW + timedelta(days=3))
    catch_up(desk.store, NOW)
    assert desk.found().due_at == NOW + timedelta(days=3)
    with desk.scope():
        complaints.close(desk.complaint, "settled", "", desk.agent, NOW + timedelta(hours=1))
    catch_up(desk.store, NOW + timedelta(hours=1))
    assert (desk.found().state, desk.found().outcome) == (State.CLOSED, "handled")
    with desk.scope():
        complaints.reopen(desk.complaint, desk.agent, NOW + timedelta(hours=2))
    catch_up(desk.store, NOW + timedelta(hours=2))
    states = {(f.occasion, f.state) for f in follow_ups(desk.store, "complaint")}
    assert states == {("", State.CLOSED), ("1", State.OPEN)}


def test_what_is_closed_on_the_list_is_closed_where_it_is_kept_and_undone_there_too(desk):
    catch_up(desk.store, NOW)
    later = NOW + timedelta(hours=1)
    with desk.scope():
        matter = desk.found()
        take(matter, desk.mei.pk, desk.agent, later)
        close(matter, "compensated", desk.agent, later, note="补10元")
        desk.complaint.refresh_from_db()
        assert (desk.complaint.outcome, desk.complaint.closed_by) == ("compensated", desk.agent)
        reopen(matter, desk.agent, later)
        desk.complaint.refresh_from_db()
        assert (desk.complaint.closed_at, desk.complaint.reopenings) == (None, 0)
    catch_up(desk.store, later)
    assert desk.found().state == State.OPEN


def test_the_beat_escalates_in_every_organization(desk):
    other = make_organization("beihai")
    store = make_store(other, "tb1")
    make_member(other, "supervisor")
    with organization_scope(other.pk):
        complaints.open_complaint(store, source="chat", level="platform", user=None, now=NOW)
    with time_machine.travel(NOW + timedelta(hours=24), tick=False):
        # Agent, supervisor (nobody: the owners, nobody) of the first; supervisor and owner of the second.
        assert [escalate_all()["steps"], escalate_all()["steps"]] == [3, 0]
