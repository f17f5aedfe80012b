"""Encryption of personal data at rest: AES-SIV under a key per organization.

SIV is deterministic: the same text of the same field and organization gives the same bytes. So an upsert can
tell "unchanged" in SQL and an exact search is an equality, at the price that equal values of one organization
can be seen to be equal (docs/decisions/encryption.md). First byte: the key's number, so that keys can rotate.
"""

import base64
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


@lru_cache(maxsize=256)
def _cipher(organization_id: int, master_key: str) -> AESSIV:
    secret = base64.b64decode(master_key)
    if len(secret) != 64:
        raise ImproperlyConfigured("FIELD_KEYS: each key is base64 of 64 random bytes")
    derive = HKDF(hashes.SHA256(), 64, salt=None, info=f"kefudesk/{organization_id}".encode())
    return AESSIV(derive.derive(secret))


def _newest() -> tuple[int, str]:
    if not settings.FIELD_KEYS:
        raise ImproperlyConfigured("FIELD_KEYS is not set: personal data cannot be stored")
    return len(settings.FIELD_KEYS), settings.FIELD_KEYS[0]


def encrypt(organization_id: int, field: str, text: str) -> bytes:
    """`text` as bytes only this organization's key can read. field: the column's name, bound to the value."""
    number, key = _newest()
    return bytes([number]) + _cipher(organization_id, key).encrypt(text.encode(), [field.encode()])


def decrypt(organization_id: int, field: str, value: bytes | memoryview | None) -> str | None:
    """The text behind `encrypt`. Raises InvalidTag if it belongs to another organization or column."""
    if value is None:
        return None
    data = bytes(value)
    # Keys are counted from the oldest, so that a new one in front renumbers nothing.
    position = len(settings.FIELD_KEYS) - data[0]
    if not 0 <= position < len(settings.FIELD_KEYS):
        raise InvalidTag
    return (
        _cipher(organization_id, settings.FIELD_KEYS[position]).decrypt(data[1:], [field.encode()]).decode()
    )


class EncryptedText(models.BinaryField):
    """A text column that holds `encrypt`ed bytes; read it with `row.decrypted("column")`."""

    description = "encrypted text"


class Personal(models.Model):
    """Mixin of models with EncryptedText columns."""

    class Meta:
        abstract = True

    def decrypted(self, field: str) -> str | None:
        return decrypt(self.organization_id, field, getattr(self, field))
