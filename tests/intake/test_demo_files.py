"""The demo's files: read by the product's own parsers without a refusal, the same for the same day."""

from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import pytest

from intake.demo.catalogue import LINES
from intake.demo.company import AGENTS, SEATS, STORES, exchange_rates, rule_versions, seat_assignments
from intake.demo.sales import NOW
from intake.demo.scripts import ScriptBook, script
from intake.demo.shifts import PERIOD_DAYS, day_weights, peak_day
from intake.demo.talk import Talk
from intake.demo.world import SCRIPTS, build
from intake.demo.write import write_demo_files
from stores.platforms.recognise import recognise
from stores.platforms.records import MessageRecord, OrderRecord, RefundRecord, Refusal, StoreSettings

TODAY = date(2026, 11, 22)
MESSAGES = 3000
SETTINGS = {store.code: StoreSettings(store.platform, store.time_zone, store.currency) for store in STORES}
ZONES = {store.code: ZoneInfo(store.time_zone) for store in STORES}
STAGES = (
    *("open", "topic", "close_deal", "close_later", "close_lost", "close_unpaid", "courtesy", "nudge"),
    *("after", "visit", "chase", "handover", "night", "morning", "rare"),
)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return list(write_demo_files(tmp_path_factory.mktemp("demo"), TODAY, messages=MESSAGES))


@pytest.fixture(scope="module")
def parsed(files):
    """[(store code, kind, what the parser yields)] of every file."""
    return [
        (each.store_code, each.kind, item)
        for each in files
        for item in recognise(each.path, each.path.name, SETTINGS[each.store_code]).parse()
    ]


def records(parsed, kind):
    return [(store, item[1]) for store, _, item in parsed if isinstance(item[1], kind)]


def test_every_file_is_recognised_as_the_kind_it_was_written_as(files):
    found = [recognise(each.path, each.path.name, SETTINGS[each.store_code]).kind for each in files]
    assert found == [each.kind for each in files]


def test_no_row_is_refused(parsed):
    assert [item for _, _, item in parsed if isinstance(item, Refusal)] == []


def test_each_platform_has_its_own_order_export(files):
    formats = {
        recognise(each.path, each.path.name, SETTINGS[each.store_code]).format
        for each in files
        if each.kind in ("orders", "messages")
    }
    assert formats == {
        *("taobao.orders", "wangwang.chat", "jd.orders"),
        *("shopee.orders", "neutral.messages", "neutral.orders"),
    }


def test_the_same_day_and_seed_give_the_same_bytes(files, tmp_path):
    again = list(write_demo_files(tmp_path, TODAY, messages=MESSAGES))
    assert [each.path.name for each in again] == [each.path.name for each in files]
    assert [each.path.read_bytes() for each in again] == [each.path.read_bytes() for each in files]


def test_another_seed_gives_another_world(files, tmp_path):
    other = list(write_demo_files(tmp_path, TODAY, messages=MESSAGES, seed=8))
    chats = [each.path.read_bytes() for each in files if each.kind == "messages"]
    assert not {each.path.read_bytes() for each in other if each.kind == "messages"} & set(chats)


def test_seats_come_before_everything_else_and_orders_after_chats(files):
    kinds = [each.kind for each in files]
    assert kinds[: len(STORES)] == ["seats"] * len(STORES)
    first_store = [each.kind for each in files if each.store_code == STORES[0].code]
    assert list(dict.fromkeys(first_store)) == [
        *("seats", "products", "buyers", "messages", "orders", "order_lines", "refunds", "reviews"),
        *("ratings", "tracking", "presence"),
    ]


def test_about_as_many_messages_are_written_as_asked_for(parsed):
    assert len(records(parsed, MessageRecord)) == pytest.approx(MESSAGES, rel=0.12)


def test_nothing_happens_after_three_in_the_afternoon_of_the_last_day(parsed):
    for store, record in [*records(parsed, MessageRecord), *records(parsed, OrderRecord)]:
        now = datetime(2026, 11, 22, 15, 0, tzinfo=ZONES[store])
        fields = record._asdict()
        del fields["promised_ship_at" if isinstance(record, OrderRecord) else "message_id"]
        assert [value for value in fields.values() if isinstance(value, datetime) and value > now] == []


