"""After-sales cases of the demo: those of its latest refunds and a few others, at every stage, with what they cost."""

import random
import struct
import zlib
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Max
from django.utils import translation

from desk.demo.people import lead
from orders.case_forms import products_of
from orders.cases import close_early, do_step, judge, occasion_of, open_case, step_of
from orders.compensations import ask, decide, mark_paid
from orders.models import Order, Refund
from orders.procedures import present_procedure, save_version, steps_of
from orders.returned import arrive, expect, inspect, settle_item
from orders.service_models import Case
from stores.models import Store
from team.models import SeatAssignment
from tenants.models import Membership, Organization, User
from tenants.scope import organization_scope

REFUNDS_PER_STORE, OTHERS_PER_STORE = 3, 2
# (kind, agent's limit, supervisor's, hours of a step) that somebody has filled in, in the company's own currency.
FILLED_IN = (
    ("quality_slight", "20", "100", 12),
    ("quality", "30", "200", 24),
    ("damaged", "50", "300", 12),
    ("price", "50", "200", 8),
)
REASONS = {
    "quality_slight": ("边缘有线头", "quality"),
    "quality": ("颜色与图片不符", "description"),
    "no_reason": ("七天无理由", "buyer"),
    "damaged": ("外箱压坏，里面受潮", "logistics"),
    "wrong_item": ("少发一包挂钩", "agent"),
    "price": ("拍下第二天降价", "unknown"),
    "invoice": ("公司报销", "unknown"),
    "repair": ("轨道卡住，拉不动", "quality"),
}
OF_REFUNDS = ("quality_slight", "no_reason", "damaged", "quality", "wrong_item")
OTHERS = ("invoice", "repair", "price")
STORIES = ("买家发来照片，说收到就是这样，希望尽快处理。", "买家情绪还好，愿意配合寄回。", "")
REFUSAL = "照片里看不出问题，先请买家补拍细节。"


def make_cases(organization: Organization, stores: list[Store], now: datetime) -> str:
    """Open them once, up to `now`; tells how many there are."""
    with organization_scope(organization.pk):
        if not Case.objects.exists():
            members = Membership.objects.filter(agent_id__isnull=False).select_related("user")
            users = {member.agent_id: member.user for member in members}
            with translation.override("zh-hans"):
                _fill_in(organization.pk, now - timedelta(days=30))
                for number, store in enumerate(stores):
                    _of_store(store, users, now, random.Random(number))
        return f"{Case.objects.count()} after-sales cases"


def _fill_in(organization_id: int, now: datetime) -> None:
    for kind, agent, supervisor, hours in FILLED_IN:
        present = present_procedure(organization_id, None, kind)
        steps = [{**step, "hours": hours} for step in present.steps]
        save_version(
            organization_id, None, kind, steps=steps, agent_limit=Decimal(agent), supervisor_limit=Decimal(supervisor),
            freight=present.freight, text="", based_on=present.number, user=lead(), now=now,
        )  # fmt: skip


def _of_store(store: Store, users: dict[int, User], now: datetime, dice: random.Random) -> None:
    held = SeatAssignment.objects.filter(seat__store=store, agent_id__in=users).values("agent_id")
    agents = list(held.annotate(last=Max("pk")).order_by("-last").values_list("agent_id", flat=True))
    if not agents:
        return
    asked = Refund.objects.filter(store=store, created_at__lt=now - timedelta(hours=6)).order_by(
        "-created_at"
    )
    wanted = [
        {"kind": OF_REFUNDS[n % len(OF_REFUNDS)], "refund_id": refund.refund_id, "order_id": refund.order_id}
        for n, refund in enumerate(asked[:REFUNDS_PER_STORE], start=dice.randrange(5))
    ]
    orders = Order.objects.filter(store=store, paid_at__lt=now - timedelta(hours=30)).order_by("-paid_at")
    wanted += [
        {"kind": OTHERS[n % len(OTHERS)], "order_id": order.order_id}
        for n, order in enumerate(orders[:OTHERS_PER_STORE], start=dice.randrange(3))
    ]
    for number, fields in enumerate(wanted):
        agent_id = dice.choice(agents)
        _play(store, fields, agent_id, users[agent_id], number, now, dice)


def _play(store: Store, fields: dict, agent_id: int, user: User, number: int, now: datetime, dice) -> None:
    """One case, opened some hours ago and worked as far as its number says: the third is refused money, the last is closed."""
    at = now - timedelta(hours=4 + 7 * number, minutes=dice.randrange(50))
    reason, fault = REASONS[fields["kind"]]
    products = products_of(store, fields["order_id"])
    case, new = open_case(
        store, user=user, now=at, agent_id=agent_id, reason=reason, story=dice.choice(STORIES),
        product_code=products[0][0] if products else "", **fields,
    )  # fmt: skip
    if not new:
        return
    steps = len(steps_of(case.procedure))
    for _step in range(min(number, steps - (number < 4))):
        at = min(at + timedelta(hours=2), now)
        files = [_picture()] if step_of(case).evidence else []
        do_step(case, occasion_of(case), user=user, lead=True, now=at, files=files, outcome="settled")
    if case.closed_at:
        return
    if number:
        judge(case, fault=fault, reason=reason, product_code=case.product_code, user=user, now=at)
    if fields["kind"] in ("quality_slight", "damaged", "quality", "price"):
        _give(case, agent_id, user, number, at)
    if fields["kind"] in ("no_reason", "quality", "repair"):
        _sent_back(case, user, number, at)
    if number == 3 and fields.get("refund_id"):
        close_early(case, "refunded", "平台已退款", user=lead(), lead=True, now=now)


def _give(case: Case, agent_id: int, user: User, number: int, at: datetime) -> None:
    paid = Order.objects.filter(store=case.store, order_id=case.order_id).values_list(
        "paid_amount", flat=True
    )
    amount = ((paid.first() or Decimal(60)) / 10).quantize(Decimal(1)) or Decimal(1)
    row = ask(
        case.store, case=case, kind="money", amount=amount, user=user, role="agent", agent_id=agent_id, now=at
    )
    if row.state == "approved" and number % 2:
        mark_paid(row, user=user, now=at)
    elif row.state == "asked" and number == 2:
        decide(row, False, user=lead(), role="owner", now=at, note=REFUSAL)


def _sent_back(case: Case, user: User, number: int, at: datetime) -> None:
    item = expect(case, product_code=case.product_code, quantity=1, user=user, now=at)
    if number >= 1:
        arrive(item, user=user, now=at)
    if number >= 2:
        inspect(item, "opened", user=user, now=at)
    if number >= 3:
        settle_item(item, "resold", Decimal(30), user=user, now=at)


def _picture() -> SimpleUploadedFile:
    """A grey picture, as a file somebody uploads."""
    width, height = 160, 120
    rows = b"".join(b"\0" + bytes(120 + (x + y) // 4 for x in range(width)) for y in range(height))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    return SimpleUploadedFile("照片.png", b"\x89PNG\r\n\x1a\n" + body, content_type="image/png")
