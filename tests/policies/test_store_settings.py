"""The owner's pages about stores: list, adding, settings, automatic replies, new versions of the rules."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conversations.models import Kind, Message
from policies.attribution_rules import SETTINGS, valid_on
from policies.day_cut import chats_cut
from policies.models import AttributionRule
from stores.models import Buyer, Change, Store
from team.models import Seat
from tenants.scope import organization_scope
from tests.make import make_agent, make_store, write_chat

SETTINGS_FORM = {
    "name": "TB1", "kind": "", "country": "", "time_zone": "Asia/Shanghai", "day_cut_minutes": "00:00",
    "session_gap_minutes": "30", "rate_from_minutes": "00:00", "rate_to_minutes": "24:00",
    "rate_seconds": "180", "memo_signature": "",
}  # fmt: skip
RULE_FORM = {
    "since": "2026-11-01", "judgement": "order_first", "ownership": "time", "window_days": "2",
    "flag_rule": "assigns", "excluded_flags": "", "chaser": "on", "after_sale_horizon_days": "15",
    "agent_opened": "no_inquiry", "inquiry_days": "2", "cancel_days": "",
}  # fmt: skip


@pytest.fixture
def page(client, owner, organization, store):
    """Sends forms of the store's page, and reads what is in the database afterwards."""
    client.force_login(owner)

    class Page:
        def save(self, **fields):
            return client.post("/yunfan/stores/tb1/", SETTINGS_FORM | fields)

        def replies(self, *lines):
            total = {"replies-TOTAL_FORMS": len(lines), "replies-INITIAL_FORMS": 0}
            for number, (kind, text) in enumerate(lines):
                total |= {f"replies-{number}-kind": kind, f"replies-{number}-text": text}
            return client.post("/yunfan/stores/tb1/replies/", total)

        def rule(self, **fields):
            words = {
                f"rule-{name}": value for name, value in (RULE_FORM | fields).items() if value is not None
            }
            return client.post("/yunfan/stores/tb1/rules/", words)

        def store(self):
            with organization_scope(organization.pk):
                return Store.objects.get(pk=store.pk)

        def changes(self):
            with organization_scope(organization.pk):
                return list(Change.objects.values_list("store_id", "buyer_id", "seat_id"))

        def rule_on(self, day):
            with organization_scope(organization.pk):
                return valid_on(store, day)

    return Page()


def test_the_list_asks_as_many_questions_for_twelve_stores_as_for_one(client, owner, organization):
    client.force_login(owner)
    # Coming in is noted once.
    client.get("/yunfan/rates/")
    asked = []
    for number in range(12):
        one = make_store(organization, f"tb{number}")
        with organization_scope(organization.pk):
            Seat.objects.create(organization=organization, store=one, name="旗舰店:小美")
        with CaptureQueriesContext(connection) as queries:
            answer = client.get("/yunfan/stores/")
        asked.append(len(queries))
    assert len(set(asked)) == 1
    assert [store.seats_unbound for store in answer.context["stores"]] == [1] * 12


def test_a_seat_somebody_held_once_is_not_unbound(client, owner, organization, store):
    make_agent(organization, "小美", (store, "旗舰店:小美"))
    client.force_login(owner)
    assert client.get("/yunfan/stores/").context["stores"][0].seats_unbound == 0


def test_a_store_is_added_with_the_rules_it_begins_with(client, owner, organization):
    client.force_login(owner)
    fields = SETTINGS_FORM | {"code": "jd1", "platform": "jd", "currency": "cny", "day_cut_minutes": "04:00"}
    answer = client.post("/yunfan/stores/+/", fields)
    assert answer.headers["Location"] == "/yunfan/stores/jd1/"
    with organization_scope(organization.pk):
        rule = AttributionRule.objects.select_related("store").get()
    assert (rule.number, rule.cancel_days) == (1, 15)
    assert (rule.store.currency, rule.store.day_cut_minutes) == ("CNY", 240)


def test_a_code_in_use_is_said_on_the_form(client, owner, organization, store):
    client.force_login(owner)
    answer = client.post(
        "/yunfan/stores/+/", SETTINGS_FORM | {"code": "tb1", "platform": "jd", "currency": "CNY"}
    )
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["code"]


def test_changing_the_day_cut_rebuilds_the_store(page, store):
    assert page.save(day_cut_minutes="04:00").status_code == 302
    assert page.store().day_cut_minutes == 240
    assert page.changes() == [(store.pk, None, None)]


def test_the_hours_of_the_answer_rate_rebuild_the_store(page, store):
    page.save(rate_from_minutes="9:00", rate_to_minutes="23:00", rate_seconds="30")
    saved = page.store()
    assert (saved.rate_from_minutes, saved.rate_to_minutes, saved.rate_seconds) == (540, 1380, 30)
    assert page.changes() == [(store.pk, None, None)]


