"""The demo organization's files, as its stores' people would have exported them on the day."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from intake.demo import files_jd, files_neutral, files_service, files_shopee, files_taobao
from intake.demo.company import CURRENCY, STORES
from intake.demo.wallclock import stamper
from intake.demo.world import StoreFacts, build


class DemoFile(NamedTuple):
    """A written file and what `import_file` would call it."""

    store_code: str
    path: Path
    kind: str


def write_demo_files(
    directory: Path, today: date, messages: int = 200_000, seed: int = 7
) -> Iterator[DemoFile]:
    """Write PERIOD_DAYS of facts ending on `today` (15:00 local) and yield each file once it is complete.

    messages: about how many chat lines all stores have together; orders and the rest grow with them.
    Order: the seats of all stores, then store by store products, buyers, chats, orders, their lines and
    flags, refunds, reviews, ratings, couriers' events, times on line,
    exchange rates. Equal arguments give equal bytes. Errors: OSError.
    """
    for store in STORES:
        folder = directory / store.code
        folder.mkdir(parents=True, exist_ok=True)
        yield DemoFile(store.code, files_neutral.write_seats(folder / "seats.csv", store, today), "seats")
    for store in STORES:
        yield from _store_files(directory / store.code, build(store, today, messages, seed), today)


def _store_files(folder: Path, facts: StoreFacts, today: date) -> Iterator[DemoFile]:
    store, stamp = facts.store, stamper(today)
    yield DemoFile(store.code, files_neutral.write_products(folder / "products.csv", store), "products")
    yield DemoFile(store.code, files_neutral.write_buyers(folder / "buyers.csv", facts, today), "buyers")
    for kind, path in _platform_files(folder, facts, today):
        yield DemoFile(store.code, path, kind)
    yield DemoFile(store.code, files_neutral.write_refunds(folder / "refunds.csv", facts, stamp), "refunds")
    yield DemoFile(store.code, files_neutral.write_reviews(folder / "reviews.csv", facts, stamp), "reviews")
    yield DemoFile(store.code, files_service.write_ratings(folder / "ratings.csv", facts, stamp), "ratings")
    yield DemoFile(
        store.code, files_service.write_tracking(folder / "tracking.csv", facts, stamp), "tracking"
    )
    path = folder / "presence.csv"
    yield DemoFile(store.code, files_service.write_presence(path, store, today, stamp), "presence")
    if store.currency != CURRENCY:
        yield DemoFile(
            store.code, files_neutral.write_rates(folder / "rates.csv", store.currency, today), "rates"
        )


def _platform_files(folder: Path, facts: StoreFacts, today: date) -> Iterator[tuple[str, Path]]:
    """(kind, path) of chats and orders in the form the store's platform gives them."""
    store, stamp = facts.store, stamper(today)
    exported = files_neutral.file_time(today)
    if store.platform in ("taobao", "tmall"):
        for path in files_taobao.write_chats(folder, facts, stamp):
            yield "messages", path
        yield "orders", files_taobao.write_orders(folder / f"ExportOrderList{exported}.csv", facts, stamp)
        yield (
            "order_lines",
            files_taobao.write_order_lines(folder / f"ExportOrderDetailList{exported}.csv", facts),
        )
    else:
        yield "messages", files_neutral.write_messages(folder / "messages.csv", facts, stamp)
    if store.platform == "jd":
        yield "orders", files_jd.write_orders(folder / f"订单导出{exported}.csv", facts, stamp)
    if store.platform == "shopee":
        for path in files_shopee.write_orders(folder, facts, today, stamp):
            yield "orders", path
    else:
        yield "orders", files_neutral.write_order_supplement(folder / "flags_and_shipping.csv", facts, stamp)
