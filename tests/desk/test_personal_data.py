"""What people write of buyers while they work: encrypted, forgotten with the buyer, gone in time, under the newest key."""

import base64
import os
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from django.apps import apps
from django.db import connection

from conversations.models import PhoneCall, Rating
from conversations.phone_calls import Told, log_call
from desk.erasure import erase_old_words
from desk.follow_ups import close, make_by_hand
from desk.handovers import accept, close_duty, offer
from desk.models import Duty, FollowUp, HandoverLine
from intake.models import ImportJob, RefusedRow
from intake.models import State as ImportState
from kpis.erasure import erase_buyer
from kpis.retention import apply_retention
from stores.models import Buyer
from team.notice_models import Channel, Delivery, Notice
from team.notices import KEPT, broadcast, delete_old_notices, notify
from tenants.encryption import EncryptedText, encrypt
from tenants.models import Organization
from tenants.rotation import encrypted_columns, rotate_columns, rows_under_old_keys
from tenants.scope import organization_scope
from tests.desk.two_shifts import make_two_shifts
from tests.make import at, make_store, write_order

pytestmark = pytest.mark.usefixtures("committed")
NOW = at("2026-11-02 16:00:00")
PHONE = "13812341234"
# Where a person's words stand encrypted, table by table. A new table must be thought of here: is it forgotten with
# its buyer (see test below), does it go in time?
OF_BUYERS = {
    "orders_order": {"seller_memo", "buyer_message", "receiver_name", "receiver_phone", "receiver_address"},
    "conversations_phonecall": {"about", "outcome"},
    "desk_followup": {"text", "outcome_note"},
    "desk_handoverline": {"remark", "answer"},
}
# A refused row may be anybody's of its store: all of them go with a buyer who is forgotten.
OF_STORE = {"intake_refusedrow": {"values_told"}}
# What is kept on orders and after-sales is proved column by column in tests/orders/test_after_sales_erasure.py, what on
# violations, fines and points in tests/policies/test_violations.py and test_points.py.
ELSEWHERE = {table for table in encrypted_columns() if table.startswith(("orders_", "policies_"))}
ELSEWHERE -= {"orders_order"}
OF_NOBODY = {"desk_duty": {"note"}, "team_channel": {"url", "secret"}}


def a_key() -> str:
    return base64.b64encode(os.urandom(64)).decode()


def written(world, name: str, order_id: str) -> FollowUp:
    """A matter of this buyer with words in every column, handed over and done, a call and a rating; another matter
    that only names the buyer's order."""
    order = {
        "receiver_phone": PHONE,
        "receiver_name": "王小明",
        "receiver_address": "某路1号",
        "seller_memo": "王先生",
    }
    write_order(
        world.store, order_id, buyer=name, paid_amount="10", created_at="2026-11-01 10:00:00",
        paid_at="2026-11-01 10:01:00", status="completed", completed_at="2026-11-02 10:00:00", buyer_message="快点", **order,
    )  # fmt: skip
    buyer = Buyer.objects.get(store=world.store, name=name)
    matter = by_hand(world, buyer=buyer)
    duty = Duty.objects.get_or_create(
        organization=world.organization, agent=world.ann, day=NOW.date(),
        defaults={"starts_at": at("2026-11-02 08:30:00"), "ends_at": at("2026-11-02 17:30:00")},
    )[0]  # fmt: skip
    line = offer(duty, matter, world.bea.pk, world.ann_user, NOW, f"remark {PHONE}")
    accept(line, world.bea_user, NOW)
    HandoverLine.objects.filter(pk=line.pk).update(
        answer=encrypt(world.organization.pk, "answer", f"answer {PHONE}")
    )
    close(matter, "done", world.bea_user, NOW, f"note {PHONE}")
    told = Told(world.store, world.ann, None, order_id, False, NOW, 3, f"about {PHONE}", f"outcome {PHONE}")
    log_call(told, world.ann_user, NOW)
    log_call(Told(world.store, world.ann, buyer, None, False, NOW, 3, "about", ""), world.ann_user, NOW)
    Rating.objects.create(
        organization=world.organization, store=world.store, rating_id=f"r{name}", buyer=buyer, rated_at=NOW,
        rating=5, text=f"call {PHONE}",
    )  # fmt: skip
    return matter