def test_a_conversation_that_outlasts_the_day_is_cut_off_at_now():
    store, rng = STORES[0], Random(1)
    book = ScriptBook(SCRIPTS[store.language], store.goods)
    talk = Talk(store, book, rng, peak=48)
    slow = AGENTS[0]._replace(reply_seconds=600)
    scripts = [book.named("night_wait"), book.named("courtesy")]
    talk.converse(NOW - 30, "buyer", ("seat", slow), scripts, {"short": "窗帘"})
    assert talk.messages
    assert max(said.sent for said in talk.messages) <= NOW


def test_a_wangwang_text_is_read_back_as_it_was_spoken(parsed):
    spoken = build(STORES[2], TODAY, MESSAGES, 7).messages
    read = [said for store, said in records(parsed, MessageRecord) if store == "tm-qingmu"]
    assert Counter((m.buyer, m.seat, m.direction, m.text) for m in read) == Counter(
        (m.buyer, m.seat, m.direction, m.text) for m in spoken
    )
    # 2026-09-24 00:00 in Shanghai is where the period's seconds begin.
    begin = datetime(2026, 9, 24, tzinfo=ZONES["tm-qingmu"])
    assert sorted(m.sent_at for m in read) == [begin + timedelta(seconds=m.sent) for m in spoken]


@pytest.mark.parametrize("index", [5, 6, 7], ids=["TWD", "VND", "MYR"])
def test_a_shopee_order_is_read_back_with_its_money_once_and_nothing_for_a_cancelled_one(parsed, index):
    store = STORES[index]
    read = {order.order_id: order for code, order in records(parsed, OrderRecord) if code == store.code}
    orders = build(store, TODAY, MESSAGES, 7).orders
    assert {order.order_id for order in orders} == set(read)
    for order in orders:
        printed = read[order.order_id]
        expected = {"closed": Decimal(0), "unpaid": None}.get(order.status, Decimal(order.total) / 100)
        assert (printed.status, printed.paid_amount, bool(printed.cod)) == (order.status, expected, order.cod)


def test_a_paid_order_was_paid_after_it_was_created(parsed):
    paid = [order for _, order in records(parsed, OrderRecord) if order.paid_at and order.created_at]
    assert len(paid) > 100
    assert [order for order in paid if order.paid_at < order.created_at] == []


def test_a_taobao_export_prints_what_was_paid_less_what_was_refunded(parsed):
    orders = {
        record.order_id: record
        for store, kind, (_, record) in parsed
        if store == "tm-qingmu" and isinstance(record, OrderRecord) and record.total_amount is not None
    }
    refunds = [
        record
        for store, record in records(parsed, RefundRecord)
        if store == "tm-qingmu" and record.from_report
    ]
    assert refunds
    for order in orders.values():
        assert order.paid_amount == (order.total_amount if order.paid_at else None)
    assert all(refund.amount <= orders[refund.order_id].total_amount for refund in refunds)


def test_every_refund_review_and_line_belongs_to_an_order(parsed):
    known = {(store, order.order_id) for store, order in records(parsed, OrderRecord)}
    others = [
        (store, record.order_id)
        for store, _, (_, record) in parsed
        if not isinstance(record, OrderRecord) and getattr(record, "order_id", None)
    ]
    assert others
    assert set(others) <= known


def test_automatic_replies_are_the_texts_the_store_declares(parsed):
    texts = {store.code: store.auto_texts for store in STORES}
    marked = [(store, said) for store, said in records(parsed, MessageRecord) if said.auto]
    assert marked
    assert [said.text for store, said in marked if said.text not in texts[store]] == []


def test_a_memo_is_signed_with_a_seat_of_its_store(parsed):
    seats = {(seat.store, seat.account.split(":")[-1]) for seat in SEATS}
    signed = [
        (store, order.seller_memo.split("】")[0].removeprefix("【"))
        for store, order in records(parsed, OrderRecord)
        if order.seller_memo
    ]
    assert signed
    assert set(signed) <= seats


def test_one_seat_is_handed_over_in_the_middle_without_gap_or_overlap():
    held = [row for row in seat_assignments("tm-qingmu", TODAY) if row[0] == "青沐服饰旗舰店:静静"]
    (_, before, _, until), (_, after, since, open_end) = held
    assert (before.name, after.name) == ("许静怡", "于晨曦")
    assert (until, since, open_end) == (date(2026, 10, 22), date(2026, 10, 23), None)


