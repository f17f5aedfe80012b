"""`set_rule`: every key with its ways of writing, and that one wrong word changes nothing."""

import io
from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from conversations.models import Kind, Message
from policies.attribution_rules import valid_on
from policies.models import AttributionRule
from stores.models import Buyer, Change, Store
from team.models import Seat

pytestmark = pytest.mark.usefixtures("scope", "store")
DAY = date(2026, 11, 1)


def set_rule(*arguments, since="2026-11-01", code="tb1", organization="yunfan"):
    dated = ["--from", since] if since else []
    out = io.StringIO()
    call_command("set_rule", "--organization", organization, "--store", code, *dated, *arguments, stdout=out)
    return out.getvalue()


def refusal(*arguments, **options):
    with pytest.raises(CommandError) as caught:
        set_rule(*arguments, **options)
    assert caught.value.returncode == 2
    assert not Change.objects.exists()
    assert AttributionRule.objects.count() == 1
    return str(caught.value)


@pytest.mark.parametrize(
    ("argument", "field", "value"),
    [
        ("judgement=payment", "judgement", "payment"),
        ("rule=order", "judgement", "order"),
        ("judgement_rule=payment", "judgement", "payment"),
        ("ownership=rounds", "ownership", "rounds"),
        ("window=3", "window_days", 3),
        ("window=3d", "window_days", 3),
        ("window=72h", "window_days", 3),
        ("flag_rule=excludes", "flag_rule", "excludes"),
        ("excluded_flags=3,1, 2", "excluded_flags", [1, 2, 3]),
        ("excluded_flags=all", "excluded_flags", []),
        ("chaser=off", "chaser", False),
        ("chaser=false", "chaser", False),
        ("chaser=0", "chaser", False),
        ("chaser=On", "chaser", True),
        ("after_sale_horizon=0", "after_sale_horizon_days", 0),
        ("agent_opened=inquiry", "agent_opened", "inquiry"),
        ("inquiry_days=1", "inquiry_days", 1),
        ("cancel_days=15", "cancel_days", 15),
        ("cancel_days=none", "cancel_days", None),
        ("deduct_postage=true", "deduct_postage", True),
        ("deduct_refunds=1", "deduct_refunds", True),
    ],
)
def test_a_dated_setting_holds_from_its_day_on(store, argument, field, value):
    set_rule(argument)
    assert getattr(valid_on(store, DAY), field) == value
    assert valid_on(store, DAY).number == 2
    assert valid_on(store, date(2026, 10, 31)).number == 1


@pytest.mark.parametrize(
    ("argument", "field", "value"),
    [
        ("day_cut=04:00", "day_cut_minutes", 240),
        ("day_cut=06:00", "day_cut_minutes", 360),
        ("session_gap=45", "session_gap_minutes", 45),
        ("rate_from=09:00", "rate_from_minutes", 540),
        ("rate_to=23:30", "rate_to_minutes", 1410),
        ("rate_seconds=30", "rate_seconds", 30),
        ("time_zone=Asia/Taipei", "time_zone", "Asia/Taipei"),
        (r"memo_signature=^\[(.+?)\]", "memo_signature", r"^\[(.+?)\]"),
        ("memo_signature=", "memo_signature", ""),
    ],
)
def test_an_undated_setting_needs_no_day(argument, field, value):
    set_rule(argument, since=None)
    assert getattr(Store.objects.get(), field) == value
    assert AttributionRule.objects.count() == 1


def test_auto_texts_are_exact_beginnings_or_senders():
    set_rule("auto_texts=亲，在的|您好，欢迎*\nsender:店小蜜|亲，在的", since=None)
    assert Store.objects.get().auto_texts == [
        {"kind": "exact", "text": "亲，在的"},
        {"kind": "prefix", "text": "您好，欢迎"},
        {"kind": "sender", "text": "店小蜜"},
    ]


def test_new_auto_texts_judge_stored_messages_anew(store, organization):
    seat = Seat.objects.create(organization=organization, store=store, name="旗舰店:小美")
    buyer = Buyer.objects.create(organization=organization, store=store, name="tb_1")
    for number, text in enumerate(["您好，欢迎光临", "这款有货"]):
        Message.objects.create(
            organization=organization, store=store, message_id=str(number), buyer=buyer, seat=seat, text=text,
            kind=Kind.HUMAN, sent_at=datetime(2026, 11, 1, 10, number, tzinfo=UTC),
        )  # fmt: skip
    set_rule("auto_texts=您好*", since=None)
    kinds = list(Message.objects.order_by("message_id").values_list("kind", flat=True))
    assert kinds == [Kind.AUTO_BY_TEXT, Kind.HUMAN]


def test_dated_and_undated_settings_go_together_and_mark_the_store(store):
    said = set_rule("rule=payment", "day_cut=04:00")
    assert "v2" in said
    assert valid_on(store, DAY).judgement == "payment"
    assert Store.objects.get().day_cut_minutes == 240
    assert set(Change.objects.values_list("store_id", "buyer_id", "seat_id")) == {(store.pk, None, None)}


@pytest.mark.parametrize(
    "argument",
    [
        "judgement=luck", "window=1", "window=16", "window=49h", "window=two", "window=-3", "flag_rule=maybe",
        "excluded_flags=0", "excluded_flags=red", "chaser=perhaps", "after_sale_horizon=181",
        "inquiry_days=0", "cancel_days=91", "deduct_postage=", "day_cut=06:01", "day_cut=4", "session_gap=0",
        "time_zone=CST+8", "auto_texts=*", "auto_texts=sender:", "memo_signature=[(", "memo_signature=abc",
        "memo_signature=(a)(b)", "rate_to=24:01", "rate_seconds=0", "color=red", "chaser",
    ],
)  # fmt: skip
def test_a_wrong_argument_is_named_and_nothing_changes(argument):
    before = Store.objects.values().get()
    assert argument in refusal(argument, "ownership=rounds", "session_gap_minutes=50")
    assert Store.objects.values().get() == before


def test_every_wrong_argument_is_named_at_once():
    said = refusal("judgement=luck", "window=1")
    assert "judgement=luck" in said
    assert "window=1" in said


def test_hours_that_end_before_they_begin_are_refused():
    assert "rate_from" in refusal("rate_from=23:00", "rate_to=09:00", since=None)


def test_a_setting_given_twice_is_refused():
    assert "twice" in refusal("rule=order", "judgement=payment")


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"since": None}, "--from"),
        ({"since": "2026-13-01"}, "--from 2026-13-01"),
        ({"code": "tb9"}, "tb9"),
        ({"organization": "nobody"}, "nobody"),
    ],
)
def test_a_wrong_day_store_or_organization_is_named(options, named):
    assert named in refusal("rule=payment", **options)


def test_another_organizations_store_is_not_found(other_organization):
    assert "no store" in refusal("rule=payment", organization="beihai")