def by_hand(world, **of) -> FollowUp:
    return make_by_hand(
        world.store, kind_text=f"text {PHONE}", due_at=NOW, agent_id=world.ann.pk, user=world.ann_user, now=NOW, **of
    )  # fmt: skip


@pytest.fixture
def world(settings):
    settings.FIELD_KEYS = [a_key()]
    world = make_two_shifts()
    with organization_scope(world.organization.pk):
        written(world, "wang", "A1")
        by_hand(world, order_id="A1")
        written(world, "other", "B1")
        duty = Duty.objects.get()
        duty.note = encrypt(world.organization.pk, "note", f"note {PHONE}")
        duty.save()
        job = ImportJob.objects.create(
            organization=world.organization, store=world.store, name="a", state=ImportState.DONE
        )
        RefusedRow.objects.create(
            organization=world.organization, job=job, row=1, message="m",
            values_told=encrypt(world.organization.pk, "values_told", "{}"),
        )  # fmt: skip
        Channel.objects.create(
            organization=world.organization, name="c", kind="webhook",
            url=encrypt(world.organization.pk, "url", "https://example.com"),
            secret=encrypt(world.organization.pk, "secret", "word"),
        )  # fmt: skip
    return world


def words(world) -> dict[tuple[str, str], list[str]]:
    """{(table, column): what is readable there, but blanks} over every encrypted column there is."""
    found = {}
    with organization_scope(world.organization.pk):
        for model in apps.get_models():
            if model._meta.db_table in ELSEWHERE:
                continue
            for field in model._meta.concrete_fields:
                if isinstance(field, EncryptedText):
                    texts = [row.decrypted(field.name) for row in model.objects.order_by("pk")]
                    found[model._meta.db_table, field.column] = [text for text in texts if text]
    return found


def test_every_encrypted_column_is_thought_of(world):
    known = {table: set(columns) for table, columns in encrypted_columns().items() if table not in ELSEWHERE}
    assert known == OF_BUYERS | OF_STORE | OF_NOBODY
    assert all(words(world).values()), "a column without words proves nothing below"


