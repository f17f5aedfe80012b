"""Writing orders, lines, refunds and reviews. Idempotent; see stores/imports.py for the rules of the house."""

import re
from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext_noop as _

from orders.merging import LATER, merge, merged, merged_status
from orders.review_grades import grade_reviews
from orders.search import name_hash, phone_hash
from orders.tokens import refresh_tokens
from stores.imports import Written, buyer_ids, forget_erased, log_changes, seat_ids, upsert
from stores.models import Store
from stores.platforms.records import OrderLineRecord, OrderRecord, RefundRecord, Refusal, ReviewRecord
from stores.staging import stage
from tenants.encryption import encrypt

TIMES = ("created_at", "paid_at", "shipped_at", "completed_at", "closed_at")
MORE_TIMES = ("promised_ship_at", "delivered_at")
MONEY = ("total_amount", "paid_amount", "postage")
TEXTS = ("close_reason", "courier", "tracking_no")
SECRETS = ("seller_memo", "buyer_message", "receiver_name", "receiver_phone", "receiver_address")
HASHES = {"name_hash": ("receiver_name", name_hash), "phone_hash": ("receiver_phone", phone_hash)}
STATUS_RANKS = {"unpaid": 0, "paid": 1, "shipped": 2, "completed": 3, "closed": 4}
REFUND_RANKS = {"open": 0, "completed": 1, "closed": 1}
COLUMNS = {
    "order_id": 'text COLLATE "C"',
    "buyer_id": "integer",
    "status": "text",
    **dict.fromkeys(TIMES + MORE_TIMES, "timestamptz"),
    **dict.fromkeys(MONEY, "numeric"),
    **dict.fromkeys(TEXTS, "text"),
    **dict.fromkeys(SECRETS, "bytea"),
    **dict.fromkeys(HASHES, "bytea"),
    "items": "integer",
    "items_given": "boolean",
    "flag": "smallint",
    "flag_seat_id": "integer",
    "cod": "boolean",
    "raw": "jsonb",
    "as_of": "timestamptz",
    "row": "bigint",
}


def write_orders(
    store: Store, records: Sequence[tuple[int, OrderRecord]], as_of: datetime | None = None
) -> Written:
    """Take in orders. as_of: when the file itself says it was made; else each row is as late as its latest time."""
    orders = [record for _, record in records]
    buyers = buyer_ids(store, {o.buyer for o in orders if o.buyer})
    flag_seats = _flag_seats(store, orders)
    rows = []
    for (row, order), seat_id in zip(records, flag_seats, strict=True):
        value = order._asdict()
        value.update(
            buyer_id=buyers[order.buyer] if order.buyer else None,
            flag_seat_id=seat_id,
            items_given=order.items is not None,
            as_of=as_of or max((t for t in (value[c] for c in TIMES) if t), default=None),
            row=row,
        )
        value.update(_protected(store.organization_id, value))
        rows.append([value[column] for column in COLUMNS])
    with connection.cursor() as cursor:
        stage(cursor, "staged", ", ".join(f"{c} {kind}" for c, kind in COLUMNS.items()), rows)
        forget_erased(
            cursor, store, dict.fromkeys((*SECRETS, *HASHES), "NULL"), "coalesce(created_at, paid_at)"
        )
        # One order twice in a batch: the later telling.
        cursor.execute("DELETE FROM staged s USING staged o WHERE s.order_id = o.order_id AND s.row < o.row")
        refusals = _refuse_without_amount(cursor, store)
        changed, rewritten = _merge_orders(cursor, store)
        new, written = _insert_orders(cursor, store)
        sum_items(cursor, store)
        refresh_tokens(store, rewritten + written)
    return Written(new, changed, len(rows) - new - changed - len(refusals), refusals)


def _protected(organization_id: int, value: dict) -> dict[str, bytes | None]:
    """The personal columns of one order as they are stored: encrypted, and the hashes to find them by."""
    hashed = {
        column: None if value[source] is None else hash_of(organization_id, value[source])
        for column, (source, hash_of) in HASHES.items()
    }
    return hashed | {
        column: None if value[column] is None else encrypt(organization_id, column, value[column])
        for column in SECRETS
    }


