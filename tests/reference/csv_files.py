"""A store as the neutral CSV files of the product's import, and a rule as `set_rule` arguments."""

import csv
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from .model import Refund, Rule, StoreData

HEADERS = {
    "seats": ["agent", "name", "employee_id", "from", "to"],
    "messages": ["message_id", "buyer", "agent", "direction", "auto", "sent_at", "text"],
    "sessions": [
        "session_id",
        "buyer",
        "agent",
        "started_at",
        "ended_at",
        "buyer_messages",
        "agent_messages",
        "invited",
        "rating",
    ],
    "orders": [
        "order_id",
        "buyer",
        "status",
        "created_at",
        "paid_at",
        "closed_at",
        "total_amount",
        "paid_amount",
        "postage",
        "items",
        "flag",
        "flag_agent",
        "cod",
    ],
    "refunds": [
        "refund_id",
        "order_id",
        "kind",
        "status",
        "amount",
        "items",
        "reason",
        "created_at",
        "completed_at",
    ],
    "ratings": ["session_id", "buyer", "agent", "rated_at", "invited", "rating"],
}


def write_files(store: StoreData, directory: Path) -> list[Path]:
    """Write seats, messages, sessions, orders, refunds and ratings; a kind without rows gets no file.

    Timestamps carry the store's own offset, so that a local time that occurs twice stays exact.
    Refunds known from an order report only have no neutral form: see `reported_refunds`.
    Returns the paths in the order in which they are to be imported.
    """
    paths = []
    for kind, rows in _tables(store).items():
        if not rows:
            continue
        path = directory / f"{kind}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADERS[kind])
            writer.writerows([[_cell(store, value) for value in row] for row in rows])
        paths.append(path)
    return paths


def reported_refunds(store: StoreData) -> list[Refund]:
    """The refunds known from an order report only, which no neutral file can carry."""
    return [refund for refund in store.refunds if refund.from_report]


def rule_arguments(rule: Rule) -> list[str]:
    """`key=value` strings that make `set_rule` write this version; its date goes in `--from`."""
    flags = "all"
    if rule.excluded_flags is not None:
        flags = ",".join(str(flag) for flag in sorted(rule.excluded_flags))
    return [
        f"judgement={rule.judgement}",
        f"ownership={rule.ownership}",
        f"window={rule.window_days}",
        f"flag_rule={rule.flag_rule}",
        f"excluded_flags={flags}",
        f"chaser={_switch(rule.chaser)}",
        f"after_sale_horizon={rule.after_sale_horizon_days}",
        f"agent_opened={rule.agent_opened}",
        f"inquiry_days={rule.inquiry_days}",
        f"cancel_days={'none' if rule.cancel_days is None else rule.cancel_days}",
        f"deduct_postage={_switch(rule.deduct_postage)}",
        f"deduct_refunds={_switch(rule.deduct_refunds)}",
    ]


def _switch(on: bool) -> str:
    return "on" if on else "off"


def _cell(store: StoreData, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(store.time_zone)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value)


def _tables(store: StoreData) -> dict[str, list[list[object]]]:
    return {
        "seats": [[a.seat, a.name, a.employee_id, a.since, a.until] for a in store.seats],
        "messages": [
            [m.message_id, m.buyer, m.seat, m.direction, m.auto, m.sent_at, m.text] for m in store.messages
        ],
        "sessions": [
            [
                s.session_id,
                s.buyer,
                s.seat,
                s.started_at,
                s.ended_at,
                s.buyer_messages,
                s.agent_messages,
                s.invited,
                s.rating,
            ]
            for s in store.sessions
        ],
        "orders": _order_rows(store),
        "refunds": [
            [
                r.refund_id,
                r.order_id,
                r.kind,
                r.status,
                r.amount,
                r.items,
                r.reason,
                r.created_at,
                r.completed_at,
            ]
            for r in store.refunds
            if not r.from_report
        ],
        "ratings": [[r.session_id, r.buyer, r.seat, r.rated_at, r.invited, r.rating] for r in store.ratings],
    }


def _order_rows(store: StoreData) -> list[list[object]]:
    return [
        [
            o.order_id,
            o.buyer,
            o.status,
            o.created_at,
            o.paid_at,
            o.closed_at,
            o.total_amount,
            o.paid_amount,
            o.postage,
            o.items,
            o.flag,
            o.flag_seat,
            o.cod,
        ]
        for o in store.orders
    ]
