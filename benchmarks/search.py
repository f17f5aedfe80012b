"""8. How long the one box that finds an order takes over HTTP, and what keeping its words costs an import."""

import itertools
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from unittest import mock
from urllib.parse import urlencode

from benchmarks.dataset import LAST_DAY, Size, share_of
from benchmarks.loading import chunks, make_organization, write
from benchmarks.measure import Report, interleaved, percentile, ratio, spread
from benchmarks.pages import milliseconds, sign_in, web_server
from stores.platforms.records import OrderRecord

TARGET_MS = 100
STORES = 20
MEMOS, REMARKS = 0.30, 0.02  # shares of the orders
_DAYS = 365
_PATTERNS = ("图案正常", "图案有修改", "定制山水", "定制福字", "绒布加厚", "丝光无缝")
_COURIERS = ("顺丰", "德邦", "圆通", "中通", "自提", "安能物流")
_EXTRAS = ("送基膜胶", "好评返现", "送样品册", "师傅上门测量", "周末收货", "开发票", "放门卫", "")
_SURNAMES, _GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡", "明芳伟娜敏静丽强磊军洋勇艳杰娟涛超霞平刚"


def search(run) -> Report:
    """The section. run: benchmarks.run.Run."""
    report = Report("Search for orders")
    found = interleaved(_imports(run.search_orders // 10), min(run.repeats, 2))
    report.add(
        "import of orders that all have memos, with their words / without",
        ratio(found, "with", "without"),
        None,
        "",
        "×",
    )
    report.notes.append(f"import of {run.search_orders // 10:,} orders with memos: {spread(found)}")
    _load(run.pool, "elsewhere", run.search_orders // 10)
    organization_id = _load(run.pool, "searched", run.search_orders)
    run.vacuum()
    slug, cookie = sign_in(organization_id)
    with web_server() as port:
        times = _ask(port, f"/{slug}/orders/find/", cookie, questions(run.search_orders, 2 * run.requests))
    for name, values in times.items():
        p50 = percentile(values, 0.5)
        report.add(f"{name}: p95 (p50 {p50:.0f} ms)", percentile(values, 0.95), TARGET_MS, "at most", " ms")
    report.notes.append(
        f"{2 * run.requests} different questions of each kind, one after another, over loopback to gunicorn, as an owner;"
        f" {run.search_orders:,} orders of {STORES} stores in one organization, a tenth of that in another; memos on"
        f" {MEMOS:.0%}, remarks of our own on {REMARKS:.0%}; {_words(run)}"
    )
    return report


def _words(run) -> str:
    from benchmarks.surroundings import as_superuser

    ((count, size),) = as_superuser(
        run.var_dir, "SELECT count(*), pg_total_relation_size('orders_ordertoken') FROM orders_ordertoken"
    )
    return f"{count:,} tokens of both, {size / max(count, 1):.0f} bytes each with their indexes"


def made_order(store: int, number: int, memos: float = MEMOS) -> OrderRecord:
    """The store's order of this number: the same in every run."""
    random = Random(f"{store} {number}")
    created_at = datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, tzinfo=UTC) - timedelta(
        seconds=random.randrange(_DAYS * 86_400)
    )
    buyer = random.randrange(10**6) // 3
    return OrderRecord(
        f"{31 + store:02d}{number:011d}{buyer % 10**6:06d}", f"tb{store:02d}{buyer:07d}小店", "completed", created_at,
        created_at + timedelta(minutes=3), paid_amount=Decimal(random.randrange(990, 30_000)) / 100,
        postage=Decimal(0), items=1, seller_memo=_memo(random) if random.random() < memos else None,
        receiver_name=_name(random), receiver_phone=f"13{random.randrange(10**9):09d}",
        receiver_address="浙江省 杭州市 西湖区 文三路12号", courier="顺丰", tracking_no=f"SF{store:02d}{number:011d}",
    )  # fmt: skip


def _memo(random: Random) -> str:
    size = f"{random.randrange(100, 600) / 100:.2f}*{random.randrange(100, 400) / 100:.2f}米"
    said = (
        _name(random),
        size,
        random.choice(_PATTERNS),
        f"{random.randrange(1, 13)}月{random.randrange(1, 29)}日发货",
    )
    return (
        "，".join((*said, random.choice(_COURIERS), random.choice(_EXTRAS)))
        + f"【客服{random.randrange(1, 40):02d}】"
    )


def _name(random: Random) -> str:
    return random.choice(_SURNAMES) + "".join(random.choices(_GIVEN, k=2))


def _imports(count: int) -> dict:
    """Seconds to import the same orders into a fresh store, their words kept and not."""
    numbers = itertools.count()
    records = [made_order(0, number, memos=1) for number in range(count)]

    def timed(is_kept: bool) -> float:
        from stores.models import Store
        from tenants.scope import organization_scope

        organization_id, (store_id,) = make_organization(f"words-{next(numbers)}", Size(0, 0, stores=1))
        with organization_scope(organization_id):
            store = Store.objects.get(pk=store_id)
        started = time.perf_counter()
        for chunk in chunks(records):
            if is_kept:
                write(store, chunk)
            else:
                with mock.patch("orders.imports.refresh_tokens"):
                    write(store, chunk)
        return time.perf_counter() - started

    return {"without": lambda: timed(False), "with": lambda: timed(True)}


def _load(pool: ProcessPoolExecutor, slug: str, orders: int) -> int:
    """An organization with so many orders; its id."""
    organization_id, store_ids = make_organization(slug, Size(0, 0, stores=STORES))
    jobs = [
        pool.submit(_load_store, organization_id, pk, store, _orders_of(store, orders))
        for store, pk in enumerate(store_ids)
    ]
    for job in jobs:
        job.result()
    return organization_id


def _orders_of(store: int, orders: int) -> int:
    return round(orders * share_of(store, STORES))


def _load_store(organization_id: int, store_id: int, number: int, orders: int) -> None:
    from stores.models import Store
    from tenants.scope import organization_scope

    with organization_scope(organization_id):
        store = Store.objects.get(pk=store_id)
    for chunk in chunks(made_order(number, n) for n in range(orders)):
        write(store, chunk)
    _write_remarks(store, round(orders * REMARKS))


def _write_remarks(store, count: int) -> None:
    """Remarks of our own on some orders: sealed as the product does, without its checks, which ask for one at a time."""
    from django.utils import timezone

    from orders.models import Order
    from orders.remark_models import Remark
    from orders.remark_seals import Contents, seal
    from orders.tokens import refresh_tokens
    from tenants.scope import organization_scope

    random, now = Random(store.pk), timezone.now()
    with organization_scope(store.organization_id):
        orders = list(Order.objects.filter(store=store).only("organization_id").order_by("pk")[:count])
        Remark.objects.bulk_create(
            Remark(
                organization_id=store.organization_id, store=store, order=order, number=1, made_at=now,
                sealed=seal(order, 1, Contents({}, _memo(random))),
            )
            for order in orders
        )  # fmt: skip
        refresh_tokens(store, [order.pk for order in orders])


def questions(orders: int, count: int) -> dict[str, list[str]]:
    """{kind: that many questions}, taken from orders all over the stores."""
    random = Random(8)
    picked = []
    while len(picked) < count:
        store = random.choices(range(STORES), [share_of(n, STORES) for n in range(STORES)])[0]
        if of_store := _orders_of(store, orders):
            picked.append(made_order(store, random.randrange(of_store)))
    memos = [_memo(Random(n)) for n in range(count)]
    return {
        "order number": [order.order_id for order in picked],
        "order number's first 8": [order.order_id[:8] for order in picked],
        "tracking number": [order.tracking_no for order in picked],
        "phone": [order.receiver_phone for order in picked],
        "receiver": [order.receiver_name for order in picked],
        "buyer": [order.buyer for order in picked],
        "buyer's first 7": [order.buyer[:7] for order in picked],
        "rare words of a remark": [" ".join(memo.split("，")[:2]) for memo in memos],
        "common word of a remark": list(itertools.islice(itertools.cycle((*_COURIERS, *_PATTERNS)), count)),
        "two common words": [f"{random.choice(_PATTERNS)} {random.choice(_COURIERS)}" for _ in range(count)],
        "words that are nowhere": [f"无此{n}词" for n in range(count)],
    }


def _ask(port: int, path: str, cookie: str, asked: dict[str, list[str]]) -> dict[str, list[float]]:
    """Milliseconds of each question, the kinds taking turns. Errors: RuntimeError for any answer but 200 and 302."""
    from django.conf import settings

    secret = secrets.token_hex(16)
    headers = {
        "Cookie": f"{cookie}; {settings.CSRF_COOKIE_NAME}={secret}", "X-CSRFToken": secret,
        "Content-Type": "application/x-www-form-urlencoded",
    }  # fmt: skip
    times: dict[str, list[float]] = {name: [] for name in asked}
    for turn, name, question in _turns(asked):
        taken = milliseconds(port, path, headers, urlencode({"q": question}), (200, 302))
        # The first rounds make both processes load templates and connect.
        if turn >= 0:
            times[name].append(taken)
    return times


def _turns(asked: dict[str, list[str]]) -> Iterator[tuple[int, str, str]]:
    for turn in range(-4, max(map(len, asked.values()))):
        for name, values in asked.items():
            yield turn, name, values[turn]