def _refuse_without_amount(cursor, store: Store) -> list[Refusal]:
    """A live order that was paid nobody knows what for would be a sale of nothing: refused, unless known before."""
    cursor.execute(
        "DELETE FROM staged s WHERE s.paid_at IS NOT NULL AND s.paid_amount IS NULL AND s.status <> 'closed'"
        " AND NOT EXISTS (SELECT 1 FROM orders_order o WHERE o.store_id = %s AND o.order_id = s.order_id"
        " AND o.paid_amount IS NOT NULL) RETURNING s.row, s.order_id",
        [store.pk],
    )
    message = _("order %(order_id)s is paid but says no amount: give what the buyer paid")
    return [
        Refusal(row, "paid_amount", message, {"order_id": order_id}) for row, order_id in cursor.fetchall()
    ]


def _flag_seats(store: Store, orders: Sequence[OrderRecord]) -> list[int | None]:
    """The seat that flagged each order: named by the file, else signed in the memo (Store.memo_signature)."""
    names = [order.flag_seat for order in orders]
    if store.memo_signature:
        pattern = re.compile(store.memo_signature)
        signed = (pattern.search(order.seller_memo or "") for order in orders)
        names = [
            name or (found and found.group(1)) or None for name, found in zip(names, signed, strict=True)
        ]
    wanted = {name for name in names if name}
    if not wanted:
        return [None] * len(names)
    with connection.cursor() as cursor:
        # 千牛 seats are `shop:name`; a memo is signed with the name alone.
        cursor.execute(
            "SELECT split_part(name, ':', 2), min(id) FROM team_seat WHERE store_id = %s"
            " AND split_part(name, ':', 2) = ANY(%s) GROUP BY 1 HAVING count(*) = 1",
            [store.pk, sorted(wanted)],
        )
        ids = dict(cursor.fetchall())
        cursor.execute(
            "SELECT name, id FROM team_seat WHERE store_id = %s AND name = ANY(%s)",
            [store.pk, sorted(wanted)],
        )
        ids.update(cursor.fetchall())
    ids.update(seat_ids(store, wanted - ids.keys()))
    return [ids[name] if name else None for name in names]


def _merge_orders(cursor, store: Store) -> tuple[int, list[int]]:
    """How many known orders changed, and those whose memo did."""
    plain = [
        c for c in COLUMNS if c not in ("order_id", "status", "items", "items_given", "raw", "as_of", "row")
    ]
    values = {c: merged(c) for c in plain}
    for column in (*SECRETS, *HASHES):
        # What was erased stays erased, whatever an old file says.
        values[column] = f"CASE WHEN t.personal_erased_at IS NULL THEN {values[column]} END"
    values["status"] = merged_status(STATUS_RANKS)
    values["items"] = f"CASE WHEN s.items_given THEN {merged('items')} ELSE t.items END"
    values["items_given"] = "(t.items_given OR s.items_given)"
    values["raw"] = (
        f"CASE WHEN s.raw IS NULL THEN t.raw WHEN t.raw IS NULL THEN s.raw WHEN {LATER} THEN t.raw || s.raw"
        " ELSE s.raw || t.raw END"
    )
    merge(
        cursor,
        "orders_order",
        "staged",
        "t.store_id = %s AND t.order_id = s.order_id",
        values,
        "t.buyer_id AS old_buyer_id, coalesce(s.buyer_id, t.buyer_id) AS buyer_id,"
        " least(t.created_at, s.created_at, t.paid_at, s.paid_at) AS since,"
        " greatest(t.created_at, s.created_at, t.paid_at, s.paid_at) AS until,"
        f" t.id, t.seller_memo IS DISTINCT FROM {values['seller_memo']} AS has_new_memo",
        [store.pk],
    )
    log_changes(
        cursor,
        store,
        "SELECT coalesce(buyer_id, 0), NULL::integer, min(since), max(until) FROM merged_rows GROUP BY 1 UNION ALL"
        " SELECT coalesce(old_buyer_id, 0), NULL, min(since), max(until) FROM merged_rows"
        " WHERE old_buyer_id IS DISTINCT FROM buyer_id GROUP BY 1",
    )
    cursor.execute("SELECT count(*), array_agg(id) FILTER (WHERE has_new_memo) FROM merged_rows")
    changed, rewritten = cursor.fetchone()
    return changed, rewritten or []