def test_changing_only_the_name_rebuilds_nothing(page):
    page.save(name="云帆旗舰店")
    assert page.store().name == "云帆旗舰店"
    assert page.changes() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("day_cut_minutes", "06:30"), ("time_zone", "CST"), ("session_gap_minutes", "0"), ("name", ""),
        ("memo_signature", "abc"), ("rate_from_minutes", "25:00"), ("rate_to_minutes", "00:00"),
        ("rate_seconds", "0"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_shown_again_and_nothing_changes(page, field, value):
    answer = page.save(**{field: value})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert page.store().day_cut_minutes == 0
    assert page.changes() == []


def test_replies_replace_the_list_and_empty_lines_fall_away(page, store):
    page.replies(("exact", "亲，在的"), ("prefix", "  "), ("prefix", "您好 "), ("sender", "店小蜜"))
    assert [tuple(item.values()) for item in page.store().auto_texts] == [
        ("exact", "亲，在的"), ("prefix", "您好 "), ("sender", "店小蜜")
    ]  # fmt: skip
    assert page.changes() == [(store.pk, None, None)]


def test_the_same_replies_again_rebuild_nothing(page):
    page.replies(("exact", "亲，在的"))
    page.replies(("exact", "亲，在的"))
    assert len(page.changes()) == 1


def test_a_reply_of_several_lines_is_kept_as_one(page):
    page.replies(("exact", "亲，在的\r\n请稍等"))
    assert page.store().auto_texts == [{"kind": "exact", "text": "亲，在的\n请稍等"}]


def test_a_new_version_holds_from_its_day_on(page, store):
    answer = page.rule(window_days="3", chaser=None, excluded_flags="2,1", cancel_days="15")
    assert answer.status_code == 302
    rule = page.rule_on(date(2026, 11, 1))
    assert (rule.number, rule.window_days, rule.chaser, rule.excluded_flags, rule.cancel_days) == (
        2,
        3,
        False,
        [1, 2],
        15,
    )
    assert page.rule_on(date(2026, 10, 31)).number == 1
    assert page.changes() == [(store.pk, None, None)]


def test_a_version_that_changes_nothing_is_not_made(page):
    answer = page.rule()
    assert answer.status_code == 200
    assert answer.context["rule_form"].non_field_errors()
    assert page.changes() == []


@pytest.mark.parametrize(("field", "value"), [("window_days", "1"), ("excluded_flags", "red"), ("since", "")])
def test_a_wrong_rule_is_shown_again_with_its_error(page, field, value):
    answer = page.rule(**{field: value})
    assert answer.status_code == 200
    assert list(answer.context["rule_form"].errors) == [field]
    assert page.changes() == []


def test_the_form_for_a_new_version_explains_every_setting(client, page):
    form = client.get("/yunfan/stores/tb1/").context["rule_form"]
    assert all(form.fields[name].help_text for name in SETTINGS)
    assert form["window_days"].initial == 2


def test_chats_across_midnight_are_counted_for_both_day_cuts(organization, store, scope):
    """Shanghai is UTC+8. One buyer writes 23:50 and 00:10 (across midnight), one 03:55 and 04:05 (across 4),
    one 23:00 and 00:30 (90 minutes apart: two sessions), one 23:50 with an automatic reply at 00:10."""
    seat = Seat.objects.create(organization=organization, store=store, name="旗舰店:小美")
    midnight = datetime(2026, 11, 1, 16, tzinfo=UTC)
    chats = [
        ((-10, 10), Kind.HUMAN),
        ((235, 245), Kind.HUMAN),
        ((-60, 30), Kind.HUMAN),
        ((-10, 10), Kind.AUTO_BY_FILE),
    ]
    for number, (minutes, second_kind) in enumerate(chats):
        buyer = Buyer.objects.create(organization=organization, store=store, name=f"tb_{number}")
        for minute, kind in zip(minutes, (Kind.IN, second_kind), strict=True):
            Message.objects.create(
                organization=organization, store=store, message_id=f"{number}{minute}", buyer=buyer,
                seat=seat, kind=kind, sent_at=midnight + timedelta(minutes=minute), text="在吗",
            )  # fmt: skip
    assert tuple(chats_cut(store)) == (4, 1, 1)


def test_a_proposed_text_is_taken_into_the_list_and_marks_what_is_stored(client, owner, store):
    for n in range(5):
        day = f"2026-11-0{n + 1} 10:00"
        write_chat(store, f"b{n}", "s:a", ("in", f"{day}:00", "在吗"), ("out", f"{day}:01", "您好，马上就来"))
    client.force_login(owner)
    page = client.get("/yunfan/stores/tb1/replies/proposed/")
    assert "您好，马上就来" in page.content.decode()
    assert client.post("/yunfan/stores/tb1/replies/add/", {"text": "您好，马上就来"}).status_code == 302
    with organization_scope(store.organization_id):
        store.refresh_from_db()
        assert store.auto_texts == [{"kind": "exact", "text": "您好，马上就来"}]
        assert Message.objects.filter(kind=Kind.AUTO_BY_TEXT).count() == 5
