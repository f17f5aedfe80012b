"""What figures mean beyond the agent-day cells: rates, percentiles, currencies, months, unconverted buyers."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kpis.explain import day_facts, explain_order, timeline
from kpis.facts import Part
from kpis.figures import TEAM, Query, Row, agent_names, agent_rows, agent_series, data_until, first_days
from kpis.models import RESPONSE_BINS, STORE, UNASSIGNED, OrderFact
from kpis.months import store_months
from kpis.refresh import derive, refresh_store
from kpis.unconverted import WENT, unconverted
from orders.models import Order
from stores.models import Buyer, ExchangeRate
from tenants.scope import organization_scope
from tests.make import at, make_agent, make_store, write_chat, write_order

NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def shop(organization, store):
    """Wang serves Ann, who buys for 100 and 60; Bea asks Li at night and does not buy; Cay buys silently for 40.

    | buyer | chat | order |
    |---|---|---|
    | ann | Wang 2 Nov 10:00:00, answered 10:00:30 | A1 made 10:10, paid 10:11, 100; A2 next day, 60 |
    | bea | Li 2 Nov 23:30:00, answered 23:35:00 | B1 made 23:50, never paid, 80 |
    | cay | none | C1 paid 3 Nov, 40 |
    """
    make_agent(organization, "王小美", (store, "s:wang"))
    make_agent(organization, "李雷", (store, "s:li"))
    write_chat(
        store,
        "ann",
        "s:wang",
        ("in", "2026-11-02 10:00:00", "在吗"),
        ("out", "2026-11-02 10:00:30", "在的亲"),
    )
    write_chat(
        store,
        "bea",
        "s:li",
        ("in", "2026-11-02 23:30:00", "还有货吗"),
        ("out", "2026-11-02 23:35:00", "有的"),
    )
    write_order(
        store,
        "A1",
        buyer="ann",
        created_at="2026-11-02 10:10:00",
        paid_at="2026-11-02 10:11:00",
        paid_amount="100",
        items=2,
    )
    write_order(
        store,
        "A2",
        buyer="ann",
        created_at="2026-11-03 09:00:00",
        paid_at="2026-11-03 09:01:00",
        paid_amount="60",
        items=1,
    )
    write_order(
        store, "B1", buyer="bea", status="unpaid", created_at="2026-11-02 23:50:00", total_amount="80"
    )
    write_order(
        store,
        "C1",
        buyer="cay",
        created_at="2026-11-03 12:00:00",
        paid_at="2026-11-03 12:00:00",
        paid_amount="40",
        items=1,
    )
    refresh_store(store, whole=True)
    return store


def rows_by_name(store, by="agent", **query) -> dict[str, Row]:
    names = agent_names() | {STORE: "store"}
    return {names[row.agent_id]: row for row in agent_rows(Query(*NOVEMBER, (store.pk,), **query), by)}


def test_rates_are_sums_over_sums(shop, scope):
    rows = rows_by_name(shop)
    wang, total = rows["王小美"], rows["store"]
    assert (wang.orders, wang.buyers, wang.items, wang.paid_amount) == (2, 2, 3, Decimal(160))
    assert wang.sales_share == Decimal(160) / Decimal(200)
    assert total.sales_share == Decimal("0.8")
    assert total.silent_amount == Decimal(40)
    assert (wang.conversion_final, rows["李雷"].conversion_final, total.conversion_final) == (1.0, 0.0, 0.5)
    assert wang.amount_per_buyer == 80.0
    # 30 s and 300 s over two first responses.
    assert total.average_first_response_seconds == 165.0


def test_a_store_without_sales_has_an_unknown_share(organization, store, scope):
    make_agent(organization, "王小美", (store, "s:wang"))
    write_chat(
        store, "ann", "s:wang", ("in", "2026-11-02 10:00:00", "在吗"), ("out", "2026-11-02 10:00:30", "在")
    )
    refresh_store(store, whole=True)
    assert rows_by_name(store)["王小美"].sales_share is None
    assert rows_by_name(store)["王小美"].refund_rate is None


def test_only_rounds_in_counted_hours_enter_the_three_minute_rate(shop, scope):
    assert rows_by_name(shop)["store"].three_minute_rate == 0.5
    # JD's hours: Bea's round at 23:30 no longer counts, and Wang's 30 s are just within 30 s.
    shop.rate_from_minutes, shop.rate_to_minutes, shop.rate_seconds = 9 * 60, 23 * 60, 30
    shop.save()
    refresh_store(shop, whole=True)
    assert rows_by_name(shop)["store"].three_minute_rate == 1.0
    assert rows_by_name(shop)["李雷"].three_minute_rate is None


def test_percentiles_are_interpolated_inside_a_bin():
    row = Row.__new__(Row)
    # 8 rounds of 5–10 s and 2 of 60–75 s: half of them is 5/8 into the first bin, 95 % 1.5/2 into the other.
    row.response_bins = [0] * (len(RESPONSE_BINS) + 1)
    row.response_bins[RESPONSE_BINS.index(10)] = 8
    row.response_bins[RESPONSE_BINS.index(75)] = 2
    assert row.response_percentile(0.5) == 5 + 5 * 5 / 8
    assert row.response_percentile(0.95) == 60 + 15 * 0.75


def test_currencies_are_converted_by_the_rate_of_each_day(organization, shop, scope):
    taiwan = make_store(organization, "tw1", platform="shopee", currency="TWD", time_zone="Asia/Taipei")
    for day, amount in ((2, "1000"), (20, "1000")):
        when = f"2026-11-{day:02} 12:00:00"
        write_order(taiwan, f"T{day}", buyer="dan", created_at=when, paid_at=when, paid_amount=amount)
    refresh_store(taiwan, whole=True)
    query = Query(*NOVEMBER, (shop.pk, taiwan.pk))
    (both,) = agent_rows(query, "person")[:1]
    assert both.agent_id == STORE
    assert both.paid_amount is None, "without a rate the sum is unknown"
    ExchangeRate.objects.create(organization=organization, currency="TWD", day=date(2026, 11, 1), rate="0.22")
    ExchangeRate.objects.create(
        organization=organization, currency="TWD", day=date(2026, 11, 10), rate="0.25"
    )
    (both,) = agent_rows(query, "person")[:1]
    assert (both.currency, both.paid_amount) == ("CNY", Decimal("200") + Decimal("220") + Decimal("250"))
    alone = [row for row in agent_rows(query, "store") if row.store_id == taiwan.pk]
    assert (alone[0].currency, alone[0].paid_amount) == ("TWD", Decimal(2000))


def test_maturity_turns_final_when_the_day_begins(shop, scope):
    # 2 inquiry days, 7 to pay: 2 November is final once 12 November begins in Shanghai.
    query = Query(date(2026, 11, 2), date(2026, 11, 2), (shop.pk,))
    assert {r.maturity for r in agent_rows(query, "store", now=at("2026-11-11 23:59:59"))} == {"provisional"}
    assert {r.maturity for r in agent_rows(query, "store", now=at("2026-11-12 00:00:00"))} == {"final"}
    assert {r.same_day_maturity for r in agent_rows(query, "store", now=at("2026-11-05 23:59:59"))} == {
        "provisional"
    }
    assert {r.same_day_maturity for r in agent_rows(query, "store", now=at("2026-11-06 00:00:00"))} == {
        "final"
    }


def test_unconverted_buyers_tell_what_was_left(shop, scope):
    (lost,), total = unconverted(Query(*NOVEMBER, (shop.pk,)))
    assert total == 1
    assert (lost.buyer, lost.day, lost.chat_seconds, lost.last_words) == (
        "bea",
        date(2026, 11, 2),
        300,
        "有的",
    )
    assert (lost.unpaid_order, lost.unpaid_amount, lost.went_to) == ("B1", Decimal(80), None)
    assert unconverted(Query(*NOVEMBER, (shop.pk,)), at_least=301) == ([], 0)


def test_a_buyer_who_went_to_a_colleague_is_shown_apart(organization, shop, scope):
    # Ann also asks Li in the morning; Wang's later chat lands the order.
    write_chat(
        shop, "ann", "s:li", ("in", "2026-11-02 09:00:00", "多少钱"), ("out", "2026-11-02 09:01:00", "100")
    )
    refresh_store(shop, whole=True)
    query = Query(*NOVEMBER, (shop.pk,))
    assert [lost.buyer for lost in unconverted(query)[0]] == ["bea"]
    (went,), _ = unconverted(query, went="colleague")
    assert (went.buyer, agent_names()[went.agent_id], agent_names()[went.went_to]) == (
        "ann",
        "李雷",
        "王小美",
    )


def test_an_order_explains_itself(organization, shop, scope):
    told = explain_order(shop, "A1")
    assert (told["owner"], told["reason"], told["rule_version"]) == ("王小美", "order", 1)
    assert told["judgements"] == {"order": "王小美", "order_first": "王小美", "payment": "王小美"}
    assert told["winning_session"]["start"] == "2026-11-02T02:00:00+00:00"
    assert explain_order(shop, "C1")["reason"] == "silent"
    assert explain_order(shop, "B1")["reason"] == "no_sale"
    with pytest.raises(Order.DoesNotExist):
        explain_order(shop, "A9")
    order = Order.objects.get(order_id="A1")
    assert [what for _, what, _ in timeline(order)] == ["message", "message", "created", "paid"]


def test_a_days_figures_open_down_to_their_facts(shop, scope):
    wang = next(number for number, name in agent_names().items() if name == "王小美")
    facts = day_facts([shop], wang, date(2026, 11, 2))
    assert [s.buyer_name for s in facts.sessions] == ["ann"]
    assert [r.seconds for r in facts.rounds] == [30]
    assert [f.order_number for f in facts.orders] == ["A1"]
    assert len(day_facts([shop], STORE, date(2026, 11, 3)).orders) == 2


def test_the_parts_of_a_months_change_sum_to_it(shop, scope):
    # October: Wang's buyer for 50. November: 200 in all, 160 of it agents'.
    write_chat(
        shop, "eve", "s:wang", ("in", "2026-10-05 10:00:00", "在吗"), ("out", "2026-10-05 10:00:10", "在")
    )
    when = "2026-10-05 10:20:00"
    write_order(shop, "E1", buyer="eve", created_at=when, paid_at=when, paid_amount="50", items=1)
    refresh_store(shop, whole=True)
    october, november = store_months(Query(date(2026, 10, 1), date(2026, 11, 30), (shop.pk,)))
    assert october.before is None
    assert november.before.paid_amount == Decimal(50)
    # Twice the inquiries at half the conversion: +50 and −50; then 160 instead of 50 from as many.
    assert november.parts == {
        "inquiries": 50,
        "conversion": -50,
        "amount_per_order": 110,
        "silent": 40,
        "refunds": 0,
    }
    assert sum(november.parts.values()) == 150


def test_seats_nobody_held_are_an_agent_named_unassigned(store, scope):
    write_chat(
        store, "ann", "s:new", ("in", "2026-11-02 10:00:00", "在吗"), ("out", "2026-11-02 10:00:30", "在")
    )
    refresh_store(store, whole=True)
    assert [row.agent_id for row in agent_rows(Query(*NOVEMBER, (store.pk,)), "agent")] == [STORE, UNASSIGNED]


def test_another_organizations_rows_are_not_summed(shop, other_organization, other_store):
    with organization_scope(other_organization.pk):
        assert agent_rows(Query(*NOVEMBER, (shop.pk,)), "agent") == []


def test_a_sale_that_moves_to_another_buyer_leaves_its_old_place(organization, store, scope):
    # The order came without its buyer; by the time only the buyer's own mark can be read, it names her.
    when = "2026-11-02 10:10:00"
    write_order(store, "A1", created_at=when, paid_at=when, paid_amount="100", items=1)
    refresh_store(store, whole=True)
    write_order(store, "A1", buyer="ann", created_at=when, paid_at=when, paid_amount="100", items=1)
    ann = Buyer.objects.get(name="ann").pk
    assert derive(Part(store, [ann])) == [date(2026, 11, 2)]
    assert list(OrderFact.objects.values_list("buyer_id", flat=True)) == [ann]


def agent_of(name: str) -> int:
    return next(number for number, known in agent_names().items() if known == name)


def test_a_charts_series_holds_everybodys_sums_by_day(shop, scope):
    series = agent_series(Query(*NOVEMBER, (shop.pk,)), "person-day", ("converted_final", "inquiries"))
    second, third = date(2026, 11, 2), date(2026, 11, 3)
    # A2 is paid on the third without another inquiry.
    assert series == {
        agent_of("王小美"): {second: (1, 1), third: (0, 0)},
        agent_of("李雷"): {second: (0, 1)},
        STORE: {second: (1, 2), third: (0, 0)},
    }
    months = agent_series(Query(*NOVEMBER, (shop.pk,)), "person-month", ("paid_amount",))
    assert months[agent_of("王小美")] == {date(2026, 11, 1): (Decimal(160),)}


def test_a_charts_series_of_several_currencies_is_converted_as_the_rows_are(organization, shop, scope):
    taiwan = make_store(organization, "tw1", platform="shopee", currency="TWD", time_zone="Asia/Taipei")
    when = "2026-11-02 12:00:00"
    write_order(taiwan, "T1", buyer="dan", created_at=when, paid_at=when, paid_amount="1000", items=1)
    refresh_store(taiwan, whole=True)
    query = Query(*NOVEMBER, (shop.pk, taiwan.pk))
    second, third = date(2026, 11, 2), date(2026, 11, 3)
    assert agent_series(query, "person-day", ("paid_amount",))[STORE][second] == (None,)
    ExchangeRate.objects.create(organization=organization, currency="TWD", day=date(2026, 10, 1), rate="0.22")
    # 100 + 1,000 × 0.22 on the second; the third has sales of one currency only.
    assert agent_series(query, "person-day", ("paid_amount",))[STORE] == {second: (320,), third: (100,)}


def test_only_the_figures_asked_for_are_summed(shop, scope):
    (row,) = agent_rows(Query(*NOVEMBER, (shop.pk,)), "together", only=("orders", "paid_amount"))
    assert (row.orders, row.paid_amount, row.store_paid_amount, row.rule_version) == (3, 200, 200, "1")
    with pytest.raises(AttributeError):
        row.inquiries  # noqa: B018


def test_all_people_as_one_are_without_the_stores_and_the_seats_nobody_held(organization, shop, scope):
    write_chat(
        shop, "eve", "s:nobody", ("in", "2026-11-02 13:00:00", "在吗"), ("out", "2026-11-02 13:00:10", "在")
    )
    refresh_store(shop, whole=True)
    rows = {row.agent_id: row for row in agent_rows(Query(*NOVEMBER, (shop.pk,)), "team-month")}
    assert {who: (row.inquiries, row.paid_amount) for who, row in rows.items()} == {
        TEAM: (2, Decimal(160)), UNASSIGNED: (1, Decimal(0)), STORE: (3, Decimal(200)),
    }  # fmt: skip
    assert rows[TEAM].sales_share == Decimal("0.8")
    chosen = agent_rows(Query(*NOVEMBER, (shop.pk,), (agent_of("李雷"),)), "team-month")
    assert {row.agent_id: (row.inquiries, row.paid_amount) for row in chosen} == {
        TEAM: (1, Decimal(0)), STORE: (3, Decimal(200)),
    }  # fmt: skip


def test_first_and_last_days_with_figures_are_known_store_by_store(organization, shop, scope):
    empty = make_store(organization, "empty")
    query = Query(date(2020, 1, 1), date(2020, 1, 1), (shop.pk, empty.pk))
    assert first_days(query) == {shop.pk: date(2026, 11, 2)}
    assert data_until(query) == date(2026, 11, 3)
    assert data_until(Query(date(2020, 1, 1), date(2020, 1, 1), (empty.pk,))) is None


@pytest.mark.parametrize("went", WENT)
@pytest.mark.parametrize("agents", [None, (1, 2)])
def test_unconverted_buyers_are_counted_and_paged_in_their_index_alone(shop, scope, went, agents):
    with connection.cursor() as cursor:
        # The tables of a test are so small that reading all of them is cheaper.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        with CaptureQueriesContext(connection) as asked:
            unconverted(Query(*NOVEMBER, (shop.pk,), agents), went=went)
        cursor.execute(f"EXPLAIN {asked[0]['sql']}")
        plan = [line for (line,) in cursor.fetchall()]
    assert sum("Index Only Scan" in line and "lost_inquiry" in line for line in plan) == 2
    assert not any(
        "Scan using" in line and "on kpis_inquiry" in line and "lost_inquiry" not in line for line in plan
    )


def test_a_day_in_several_stores_asks_as_often_as_in_one(
    organization, shop, scope, django_assert_num_queries
):
    other = make_store(organization, "tb2")
    write_chat(other, "flo", "s:wang2", ("in", "2026-11-02 09:00:00", "在吗"))
    refresh_store(other, whole=True)
    with django_assert_num_queries(4):
        facts = day_facts([shop, other], STORE, date(2026, 11, 2))
    assert {(s.store_id, s.buyer_name) for s in facts.sessions} == {
        (shop.pk, "ann"), (shop.pk, "bea"), (other.pk, "flo"),
    }  # fmt: skip
    assert [(fact.order_number, fact.buyer_name) for fact in facts.orders] == [("A1", "ann")]