def test_one_person_holds_two_seats_of_a_store_and_one_seat_is_nobodys():
    held = Counter(agent.name for _, agent, _, _ in seat_assignments("tm-yunfan", TODAY))
    assert held["陈雨桐"] == 2
    assert "云帆家居旗舰店:大促值班" not in {row[0] for row in seat_assignments("tm-yunfan", TODAY)}


def test_nobodys_seat_is_used_on_the_peak():
    facts = build(STORES[1], TODAY, 20_000, 7)
    days = {said.sent // 86_400 for said in facts.messages if said.seat == "云帆家居旗舰店:大促值班"}
    # 2026-11-11 is the 49th day of 60 that end on 2026-11-22: index 48.
    assert 48 in days
    assert days <= {47, 48, 49, 50}


def test_the_peak_is_singles_day_or_else_the_middle():
    assert peak_day(TODAY) == 48
    assert peak_day(date(2026, 6, 30)) == 30
    weights = day_weights(TODAY)
    assert weights[48] == max(weights)
    assert len(weights) == PERIOD_DAYS == 60


def test_exchange_rates_begin_in_the_month_before_the_period():
    # The period begins on 2026-09-24.
    days = [day for day, _ in exchange_rates("VND", TODAY)]
    assert days == [date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)]
    assert all(Decimal("0.0002") < rate < Decimal("0.0004") for _, rate in exchange_rates("VND", TODAY))


def test_one_store_changes_its_window_within_the_period_and_jd_takes_cancelled_sales_back():
    versions = rule_versions(TODAY)
    changed = [version for version in versions if version.store == "tb-yunfan"]
    assert [version.settings["window"] for version in changed] == [2, 3]
    assert changed[1].since == date(2026, 10, 25)
    assert {v.store for v in versions if v.settings.get("cancel_days") == 15} == {"jd-yunfan", "jd-qingmu"}


def test_there_are_24_agents_with_one_employee_number_each():
    assert len({agent.employee_id for agent in AGENTS}) == len({agent.name for agent in AGENTS}) == 24


@pytest.mark.parametrize("store", STORES, ids=lambda store: store.code)
def test_each_store_has_words_for_every_situation(store):
    book = ScriptBook(SCRIPTS[store.language], store.goods)
    assert [book.choose(Random(1), stage).stage for stage in STAGES] == list(STAGES)
    assert (store.goods, store.language) in LINES


def test_every_place_in_the_dialogues_is_filled(parsed):
    texts = [said.text for _, said in records(parsed, MessageRecord)]
    assert [text for text in texts if "{" in text or "}" in text or not text] == []


def test_people_do_not_repeat_each_other(parsed):
    robots = {text for store in STORES for text in store.auto_texts}
    texts = Counter(said.text for _, said in records(parsed, MessageRecord) if said.text not in robots)
    assert len(texts) > 600
    assert max(texts.values()) < MESSAGES * 0.02


def test_there_are_at_least_40_dialogue_scripts_in_simplified_chinese():
    assert len({each.name for each in SCRIPTS["simplified"]}) >= 40


def test_a_turn_that_nobody_speaks_is_refused():
    with pytest.raises(ValueError, match="wrong"):
        script("wrong", "open", "hello")


def test_a_larger_world_sells_and_refunds_as_a_company_does():
    facts = build(STORES[3], TODAY, 60_000, 7)
    paid = [order for order in facts.orders if order.paid is not None]
    refunded = sum(bool(order.refunds) for order in paid) / len(paid)
    assert 0.05 < refunded < 0.11
    talked = {said.buyer for said in facts.messages if said.direction == "out" and not said.auto}
    silent = sum(order.total for order in paid if order.buyer.nick not in talked)
    # Silent buyers may be heard later, with a complaint or a visit: the share without any chat is lower.
    assert 0.2 < silent / sum(order.total for order in paid) < 0.45


def test_a_period_is_sixty_days():
    days = seat_assignments("tb-yunfan", TODAY)
    assert all(since <= TODAY - timedelta(days=59) for _, _, since, _ in days)