def _insert_orders(cursor, store: Store) -> tuple[int, list[int]]:
    """How many orders are new, and those that have a memo."""
    columns = [c for c in COLUMNS if c != "row"]
    selected = ", ".join("coalesce(s.status, 'unpaid')" if c == "status" else f"s.{c}" for c in columns)
    cursor.execute(
        f"""
        WITH inserted AS (
            INSERT INTO orders_order (organization_id, store_id, {", ".join(columns)})
            SELECT %s, %s, {selected} FROM staged s
            ON CONFLICT (organization_id, store_id, order_id) DO NOTHING
            RETURNING id, buyer_id, created_at, paid_at, seller_memo
        ), marked AS (
            INSERT INTO stores_change (organization_id, store_id, buyer_id, since, until)
            SELECT %s, %s, coalesce(buyer_id, 0), min(least(created_at, paid_at)), max(greatest(created_at, paid_at))
            FROM inserted GROUP BY 3
        )
        SELECT count(*), array_agg(id) FILTER (WHERE seller_memo IS NOT NULL) FROM inserted
        """,
        [store.organization_id, store.pk] * 2,
    )
    new, written = cursor.fetchone()
    return new, written or []


def sum_items(cursor, store: Store) -> None:
    """Items of the staged orders that no file counts: the sum of their lines."""
    cursor.execute("DROP TABLE IF EXISTS recounted")
    cursor.execute(
        """
        CREATE TEMPORARY TABLE recounted ON COMMIT DROP AS
        SELECT o.id, o.buyer_id, o.created_at, o.paid_at, l.items
        FROM (SELECT DISTINCT order_id FROM staged) s
        JOIN orders_order o ON o.store_id = %s AND o.order_id = s.order_id AND NOT o.items_given
        CROSS JOIN LATERAL (
            SELECT sum(quantity)::integer AS items FROM orders_orderline
            WHERE store_id = %s AND order_id = s.order_id
        ) AS l
        WHERE l.items IS NOT NULL AND l.items IS DISTINCT FROM o.items
        """,
        [store.pk, store.pk],
    )
    cursor.execute("UPDATE orders_order o SET items = r.items FROM recounted r WHERE o.id = r.id")
    if cursor.rowcount:
        log_changes(
            cursor,
            store,
            "SELECT coalesce(buyer_id, 0), NULL::integer, min(least(created_at, paid_at)),"
            " max(greatest(created_at, paid_at)) FROM recounted GROUP BY 1",
        )


def write_order_lines(
    store: Store, records: Sequence[tuple[int, OrderLineRecord]], as_of: datetime | None = None
) -> Written:
    columns = ("product_code", "title", "sku", "quantity", "price")
    with connection.cursor() as cursor:
        stage(
            cursor,
            "staged",
            'order_id text COLLATE "C", line_no integer, product_code text, title text, sku text, quantity integer,'
            " price numeric, row bigint",
            [(*record, row) for row, record in records],
        )
        written = upsert(
            cursor,
            store,
            "orders_orderline",
            keys=("order_id", "line_no"),
            columns=columns,
            fill=f"SELECT DISTINCT ON (order_id, line_no) order_id, line_no, {', '.join(columns)} FROM staged"
            " ORDER BY order_id, line_no, row DESC",
            read=len(records),
        )
        sum_items(cursor, store)
    return written


