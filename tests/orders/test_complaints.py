"""Complaints from opening to closing, and told upwards when nobody answers."""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction

from orders import complaint_escalation
from orders.complaint_escalation import escalate
from orders.complaint_models import Complaint, ServiceSettings
from orders.complaints import answer, close, give, judge, open_complaint, reopen, set_level, undo_close
from orders.dossiers import lines_of
from orders.remark_models import About
from stores.models import Buyer, Change
from team.notice_models import Notice
from tenants.scope import organization_scope
from tests.make import at, make_agent, make_member, make_organization, make_store

NOW = at("2026-11-02 10:00:00")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Shop:
    """A store with an agent, a supervisor and an owner; `complaint(level)` opens one with the agent."""

    def __init__(self):
        self.organization = make_organization("yunfan")
        self.store = make_store(self.organization, "tb1")
        self.mei = make_agent(self.organization, "王小美", (self.store, "tb1:mei"))
        self.agent = make_member(self.organization, "agent", agent_id=self.mei.pk)
        self.supervisor = make_member(self.organization, "supervisor")
        self.owner = make_member(self.organization, "owner")

    def complaint(self, level="ordinary", **fields) -> Complaint:
        fields = {"agent_id": self.mei.pk, "source": "chat", "user": self.agent, "now": NOW, **fields}
        with organization_scope(self.organization.pk):
            return open_complaint(self.store, level=level, story="漏发挂钩", **fields)

    def escalate(self, now) -> int:
        return escalate(self.organization.pk, now)

    def told(self) -> list[str]:
        """Roles in the order in which they were told."""
        with organization_scope(self.organization.pk):
            return list(Notice.objects.order_by("pk").values_list("user__name", flat=True))

    def whats(self, complaint) -> list[str]:
        with organization_scope(self.organization.pk):
            return [line.what for line in lines_of(About.COMPLAINT, [complaint.pk])[complaint.pk]]


@pytest.fixture
def shop(db):
    return Shop()


@pytest.mark.parametrize(("level", "hours"), [("ordinary", 24), ("serious", 8), ("platform", 2)])
def test_a_level_says_by_when_the_first_answer_is_due(shop, level, hours):
    assert shop.complaint(level).due_at == NOW + hours * HOUR


def test_an_organizations_own_hours_hold(shop):
    with organization_scope(shop.organization.pk):
        ServiceSettings.objects.create(
            organization=shop.organization,
            levels=[{"key": "ordinary", "hours": 3, "to": "owner", "again": 1}],
        )
    complaint = shop.complaint()
    assert complaint.due_at == NOW + 3 * HOUR
    assert shop.complaint("serious").due_at == NOW + 8 * HOUR
    shop.escalate(NOW + 3 * HOUR)
    assert shop.told() == ["Owner"]


def test_each_of_the_chain_is_told_at_the_exact_minute_and_once(shop):
    complaint = shop.complaint("serious")  # due after 8 h, then the next above every 4 h
    due = NOW + 8 * HOUR
    assert shop.escalate(due - MINUTE) == 0
    assert shop.told() == []
    assert [shop.escalate(due), shop.escalate(due), shop.escalate(due + MINUTE)] == [1, 0, 0]
    assert shop.told() == ["Agent"]
    assert shop.escalate(due + 4 * HOUR - MINUTE) == 0
    assert shop.escalate(due + 4 * HOUR) == 1
    assert shop.told() == ["Agent", "Supervisor"]
    assert shop.escalate(due + 8 * HOUR) == 1
    assert shop.escalate(due + 800 * HOUR) == 0
    assert shop.told() == ["Agent", "Supervisor", "Owner"]
    with organization_scope(shop.organization.pk):
        complaint.refresh_from_db()
    assert complaint.escalations == 3
    assert shop.whats(complaint) == ["opened", "escalated", "escalated", "escalated"]


def test_a_worker_that_was_away_for_days_makes_up_for_every_step(shop):
    shop.complaint("serious")
    assert shop.escalate(NOW + timedelta(days=9)) == 3
    assert shop.told() == ["Agent", "Supervisor", "Owner"]


def test_what_nobody_handles_is_the_supervisors_matter(shop):
    shop.complaint(agent_id=None)
    shop.escalate(NOW + 24 * HOUR)
    assert shop.told() == ["Supervisor"]


def test_answered_or_closed_nobody_is_told(shop):
    one, other = shop.complaint(), shop.complaint()
    with organization_scope(shop.organization.pk):
        answer(one, "今天补发", shop.agent, NOW + HOUR)
        close(other, "unfounded", "buyer", shop.agent, NOW + HOUR)
    assert shop.escalate(NOW + 900 * HOUR) == 0
    assert shop.told() == []
    # When to look again: as long after the answer as the level gave for the first one.
    assert one.next_at == NOW + 25 * HOUR


