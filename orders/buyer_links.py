"""Who may be the same person (R37): buyers whose orders share a phone. Proposed here, decided by people only."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from orders.dossiers import happened
from orders.remark_models import About
from orders.trade_models import BuyerLink
from stores.models import Buyer, ErasedBuyer
from tenants.models import User

# A phone of more buyers than this is a forwarder's or a warehouse's, and says nothing of who they are.
MOST_BUYERS = 5


class Proposal(NamedTuple):
    """Two buyers, the lower id first, and how many orders of each went to the phones they share."""

    buyer_id: int
    other_id: int
    orders: int
    other_orders: int
    phones: int
    last_at: datetime | None


# One pass over the phones in the order of their index, whatever the planner knows of the tables: erased orders have no
# hash, what is decided and who is erased is looked up in hashed sets.
SHARED = """
    SELECT s.phone_hash, array_agg(s.buyer_id ORDER BY s.buyer_id) AS buyers, array_agg(s.orders ORDER BY s.buyer_id) AS orders,
        max(s.last_at) AS last_at
    FROM (
        SELECT o.phone_hash, o.buyer_id, count(*) AS orders, max(o.created_at) AS last_at FROM orders_order o
        WHERE o.phone_hash IS NOT NULL AND o.buyer_id IS NOT NULL AND o.store_id = ANY(%(stores)s)
        GROUP BY o.phone_hash, o.buyer_id
    ) AS s
    WHERE s.buyer_id NOT IN (SELECT e.buyer_id FROM stores_erasedbuyer e)
    GROUP BY s.phone_hash HAVING count(*) > 1
"""
PROPOSED = f"""
WITH shared AS MATERIALIZED ({SHARED}), pair AS (
    SELECT s.buyers[i] AS buyer_id, s.buyers[j] AS other_id, sum(s.orders[i])::integer AS orders,
        sum(s.orders[j])::integer AS other_orders, count(*)::integer AS phones, max(s.last_at) AS last_at
    FROM shared s, generate_series(1, cardinality(s.buyers)) AS i, generate_series(i + 1, cardinality(s.buyers)) AS j
    WHERE cardinality(s.buyers) <= %(most)s
    GROUP BY 1, 2
)
SELECT p.*, count(*) OVER () AS whole, (SELECT count(*) FROM shared WHERE cardinality(buyers) > %(most)s) AS common
FROM pair p WHERE (p.buyer_id, p.other_id) NOT IN (SELECT l.buyer_id, l.other_id FROM orders_buyerlink l)
ORDER BY p.last_at DESC NULLS LAST, p.buyer_id, p.other_id LIMIT %(limit)s OFFSET %(offset)s
"""
COMMON = f"SELECT count(*) FROM ({SHARED}) AS s WHERE cardinality(s.buyers) > %(most)s"


def proposals(store_ids: Sequence[int], limit: int = 50, offset: int = 0) -> tuple[list[Proposal], int, int]:
    """(a page of pairs nobody has decided, latest orders first; how many in all; how many common phones were left out).

    Both buyers are of these stores; the same store's may be one person too.
    """
    params = {"stores": list(store_ids), "most": MOST_BUYERS, "limit": limit, "offset": offset}
    with connection.cursor() as cursor:
        cursor.execute(PROPOSED, params)
        rows = cursor.fetchall()
        if rows:
            return [Proposal(*row[:6]) for row in rows], rows[0][6], rows[0][7]
        cursor.execute(COMMON, params)
        return [], 0, cursor.fetchone()[0]


@transaction.atomic
def decide(one: Buyer, two: Buyer, same: bool, user: User, now: datetime) -> BuyerLink:
    """Say that two buyers are one person, or are not; saying it again with another answer changes the answer.

    ValueError in words: the same buyer twice, or one who asked to be forgotten.
    """
    if one.pk == two.pk:
        raise ValueError(_("These are not two buyers."))
    if ErasedBuyer.objects.filter(buyer_id__in=(one.pk, two.pk)).exists():
        raise ValueError(_("This buyer asked to be forgotten: nothing more is written down."))
    first, second = sorted((one, two), key=lambda buyer: buyer.pk)
    link, made = BuyerLink.objects.select_for_update().get_or_create(
        organization_id=first.organization_id, buyer=first, other=second,
        defaults={"same": same, "decided_by": user, "decided_at": now},
    )  # fmt: skip
    if not made and link.same == same:
        return link
    link.same, link.decided_by, link.decided_at = same, user, now
    if not made:
        link.save()
    _tell(first, second, "linked" if same else "told_apart", user, now)
    return link


@transaction.atomic
def undo(link: BuyerLink, user: User, now: datetime) -> None:
    """As if nobody had decided: the pair is proposed again while its phones are the same."""
    first, second = link.buyer, link.other
    link.delete()
    _tell(first, second, "link_undone", user, now)


def _tell(first: Buyer, second: Buyer, what: str, user: User, now: datetime) -> None:
    """A line in both dossiers; each names the other by its number alone."""
    for buyer, other in ((first, second), (second, first)):
        happened(buyer.store, About.BUYER, buyer.pk, what, user=user, now=now, other=other.pk)


def linked_to(buyer_id: int) -> list[Buyer]:
    """The buyers said to be the same person, with their stores. One statement."""
    links = BuyerLink.objects.filter(Q(buyer_id=buyer_id) | Q(other_id=buyer_id), same=True)
    links = links.select_related("buyer__store", "other__store").order_by("pk")
    return [link.other if link.buyer_id == buyer_id else link.buyer for link in links]


def buyers_of(ids: Iterable[int]) -> dict[int, Buyer]:
    """{id: buyer with its store}."""
    return {buyer.pk: buyer for buyer in Buyer.objects.filter(pk__in=list(ids)).select_related("store")}
