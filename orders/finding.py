"""One box for any order: what was typed is tried as number, tracking number, phone, names and words of remarks.

Under row-level security an index serves equality and ranges, nothing else: a beginning is looked for as a range, per
store, newest first. Every statement is bounded, whatever is typed (docs/orders.md "Search").
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.db import connection

from orders.search import name_hash, normalized_phone, phone_hash
from orders.token_search import orders_with_words

MOST_FOUND = 50
LONGEST_QUESTION = 100
SHORTEST_NUMBER = 5  # characters of an order's number, if it is not the whole
SHORTEST_NAME = 2  # characters of a buyer's name, likewise
MOST_BUYERS = 20  # whose names begin with what was typed
EXACT = ("number", "tracking", "phone")  # one order found in one of these ways is the one meant

_NUMBER = re.compile(r"[A-Za-z0-9_./-]{1,50}")
_PHONE = re.compile(r"\+?[\d\s().-]+")

_BY_NUMBER = (
    "SELECT id FROM orders_order WHERE store_id = ANY(%s) AND order_id = %s ORDER BY id DESC LIMIT %s"
)
_BY_NUMBERS_BEGINNING = """
SELECT o.id FROM unnest(%s) AS s(id) CROSS JOIN LATERAL (
    SELECT id, created_at FROM orders_order WHERE store_id = s.id AND order_id >= %s AND order_id < %s
    ORDER BY order_id DESC LIMIT %s
) o ORDER BY o.created_at DESC NULLS LAST, o.id DESC LIMIT %s
"""
_BY_TRACKING = (
    "SELECT id FROM orders_order WHERE store_id = ANY(%s) AND tracking_no = ANY(%s) ORDER BY id DESC LIMIT %s"
)
_BY_PHONE = """
SELECT id FROM orders_order WHERE store_id = ANY(%s) AND phone_hash = %s ORDER BY created_at DESC NULLS LAST, id DESC LIMIT %s
"""
_BY_RECEIVER = _BY_PHONE.replace("phone_hash", "name_hash")
_OF_BUYERS = """
SELECT o.id FROM ({buyers}) AS b CROSS JOIN LATERAL (
    SELECT id, created_at FROM orders_order WHERE store_id = b.store_id AND buyer_id = b.id
    ORDER BY created_at DESC LIMIT %s
) o ORDER BY o.created_at DESC NULLS LAST, o.id DESC LIMIT %s
"""
_BY_BUYER = _OF_BUYERS.format(
    buyers="SELECT id, store_id FROM stores_buyer WHERE store_id = ANY(%s) AND name = %s"
)
_BY_BUYERS_BEGINNING = _OF_BUYERS.format(
    buyers="SELECT n.id, n.store_id FROM unnest(%s) AS s(id) CROSS JOIN LATERAL (SELECT id, store_id, name FROM stores_buyer"
    " WHERE store_id = s.id AND name >= %s AND name < %s ORDER BY name LIMIT %s) n ORDER BY n.name LIMIT %s"
)


class Found(NamedTuple):
    """An order by its primary key, and why it was found: a key of WAYS."""

    pk: int
    way: str


def find_orders(organization_id: int, store_ids: Sequence[int], question: str) -> list[Found]:
    """The orders of these stores that the question may mean, likeliest first, at most MOST_FOUND. In the organization's scope."""
    asked = unicodedata.normalize("NFKC", question.replace("\0", "")).strip()[:LONGEST_QUESTION]
    if not asked or not store_ids:
        return []
    found: dict[int, str] = {}
    for way, search in WAYS.items():
        if len(found) >= MOST_FOUND:
            break
        for pk in search(organization_id, list(store_ids), asked):
            found.setdefault(pk, way)
    return [Found(pk, way) for pk, way in found.items()][:MOST_FOUND]


def the_one_meant(found: Sequence[Found]) -> int | None:
    """The order that a whole number, tracking number or phone leads to, if it is one."""
    exact = [each.pk for each in found if each.way in EXACT]
    return exact[0] if len(exact) == 1 else None


def _ids(statement: str, params: list[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [pk for (pk,) in cursor.fetchall()]


def _after(beginning: str) -> str:
    """What no text with this beginning reaches, by code points."""
    return beginning + chr(0x10FFFF)


def _by_number(organization_id: int, stores: list[int], asked: str) -> list[int]:
    return _ids(_BY_NUMBER, [stores, asked, MOST_FOUND]) if _NUMBER.fullmatch(asked) else []


def _by_numbers_beginning(organization_id: int, stores: list[int], asked: str) -> list[int]:
    if not _NUMBER.fullmatch(asked) or len(asked) < SHORTEST_NUMBER:
        return []
    return _ids(_BY_NUMBERS_BEGINNING, [stores, asked, _after(asked), MOST_FOUND, MOST_FOUND])


def _by_tracking(organization_id: int, stores: list[int], asked: str) -> list[int]:
    if not _NUMBER.fullmatch(asked) or len(asked) < SHORTEST_NUMBER:
        return []
    return _ids(_BY_TRACKING, [stores, sorted({asked, asked.upper()}), MOST_FOUND])


def _by_phone(organization_id: int, stores: list[int], asked: str) -> list[int]:
    if not _PHONE.fullmatch(asked) or not 7 <= len(normalized_phone(asked)) <= 15:
        return []
    return _ids(_BY_PHONE, [stores, phone_hash(organization_id, asked), MOST_FOUND])


def _by_buyer(organization_id: int, stores: list[int], asked: str) -> list[int]:
    return _ids(_BY_BUYER, [stores, asked, MOST_FOUND, MOST_FOUND])


def _by_receiver(organization_id: int, stores: list[int], asked: str) -> list[int]:
    return _ids(_BY_RECEIVER, [stores, name_hash(organization_id, asked), MOST_FOUND])


def _by_buyers_beginning(organization_id: int, stores: list[int], asked: str) -> list[int]:
    if len(asked) < SHORTEST_NAME:
        return []
    bounds = [asked, _after(asked), MOST_BUYERS, MOST_BUYERS]
    return _ids(_BY_BUYERS_BEGINNING, [stores, *bounds, MOST_FOUND, MOST_FOUND])


# In the order of their likelihood.
WAYS: dict[str, Callable[[int, list[int], str], list[int]]] = {
    "number": _by_number,
    "tracking": _by_tracking,
    "phone": _by_phone,
    "buyer": _by_buyer,
    "receiver": _by_receiver,
    "number_beginning": _by_numbers_beginning,
    "buyer_beginning": _by_buyers_beginning,
    "remark": orders_with_words,
}
