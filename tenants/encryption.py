"""Encryption of personal data at rest: AES-SIV under a key per organization.

SIV is deterministic: the same text of the same field and organization gives the same bytes. So an upsert can
tell "unchanged" in SQL, at the price that equal values of one organization can be seen to be equal
(docs/decisions/encryption.md). First come 4 bytes, the key's id, so that keys can rotate (tenants/rotation.py).

Values people search by also have a keyed hash, under a key of its own: it need not change when the data's does.
"""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

ID_BYTES = 4


@lru_cache(maxsize=256)
def _cipher(organization_id: int, key: str) -> AESSIV:
    secret = base64.b64decode(key)
    if len(secret) != 64:
        raise ImproperlyConfigured("FIELD_KEYS: each key is base64 of 64 random bytes")
    derive = HKDF(hashes.SHA256(), 64, salt=None, info=f"kefudesk/{organization_id}".encode())
    return AESSIV(derive.derive(secret))


@lru_cache(maxsize=8)
def _by_id(keys: tuple[str, ...]) -> dict[bytes, str]:
    """{id: key}, newest first. An id is made of the key alone: a key that comes or goes renames no other."""
    return {hashlib.sha256(f"kefudesk/key/{key}".encode()).digest()[:ID_BYTES]: key for key in keys}


def newest_id() -> bytes:
    """The id of the key that is written with: how everything that `encrypt` returns begins."""
    if not settings.FIELD_KEYS:
        raise ImproperlyConfigured("FIELD_KEYS is not set: personal data cannot be stored")
    return next(iter(_by_id(tuple(settings.FIELD_KEYS))))


def master_key(key_id: bytes) -> str | None:
    """The key of this id, base64 as in FIELD_KEYS; None if it is not configured (any more)."""
    return _by_id(tuple(settings.FIELD_KEYS)).get(key_id)


def encrypt(organization_id: int, field: str, text: str) -> bytes:
    """`text` as bytes only this organization's key can read. field: the column's name, bound to the value."""
    key_id = newest_id()
    cipher = _cipher(organization_id, settings.FIELD_KEYS[0])
    return key_id + cipher.encrypt(text.encode(), [field.encode()])


def decrypt(organization_id: int, field: str, value: bytes | memoryview | None) -> str | None:
    """The text behind `encrypt`. Raises InvalidTag if it belongs to another organization, column or key."""
    if value is None:
        return None
    data = bytes(value)
    key = master_key(data[:ID_BYTES])
    if key is None:
        raise InvalidTag
    return _cipher(organization_id, key).decrypt(data[ID_BYTES:], [field.encode()]).decode()


@lru_cache(maxsize=256)
def _search_key(organization_id: int, secret: str) -> bytes:
    derive = HKDF(hashes.SHA256(), 32, salt=None, info=f"kefudesk/search/{organization_id}".encode())
    return derive.derive(secret.encode())


def search_hash(organization_id: int, field: str, text: str) -> bytes:
    """16 bytes by which an exact value is found again: HMAC-SHA-256 under settings.SEARCH_KEY, per organization.

    field: what the value is; equal texts of different fields differ. The text itself cannot be had back.
    """
    if not settings.SEARCH_KEY:
        raise ImproperlyConfigured("SEARCH_KEY (or SECRET_KEY) is not set: personal data cannot be searched")
    key = _search_key(organization_id, settings.SEARCH_KEY)
    return hmac.digest(key, f"{field}\0{text}".encode(), "sha256")[:16]


class EncryptedText(models.BinaryField):
    """A text column that holds `encrypt`ed bytes; read it with `row.decrypted("column")`."""

    description = "encrypted text"


class Personal(models.Model):
    """Mixin of models with EncryptedText columns."""

    class Meta:
        abstract = True

    def decrypted(self, field: str) -> str | None:
        return decrypt(self.organization_id, field, getattr(self, field))
