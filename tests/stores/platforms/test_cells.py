"""What one cell says."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from stores.platforms import cells
from stores.platforms.cells import CellRefused, Clock
from tests.stores.platforms.made_files import utc

NOW = utc(2026, 6, 1)


@pytest.mark.parametrize(
    "printed", ["", "  ", "-", "--", "延迟统计", "null", "NULL", "nan", "NaN", "'null", '=""', None]
)
def test_a_cell_that_says_nothing_is_unknown(printed):
    assert cells.known_text(printed) is None
    assert cells.money(printed) is None
    assert cells.count(printed) is None
    assert cells.identifier(printed) is None
    assert Clock("Asia/Shanghai", NOW).instant(printed) is None


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        ('="123"', "123"),
        ("'申通", "申通"),
        (" 123 ", "123"),
        ("123\t", "123"),
        (123.0, "123"),
        ("=1+1", "=1+1"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ('="say ""hi"""', 'say "hi"'),
        ("Gia\u0301", "Gi\u00e1"),
    ],
)
def test_what_spreadsheets_add_is_taken_off_and_formulas_stay_text(printed, text):
    assert cells.known_text(printed) == text


@pytest.mark.parametrize(
    ("printed", "amount"),
    [
        ("￥1,234.50", "1234.50"),
        ("¥12", "12"),
        ("0元", "0"),
        ("CNY 3.5", "3.5"),
        ("1，234元", "1234"),
        ("73000.00", "73000.00"),
        (58.51, "58.51"),
        (0.1 + 0.2, "0.3"),
        ("NT$1,200", "1200"),
        ("Rp 15", "15"),
    ],
)
def test_money_is_read_whatever_marks_it_carries(printed, amount):
    assert cells.money(printed) == Decimal(amount)


@pytest.mark.parametrize(
    "printed", ["1,5", "12.5.3", "abc", "1e5", "Infinity", "1,23,456", "9" * 50, "1000000000000"]
)
def test_what_is_no_amount_is_refused(printed):
    with pytest.raises(CellRefused):
        cells.money(printed)


def test_negative_money_is_refused_as_negative():
    with pytest.raises(CellRefused, match="negative"):
        cells.money("-5.00")


@pytest.mark.parametrize(
    ("printed", "amount"),
    [
        ("150.000", "150000"),
        ("1.250.000", "1250000"),
        ("150.00", "150.00"),
        ("150.000,50", "150000.50"),
        (150.125, "150.125"),
    ],
)
def test_a_dot_groups_thousands_only_where_the_currency_writes_so(printed, amount):
    assert cells.money(printed, ".") == Decimal(amount)


@pytest.mark.parametrize("printed", ["2.14073E+16", "2.14e+16", 21407300627014900.0, 1234567890123456])
def test_a_number_rounded_by_a_spreadsheet_is_refused_with_advice(printed):
    with pytest.raises(CellRefused, match="format the column as text"):
        cells.identifier(printed)


@pytest.mark.parametrize(
    "printed", ["2301015Y994E57", "23010112345E67", "21407300627014900", 123456789012345.0]
)
def test_identifiers_that_only_look_rounded_are_kept(printed):
    assert cells.identifier(printed) == str(printed).removesuffix(".0")


def test_tracking_numbers_lose_taobaos_prefix():
    assert cells.tracking_number("No:3330622150731") == "3330622150731"
    assert cells.tracking_number("No:") is None


@pytest.mark.parametrize(
    ("printed", "instant"),
    [
        ("2017/5/9 8:54", utc(2017, 5, 9, 0, 54)),
        ("2020-02-21 00:00:00", utc(2020, 2, 20, 16)),
        ("2023-01-01 00:03", utc(2022, 12, 31, 16, 3)),
        ("10/31/2011 10:42", utc(2011, 10, 31, 2, 42)),
        ("31/10/2011 10:42", utc(2011, 10, 31, 2, 42)),
        ("2020-02-21", utc(2020, 2, 20, 16)),
        ("2020年2月21日 9:05", utc(2020, 2, 21, 1, 5)),
        ("2020-02-21T00:00:00Z", utc(2020, 2, 21)),
        ("2020-02-21T00:00:00+09:00", utc(2020, 2, 20, 15)),
        ("2020-02-21 00:00:00 +0900", utc(2020, 2, 20, 15)),
        ("2020-02-21 00:00:00.500", utc(2020, 2, 20, 16, 0, 0, 500000)),
        (43882.5, utc(2020, 2, 21, 4)),
        (datetime(2020, 2, 21, 12), utc(2020, 2, 21, 4)),
        (date(2020, 2, 21), utc(2020, 2, 20, 16)),
    ],
)
def test_times_are_read_in_every_form_seen(printed, instant):
    clock = Clock("Asia/Shanghai", NOW)
    assert clock.instant(printed) == instant
    assert clock.instant(printed) == instant, "and again, from what was kept"


