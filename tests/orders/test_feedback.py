"""Feedback to other departments, its states, and the week's digest."""

from datetime import timedelta
from decimal import Decimal

import pytest

from orders.complaint_models import Feedback
from orders.feedback import give_feedback, move
from orders.feedback_digest import tell_week, week_of
from team.notice_models import Notice
from tenants.scope import organization_scope
from tests.make import at, make_member, make_store

MONDAY = at("2026-11-02 09:00:00")
DAY = timedelta(days=1)


def opinion(store, user, now, product="P1", **fields) -> Feedback:
    said = {"department": "design", "kind": "opinion", "text": "颜色偏深", **fields}
    with organization_scope(store.organization_id):
        return give_feedback(store, product_code=product, user=user, now=now, **said)


def test_feedback_goes_from_state_to_state_and_ends_with_a_word(store, owner, scope):
    row = opinion(store, owner, MONDAY, competitor="对面家", competitor_price=Decimal("19.90"))
    assert (row.state, row.decrypted("text")) == ("new", "颜色偏深")
    with pytest.raises(ValueError, match=r"."):
        move(row, "done", owner, MONDAY, "改了")
    assert move(row, "sent", owner, MONDAY)
    assert not move(row, "sent", owner, MONDAY)
    assert move(row, "accepted", owner, MONDAY)
    for state in ("done", "declined"):
        with pytest.raises(ValueError, match=r"."):
            move(row, state, owner, MONDAY, " ")
    assert move(row, "done", owner, MONDAY + DAY, "主图已重拍")
    row.refresh_from_db()
    assert (row.state, row.decrypted("result"), row.changed_at) == ("done", "主图已重拍", MONDAY + DAY)


def test_feedback_says_something_of_a_known_kind(store, owner, scope):
    with pytest.raises(ValueError, match=r"."):
        opinion(store, owner, MONDAY, text=" ")
    with pytest.raises(KeyError):
        opinion(store, owner, MONDAY, department="nobody")


def test_the_digest_counts_last_week_and_what_came_of_it(store, owner, scope):
    week = MONDAY - 7 * DAY  # Monday 26 October, 09:00
    opinion(store, owner, week - timedelta(hours=9, seconds=1))  # the Sunday before
    for product in ("P2", "P2", "P1", ""):
        opinion(store, owner, week, product)
    last = opinion(store, owner, MONDAY - timedelta(hours=9, seconds=1), "P2")
    opinion(store, owner, MONDAY - timedelta(hours=9))  # this week's
    for state, word in (("sent", ""), ("accepted", ""), ("done", "改了")):
        move(last, state, owner, MONDAY - DAY, word)
    counts = week_of([store], week.date())
    assert counts == {
        "since": week.date(), "made": 5, "products": "P2 (3), P1 (1)", "done": 1, "declined": 0, "open": 5,
    }  # fmt: skip


def test_supervisors_and_owners_are_told_on_monday_at_nine_once(organization, store, owner):
    supervisor = make_member(organization, "supervisor")
    make_member(organization, "agent")
    opinion(store, owner, MONDAY - DAY)
    assert tell_week(organization.pk, MONDAY - timedelta(minutes=1)) == 0
    assert tell_week(organization.pk, MONDAY) == 2
    assert tell_week(organization.pk, MONDAY) == 0
    assert tell_week(organization.pk, MONDAY + DAY) == 0
    with organization_scope(organization.pk):
        told = Notice.objects.order_by("user_id")
        assert {notice.user_id for notice in told} == {owner.pk, supervisor.pk}
        assert told[0].params["made"] == 1
    # A week without anything tells nobody; the next one with something does.
    assert tell_week(organization.pk, MONDAY + 14 * DAY) == 0
    opinion(store, owner, MONDAY + 15 * DAY)
    assert tell_week(organization.pk, MONDAY + 21 * DAY) == 2


def test_a_supervisor_of_some_stores_hears_of_these_alone(organization, store, owner):
    other = make_store(organization, "tb2")
    limited = make_member(organization, "supervisor", store_ids=[other.pk])
    opinion(store, owner, MONDAY - DAY)
    opinion(store, owner, MONDAY - DAY)
    opinion(other, owner, MONDAY - DAY, "Q")
    tell_week(organization.pk, MONDAY)
    with organization_scope(organization.pk):
        made = {notice.user_id: notice.params["made"] for notice in Notice.objects.all()}
    assert made == {owner.pk: 3, limited.pk: 1}
