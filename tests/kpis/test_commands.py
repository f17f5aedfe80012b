"""The commands about figures end to end: rules, refreshing, exporting, explaining.

One store, two days, figures worked out by hand (ROWS). Day 1: b asks A and buys for 300 (returned, amount unknown);
c asks the seat X nobody holds and buys for 100; d buys silently for 200. Day 2: b asks B and buys for 50; e orders
for 70 without a chat, then asks A and pays; f asks A and gets no answer.
"""

import csv
import io
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from kpis.figures import Query, agent_rows
from policies.models import AttributionRule
from stores.models import Store
from tenants.scope import organization_scope
from tests.kpis.against_reference import import_data, make_reference_store
from tests.kpis.piecewise import catch_up
from tests.make import make_organization
from tests.reference.by_hand import HandStore, at, day

ROOT = Path(__file__).resolve().parents[2]
# As docs/imports.md has them.
COLUMNS = [
    "store",
    "agent",
    "day",
    "inquiries",
    "converted_same_day",
    "converted_final",
    "orders",
    "buyers",
    "items",
    "paid_amount",
    "store_paid_amount",
    "sales_share",
    "refunded_orders",
    "refunded_amount",
    "consulting_buyers",
    "received_buyers",
    "unanswered_buyers",
    "response_count",
    "response_seconds_sum",
    "first_response_count",
    "first_response_seconds_sum",
    "unanswered_rounds",
    "within_180s",
    "in_messages",
    "human_replies",
    "refunds_without_amount",
    "maturity",
    "rule_version",
]
# A blank between columns; `-` is blank. Sums of 290 s and 30 s: 50 + 240 and 10 + 20.
ROWS = """
s - 2025-06-01 2 2 2 3 3 3 600.00 600.00 0.666667 1 0.00 2 2 0 2 290 2 290 0 1 2 2 1 final 1
s A 2025-06-01 1 1 1 1 1 1 300.00 600.00 0.500000 1 0.00 1 1 0 1  50 1  50 0 1 1 1 1 final 1
s unassigned 2025-06-01 1 1 1 1 1 1 100.00 600.00 0.166667 0 0.00 1 1 0 1 240 1 240 0 0 1 1 0 final 1
s - 2025-06-02 2 2 2 2 2 2 120.00 120.00 1.000000 0 0.00 3 2 1 2  30 2  30 1 2 3 2 0 final 1
s A 2025-06-02 1 1 1 1 1 1  70.00 120.00 0.583333 0 0.00 2 1 1 1  20 1  20 1 1 2 1 0 final 1
s B 2025-06-02 1 1 1 1 1 1  50.00 120.00 0.416667 0 0.00 1 1 0 1  10 1  10 0 1 1 1 0 final 1
"""
BY_AGENT = """
s - - 4 4 4 5 5 5 720.00 720.00 0.722222 1 0.00 5 4 1 4 320 4 320 1 3 5 4 1 final 1
s A - 2 2 2 2 2 2 370.00 720.00 0.513889 1 0.00 3 2 1 2  70 2  70 1 2 3 2 1 final 1
s B - 1 1 1 1 1 1  50.00 720.00 0.069444 0 0.00 1 1 0 1  10 1  10 0 1 1 1 0 final 1
s unassigned - 1 1 1 1 1 1 100.00 720.00 0.138889 0 0.00 1 1 0 1 240 1 240 0 0 1 1 0 final 1
"""
# e's order was created before any chat: by creation it is silent, and e's inquiry not converted.
BY_CREATION = """
s - 2025-06-02 2 1 1 2 2 2 120.00 120.00 0.416667 0 0.00 3 2 1 2 30 2 30 1 2 3 2 0 final what-if:order
s A 2025-06-02 1 0 0 0 0 0   0.00 120.00 0.000000 0 0.00 2 1 1 1 20 1 20 1 1 2 1 0 final what-if:order
s B 2025-06-02 1 1 1 1 1 1  50.00 120.00 0.416667 0 0.00 1 1 0 1 10 1 10 0 1 1 1 0 final what-if:order
"""


def table(text: str) -> list[dict[str, str]]:
    rows = [line.split() for line in text.strip().splitlines()]
    assert {len(row) for row in rows} == {len(COLUMNS)}
    return [dict(zip(COLUMNS, ["" if cell == "-" else cell for cell in row], strict=True)) for row in rows]


def asks(hand: HandStore, buyer: str, seat: str, number: int, asked: str, answered: str | None) -> None:
    hand.says(seat, at(number, asked), "in", buyer=buyer)
    if answered:
        hand.says(seat, at(number, answered), buyer=buyer)