def write_refunds(
    store: Store, records: Sequence[tuple[int, RefundRecord]], as_of: datetime | None = None
) -> Written:
    """Take in refunds. One read off an order report gives way to a real refund of the same order."""
    with connection.cursor() as cursor:
        stage(
            cursor,
            "staged",
            'refund_id text COLLATE "C", order_id text COLLATE "C", kind text, status text, amount numeric, items integer,'
            " reason text, created_at timestamptz, completed_at timestamptz, from_report boolean, as_of timestamptz,"
            " row bigint",
            [
                (*r, as_of or max((t for t in (r.created_at, r.completed_at) if t), default=None), row)
                for row, r in records
            ],
        )
        cursor.execute(
            "DELETE FROM staged s USING staged o WHERE s.refund_id = o.refund_id AND s.row < o.row"
        )
        cursor.execute(
            "DELETE FROM staged s USING staged o WHERE s.from_report AND s.order_id = o.order_id AND NOT o.from_report"
            " AND o.kind IN ('refund_only', 'return_refund')"
        )
        cursor.execute(
            "DELETE FROM staged s WHERE s.from_report AND EXISTS (SELECT 1 FROM orders_refund r WHERE r.store_id = %s"
            " AND r.order_id = s.order_id AND NOT r.from_report AND r.kind IN ('refund_only', 'return_refund'))",
            [store.pk],
        )
        values = {
            c: merged(c)
            for c in ("order_id", "kind", "amount", "items", "reason", "created_at", "completed_at")
        }
        values["status"] = merged_status(REFUND_RANKS)
        merge(
            cursor,
            "orders_refund",
            "staged",
            "t.store_id = %s AND t.refund_id = s.refund_id",
            values,
            "t.order_id AS old_order_id, s.order_id",
            [store.pk],
        )
        _log_orders_of(
            cursor, store, "SELECT order_id FROM merged_rows UNION SELECT old_order_id FROM merged_rows"
        )
        cursor.execute("SELECT count(*) FROM merged_rows")
        changed = cursor.fetchone()[0]
        new = _insert_refunds(cursor, store)
    return Written(new, changed, len(records) - new - changed, [])


def _insert_refunds(cursor, store: Store) -> int:
    columns = "refund_id, order_id, kind, status, amount, items, reason, created_at, completed_at, from_report, as_of"
    cursor.execute(
        # An array keeps to the index whatever the statistics say of the fresh table.
        "DELETE FROM orders_refund r WHERE r.store_id = %s AND r.from_report AND r.order_id = ANY(ARRAY("
        "SELECT DISTINCT order_id FROM staged WHERE NOT from_report AND kind IN ('refund_only', 'return_refund')))",
        [store.pk],
    )
    cursor.execute(
        f"INSERT INTO orders_refund (organization_id, store_id, {columns}) SELECT %s, %s, {columns} FROM staged"
        " ON CONFLICT (organization_id, store_id, refund_id) DO NOTHING",
        [store.organization_id, store.pk],
    )
    new = cursor.rowcount
    if new:
        _log_orders_of(cursor, store, "SELECT order_id FROM staged")
    return new


def _log_orders_of(cursor, store: Store, order_ids: str) -> None:
    log_changes(
        cursor,
        store,
        "SELECT coalesce(o.buyer_id, 0), NULL::integer, min(o.paid_at), max(o.paid_at) FROM orders_order o"
        f" WHERE o.store_id = %s AND o.order_id IN ({order_ids}) GROUP BY 1",
        [store.pk],
    )


def write_reviews(
    store: Store, records: Sequence[tuple[int, ReviewRecord]], as_of: datetime | None = None
) -> Written:
    buyers = buyer_ids(store, {r.buyer for _, r in records if r.buyer})
    columns = ("order_id", "buyer_id", "rating", "text", "created_at", "reply", "replied_at")
    with connection.cursor() as cursor:
        stage(
            cursor,
            "staged",
            'review_id text COLLATE "C", order_id text COLLATE "C", buyer_id integer, rating smallint, text text,'
            " created_at timestamptz, reply text, replied_at timestamptz, row bigint",
            [
                (r.review_id, r.order_id, buyers[r.buyer] if r.buyer else None, *r[3:], row)
                for row, r in records
            ],
        )
        forget_erased(cursor, store, {"text": "NULL", "reply": "NULL"}, "created_at")
        written = upsert(
            cursor,
            store,
            "orders_review",
            keys=("review_id",),
            columns=columns,
            fill=f"SELECT DISTINCT ON (review_id) review_id, {', '.join(columns)} FROM staged"
            " ORDER BY review_id, row DESC",
            read=len(records),
        )
        if written.new or written.changed:
            grade_reviews(store, {r.review_id for _, r in records})
            # A review without a buyer is about its order's.
            log_changes(
                cursor,
                store,
                "SELECT coalesce(r.buyer_id, o.buyer_id, 0), NULL::integer, min(r.created_at), max(r.created_at)"
                " FROM staged s JOIN orders_review r ON r.store_id = %s AND r.review_id = s.review_id"
                " LEFT JOIN orders_order o ON o.store_id = r.store_id AND o.order_id = r.order_id GROUP BY 1",
                [store.pk],
            )
    return written
