"""Ids for chat lines whose platform prints none."""

import base64
from hashlib import blake2b

from stores.platforms.records import MessageRecord

# In the order of their code points, so that ids sort by time.
_DIGITS = "0123456789abcdefghijklmnopqrstuv"
_TIME_DIGITS = 7
KEYS_PER_GENERATION = 500_000


class MessageIds:
    """Derives ids from what a file prints, so that the same file read again gives the same ids.

    One per file or request, fed with every record of it in order: those that are skipped too, because the
    ordinal of an equal row counts the equal rows before it.
    """

    def __init__(self, keys_per_generation: int = KEYS_PER_GENERATION):
        # How often each row was seen. Equal rows are usually neighbours (a seat's automatic greeting to
        # several buyers in one second), but a file may be grouped by buyer. So that memory stays bounded for
        # a file of any size, a full dict becomes the older generation and the one before it is forgotten: a
        # row is remembered for at least `keys_per_generation` different rows after it was last seen.
        self.size = keys_per_generation
        self.young: dict[bytes, int] = {}
        self.old: dict[bytes, int] = {}

    def derive(self, record: MessageRecord) -> str:
        """18 characters: 7 base-32 digits of the second, so that an index grows at its end, and 11 of a hash.

        Of seat, direction, time, text and ordinal only: a later file may correct the buyer and `auto`.
        """
        sent_at = record.sent_at
        parts = f"{record.seat}\0{record.direction}\0{sent_at.isoformat()}\0{record.text}"
        key = blake2b(parts.encode(), digest_size=8).digest()
        ordinal = self._ordinal(key)
        if ordinal:
            key = blake2b(key + ordinal.to_bytes(8, "big"), digest_size=8).digest()
        return _second(int(sent_at.timestamp())) + base64.urlsafe_b64encode(key).decode().rstrip("=")

    def complete(self, record: MessageRecord) -> MessageRecord:
        """The record with an id; one that has its platform's own is returned as it is."""
        return record if record.message_id is not None else record._replace(message_id=self.derive(record))

    def _ordinal(self, key: bytes) -> int:
        seen = self.young.get(key)
        if seen is None:
            seen = self.old.get(key, 0)
            if len(self.young) >= self.size:
                self.old, self.young = self.young, {}
        self.young[key] = seen + 1
        return seen


def _second(epoch: int) -> str:
    digits = ""
    for _place in range(_TIME_DIGITS):
        epoch, digit = divmod(epoch, 32)
        digits = _DIGITS[digit] + digits
    return digits
