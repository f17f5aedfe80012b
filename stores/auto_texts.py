"""A store's automatic replies as people write them, and as `Store.auto_texts` keeps them. Pure."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

EXACT, PREFIX, SENDER = "exact", "prefix", "sender"
KINDS = (EXACT, PREFIX, SENDER)
SENDER_MARK = "sender:"


def parse_auto_texts(text: str) -> list[dict[str, str]]:
    """Items separated by `|` or line ends: `text` exactly, `text*` how it begins, `sender:NAME` who wrote.

    Returns [{"kind": …, "text": …}], repeated items once. "" is an empty list. Raises ValidationError for `*`
    or `sender:` alone: it would make every message automatic.
    """
    items = []
    for part in re.split(r"[|\r\n]+", text):
        part = part.strip()
        if part.startswith(SENDER_MARK):
            items.append((SENDER, part.removeprefix(SENDER_MARK)))
        elif part.endswith("*"):
            items.append((PREFIX, part[:-1]))
        elif part:
            items.append((EXACT, part))
    return checked_auto_texts(items)


def checked_auto_texts(items: list[tuple[str, str]]) -> list[dict[str, str]]:
    """(kind, text) pairs as `Store.auto_texts` keeps them: stripped, without repetitions, never empty."""
    kept = []
    for kind, text in items:
        # Messages are kept stripped and NFC-normalised; a beginning may end with a space.
        text = unicodedata.normalize("NFC", text.lstrip() if kind == PREFIX else text.strip())
        item = {"kind": kind, "text": text}
        if not text.strip():
            raise ValidationError(_("An automatic reply without text would fit every message."))
        if item not in kept:
            kept.append(item)
    return kept
