"""Matters of chats, parcels, reviews and return visits, each worked out by hand."""

from datetime import UTC, datetime

import pytest

from conversations.ratings import write_ratings
from desk.models import State
from orders.imports import write_reviews
from orders.tracking import write_tracking
from stores.platforms.records import RatingRecord, ReviewRecord, TrackingRecord
from tenants.scope import organization_scope
from tests.desk.matters import catch_up, follow_ups, the_one, told
from tests.desk.switches import switch
from tests.make import at, make_agent, make_organization, make_store, write_chat, write_order

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def store():
    return make_store(make_organization("yunfan"), "tb1")


@pytest.fixture
def mei(store):
    return make_agent(store.organization, "王小美", (store, "tb1:mei"))


def happens(store, order_id: str, *events: tuple[str, str]) -> None:
    records = [
        (n, TrackingRecord(order_id, what, at(when), "SF1", "顺丰")) for n, (when, what) in enumerate(events)
    ]
    with organization_scope(store.organization_id):
        write_tracking(store, records)


def ship(store, order_id="o1", buyer="ann", at="2026-11-02 10:00:00", **fields):
    paid = {"created_at": "2026-11-01 09:00:00", "paid_at": "2026-11-01 09:01:00", "paid_amount": "50"}
    write_order(
        store, order_id, buyer=buyer, status="shipped", shipped_at=at, courier="顺丰", **paid, **fields
    )


def test_a_buyer_left_at_night_is_one_matter_until_somebody_answers(store, mei):
    write_chat(
        store, "ann", "tb1:mei", ("in", "2026-11-02 23:50:00", "在吗"), ("in", "2026-11-03 00:10:00", "有人吗"),
        ("in", "2026-11-03 07:00:00", "？"),
    )  # fmt: skip
    catch_up(store, at("2026-11-03 08:00:00"))
    found = the_one(store, "unanswered")
    assert (found.opens_at, found.due_at) == (at("2026-11-02 23:53:00"), at("2026-11-03 00:20:00"))
    assert (found.agent_id, found.state) == (mei.pk, State.OPEN)
    write_chat(
        store, "ann2", "tb1:mei", ("in", "2026-11-03 08:01:00", "在吗"), ("out", "2026-11-03 08:03:59", "在")
    )
    from tests.make import MessageRecord, write_messages

    with organization_scope(store.organization_id):
        reply = MessageRecord("reply", "ann", "tb1:mei", "out", False, at("2026-11-03 08:30:00"), "在的")
        write_messages(store, [(1, reply)])
    catch_up(store, at("2026-11-03 08:31:00"))
    found = the_one(store, "unanswered")
    # Who was answered within three minutes was never a matter.
    assert (found.outcome, found.closed_at) == ("answered", at("2026-11-03 08:30:00"))


def test_a_parcels_exception_of_the_day_is_for_the_same_day_and_of_the_evening_for_the_next(store):
    for number, clock in ((1, "08:00"), (2, "08:30"), (3, "16:59"), (4, "17:00")):
        ship(store, f"o{number}", buyer=f"b{number}")
        happens(store, f"o{number}", (f"2026-11-03 {clock}:00", "快件异常：地址不详"))
    catch_up(store, at("2026-11-03 18:00:00"))
    assert [(f.opens_at, f.due_at) for f in follow_ups(store, "logistics")] == [
        (at("2026-11-03 08:30:00"), at("2026-11-03 17:30:00")),
        (at("2026-11-03 08:30:00"), at("2026-11-03 17:30:00")),
        (at("2026-11-03 16:59:00"), at("2026-11-03 17:30:00")),
        (at("2026-11-04 08:30:00"), at("2026-11-04 17:30:00")),
    ]


