"""How well signs of risk tell risky buyers from others: on buyers made up by hand, and on genuine orders (docs/policies.md).

risk_cases.jsonl: one buyer a line. risky: what a person thinks, from `who`; null: confirmed before, counted nowhere.
registered: days before the present; orders: [days before, recipient, what became of it, phone, address]; said: [days
before, words]. Weights were set before the buyers were written.
"""

import csv
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import NamedTuple

from django.db import connection
from django.db.models import F

from conversations.imports import write_messages
from orders.imports import write_orders, write_refunds
from orders.models import Order
from policies.risk_looking import look
from policies.risk_models import RiskStanding
from policies.risk_scores import OF_STORES, SCORED, judge, weighing
from stores.imports import write_buyers
from stores.models import Buyer, Store
from stores.platforms.records import BuyerRecord, MessageRecord, OrderRecord, RefundRecord
from tenants.scope import organization_scope

CASES = Path(__file__).with_name("risk_cases.jsonl")
REGISTRATIONS = Path(__file__).parents[3] / "shared/data/buyers/JData_User.csv"
ORDERS = Path(__file__).parents[3] / "shared/data/orders/shopee_vn"
NOW = datetime(2026, 11, 2, 4, tzinfo=UTC)
DAY = timedelta(days=1)
PAID = Decimal(100)


class Told(NamedTuple):
    """One made-up buyer as the signs judge them."""

    name: str
    risky: bool
    flagged: bool
    score: int
    sentence: str


def cases() -> list[dict]:
    return [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]


def load_cases(store: Store) -> None:
    """Write the made-up buyers with the real writers, confirm those who were, and look. Opens its own scope."""
    orders, refunds, messages, buyers = [], [], [], []
    for number, case in enumerate(cases()):
        registered = NOW - DAY * case["registered"] if "registered" in case else None
        rate = Decimal(str(case["good_rate"])) if "good_rate" in case else None
        buyers.append(BuyerRecord(case["nick"], registered, case.get("credit"), rate))
        for place, told in enumerate(case.get("orders", ())):
            day, recipient, outcome, *to = told
            order_id, paid_at = f"{number}-{place}", NOW + DAY * day + timedelta(minutes=place)
            phone, address = to if len(to) == 2 else (f"136{number:04d}0000", f"长安街{number}号")
            orders.append(_order(order_id, case["nick"], paid_at, outcome, recipient, phone, address))
            if outcome in ("kept", "returned", "part", "cancelled"):
                refunds.append(_refund(order_id, paid_at, outcome))
        for place, (day, text) in enumerate(case.get("said", ())):
            messages.append(
                MessageRecord(f"m{number}-{place}", case["nick"], "s:mei", "in", False, NOW + DAY * day, text)
            )
    with organization_scope(store.organization_id):
        for write, records in (
            (write_orders, orders), (write_refunds, refunds), (write_messages, messages), (write_buyers, buyers),
        ):  # fmt: skip
            write(store, list(enumerate(records)))
        for case in cases():
            if case.get("confirmed"):
                RiskStanding.objects.create(
                    organization_id=store.organization_id, store=store, state="confirmed", changed_at=NOW, spread=False,
                    buyer=Buyer.objects.get(store=store, name=case["nick"]),
                )  # fmt: skip
    look(store, NOW, DAY)


def _order(
    order_id: str, buyer: str, paid_at: datetime, outcome: str, recipient: str, phone: str, address: str
):
    paid = outcome != "unpaid"
    return OrderRecord(
        order_id, buyer=buyer, status="shipped" if paid else "unpaid", created_at=paid_at, total_amount=PAID,
        paid_at=paid_at if paid else None, paid_amount=PAID if paid else None, receiver_name=recipient,
        shipped_at=paid_at + DAY / 2 if paid and outcome != "cancelled" else None, receiver_phone=phone,
        receiver_address=address,
    )._replace(**({"status": "closed", "closed_at": paid_at + DAY / 4} if outcome == "cancelled" else {}))  # fmt: skip


def _refund(order_id: str, paid_at: datetime, outcome: str) -> RefundRecord:
    kind = "return_refund" if outcome == "returned" else "refund_only"
    amount = PAID * 15 / 100 if outcome == "part" else PAID
    # A cancelled order is paid back before it is shipped.
    after = DAY / 4 if outcome == "cancelled" else DAY
    return RefundRecord(f"r{order_id}", order_id, kind, "completed", amount, created_at=paid_at + after)


def judged_cases(store: Store) -> list[Told]:
    """Every made-up buyer but the confirmed ones, after load_cases."""
    found = []
    with organization_scope(store.organization_id):
        ids = dict(Buyer.objects.filter(store=store).values_list("name", "pk"))
        weighs = weighing()
        for case in cases():
            if case["risky"] is not None:
                one = judge(store.pk, ids[case["nick"]], NOW, weighs)
                found.append(
                    Told(case["nick"], case["risky"], one.score >= weighs.threshold, one.score, one.sentence)
                )
    return found


def precision_and_recall(told: list[Told]) -> tuple[float, float]:
    right = sum(one.risky and one.flagged for one in told)
    return right / sum(one.flagged for one in told), right / sum(one.risky for one in told)


def attach_registrations(store: Store, seed: int = 1) -> int:
    """Give the store's buyers genuine registration days of another shop's, drawn by a seed; how many buyers. The days are
    moved so that the last of the file is that of the last order. ASSEMBLED: whose day it is, is ours."""
    with REGISTRATIONS.open(encoding="gbk", newline="") as file:
        told = [row["user_reg_tm"] for row in csv.DictReader(file) if row["user_reg_tm"]]
    days = [datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC) for day in told]
    with organization_scope(store.organization_id):
        last = Order.objects.filter(store=store).latest("created_at").created_at
        names = list(Buyer.objects.filter(store=store).order_by("name").values_list("name", flat=True))
        drawn = Random(seed).sample(days, len(names))
        moved = last - max(days)
        write_buyers(
            store,
            [
                (n, BuyerRecord(name, day + moved))
                for n, (name, day) in enumerate(zip(names, drawn, strict=True))
            ],
        )
    return len(names)


def cancelled_as_refunds(store: Store) -> int:
    """Write each cancelled order as money back for goods on their way; how many. ASSEMBLED: the shop's export tells of
    cancellations, not of refunds without returns."""
    with organization_scope(store.organization_id):
        closed = Order.objects.filter(store=store, status="closed", buyer__isnull=False)
        closed.filter(shipped_at=None).update(shipped_at=F("created_at"))
        records = [
            RefundRecord(
                f"c{order.order_id}",
                order.order_id,
                "refund_only",
                "completed",
                created_at=order.created_at + DAY,
            )
            for order in closed
        ]
        write_refunds(store, list(enumerate(records)))
    return len(records)


def flagged(store: Store, now: datetime) -> dict[str, int]:
    """{level: buyers} of the store after a whole look, and each sign's number of buyers."""
    look(store, now, DAY, whole=True)
    with organization_scope(store.organization_id), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT level, count(*) FROM ({SCORED.format(**OF_STORES)}) AS p GROUP BY 1 ORDER BY 1",
            weighing().params() | {"now": now, "stores": [store.pk]},
        )
        levels = dict(cursor.fetchall())
        cursor.execute(
            "SELECT kind, count(*) FROM policies_risksignal WHERE store_id = %s GROUP BY 1", [store.pk]
        )
        return levels | dict(cursor.fetchall())
