"""Keys are rotated: everything comes under the newest, after which the others may go."""

import base64
import io
import os
import time

import pytest
from cryptography.exceptions import InvalidTag
from django.core.management import CommandError, call_command

from orders.models import Order
from orders.rotation import rehash_receivers
from orders.search import normalized_phone, orders_of_receiver
from tenants import kept_files
from tenants.models import AuditEntry
from tenants.rotation import encrypted_columns, rotate_columns, rows_under_old_keys
from tenants.scope import organization_scope
from tests.make import make_store, write_order

PHONES = {f"A{number}": f"1380000{number:04d}" for number in range(7)}


def a_key() -> str:
    return base64.b64encode(os.urandom(64)).decode()


@pytest.fixture
def old_key(settings, tmp_path) -> str:
    settings.MEDIA_ROOT = tmp_path
    settings.FIELD_KEYS = [a_key()]
    return settings.FIELD_KEYS[0]


@pytest.fixture
def orders(old_key, organization, store):
    """Seven orders under the old key; the fourth knows no memo."""
    for number, (order_id, phone) in enumerate(PHONES.items()):
        memo = None if number == 3 else f"memo {number}"
        write_order(store, order_id, paid_amount="10", receiver_phone=phone, seller_memo=memo)
    return organization.pk


def phones(organization_id: int) -> dict[str, str]:
    with organization_scope(organization_id):
        return {order.order_id: order.decrypted("receiver_phone") for order in Order.objects.all()}


def test_after_a_rotation_the_new_key_alone_reads_columns_and_files(orders, old_key, settings, tmp_path):
    name = kept_files.keep(orders, [b"chat " * 400_000])
    age = time.time() - 86_400
    os.utime(tmp_path / str(orders) / name, (age, age))
    settings.FIELD_KEYS = [a_key(), old_key]
    said = io.StringIO()
    call_command("rotate_keys", stdout=said)
    assert "rows: 7, files: 1" in said.getvalue()

    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    assert phones(orders) == PHONES
    assert os.listdir(tmp_path / str(orders)) == [name]
    assert abs((tmp_path / str(orders) / name).stat().st_mtime - age) < 1, "its thirty days go on"
    with kept_files.opened(orders, name) as path:
        assert path.read_bytes() == b"chat " * 400_000
    with organization_scope(orders):
        assert AuditEntry.objects.get(verb="keys_rotated").details == {"rows": 7, "files": 1}


def test_a_rotation_that_died_goes_on_and_one_too_many_does_nothing(orders, old_key, settings, monkeypatch):
    settings.FIELD_KEYS = [a_key(), old_key]
    written = []

    def dies_in_the_third_batch(table, columns, rows):
        if len(written) == 2:
            raise KeyboardInterrupt
        written.append(len(rows))
        write_back(table, columns, rows)

    from tenants import rotation

    write_back = rotation.write_back
    monkeypatch.setattr(rotation, "write_back", dies_in_the_third_batch)
    with pytest.raises(KeyboardInterrupt):
        rotate_columns(orders, batch=2)
    assert written == [2, 2]
    monkeypatch.undo()
    assert rows_under_old_keys(orders) == {"orders_order": 3}
    assert phones(orders) == PHONES
    assert rotate_columns(orders, batch=2) == 3
    assert rotate_columns(orders, batch=2) == 0
    assert kept_files.rotate_files(orders) == 0
    assert rows_under_old_keys(orders) == {}


def test_without_the_old_key_a_rotation_stops_and_changes_nothing(orders, old_key, settings):
    settings.FIELD_KEYS = [a_key()]
    with pytest.raises(InvalidTag):
        rotate_columns(orders)
    settings.FIELD_KEYS = [old_key]
    assert phones(orders) == PHONES


def test_one_organization_is_rotated_and_the_other_left(orders, old_key, settings, other_organization):
    theirs = make_store(other_organization, "s")
    write_order(theirs, "B1", paid_amount="10", receiver_phone="13900000000")
    settings.FIELD_KEYS = [a_key(), old_key]
    call_command("rotate_keys", organization="yunfan", stdout=io.StringIO())
    assert rows_under_old_keys(orders) == {}
    assert rows_under_old_keys(other_organization.pk) == {"orders_order": 1}
    with pytest.raises(CommandError):
        call_command("rotate_keys", organization="nobody", stdout=io.StringIO())


def test_every_encrypted_column_is_known_to_the_rotation():
    assert encrypted_columns() == {
        "intake_refusedrow": ["values_told"],
        "orders_order": [
            "seller_memo",
            "buyer_message",
            "receiver_name",
            "receiver_phone",
            "receiver_address",
        ],
        "conversations_phonecall": ["about", "outcome"],
        "desk_duty": ["note"],
        "desk_followup": ["text", "outcome_note"],
        "desk_handoverline": ["remark", "answer"],
        "team_channel": ["url", "secret"],
        "orders_attachment": ["name"],
        "orders_buyercard": ["preferences", "treatment"],
        "orders_case": ["story"],
        "orders_complaint": ["story"],
        "orders_concession": ["text", "answer"],
        "orders_dossiernote": ["text"],
        "orders_feedback": ["text", "result"],
        "orders_promise": ["text", "proof"],
        "orders_remarkkey": ["key"],
        "orders_reviewhandling": ["reply_draft"],
        "policies_violation": ["quote"],
        "policies_pointentry": ["words", "answer"],
    }


def test_receivers_are_found_under_a_new_search_key_after_hashing_anew(orders, settings):
    def found() -> list[str]:
        with organization_scope(orders):
            return [order.order_id for order in orders_of_receiver(orders, phone=PHONES["A5"])]

    assert found() == ["A5"]
    settings.SEARCH_KEY = "another"
    assert found() == []
    assert rehash_receivers(orders, batch=2) == 7
    assert found() == ["A5"]


@pytest.mark.parametrize(
    ("phone", "dialled"),
    [
        ("13812341234", "13812341234"),
        ("+86 138-1234-1234", "13812341234"),
        ("0086-13812341234", "13812341234"),
        ("８６１３８１２３４１２３４", "13812341234"),
        ("+886 912 345 678", "0912345678"),
        ("886912345678", "0912345678"),
        ("0912-345-678", "0912345678"),
        ("84912345678", "0912345678"),
        ("+60 12-345 6789", "0123456789"),
        ("0123456789", "0123456789"),
        ("86123456", "86123456"),
        ("0571-88881234", "057188881234"),
    ],
)
def test_a_phone_is_the_same_however_it_is_written(phone, dialled):
    assert normalized_phone(phone) == dialled