def test_a_parcel_that_stands_still_a_day_is_asked_for_until_it_moves(store, mei):
    write_chat(
        store, "ann", "tb1:mei", ("in", "2026-11-01 08:59:00", "在吗"), ("out", "2026-11-01 08:59:10", "在")
    )
    ship(store)
    happens(store, "o1", ("2026-11-02 11:00:00", "已揽收"))
    catch_up(store, at("2026-11-02 12:00:00"))
    found = the_one(store, "logistics")
    assert (found.opens_at, found.due_at) == (at("2026-11-03 11:00:00"), at("2026-11-03 17:30:00"))
    assert found.agent_id is None, "the patrol's finds are the day shift's"
    happens(store, "o1", ("2026-11-03 12:00:00", "到达杭州中转"))
    catch_up(store, at("2026-11-03 12:01:00"))
    still, moving = follow_ups(store, "logistics")
    assert (still.outcome, still.closed_at) == ("moving_again", at("2026-11-03 12:00:00"))
    assert moving.opens_at == at("2026-11-04 12:00:00")
    happens(store, "o1", ("2026-11-03 20:00:00", "已签收"))
    catch_up(store, at("2026-11-03 20:01:00"))
    # Nobody ever saw the second; what is delivered is no matter of any kind.
    assert [f.outcome for f in follow_ups(store, "logistics")] == ["moving_again"]
    assert follow_ups(store, "not_arrived") == []


def test_parcels_shipped_more_than_three_days_ago_are_not_patrolled(store):
    ship(store, at="2026-11-02 10:00:00")
    happens(store, "o1", ("2026-11-04 10:30:00", "到达杭州中转"), ("2026-11-05 10:00:01", "包裹破损"))
    catch_up(store, at("2026-11-05 11:00:00"))
    assert follow_ups(store, "logistics") == []


def test_each_courier_has_its_own_days(store):
    switch(store, "not_arrived", by_courier="中通=5, 顺丰=3")
    ship(store)
    ship(store, "o2", "bob")
    write_order(store, "o2", courier="中通")
    ship(store, "o3", "cat")
    write_order(store, "o3", courier="邮政")
    catch_up(store, at("2026-11-02 11:00:00"))
    assert [f.opens_at.day for f in follow_ups(store, "not_arrived")] == [5, 7, 9]


def test_a_bad_review_is_due_the_next_noon_and_ends_with_the_published_reply(store):
    ship(store)
    review = ReviewRecord("r1", "o1", None, 2, "掉色", at("2026-11-05 23:30:00"))
    good = ReviewRecord("r2", "o1", None, 5, "不错", at("2026-11-05 23:30:00"))
    with organization_scope(store.organization_id):
        write_reviews(store, [(1, review), (2, good)])
    catch_up(store, at("2026-11-06 08:00:00"))
    found = the_one(store, "bad_review")
    assert (found.subject, found.due_at, found.order_id) == ("r1", at("2026-11-06 12:00:00"), "o1")
    assert (found.buyer.name, found.worth) == ("ann", 50)
    with organization_scope(store.organization_id):
        write_reviews(store, [(1, review._replace(reply="抱歉", replied_at=at("2026-11-06 09:00:00")))])
    catch_up(store, at("2026-11-06 09:01:00"))
    assert the_one(store, "bad_review").outcome == "replied"


def test_a_low_rating_is_asked_about_within_a_day(store, mei):
    write_chat(
        store, "ann", "tb1:mei", ("in", "2026-11-02 10:00:00", "在吗"), ("out", "2026-11-02 10:00:10", "在")
    )
    rated = at("2026-11-02 10:30:00")
    ratings = [
        RatingRecord("s1", "ann", "tb1:mei", rated, True, 2),
        RatingRecord("s2", "ann", "tb1:mei", rated, True, 3),
    ]
    with organization_scope(store.organization_id):
        write_ratings(store, list(enumerate(ratings)))
    catch_up(store, at("2026-11-02 11:00:00"))
    found = the_one(store, "low_rating")
    assert (found.due_at, found.agent_id, found.facts) == (at("2026-11-03 10:30:00"), mei.pk, {"rating": 2})


def test_a_buyer_who_wrote_much_and_bought_nothing_is_worth_a_call(store, mei):
    words = [("in" if n % 2 == 0 else "out", f"2026-11-02 10:{n:02}:00", "?") for n in range(16)]
    write_chat(store, "ann", "tb1:mei", *words)
    write_chat(store, "bob", "tb1:mei", *words[:14])
    catch_up(store, at("2026-11-02 11:00:00"))
    found = the_one(store, "lost_buyer")
    assert (found.buyer.name, found.facts) == ("ann", {"messages": 8})
    assert (found.opens_at, found.due_at) == (at("2026-11-03 10:00:00"), at("2026-11-04 10:00:00"))
    write_order(
        store,
        "o1",
        buyer="ann",
        created_at="2026-11-03 12:00:00",
        paid_at="2026-11-03 12:01:00",
        paid_amount="9",
    )
    catch_up(store, at("2026-11-03 12:05:00"))
    found = the_one(store, "lost_buyer")
    assert (found.outcome, found.closed_at) == ("bought", at("2026-11-03 12:01:00"))


