"""Couriers' events come in once, whatever is imported again, and tell the change log whose order they concern."""

import pytest

from intake.writers import WRITERS
from orders.models import TrackingEvent
from stores.models import Change
from stores.platforms.neutral import FORMATS
from stores.platforms.recognise import recognise
from stores.platforms.records import TrackingRecord
from tests.make import at, write_order
from tests.stores.platforms.test_recognise import TAOBAO

assert FORMATS


@pytest.fixture
def event():
    return TrackingRecord("o1", "已揽收", at("2026-11-02 10:00:00"), "SF1", None, None)


def test_the_same_event_is_one_and_a_later_file_may_name_its_place(store, scope, event):
    write_order(store, "o1", buyer="ann", created_at="2026-11-01 10:00:00", paid_amount="9")
    Change.objects.all().delete()
    write = WRITERS[TrackingRecord]
    assert write(store, [(1, event), (2, event), (3, event._replace(event="派送中"))], None)[:3] == (2, 0, 1)
    assert Change.objects.get().buyer_id
    assert write(store, [(1, event)], None)[:3] == (0, 0, 1)
    assert Change.objects.count() == 1
    assert write(store, [(1, event._replace(place="杭州", courier="顺丰"))], None)[:3] == (0, 1, 0)
    assert write(store, [(1, event)], None)[:3] == (0, 0, 1)
    assert set(TrackingEvent.objects.values_list("event", "place", "courier")) == {
        ("已揽收", "杭州", "顺丰"),
        ("派送中", "", ""),
    }


def test_a_table_of_events_is_read_row_by_row(tmp_path):
    path = tmp_path / "events.csv"
    path.write_text(
        "order_id,tracking_no,courier,event,happened_at,place\no1,No:SF1,顺丰,已揽收,2026-11-02 10:00:00,杭州\no2,,,,2026-11-02 10:00:00,\n"
    )
    found = recognise(path, path.name, TAOBAO)
    assert found.kind == "tracking"
    good, bad = list(found.parse())
    assert good[1] == TrackingRecord("o1", "已揽收", at("2026-11-02 10:00:00"), "SF1", "顺丰", "杭州")
    assert (bad.row, bad.column) == (3, "event")
