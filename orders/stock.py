"""Products with their stock as imports told it, and the count sheets of a month's end (R36)."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from orders.trade_models import StockCount
from stores.models import Product, Store
from tenants.models import User

LOW = 5  # pieces; so few or fewer are marked
LONGEST_CODE = 200


def products_matching(stores: QuerySet[Store], words: str) -> QuerySet[Product]:
    """Products of these stores whose code or title holds every word given; by store, then code."""
    found = Product.objects.filter(store__in=stores).select_related("store").order_by("store__name", "code")
    for word in words.split()[:5]:
        found = found.filter(code__icontains=word) | found.filter(title__icontains=word)
    return found


def make_sheet(store: Store, month: date) -> int:
    """The month's sheet with every product and its stock as it is known now; how many lines are new.

    month: its first day. What is on the sheet stays as it is: making it again only adds new products.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO orders_stockcount (organization_id, store_id, month, product_code, expected, note)
            SELECT organization_id, store_id, %s, code, stock, '' FROM stores_product WHERE store_id = %s
            ON CONFLICT (organization_id, store_id, month, product_code) DO NOTHING
            """,
            [month, store.pk],
        )
        return cursor.rowcount


def sheet_lines(store: Store, month: date) -> QuerySet[StockCount]:
    """The sheet's lines by product code, `difference` = counted − expected, None while either is unknown."""
    lines = StockCount.objects.filter(store=store, month=month).order_by("product_code")
    return lines.annotate(difference=F("counted") - F("expected")).select_related("counted_by")


@transaction.atomic
def write_counts(
    store: Store,
    month: date,
    told: Mapping[int, tuple[int | None, str]],
    *,
    user: User,
    now: datetime,
) -> int:
    """Write what was counted: {line's number: (pieces or None, note)}; how many lines changed.

    Lines of another sheet are passed over. ValueError: a count below 0.
    """
    if any(counted is not None and counted < 0 for counted, _note in told.values()):
        raise ValueError(_("A count is 0 or more."))
    changed = []
    for line in (
        StockCount.objects.select_for_update().filter(store=store, month=month, pk__in=told).order_by("pk")
    ):
        counted, note = told[line.pk]
        if (line.counted, line.note) == (counted, note.strip()):
            continue
        line.counted, line.note = counted, note.strip()[:500]
        line.counted_by, line.counted_at = user, now
        changed.append(line)
    StockCount.objects.bulk_update(changed, ["counted", "note", "counted_by", "counted_at"])
    return len(changed)