@pytest.fixture
def store(committed, tmp_path) -> Store:
    hand = HandStore()
    asks(hand, "b", "A", 1, "10:00:00", "10:00:50")
    asks(hand, "c", "X", 1, "12:00:00", "12:04:00")
    asks(hand, "b", "B", 2, "09:00:00", "09:00:10")
    asks(hand, "e", "A", 2, "10:05:00", "10:05:20")
    asks(hand, "f", "A", 2, "11:00:00", None)
    hand.order(at(1, "10:10"), at(1, "10:15"), "300")
    hand.order(at(1, "12:05"), at(1, "12:06"), "100", buyer="c")
    hand.order(at(1, "12:05"), at(1, "12:06"), "200", buyer="d")
    hand.order(at(2, "09:10"), at(2, "09:30"), "50")
    hand.order(at(2, "10:00"), at(2, "10:06"), "70", buyer="e")
    hand.refund(None, kind="return_refund", completed_at=at(5, "10:00"))
    found = make_reference_store(make_organization("yunfan"), hand.store())
    import_data(found, hand.store(), tmp_path)
    catch_up(found)
    return found


def refresh(*arguments: str) -> str:
    printed = io.StringIO()
    call_command("refresh_kpis", "--organization", "yunfan", *arguments, stdout=printed)
    return printed.getvalue()


def set_rule(since: str, *arguments: str) -> str:
    printed = io.StringIO()
    place = ["--organization", "yunfan", "--store", "s"]
    call_command("set_rule", *place, "--from", since, *arguments, stdout=printed)
    return printed.getvalue()


def exported(
    path: Path, *arguments: str, since: str = "2025-05-01", until: str = "2025-06-30"
) -> list[dict[str, str]]:
    """What export_kpis writes as CSV, its header checked."""
    period = ["--organization", "yunfan", "--from", since, "--to", until]
    call_command("export_kpis", *period, *arguments, "--format", "csv", "--output", str(path))
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert reader.fieldnames == COLUMNS
        return list(reader)


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "figures"


@pytest.mark.parametrize("by", ["agent-day", "agent", "store-day", "store"])
def test_the_file_has_the_figures_worked_out_by_hand(store, file, by):
    expected = table(ROWS if by.endswith("day") else BY_AGENT)
    if by.startswith("store"):
        expected = [row for row in expected if row["agent"] == ""]
    assert exported(file, "--by", by) == expected


def test_the_period_and_the_store_limit_the_file(store, file):
    assert exported(file, since="2025-06-02", until="2025-06-02") == table(ROWS)[3:]
    assert exported(file, "--store", "s") == table(ROWS)
    # A return two days later is no figure of the file; neither is a colleague's assist.
    assert exported(file, since="2025-06-03") == []


def test_a_what_if_judges_every_order_anew_and_stores_nothing(store, file):
    assert exported(file, "--rule", "order", since="2025-06-02") == table(BY_CREATION)
    assert exported(file) == table(ROWS)
    same = [row | {"rule_version": "what-if:order_first"} for row in table(ROWS)]
    assert exported(file, "--rule", "order_first") == same


def test_csv_json_and_xlsx_say_the_same(store, file):
    rows = exported(file)
    period = ["--organization", "yunfan", "--from", "2025-06-01", "--to", "2025-06-02"]
    call_command("export_kpis", *period, "--format", "json", "--output", str(file))
    told = json.loads(file.read_text(encoding="utf-8"))
    assert [list(row) for row in told] == [COLUMNS] * len(rows)
    assert [{name: str(value) for name, value in row.items()} for row in told] == rows
    book = file.with_suffix(".xlsx")
    call_command("export_kpis", *period, "--format", "xlsx", "--output", str(book))
    header, *lines = openpyxl.load_workbook(book).active.iter_rows(values_only=True)
    assert list(header) == COLUMNS
    for line, row in zip(lines, rows, strict=True):
        for cell, text in zip(line, row.values(), strict=True):
            same = (
                Decimal(str(cell)) == Decimal(text) if isinstance(cell, int | float) else (cell or "") == text
            )
            assert same, (cell, text)


def test_a_new_rule_counts_from_its_day_on_once_figures_are_refreshed(store, file):
    assert set_rule("2025-06-02", "judgement=order") == "s: rules v2 valid from 2025-06-02.\n"
    assert exported(file) == table(ROWS)
    refresh()
    changed = [row | {"rule_version": "2"} for row in table(BY_CREATION)]
    assert exported(file) == table(ROWS)[:3] + changed
    versions = {row["agent"]: row["rule_version"] for row in exported(file, "--by", "agent")}
    assert versions == {"": "1+2", "A": "1+2", "B": "2", "unassigned": "1"}


def test_refreshing_does_what_is_marked_or_everything(store):
    assert refresh() == "s: 0 days, 0 rows\n"
    # Three days with figures: 3 rows, 3 rows, and 2 on the day of the return.
    assert refresh("--all") == "s: 3 days, 8 rows\n"
    assert refresh("--store", "s", "--from", "2025-06-01", "--to", "2025-06-02") == "s: 3 days, 8 rows\n"


