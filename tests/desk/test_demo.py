"""The demo's working day at small scale: dies, goes on, agrees with its chats, and is the same however often it is made."""

from collections import Counter
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from conversations.models import PhoneCall, Rating
from desk.day import lists_of
from desk.demo import making
from desk.demo.tuning import rounded
from desk.duties import duty_of, stores_of
from desk.models import Attendance, Duty, FollowUp, HandoverLine, LineState, State, StoreHour
from intake.demo import company
from intake.demo.roster import planned
from kpis.models import AgentDay, ChatSession
from kpis.target_models import AgentTarget, StoreTarget
from orders.models import TrackingEvent
from stores.models import Store
from team.models import Agent
from team.notice_models import Notice
from team.roster_models import RequestState, RosterEntry, RosterMonth, RosterRequest
from tenants.models import Membership, User
from tenants.scope import organization_id_of, organization_scope

TODAY = date(2026, 11, 20)
NOW = making.now_of(TODAY)
TABLES = (
    *("desk_followup", "desk_followupevent", "desk_duty", "desk_handoverline", "desk_storehour", "desk_attendance"),
    *("team_rosterentry", "team_rosterrequest", "team_notice", "kpis_storetarget", "kpis_agenttarget"),
    *("conversations_phonecall", "conversations_rating", "orders_trackingevent", "tenants_membership"),
)  # fmt: skip


def load() -> list[str]:
    return list(making.load_demo(TODAY, 4000, "kefu-demo-77"))


def counted() -> dict[str, int]:
    with connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
        return found


def test_a_demo_that_died_goes_on_and_its_day_agrees_with_its_chats(committed, monkeypatch):
    def dies(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(making, "close_some", dies)
    with pytest.raises(KeyboardInterrupt):
        load()
    assert not making.is_complete()
    monkeypatch.undo()
    load()
    assert making.is_complete()
    with organization_scope(organization_id_of(company.SLUG)):
        before = counted()
        assert all(before.values())
        the_roster_agrees_with_the_chats()
        requests_and_targets()
        the_day_is_lively()
        what_came_in()
    load()
    with organization_scope(organization_id_of(company.SLUG)):
        assert counted() == before


def the_roster_agrees_with_the_chats():
    entries = {(e.agent_id, e.day): e for e in RosterEntry.objects.filter(published=True)}
    assert set(RosterMonth.objects.exclude(published_at=None).values_list("month", flat=True)) == {
        date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1),
    }  # fmt: skip
    draft = RosterEntry.objects.filter(day__gte=date(2026, 12, 1))
    assert set(draft.values_list("published", "kind")) == {(False, "rest")}
    # The peak's extra hands, and whoever covers a gap, work beside their shift; everybody else within it.
    inside = Counter()
    vietnam = ZoneInfo("Asia/Ho_Chi_Minh")
    for chat in ChatSession.objects.filter(agent_id__gt=0, served_at__isnull=False).select_related("store"):
        near = [entries.get((chat.agent_id, chat.day - timedelta(days=n))) for n in (0, 1)]
        shifts = [one for one in near if one and one.starts_at]
        inside[any(one.starts_at <= chat.started_at < one.ends_at for one in shifts)] += 1
        if chat.store.code == "sp-vn":
            assert {one.shift.time_zone for one in shifts} <= {vietnam.key}
    assert inside[True] / inside.total() > 0.93, inside
    worked = Counter(Attendance.objects.filter(day__lt=TODAY).values_list("absent", flat=True))
    assert worked[False] > 1000
    assert {one.employee_id for one in planned(TODAY, TODAY)} == {a.employee_id for a in company.AGENTS}


def requests_and_targets():
    assert set(RosterRequest.objects.values_list("state", flat=True)) == set(RequestState.values)
    assert set(RosterRequest.objects.values_list("kind", flat=True)) == {"leave", "swap", "wish"}
    leave = RosterEntry.objects.get(agent__employee_id="YF005", day=TODAY + timedelta(days=4))
    assert leave.kind == "annual"
    for target in StoreTarget.objects.all():
        parts = AgentTarget.objects.filter(store=target.store, month=target.month)
        assert sum(parts.values_list("sales", flat=True)) == target.sales
    assert StoreTarget.objects.count() == 16
    assert PhoneCall.objects.count() >= 6
    assert all(
        "" not in (call.decrypted("about"), call.decrypted("outcome")) for call in PhoneCall.objects.all()
    )


def the_day_is_lively():
    agent = Agent.objects.get(employee_id="YF001")
    lists = lists_of(agent.pk, stores_of(agent.pk, NOW), NOW, NOW + timedelta(hours=12))
    assert {matter.line.state for matter in lists.offered} == {"offered"}
    assert len(lists.offered) <= 4
    assert 1 <= len(lists.now) <= 30
    states = set(HandoverLine.objects.values_list("state", flat=True))
    assert states == {LineState.OFFERED, LineState.ACCEPTED, LineState.RETURNED}
    duty = duty_of(agent.pk, NOW)
    assert duty.signed_in_at < duty.starts_at
    # Every shift that is over was closed by whoever worked it; nothing is in the future but what opens then.
    assert not Duty.objects.filter(ends_at__lt=NOW, closed_by=None).exists()
    assert not HandoverLine.objects.filter(offered_at__gt=NOW).exists()
    assert not FollowUp.objects.filter(closed_by__isnull=False, closed_at__gt=NOW).exists()
    # What runs for days (promises, cases, complaints, visits) comes after the day's closings.
    others = ("by_hand", "promise", "case_step", "complaint", "content_visit")
    by_people = FollowUp.objects.filter(state=State.CLOSED, closed_by__isnull=False).exclude(kind__in=others)
    still_open = FollowUp.objects.filter(state=State.OPEN, opens_at__lte=NOW).exclude(kind__in=others)
    assert by_people.count() > still_open.count()
    assert Notice.objects.filter(kind="handover").exists()
    assert sum(StoreHour.objects.values_list("rounds", flat=True)) == sum(
        AgentDay.objects.filter(agent_id=-1).values_list("response_count", flat=True)
    ) + sum(AgentDay.objects.filter(agent_id=-1).values_list("unanswered_rounds", flat=True))
    assert Membership.objects.count() == len(company.AGENTS) + 3
    assert not any(u.has_usable_password() for u in User.objects.filter(email__startswith="yf0"))


def what_came_in():
    served = ChatSession.objects.filter(served_at__isnull=False).count()
    ratings = Rating.objects.filter(invited=True)
    assert 0.18 < ratings.count() / served < 0.32
    stars = Counter(ratings.values_list("rating", flat=True))
    rated = ratings.exclude(rating=None).count()
    assert 0.3 < rated / ratings.count() < 0.5
    assert (stars[4] + stars[5]) / rated > 0.75
    assert TrackingEvent.objects.count() > 30
    assert Store.objects.count() == 8


def test_amounts_of_settings_have_two_figures():
    assert [rounded(amount) for amount in (0, 7, 87, 1287, 15_650_321)] == [0, 7, 87, 1300, 16_000_000]
