"""What the tables can hold: a name too long or a number too large is one refused row, not a failed file."""

from decimal import Decimal
from typing import Any, get_args, get_type_hints

from django.utils.translation import gettext_noop as _

from stores.platforms.records import Record, Refusal

# Names and numbers that are looked up by; an index entry holds at most 2,700 bytes.
LONGEST_KEY = 200
_LONGEST = {
    **dict.fromkeys(("message_id", "session_id", "order_id", "refund_id", "review_id"), LONGEST_KEY),
    **dict.fromkeys(
        ("buyer", "masked_buyer", "seat", "flag_seat", "transferred_to", "product_code"), LONGEST_KEY
    ),
    "name": 100,
    "employee_id": 50,
}
_LARGEST = {"flag": 2**15 - 1, "rate": 10**10 - 1}
_LARGEST_INTEGER = 2**31 - 1
_LARGEST_AMOUNT = 10**12 - 1
# What our own tables call the columns whose fields are named otherwise.
_COLUMNS = {"seat": "agent", "flag_seat": "flag_agent", "masked_buyer": "buyer"}

_Limit = tuple[int, str, int]


def _number_limit(name: str, hint: Any) -> int | None:
    kinds = {hint, *get_args(hint)}
    if name in _LARGEST:
        return _LARGEST[name]
    if int in kinds:
        return _LARGEST_INTEGER
    return _LARGEST_AMOUNT if Decimal in kinds else None


def _limits(record_type: type) -> tuple[tuple[_Limit, ...], tuple[_Limit, ...]]:
    hints = get_type_hints(record_type)
    lengths = [(place, name, _LONGEST[name]) for place, name in enumerate(hints) if name in _LONGEST]
    numbers = [
        (place, name, limit)
        for place, (name, hint) in enumerate(hints.items())
        if (limit := _number_limit(name, hint)) is not None
    ]
    return tuple(lengths), tuple(numbers)


_LIMITS = {record_type: _limits(record_type) for record_type in get_args(Record)}


def beyond_limits(number: int, record: Record) -> Refusal | None:
    """The refusal of a record the tables cannot hold; None for any other. number: its row."""
    lengths, numbers = _LIMITS[type(record)]
    for place, name, limit in lengths:
        value = record[place]
        if value is not None and len(value) > limit:
            params = {"count": len(value), "limit": limit}
            message = _("this text has %(count)s characters; at most %(limit)s are possible here")
            return Refusal(number, _COLUMNS.get(name, name), message, params)
    for place, name, limit in numbers:
        value = record[place]
        if value is not None and value > limit:
            params = {"value": str(value), "limit": limit}
            message = _("the number %(value)s is too large; at most %(limit)s is possible here")
            return Refusal(number, _COLUMNS.get(name, name), message, params)
    return None
