"""Ratings come in once, whatever the file names them by, and mark whose facts they change."""

from datetime import UTC, datetime

import pytest

from conversations.imports import write_sessions
from conversations.models import Rating
from conversations.ratings import write_ratings
from intake.direct import load_directly
from intake.models import ImportJob
from stores.imports import buyer_ids
from stores.models import Buyer, Change
from stores.platforms.records import RatingRecord, SessionRecord

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

AT = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


def write(store, *records):
    return write_ratings(store, list(enumerate(records, 2)))[:3]


def marks() -> list[tuple]:
    return sorted(Change.objects.values_list("buyer_id", "seat_id", "since", "until"), key=str)


def test_by_buyer_seat_and_time_it_is_one_rating_however_often_it_comes(store):
    record = RatingRecord(None, "阿月", "s:mei", AT, True, 5, "好")
    assert write(store, record) == (1, 0, 0)
    kept = Rating.objects.get()
    assert (kept.rating, kept.invited, kept.text, kept.rated_at) == (5, True, "好", AT)
    buyer = Buyer.objects.get(name="阿月")
    assert marks() == [(buyer.pk, None, AT, AT)]
    assert write(store, record) == (0, 0, 1)
    assert marks() == [(buyer.pk, None, AT, AT)]
    # Another second is another rating.
    assert write(store, record._replace(rated_at=AT.replace(second=1))) == (1, 0, 0)


def test_a_session_tells_the_buyer_and_seat_its_rating_leaves_out(store):
    write_sessions(store, [(2, SessionRecord("S1", "阿月", "s:mei", AT))])
    Change.objects.all().delete()
    assert write(store, RatingRecord("S1", None, None, None, True, 2, None)) == (1, 0, 0)
    kept = Rating.objects.select_related("buyer", "seat").get()
    assert (kept.buyer.name, kept.seat.name, kept.rated_at, kept.rating) == ("阿月", "s:mei", AT, 2)
    assert marks() == [(kept.buyer_id, None, AT, AT)]


def test_of_an_unknown_session_it_is_kept_and_marks_nobody(store):
    assert write(store, RatingRecord("S9", None, None, None, None, 4, "ok")) == (1, 0, 0)
    kept = Rating.objects.get()
    assert (kept.rating_id, kept.buyer_id, kept.seat_id, kept.rating) == ("S9", None, None, 4)
    assert marks() == []
    # Later the session is known, and the same file completes it.
    write_sessions(store, [(2, SessionRecord("S9", "阿月", "s:mei", AT))])
    Change.objects.all().delete()
    assert write(store, RatingRecord("S9", None, None, None, None, 4, "ok")) == (0, 1, 0)
    buyer = Buyer.objects.get(name="阿月")
    assert Rating.objects.get().buyer_id == buyer.pk
    assert marks() == [(buyer.pk, None, AT, AT)]


def test_a_blank_erases_nothing_and_a_correction_counts(store):
    write(store, RatingRecord("S1", "阿月", "s:mei", AT, True, 2, "慢"))
    assert write(store, RatingRecord("S1", None, None, None, None, None, None)) == (0, 0, 1)
    assert write(store, RatingRecord("S1", None, None, None, None, 5, None)) == (0, 1, 0)
    kept = Rating.objects.get()
    assert (kept.rating, kept.text, kept.invited) == (5, "慢", True)


def test_two_rows_of_one_rating_in_a_file_are_one(store):
    rows = (
        RatingRecord("S1", "阿月", None, None, True, None, None),
        RatingRecord("S1", None, "s:mei", AT, None, 3, None),
    )
    assert write(store, *rows) == (1, 0, 1)
    kept = Rating.objects.get()
    assert (kept.invited, kept.rating, kept.rated_at, kept.buyer.name) == (True, 3, AT, "阿月")


def test_a_rating_that_moves_to_another_buyer_marks_both(store):
    write(store, RatingRecord("S1", "阿月", "s:mei", AT, True, 2, None))
    Change.objects.all().delete()
    write(store, RatingRecord("S1", "阿星", None, None, None, None, None))
    ids = buyer_ids(store, ["阿月", "阿星"])
    assert {line[0] for line in marks()} == set(ids.values())


def test_a_file_comes_in_through_the_ordinary_door_and_twice_changes_nothing(store, tmp_path):
    path = tmp_path / "ratings.csv"
    path.write_text(
        "session_id,buyer,agent,rated_at,invited,rating,text\nS1,,,,1,5,好\n,阿月,s:mei,2026-03-01 10:00:00,1,差评,\n"
        ",阿月,,2026-03-01 10:00:00,1,2,\nS2,阿月,s:mei,2026-03-01 10:00:00,1,9,\n",
        encoding="utf-8",
    )
    load_directly(store, path)
    assert sorted(Rating.objects.values_list("rating", "rated_at", "text")) == [(1, AT, ""), (5, None, "好")]
    load_directly(store, path)
    first, second = ImportJob.objects.order_by("pk")
    assert first.counts == {"ratings": {"new": 2, "changed": 0, "unchanged": 0, "rejected": 2}}
    assert second.counts == {"ratings": {"new": 0, "changed": 0, "unchanged": 2, "rejected": 2}}