def test_forgetting_a_buyer_empties_what_was_written_of_them_and_nothing_else(world):
    before = words(world)
    with organization_scope(world.organization.pk):
        assert erase_buyer(world.store, "wang")["follow_ups"] == 2
    after = words(world)
    for table, columns in (OF_BUYERS | OF_STORE).items():
        for column in columns:
            count = len(before[table, column])
            # Of the two buyers one is left; the second matter by hand and the calls were of the first one's order too.
            left = {"text": 1, "about": 2, "values_told": 0}.get(column, count // 2)
            assert len(after[table, column]) == left, (table, column)
    assert {place: after[place] for place in after if place[0] in OF_NOBODY} == {
        place: before[place] for place in before if place[0] in OF_NOBODY
    }
    with organization_scope(world.organization.pk):
        assert sorted(Rating.objects.values_list("text", flat=True)) == ["", f"call {PHONE}"]
        assert FollowUp.objects.count() == 3
        assert PhoneCall.objects.count() == 4


def test_words_go_when_personal_data_expire_but_not_those_somebody_works_by(world):
    with organization_scope(world.organization.pk):
        Organization.objects.update(personal_data_days=30, message_days=60)
    assert not any(apply_retention(world.organization.pk, NOW + timedelta(days=29)).values())
    counts = apply_retention(world.organization.pk, NOW + timedelta(days=31))
    assert {what: count for what, count in counts.items() if count} == {
        "orders": 2, "calls": 4, "follow_ups": 2, "handover_lines": 2, "duty_notes": 1,
    }  # fmt: skip
    left = {
        place: texts
        for place, texts in words(world).items()
        if texts and place[0] not in ("team_channel", "intake_refusedrow")
    }
    # The matter that is still open.
    assert left == {("desk_followup", "text"): [f"text {PHONE}"]}
    assert apply_retention(world.organization.pk, NOW + timedelta(days=62))["rating_words"] == 2
    assert not any(apply_retention(world.organization.pk, NOW + timedelta(days=62)).values())


def test_batches_reach_everything(world):
    counts = erase_old_words(None, world.organization.pk, NOW + timedelta(days=1), batch=1)
    found = {what: count for what, count in counts.items() if count}
    assert found == {"follow_ups": 2, "handover_lines": 2, "duty_notes": 1}


def test_after_a_rotation_the_new_key_alone_reads_every_column(world, settings):
    before = words(world)
    settings.FIELD_KEYS = [a_key(), *settings.FIELD_KEYS]
    assert (
        rows_under_old_keys(world.organization.pk).keys()
        == OF_BUYERS.keys() | OF_STORE.keys() | OF_NOBODY.keys()
    )
    rotate_columns(world.organization.pk)
    assert rows_under_old_keys(world.organization.pk) == {}
    newest, *older = settings.FIELD_KEYS
    settings.FIELD_KEYS = [newest]
    assert words(world) == before
    settings.FIELD_KEYS = older
    with pytest.raises(InvalidTag):
        words(world)


def test_a_phone_written_down_anywhere_is_in_no_table_in_clear(world):
    with organization_scope(world.organization.pk), connection.cursor() as cursor:
        for table in (*OF_BUYERS, *OF_NOBODY, "desk_followupevent", "team_notice", "tenants_auditentry"):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")
            (text,) = cursor.fetchone()
            assert PHONE not in text, table
            assert PHONE.encode().hex() not in text, table


def test_notices_and_deliveries_are_deleted_after_a_quarter_but_not_what_is_still_to_be_sent(world):
    told = {"kind": "test", "text": "hello"}
    with organization_scope(world.organization.pk):
        users = [world.ann_user.pk, world.bea_user.pk]
        Notice.objects.all().delete()
        for number, when in enumerate((NOW, NOW, NOW + timedelta(days=1))):
            notify(world.organization, users, key=f"k{number}", now=when, **told)
            broadcast(world.organization, key=f"k{number}", now=when, **told)
        # The first went out, the second waits.
        Delivery.objects.filter(key="k0").update(delivered_at=NOW, next_try_at=None)
        Notice.objects.filter(key="k1", user=world.ann_user).update(mail_at=NOW)
    assert delete_old_notices(world.organization.pk, NOW + KEPT) == 0
    assert delete_old_notices(world.organization.pk, NOW + KEPT + timedelta(hours=1), batch=2) == 4
    with organization_scope(world.organization.pk):
        assert sorted(Notice.objects.values_list("key", flat=True)) == ["k1", "k2", "k2"]
        assert sorted(Delivery.objects.values_list("key", flat=True)) == ["k1", "k2"]


def test_another_store_keeps_the_words_of_its_buyer_of_the_same_name(world):
    other = make_store(world.organization, "tb2")
    with organization_scope(world.organization.pk):
        twin = Buyer.objects.create(organization=world.organization, store=other, name="wang")
        make_by_hand(
            other,
            kind_text="x",
            buyer=twin,
            order_id="A1",
            due_at=NOW,
            agent_id=None,
            user=world.ann_user,
            now=NOW,
        )
        erase_buyer(world.store, "wang")
        assert FollowUp.objects.get(store=other).decrypted("text") == "x"
        assert close_duty(Duty.objects.get(), world.ann_user, NOW)
