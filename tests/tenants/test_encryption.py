"""Personal data at rest: readable only by its organization and column, with keys that rotate."""

import base64
import os

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection

from orders.models import Order
from tenants.encryption import decrypt, encrypt, search_hash
from tenants.scope import organization_scope
from tests.make import write_order


def a_key() -> str:
    return base64.b64encode(os.urandom(64)).decode()


def test_equal_texts_are_equal_bytes_only_in_one_organization_and_column():
    assert encrypt(1, "receiver_name", "王小明") == encrypt(1, "receiver_name", "王小明")
    assert encrypt(1, "receiver_name", "王小明") != encrypt(2, "receiver_name", "王小明")
    assert encrypt(1, "receiver_name", "王小明") != encrypt(1, "seller_memo", "王小明")


def test_another_organization_or_column_cannot_read():
    secret = encrypt(1, "receiver_name", "王小明")
    assert decrypt(1, "receiver_name", secret) == "王小明"
    for organization, field in ((2, "receiver_name"), (1, "seller_memo")):
        with pytest.raises(InvalidTag):
            decrypt(organization, field, secret)


def test_a_new_key_in_front_reads_what_the_old_one_wrote(settings):
    old, new = a_key(), a_key()
    settings.FIELD_KEYS = [old]
    before = encrypt(1, "receiver_phone", "13800001234")
    settings.FIELD_KEYS = [new, old]
    after = encrypt(1, "receiver_phone", "13800001234")
    assert after != before
    assert decrypt(1, "receiver_phone", before) == decrypt(1, "receiver_phone", after) == "13800001234"
    settings.FIELD_KEYS = [new]
    assert decrypt(1, "receiver_phone", after) == "13800001234"
    with pytest.raises(InvalidTag):
        decrypt(1, "receiver_phone", before)


def test_a_search_hash_differs_by_organization_field_and_key_and_not_by_the_data_keys(settings):
    settings.SEARCH_KEY = "one"
    known = search_hash(1, "phone", "13800001234")
    settings.FIELD_KEYS = [a_key()]
    assert search_hash(1, "phone", "13800001234") == known
    others = [search_hash(2, "phone", "13800001234"), search_hash(1, "name", "13800001234")]
    settings.SEARCH_KEY = "another"
    others.append(search_hash(1, "phone", "13800001234"))
    assert len({known, *others}) == 4


def test_an_orders_personal_data_is_not_in_the_table_in_clear(organization, store):
    secrets = {
        "receiver_name": "王小明",
        "receiver_phone": "13800001234",
        "receiver_address": "浙江省 杭州市 某路1号",
        "seller_memo": "送到门口【小美】",
        "buyer_message": "请发顺丰",
    }
    write_order(store, "A1", buyer="ann", created_at="2026-11-02 10:00:00", **secrets)
    with organization_scope(organization.pk), connection.cursor() as cursor:
        cursor.execute("SELECT o::text FROM orders_order o")
        text = cursor.fetchone()[0]
        assert not any(secret in text for secret in secrets.values())
        # Bytes print as hexadecimal: the text must not hide there either.
        assert all(secret.encode().hex() not in text for secret in secrets.values())
        order = Order.objects.get()
        assert {name: order.decrypted(name) for name in secrets} == secrets
