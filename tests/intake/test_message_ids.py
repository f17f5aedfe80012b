"""Derived message ids: the same for the same file, different for equal rows, in the order of time."""

from datetime import UTC, datetime, timedelta

from intake.message_ids import MessageIds
from stores.platforms.records import IN, OUT, MessageRecord

AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def line(text="在吗", seat="s", buyer="b", direction=IN, auto=False, at=AT) -> MessageRecord:
    return MessageRecord(None, buyer, seat, direction, auto, at, text)


def test_the_id_is_the_second_in_base_32_and_eleven_characters_of_a_hash():
    key = MessageIds().derive(line(at=datetime(1970, 1, 1, 0, 17, 5, tzinfo=UTC)))

    # 1025 seconds = 1 * 32² + 0 * 32 + 1.
    assert key[:7] == "0000101"
    assert len(key) == 18


def test_ids_sort_by_time_by_code_point():
    ids = MessageIds()
    keys = [ids.derive(line(at=AT + timedelta(seconds=step**3))) for step in range(50)]

    assert keys == sorted(keys)


def test_equal_rows_get_different_ids_and_the_same_ones_each_time():
    first, second = MessageIds(), MessageIds()
    rows = [line(), line(), line("您好"), line()]

    assert [first.derive(row) for row in rows] == [second.derive(row) for row in rows]
    third = MessageIds()
    assert len({third.derive(row) for row in rows}) == 4


def test_neither_buyer_nor_auto_changes_an_id():
    assert MessageIds().derive(line()) == MessageIds().derive(line(buyer="other", auto=True))


def test_seat_direction_time_and_text_each_change_an_id():
    others = [line(seat="t"), line(direction=OUT), line(at=AT + timedelta(microseconds=1)), line("在")]

    assert len({MessageIds().derive(row) for row in [line(), *others]}) == 5


def test_where_one_field_ends_and_the_next_begins_matters():
    assert MessageIds().derive(line("b", seat="a")) != MessageIds().derive(line("", seat="ab"))


def test_an_id_of_the_platform_is_kept():
    record = line()._replace(message_id="m1")
    assert MessageIds().complete(record) is record


def test_a_row_is_remembered_for_a_generation_after_it_was_last_seen():
    ids = MessageIds(keys_per_generation=10)
    first = ids.derive(line("seen"))
    for number in range(10):
        ids.derive(line(str(number)))
    assert ids.derive(line("seen")) != first

    for number in range(30):
        ids.derive(line(f"later {number}"))
    # Forgotten by now: memory is bounded, and so few equal rows lie this far apart that it costs nothing.
    assert ids.derive(line("seen")) == first
    assert len(ids.young) + len(ids.old) <= 20
