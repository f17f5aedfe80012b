"""What remarks say, sealed under a key of their order: erasing the key erases every version, though rows stay.

docs/decisions/remarks.md says why. AES-SIV (RFC 5297) under 64 random bytes per order; organization, order and number
are bound to the bytes, so that a version cannot be read as another.
"""

import base64
import json
import secrets
from collections.abc import Iterable
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from orders.models import Order
from orders.remark_models import Remark, RemarkKey
from tenants.encryption import encrypt

_KEY_BYTES = 64


class Contents(NamedTuple):
    """What a version says. fields: {key: value} as the form gave them; text: as it is written on the platform."""

    fields: dict
    text: str


def seal(order: Order, number: int, contents: Contents) -> bytes:
    """A version's contents as they are stored. Makes the order's key if there is none; hold the order's lock."""
    row = RemarkKey.objects.filter(order=order).first()
    if row is None:
        plain = base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()
        row = RemarkKey.objects.create(
            organization_id=order.organization_id,
            order=order,
            key=encrypt(order.organization_id, "key", plain),
        )
    told = json.dumps({"fields": contents.fields, "text": contents.text}, ensure_ascii=False)
    return _cipher(row).encrypt(told.encode(), _bound(order.organization_id, order.pk, number))


def read(remarks: Iterable[Remark]) -> dict[int, Contents | None]:
    """{remark's primary key: what it says}, None for those whose key was erased. One statement."""
    remarks = list(remarks)
    keys = RemarkKey.objects.filter(order_id__in={remark.order_id for remark in remarks})
    ciphers = {key.order_id: _cipher(key) for key in keys}
    return {remark.pk: _opened(ciphers.get(remark.order_id), remark) for remark in remarks}


def current_texts(order_pks: Iterable[int]) -> dict[int, str]:
    """{order's primary key: the text of its current remark} of those orders that have a readable one. Two statements."""
    newest = Remark.objects.filter(order_id__in=list(order_pks)).order_by("order_id", "-number")
    remarks = list(newest.distinct("order_id"))
    found = read(remarks)
    return {remark.order_id: told.text for remark in remarks if (told := found[remark.pk])}


def _opened(cipher: AESSIV | None, remark: Remark) -> Contents | None:
    if cipher is None:
        return None
    bound = _bound(remark.organization_id, remark.order_id, remark.number)
    try:
        told = json.loads(cipher.decrypt(bytes(remark.sealed), bound))
    except InvalidTag:
        # Sealed under a key that was erased, after which the order got another.
        return None
    return Contents(told["fields"], told["text"])


def _cipher(row: RemarkKey) -> AESSIV:
    return AESSIV(base64.b64decode(row.decrypted("key")))


def _bound(organization_id: int, order_pk: int, number: int) -> list[bytes]:
    return [f"{organization_id}/{order_pk}/{number}".encode()]
