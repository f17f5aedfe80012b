"""The same data as Parquet for the yardstick: numbers for names, so that it pays for no strings."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.dataset import StoreDay, seats
from stores.platforms.records import IN

MESSAGE = pa.schema(
    [
        ("store", pa.int16()),
        ("buyer", pa.int32()),
        ("seat", pa.int16()),
        ("kind", pa.int8()),
        ("sent_at", pa.timestamp("us")),
        ("message_id", pa.int64()),
    ]
)
ORDER = pa.schema(
    [
        ("store", pa.int16()),
        ("order_id", pa.int64()),
        ("buyer", pa.int32()),
        ("created_at", pa.timestamp("us")),
        ("paid_at", pa.timestamp("us")),
        ("cents", pa.int64()),
        ("items", pa.int32()),
    ]
)
REFUND = pa.schema(
    [
        ("store", pa.int16()),
        ("order_id", pa.int64()),
        ("cents", pa.int64()),
        ("items", pa.int32()),
        ("completed_at", pa.timestamp("us")),
    ]
)
_ROWS = 200_000


class StoreTables:
    """One store's three Parquet files in `folder`, in the order in which the data arrived. Instants are UTC."""

    def __init__(self, folder: Path, number: int):
        self.writers = {
            name: pq.ParquetWriter(folder / f"{name}-{number:02d}.parquet", schema)
            for name, schema in (("messages", MESSAGE), ("orders", ORDER), ("refunds", REFUND))
        }
        self.rows: dict[str, list[tuple]] = {name: [] for name in self.writers}
        self.seats: dict[str, int] = {}

    def add(self, made: StoreDay) -> None:
        store = made.store
        self.rows["messages"] += [
            (
                store,
                _number(m.buyer),
                _number(m.seat),
                0 if m.direction == IN else 2 if m.auto else 1,
                m.sent_at.replace(tzinfo=None),
                int(m.message_id),
            )
            for m in made.messages
        ]
        self.rows["orders"] += [
            (
                store,
                int(o.order_id),
                _number(o.buyer),
                o.created_at.replace(tzinfo=None),
                o.paid_at and o.paid_at.replace(tzinfo=None),
                int((o.paid_amount or 0) * 100),
                o.items,
            )
            for o in made.orders
        ]
        self.rows["refunds"] += [
            (store, int(r.order_id), int(r.amount * 100), r.items, r.completed_at.replace(tzinfo=None))
            for r in made.refunds
        ]
        for name, rows in self.rows.items():
            if len(rows) >= _ROWS:
                self._flush(name)

    def close(self) -> None:
        for name, writer in self.writers.items():
            self._flush(name)
            writer.close()

    def _flush(self, name: str) -> None:
        if rows := self.rows[name]:
            schema = self.writers[name].schema
            columns = [
                pa.array(column, type=f.type)
                for column, f in zip(zip(*rows, strict=True), schema, strict=True)
            ]
            self.writers[name].write_table(pa.Table.from_arrays(columns, schema=schema))
            rows.clear()


def write_people(folder: Path, stores: int) -> None:
    """people.parquet: (store, seat, seat's agent), agents numbered within their store from 1; nobody is 0."""
    rows = [
        (store, _number(seat.seat), _number(seat.name.replace("-", " ")) + 1)
        for store in range(stores)
        for seat in seats(store)
    ]
    columns = [pa.array(column, type=pa.int16()) for column in zip(*rows, strict=True)]
    pq.write_table(pa.table(columns, names=["store", "seat", "agent"]), folder / "people.parquet")


def _number(name: str) -> int:
    return int(name.rsplit(" ", 1)[1])
