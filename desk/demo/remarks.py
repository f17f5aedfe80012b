"""The demo's remarks: two stores that ask for them, three days of orders, some late or missing, a few being made."""

import random
import struct
import zlib
from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from desk.detecting import look_again
from kpis.models import OrderFact
from orders.attachments import attach
from orders.models import Order
from orders.production import CONFIRMATION, reach
from orders.remark_formats import LATE_MINUTES, as_json, default_fields
from orders.remark_models import About, RemarkFormat, Stage
from orders.remarks import put_on_platform, write_remark
from stores.models import Platform, Store
from team.models import Agent
from team.notices import users_of_agents
from tenants.models import Organization, User
from tenants.scope import organization_scope

STORES, PER_STORE, DAYS = 2, 60, 3
FLAGS = {"1": "有改动", "2": "加急", "3": "开发票", "4": "定制"}
NOTES = ("", "", "送胶", "好评返现", "顾客要求打木架", "送基膜胶，周末送货", "到货前电话联系")
SIZES = ((3, 2.4), (1.24, 2), (2.8, 1.6), (0.9, 1.2), (4.2, 2.6))


def make_remarks(organization: Organization, stores: list[Store], now: datetime) -> str:
    """Formats of the first Chinese stores and the remarks of their last orders. Done once."""
    with organization_scope(organization.pk):
        if RemarkFormat.objects.exists():
            return "remarks: there already"
        chance, count = random.Random(27), 0
        asking = [
            store for store in stores if store.platform in (Platform.TAOBAO, Platform.TMALL, Platform.JD)
        ]
        for store in asking[:STORES]:
            RemarkFormat.objects.create(
                organization=organization, store=store, fields=as_json(default_fields(store)), flags=FLAGS,
                late_minutes=LATE_MINUTES, since=now - timedelta(days=DAYS),
            )  # fmt: skip
            count += sum(_one(fact, chance, now) for fact in _sold(store, now))
        look_again(asking[:STORES])
        return f"remarks: {count}"


def _sold(store: Store, now: datetime) -> list[OrderFact]:
    recent = OrderFact.objects.filter(store=store, paid_at__gte=now - timedelta(days=DAYS), paid_at__lt=now)
    return list(recent.select_related("order").order_by("-paid_at")[:PER_STORE])


def _one(fact: OrderFact, chance: random.Random, now: datetime) -> bool:
    """One order's remark, or none in ten; whether it was written."""
    order, user = fact.order, _writer(fact, chance)
    written = fact.paid_at + timedelta(minutes=chance.choice((2, 4, 5, 8, 11, 15, 18, 26, 55)))
    if chance.random() < 0.1 or written > now:
        return False
    width, height = chance.choice(SIZES)
    fields = {
        "name": order.decrypted("receiver_name") or "收货人",
        "size": {"width": str(width), "height": str(height)},
        "pattern": chance.choice(("图案正常", "图案有修改", "定制")),
        "ship_date": (order.store.business_day(written) + timedelta(days=chance.randint(1, 6))).isoformat(),
        "delivery": chance.choice(("快递", "自提", "送货到楼下", "包送货安装")),
        "notes": chance.choice(NOTES),
    }
    flag = chance.choice((None, 2, 4))
    _write(order, fields, flag, user, written)
    put_on_platform(order, 1, user=user, now=written + timedelta(minutes=1))
    if chance.random() < 0.5:
        _make(order, fields, chance, user, written, now)
    return True


def _make(
    order: Order, fields: dict, chance: random.Random, user: User | None, written: datetime, now: datetime
) -> None:
    """The order is confirmed, perhaps handed off, perhaps changed after."""
    shown = SimpleUploadedFile("效果图.png", drawing(chance.randint(0, 5)))
    attach(order.store, About.ORDER, order.pk, CONFIRMATION, shown, user, written)
    reach(order, Stage.CONFIRMED, user=user, now=written + timedelta(minutes=20))
    if chance.random() < 0.6 and (handed := written + timedelta(hours=2)) < now:
        reach(order, Stage.HANDED_OFF, user=user, now=handed)
    if chance.random() < 0.3 and (changed := written + timedelta(hours=3)) < now:
        size = {"width": fields["size"]["height"], "height": fields["size"]["width"]}
        _write(order, {**fields, "size": size, "notes": "顾客改了尺寸，已电话确认"}, 1, user, changed)


def _write(order: Order, fields: dict, flag: int | None, user: User | None, now: datetime) -> None:
    accepted = ("size_swapped", "size_turned", "date_far")
    write_remark(order, fields, flag=flag, agent_id=None, user=user, now=now, accepted=accepted)


def _writer(fact: OrderFact, chance: random.Random) -> User | None:
    """Whose order it is, if they have an account; else one of those who have."""
    members = users_of_agents(Agent.objects.values_list("pk", flat=True))
    number = members.get(fact.owner_id) or chance.choice(sorted(members.values()) or [None])
    return User.objects.filter(pk=number).first()


def drawing(number: int) -> bytes:
    """A PNG of 320 × 240: a wall with a panel, in colours by number."""
    wall, panel, line = (
        (236, 231, 222),
        ((90 + 25 * number) % 256, 140, (200 - 20 * number) % 256),
        (70, 70, 70),
    )
    rows = bytearray()
    for y in range(240):
        rows.append(0)
        for x in range(320):
            inside = 50 <= x < 270 and 40 <= y < 190
            edge = inside and (x in (50, 269) or y in (40, 189) or (x - 50) % 55 == 0 or (y - 40) % 50 == 0)
            rows += bytes(line if edge else panel if inside else wall)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 320, 240, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(rows)))
        + chunk(b"IEND", b"")
    )
