"""What is looked at before a remark is saved, each worked out by hand; limits of the platforms."""

from datetime import timedelta
from decimal import Decimal

import pytest

from orders.remark_checks import findings, sizes_in
from orders.remark_formats import (
    COLOURS,
    RemarkField,
    colours_of,
    compose,
    default_fields,
    format_of,
    most_bytes,
)
from orders.service_models import Promise
from tests.make import at, make_store
from tests.orders.remark_world import FIELDS, NOW, an_order

pytestmark = pytest.mark.usefixtures("english", "scope")


def codes(order, flag=None, now=NOW, text=None, **fields) -> list[str]:
    fmt, values = format_of(order.store), {**FIELDS, **fields}
    values = {key: value for key, value in values.items() if value}
    told = compose(fmt.fields, values) if text is None else text
    return [finding.code for finding in findings(order, fmt, values, told, flag, now)]


@pytest.fixture
def order(store):
    return an_order(store)


def test_an_ordinary_remark_is_found_right(order):
    assert codes(order) == []


@pytest.mark.parametrize("field", ["name", "size", "pattern", "ship_date", "delivery"])
def test_each_required_field_is_missed_and_notes_are_not(order, field):
    assert codes(order, **{field: ""}) == ["missing"]
    assert codes(order, notes="") == []


def test_half_a_size_is_missing(order):
    assert codes(order, size={"width": "3"}) == ["missing"]


@pytest.mark.parametrize(
    ("message", "width", "height", "expected"),
    [
        ("我要1.24米*2米的", "1.42", "2", ["size_swapped"]),
        ("我要1.24米*2米的", "1.24", "2", []),
        ("我要1.24*2的", "2", "1.24", ["size_turned"]),
        ("124cm×200cm", "1.42", "2", ["size_swapped"]),
        ("124×200公分", "1.24", "2", []),
        ("两张 1.24*2 和 1.42*2", "1.42", "2", []),
        ("我要1.24米*2米的", "1.5", "2", []),
        ("", "1.42", "2", []),
        ("3乘2.4", "3", "4.2", ["size_swapped"]),
    ],
)
def test_a_size_is_held_against_what_the_buyer_wrote(store, message, width, height, expected):
    order = an_order(store, buyer_message=message)
    assert codes(order, size={"width": width, "height": height}) == expected


def test_the_memo_on_the_platform_counts_too(store):
    order = an_order(store, seller_memo="客户要 1.24*2")
    assert codes(order, size={"width": "1.42", "height": "2"}) == ["size_swapped"]


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        ("10", "0.1", []),
        ("10.01", "2", ["size_range"]),
        ("0.09", "2", ["size_range"]),
        ("240", "300", ["size_unit"]),
        ("240", "3000", ["size_range"]),
    ],
)
def test_lengths_out_of_the_ordinary(order, width, height, expected):
    assert codes(order, size={"width": width, "height": height}) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-11-01", ["date_past"]),
        ("2026-11-02", []),
        ("2026-11-17", []),
        ("2026-11-18", ["date_far"]),
        # 11月2日 typed as 11月20日, the documents' own case.
        ("2026-11-20", ["date_far"]),
    ],
)
def test_a_ship_day_without_a_promise_is_held_against_today(order, day, expected):
    assert codes(order, ship_date=day) == expected


def test_a_ship_day_is_held_against_the_orders_promised_one(store):
    order = an_order(store, promised_ship_at="2026-12-01 20:00:00")
    assert codes(order, ship_date="2026-12-16") == []
    assert codes(order, ship_date="2026-12-17") == ["date_far"]
    assert codes(order, ship_date="2026-11-15") == ["date_far"]


def test_and_against_open_promises_of_a_ship_date_only(order):
    fields = {
        "organization_id": order.organization_id, "store": order.store, "order_id": "A1", "promised_at": NOW,
        "due_at": at("2026-12-20 01:00:00"), "made_at": NOW,
    }  # fmt: skip
    promise = Promise.objects.create(kind="ship_date", **fields)
    assert codes(order, ship_date="2026-12-20") == []
    promise.state = "kept"
    promise.save()
    assert codes(order, ship_date="2026-12-20") == ["date_far"]
    Promise.objects.create(kind="gift", **fields)
    assert codes(order, ship_date="2026-12-20") == ["date_far"]


def test_today_is_the_stores_own(organization):
    brazil = make_store(organization, "br", time_zone="America/Sao_Paulo")
    order = an_order(brazil)
    # 02:00 UTC is 23:00 of the day before in São Paulo.
    now = at("2026-11-03 10:00:00")
    assert codes(order, now=now, ship_date="2026-11-02") == []
    assert codes(order, now=now + timedelta(hours=1), ship_date="2026-11-02") == ["date_past"]


@pytest.mark.parametrize(
    ("platform", "most"), [("taobao", 1000), ("tmall", 1000), ("jd", None), ("shopee", None)]
)
def test_the_memo_holds_bytes_of_utf8_not_characters(organization, platform, most):
    store = make_store(organization, platform, platform=platform)
    order = an_order(store)
    assert most_bytes(store) == most
    assert codes(order, text="备" * 333 + "a") == []
    assert codes(order, text="备" * 333 + "ab") == (["too_long"] if most else [])
    assert codes(order, text="a" * 2001) == ["too_long" if most else "too_many"]


@pytest.mark.parametrize("platform", ["taobao", "tmall", "jd", "shopee", "other"])
def test_flags_are_those_of_the_platform(organization, platform):
    store = make_store(organization, platform, platform=platform)
    order = an_order(store)
    known = platform in ("taobao", "tmall", "jd")
    assert (colours_of(store) == COLOURS) == known
    assert [codes(order, flag=flag) for flag in (0, 5)] == [[] if known else ["no_such_flag"]] * 2
    assert codes(order, flag=6) == ["no_such_flag"]
    assert codes(order, flag=None) == []


def test_sizes_are_read_out_of_sentences():
    assert sizes_in("要3米*2.4米，另外120x80cm；1.5×2") == [
        (Decimal(3), Decimal("2.4")), (Decimal("1.20"), Decimal("0.80")), (Decimal("1.5"), Decimal(2)),
    ]  # fmt: skip
    assert sizes_in("订单2140730*") == []


def test_the_text_of_other_markets(organization):
    taiwan = make_store(organization, "tw", platform="shopee", country="TW", currency="TWD")
    malaysia = make_store(organization, "my", platform="shopee", country="MY", currency="MYR")
    values = {**FIELDS, "pattern": "custom", "delivery": "courier", "notes": "glue included"}
    assert compose(default_fields(malaysia), values) == (
        "刘贺, 3m*2.4m, custom, ships 2026-11-12, courier. glue included."
    )
    assert compose(default_fields(taiwan), FIELDS).startswith("刘贺，3米*2.4米，图案正常，11月12日出貨")


def test_blank_fields_leave_no_commas_behind():
    fields = (
        RemarkField("a", "甲", "text"),
        RemarkField("b", "乙", "size", "cm"),
        RemarkField("c", "丙", "long"),
    )
    assert compose(fields, {"a": "x"}) == "x。"
    assert compose(fields, {"c": "只有备注。"}) == "只有备注。"
    assert compose(fields, {"b": {"width": "2.40", "height": "300"}}) == "2.4cm*300cm。"
    assert compose(fields, {}) == ""