def test_an_order_is_explained(store):
    printed = io.StringIO()
    call_command("explain_order", "--organization", "yunfan", "--store", "s", "o4", stdout=printed)
    told = json.loads(printed.getvalue())
    assert (told["owner"], told["reason"], told["rule_version"]) == ("B", "order", 1)
    assert told["judgements"] == {"order": "B", "order_first": "B", "payment": "B"}
    assert told["winning_session"]["agent"] == "B"
    assert told["winning_session"]["start"] == "2025-06-02T01:00:00+00:00"
    assert [session["agent"] for session in told["runners_up"]] == ["A"]
    assert told["assists"] == ["A"]
    printed = io.StringIO()
    call_command("explain_order", "--organization", "yunfan", "--store", "s", "o3", stdout=printed)
    told = json.loads(printed.getvalue())
    assert (told["owner"], told["reason"], told["winning_session"]) == (None, "silent", None)


@pytest.mark.parametrize(
    ("moment", "final", "same_day"),
    [
        (at(4, "23:59:59"), "provisional", "provisional"),
        (at(5, "00:00:00"), "provisional", "final"),
        (at(10, "23:59:59"), "provisional", "final"),
        (at(11, "00:00:00"), "final", "final"),
    ],
)
def test_a_day_is_final_when_nothing_can_change_it(store, moment, final, same_day):
    """Day 1: max(2 + 7, 2 + 1) + 1 = 10 days later; the same-day figure max(2 + 1, 0) + 1 = 4 days later."""
    with organization_scope(store.organization_id):
        (row,) = agent_rows(Query(day(1), day(1), (store.pk,)), "store", now=moment)
        (both,) = agent_rows(Query(day(1), day(2), (store.pk,)), "store", now=moment)
    assert (row.maturity, row.same_day_maturity) == (final, same_day)
    # Day 2 is a day behind, and a sum is as mature as its latest day.
    assert both.maturity == "provisional"


def test_where_cancelled_sales_are_taken_back_figures_ripen_later(store):
    """With cancel_days 15: max(2 + 7 + 15, 3) + 1 = 25 days later, same-day max(3, 15) + 1 = 16."""
    with organization_scope(store.organization_id):
        AttributionRule.objects.update(cancel_days=15)
        for moment, final, same_day in (
            (at(16, "23:59:59"), "provisional", "provisional"),
            (at(17, "00:00:00"), "provisional", "final"),
            (at(25, "23:59:59"), "provisional", "final"),
            (at(26, "00:00:00"), "final", "final"),
        ):
            (row,) = agent_rows(Query(day(1), day(1), (store.pk,)), "store", now=moment)
            assert (row.maturity, row.same_day_maturity) == (final, same_day)


PERIOD = ["--from", "2025-06-01", "--to", "2025-06-02"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["export_kpis", "--organization", "nobody", *PERIOD],
        ["export_kpis", "--organization", "yunfan", "--store", "t", *PERIOD],
        ["export_kpis", "--organization", "yunfan", "--from", "2025-06-02", "--to", "2025-06-01"],
        ["refresh_kpis", "--organization", "nobody"],
        ["refresh_kpis", "--organization", "yunfan", "--store", "t"],
        ["explain_order", "--organization", "yunfan", "--store", "s", "o9"],
        ["explain_order", "--organization", "yunfan", "--store", "t", "o1"],
        ["set_rule", "--organization", "yunfan", "--store", "s", "--from", "2025-06-02", "window=1"],
        ["set_rule", "--organization", "yunfan", "--store", "s", "judgement=order"],
        ["import_file", "--organization", "yunfan", "--store", "t", "x.csv"],
    ],
    ids=" ".join,
)
def test_a_command_that_does_nothing_ends_with_2_and_says_why(store, arguments):
    with pytest.raises(CommandError, match=r"\w{3}") as refused:
        call_command(*arguments, stdout=io.StringIO(), stderr=io.StringIO())
    assert refused.value.returncode == 2


def test_the_shell_gets_the_file_and_the_exit_codes(store, tmp_path):
    def run(*arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, capture_output=True, check=False
        )

    done = run("export_kpis", "--organization", "yunfan", *PERIOD, "--by", "store")
    assert done.returncode == 0
    (row,) = csv.DictReader(io.StringIO(done.stdout.decode()))
    assert row == table(BY_AGENT)[0]
    refused = run("export_kpis", "--organization", "nobody", *PERIOD)
    assert (refused.returncode, refused.stdout) == (2, b"")
    assert b"nobody" in refused.stderr
    assert run("export_kpis", "--organization", "yunfan").returncode == 2
    half = tmp_path / "orders.csv"
    half.write_text("order_id,status,created_at\no9,unpaid,2025-06-03 10:00:00\no8,unpaid,yesterday\n")
    assert run("import_file", "--organization", "yunfan", "--store", "s", str(half)).returncode == 1