def test_a_late_first_answer_says_by_how_much_and_later_ones_do_not(shop):
    complaint = shop.complaint("platform")
    with organization_scope(shop.organization.pk):
        answer(complaint, "已联系平台", shop.agent, NOW + 2 * HOUR + 7 * MINUTE)
        answer(complaint, "平台已撤销", shop.agent, NOW + 9 * HOUR)
        answers = [
            line
            for line in lines_of(About.COMPLAINT, [complaint.pk])[complaint.pk]
            if line.what == "answered"
        ]
    assert [(line.details["first"], line.details["late_minutes"], line.note) for line in answers] == [
        (True, 7, "已联系平台"),
        (False, 0, "平台已撤销"),
    ]
    assert complaint.answered_at == NOW + 2 * HOUR + 7 * MINUTE


def test_another_level_moves_an_unanswered_due_time_and_begins_the_chain_anew(shop):
    complaint = shop.complaint()
    shop.escalate(NOW + 24 * HOUR)
    with organization_scope(shop.organization.pk):
        assert set_level(complaint, "serious", shop.supervisor, NOW + 25 * HOUR)
        assert not set_level(complaint, "serious", shop.supervisor, NOW + 25 * HOUR)
    assert (complaint.due_at, complaint.step, complaint.escalations) == (NOW + 8 * HOUR, 0, 1)
    assert shop.escalate(NOW + 25 * HOUR) == 3


def test_opened_again_its_clock_begins_anew_and_closing_by_mistake_is_taken_back(shop):
    complaint = shop.complaint()
    with organization_scope(shop.organization.pk):
        answer(complaint, "已解释", shop.agent, NOW + HOUR)
        assert close(complaint, "settled", "logistics", shop.agent, NOW + 2 * HOUR, "买家满意")
        assert not close(complaint, "unfounded", "", shop.owner, NOW + 3 * HOUR)
        assert (complaint.outcome, complaint.fault) == ("settled", "logistics")
        with pytest.raises(ValueError, match=r"."):
            answer(complaint, "还有", shop.agent, NOW)
        assert undo_close(complaint, shop.agent, NOW + 3 * HOUR)
        assert (complaint.closed_at, complaint.answered_at, complaint.reopenings) == (None, NOW + HOUR, 0)
        close(complaint, "settled", "", shop.agent, NOW + 4 * HOUR)
        assert reopen(complaint, shop.supervisor, NOW + 50 * HOUR, "又来投诉")
        assert not reopen(complaint, shop.supervisor, NOW + 51 * HOUR)
    assert (complaint.answered_at, complaint.due_at, complaint.reopenings) == (None, NOW + 74 * HOUR, 1)
    assert shop.escalate(NOW + 74 * HOUR) == 1


def test_the_same_source_is_opened_once(shop):
    one = shop.complaint(source="platform", source_key="TS1")
    assert shop.complaint(source="platform", source_key="TS1", now=NOW + HOUR).pk == one.pk
    assert shop.complaint(source="review", source_key="TS1").pk != one.pk
    assert shop.complaint().pk != shop.complaint().pk


def test_every_act_tells_the_detectors_which_buyer(shop):
    with organization_scope(shop.organization.pk):
        buyer = Buyer.objects.create(organization=shop.organization, store=shop.store, name="阿月")
    complaint = shop.complaint(buyer=buyer)
    with organization_scope(shop.organization.pk):
        for number, act in enumerate(
            (
                lambda: give(complaint, None, shop.supervisor, NOW),
                lambda: judge(complaint, "agent", shop.mei.pk, "P1", shop.supervisor, NOW),
                lambda: close(complaint, "settled", "", shop.agent, NOW),
            ),
            start=1,
        ):
            assert act()
            assert Change.objects.filter(buyer_id=buyer.pk).count() == 1 + number
        assert not judge(complaint, "agent", shop.mei.pk, "P1", shop.supervisor, NOW)


def test_a_worker_that_dies_tells_all_or_nothing(committed, monkeypatch):
    shop = Shop()
    complaint = shop.complaint("serious")
    due = NOW + 8 * HOUR
    really = complaint_escalation.happened

    def dies(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(complaint_escalation, "happened", dies)
    with pytest.raises(KeyboardInterrupt):
        shop.escalate(due)
    assert shop.told() == []
    monkeypatch.setattr(complaint_escalation, "happened", really)
    assert shop.escalate(due) == 1
    with organization_scope(shop.organization.pk):
        complaint.refresh_from_db()
    assert (complaint.step, shop.told()) == (1, ["Agent"])


def test_two_workers_at_once_tell_one_step_once(committed):
    shop = Shop()
    complaint = shop.complaint("serious")
    due, done, started = NOW + 8 * HOUR, [], threading.Barrier(3)

    def work():
        try:
            started.wait()
            done.append(shop.escalate(due))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    # Both come while the row is held, and go on together.
    with organization_scope(shop.organization.pk), transaction.atomic():
        Complaint.objects.select_for_update().get(pk=complaint.pk)
        for thread in threads:
            thread.start()
        started.wait()
        threading.Event().wait(0.5)
    for thread in threads:
        thread.join()
    assert sorted(done) == [0, 1]
    assert shop.told() == ["Agent"]
    assert shop.whats(complaint) == ["opened", "escalated"]