@pytest.mark.parametrize(
    "printed", ["2020-02-30 00:00:00", "2020-02-21 24:00:00", "gestern", "5", 5.0, "0001-01-01 00:00"]
)
def test_what_is_no_time_is_refused(printed):
    with pytest.raises(CellRefused, match="not a time"):
        Clock("Asia/Shanghai", NOW).instant(printed)


def test_unpadded_times_of_one_hour_are_each_read_in_full():
    clock = Clock("Asia/Shanghai", NOW)
    assert clock.instant("2026-1-2 9:05:03") == utc(2026, 1, 2, 1, 5, 3)
    assert clock.instant("2026-1-2 9:05:40") == utc(2026, 1, 2, 1, 5, 40)
    assert clock.instant("2026-1-2 9:06:40") == utc(2026, 1, 2, 1, 6, 40)


def test_day_and_month_that_cannot_be_told_apart_are_refused():
    with pytest.raises(CellRefused, match="cannot be told apart"):
        Clock("Asia/Jakarta", NOW).instant("05/06/2023 10:00")


def test_the_second_of_two_equal_local_times_is_read_as_the_first():
    # New York, 2025-11-02: 01:30 occurs at 05:30 UTC (EDT) and again at 06:30 UTC (EST).
    clock = Clock("America/New_York", NOW)
    assert clock.instant("2025-11-02 01:30:00") == utc(2025, 11, 2, 5, 30)


def test_a_local_time_that_does_not_exist_has_the_offset_before_the_change():
    # New York, 2026-03-08: 02:00 EST becomes 03:00 EDT; 02:30 read with -05:00 is 07:30 UTC.
    clock = Clock("America/New_York", NOW)
    assert clock.instant("2026-03-08 02:30:00") == utc(2026, 3, 8, 7, 30)


def test_an_hour_in_which_the_offset_changes_is_not_kept_whole():
    # Lord Howe, 2025-10-05: 02:00 +10:30 becomes 02:30 +11. 02:10 does not exist, 02:40 does.
    clock = Clock("Australia/Lord_Howe", NOW)
    assert clock.instant("2025-10-05 02:40:00") == utc(2025, 10, 4, 15, 40)
    assert clock.instant("2025-10-05 02:10:00") == utc(2025, 10, 4, 15, 40)
    assert clock.instant("2025-10-05 02:40:00") == utc(2025, 10, 4, 15, 40)


def test_only_what_is_yet_to_come_may_lie_in_the_future():
    clock = Clock("UTC", NOW)
    assert clock.instant("2026-06-03 00:00:00") == utc(2026, 6, 3)
    with pytest.raises(CellRefused, match="future"):
        clock.instant("2026-06-03 00:00:01")
    assert clock.promise("2026-06-20 00:00:00") == utc(2026, 6, 20)


@pytest.mark.parametrize(("printed", "whole"), [("2", 2), ("2.0", 2), (2.0, 2), ("1,200", 1200)])
def test_counts_are_whole_numbers(printed, whole):
    assert cells.count(printed) == whole


@pytest.mark.parametrize("printed", ["2.5", "-1", "two", "2147483648", "9" * 1000])
def test_what_is_no_count_is_refused(printed):
    with pytest.raises(CellRefused):
        cells.count(printed)


def test_shares_lie_between_0_and_1():
    assert cells.share("98.5%") == Decimal("0.985")
    assert cells.share("0.8") == Decimal("0.8")
    with pytest.raises(CellRefused, match="share"):
        cells.share("80")


def test_a_refusal_quotes_no_more_than_a_line():
    with pytest.raises(CellRefused) as refused:
        cells.money("x" * 5000)
    assert len(str(refused.value)) < 200