def test_buyers_of_two_months_ago_are_visited_when_their_time_comes(store):
    for number, buyer, paid in (
        (1, "ann", "08-03 10:00"),
        (2, "ann", "08-20 10:00"),
        (3, "bob", "08-20 10:00"),
        (4, "bob", "10-01 09:00"),
    ):
        write_order(
            store, f"o{number}", buyer=buyer, status="completed", created_at=f"2026-{paid}:00", paid_at=f"2026-{paid}:00",
            paid_amount="10", completed_at=f"2026-{paid}:30",
        )  # fmt: skip
    # 60 days after 20 August is 19 October.
    catch_up(store, at("2026-10-19 09:59:00"))
    assert follow_ups(store, "return_visit") == []
    catch_up(store, at("2026-10-19 10:00:00"))
    found = the_one(store, "return_visit")
    assert (found.buyer.name, found.occasion, found.worth) == ("ann", "2026-08", 20)
    assert (found.opens_at, found.due_at) == (at("2026-10-19 10:00:00"), at("2026-10-26 10:00:00"))
    assert catch_up(store, at("2026-10-19 10:05:00")) == (0,) * 8
    write_order(
        store,
        "o5",
        buyer="ann",
        created_at="2026-10-20 09:00:00",
        paid_at="2026-10-20 09:01:00",
        paid_amount="9",
    )
    catch_up(store, at("2026-10-20 10:00:00"))
    assert the_one(store, "return_visit").outcome == "bought"
    # Bob's October makes a visit in November, however little happens until then.
    catch_up(store, at("2026-11-30 10:00:00"))
    assert {f.occasion for f in follow_ups(store, "return_visit")} == {"2026-08", "2026-10"}


def test_a_question_after_arrival_is_asked_only_where_a_store_wants_it(store):
    ship(store, delivered_at="2026-11-04 10:00:00")
    catch_up(store, at("2026-11-04 11:00:00"))
    assert follow_ups(store, "content_visit") == []
    switch(store, "content_visit", days=2)
    catch_up(store, at("2026-11-04 11:00:00"))
    assert the_one(store, "content_visit").opens_at == at("2026-11-06 10:00:00")
    switch(store, "content_visit", enabled=False)
    catch_up(store, at("2026-11-06 11:00:00"))
    assert the_one(store, "content_visit").outcome == "withdrawn"
    before = told(store)
    switch(store, "content_visit", enabled=True, days=2)
    catch_up(store, at("2026-11-06 11:00:00"))
    assert the_one(store, "content_visit").state == State.OPEN
    assert told(store) != before


def test_the_cut_off_is_the_stores_own_clock_also_where_it_jumps():
    """London: 25 October 2026 has 25 hours, 29 March 23. The cut-off is 16:00 there on either day."""
    london = make_store(make_organization("haiwai"), "sh1", time_zone="Europe/London", platform="other")

    def utc(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    from decimal import Decimal

    from orders.imports import write_orders
    from stores.platforms.records import OrderRecord

    made = {
        "autumn": "2026-10-24T22:30",  # 23:30 summer time; open at 10:30 UTC = 10:30 winter time
        "spring": "2026-03-28T23:30",  # 23:30 winter time; open at 11:30 UTC = 12:30 summer time
        "late": "2026-10-25T04:30",  # opens at 16:30 winter time: the next day's
    }
    records = [OrderRecord(k, k, "unpaid", utc(v), total_amount=Decimal(1)) for k, v in made.items()]
    with organization_scope(london.organization_id):
        write_orders(london, list(enumerate(records)))
    catch_up(london, utc("2026-03-29T00:00"))
    assert {f.subject: f.due_at for f in follow_ups(london, "unpaid")} == {
        "autumn": utc("2026-10-25T16:00"),
        "spring": utc("2026-03-29T15:00"),
        "late": utc("2026-10-26T16:00"),
    }
