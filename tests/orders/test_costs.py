"""Costs come in by file once each, the later telling wins, and what is wrong is refused in words."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from intake.direct import load_directly
from intake.models import RefusedRow, State
from intake.refusals import explain
from orders.costs import write_costs
from orders.trade_models import Cost
from stores.platforms.records import CostRecord
from tests.intake import broken_files as b

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope", "english")]
HEADER = "order_id,day,product_code,kind,amount\n"
EARLY, LATE = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)


def bring(store, tmp_path, content: str, name: str = "costs.csv"):
    path = tmp_path / name
    b.text(content)(path)
    [job] = load_directly(store, path)
    return job


def stored() -> list[tuple]:
    return list(
        Cost.objects.order_by("kind", "order_id", "day").values_list(
            "order_id", "day", "product_code", "kind", "amount"
        )
    )


def of_order(amount: str, **fields) -> CostRecord:
    return CostRecord("o1", None, None, "courier", Decimal(amount))._replace(**fields)


def test_a_file_of_costs_comes_in_once(store, tmp_path):
    content = HEADER + 'o1,,,courier,￥8.50\n,2026-11-03,P1,other,"1,200"\no1,,,compensation,0\n'
    job = bring(store, tmp_path, content)
    assert (job.state, job.format, job.totals["new"]) == (State.DONE, "neutral.costs", 3)
    assert stored() == [
        ("o1", None, "", "compensation", Decimal("0.00")),
        ("o1", None, "", "courier", Decimal("8.50")),
        ("", date(2026, 11, 3), "P1", "other", Decimal("1200.00")),
    ]
    again = bring(store, tmp_path, content + "\n", "again.csv")
    assert (again.totals["new"], again.totals["changed"], again.totals["unchanged"]) == (0, 0, 3)
    assert len(stored()) == 3


def test_the_later_telling_wins_whichever_comes_first(store):
    assert write_costs(store, [(2, of_order("8"))], LATE)[:3] == (1, 0, 0)
    assert write_costs(store, [(2, of_order("5"))], EARLY)[:3] == (0, 0, 1)
    assert stored()[0][4] == 8
    assert write_costs(store, [(2, of_order("9"))], LATE)[:3] == (0, 1, 0)
    # A file that does not say when it was made comes after what is known.
    assert write_costs(store, [(2, of_order("7"))])[:3] == (0, 1, 0)
    assert [row[4] for row in stored()] == [Decimal("7.00")]


def test_of_one_cost_twice_in_a_file_the_last_row_counts(store):
    rows = [(2, of_order("5")), (3, of_order("6")), (4, of_order("1", day=date(2026, 11, 3)))]
    assert write_costs(store, rows)[:3] == (2, 0, 1)
    assert sorted(row[4] for row in stored()) == [1, 6]


def test_days_and_products_tell_the_costs_of_an_order_apart(store):
    first = of_order("5", day=date(2026, 11, 3))
    rows = [(2, first), (3, first._replace(day=date(2026, 11, 4))), (4, first._replace(product_code="P1"))]
    assert write_costs(store, rows)[:3] == (3, 0, 0)
    assert write_costs(store, rows)[:3] == (0, 0, 3)


BAD_ROWS = {
    "neither order nor product": (",2026-11-03,,courier,5", "order_id", "a cost needs an order_id"),
    "a product without its day": (",,P1,courier,5", "order_id", "a cost needs an order_id"),
    "a kind nobody knows": ("o2,,,rent,5", "kind", "rent is not a value known"),
    "no kind": ("o2,,,,5", "kind", "must not be blank"),
    "no amount": ("o2,,,courier,--", "amount", "must not be blank"),
    "words for an amount": ("o2,,,courier,eight", "amount", "eight is not an amount"),
    "a negative amount": ("o2,,,courier,-5", "amount", "is negative"),
    "an amount beyond all stores": ("o2,,,courier,1000000000000", "amount", "too large"),
    "a day that does not exist": (",2026-02-30,P1,courier,5", "day", "2026-02-30"),
    "a rounded order number": ("2.02611E+18,,,courier,5", "order_id", "rounded"),
    "an endless order number": (f"{'9' * 101},,,courier,5", "order_id", "too long"),
    "a cell too many": ("o2,,,courier,5,6", "", "6 cells under 5 headers"),
}


@pytest.mark.parametrize("case", BAD_ROWS)
def test_a_bad_row_is_refused_in_words_and_the_others_come_in(case, store, tmp_path):
    row, column, said = BAD_ROWS[case]
    job = bring(store, tmp_path, f"{HEADER}o1,,,courier,8\n{row}\n")
    refused = RefusedRow.objects.get()
    assert (job.state, refused.row, refused.column) == (State.DONE, 3, column)
    assert said in explain(refused.message, refused.params)
    assert [each[0] for each in stored()] == ["o1"]


def test_a_workbook_says_the_same_as_text(store, tmp_path):
    path = tmp_path / "costs.xlsx"
    path.write_bytes(b.workbook(("Order_ID", "Kind", "Amount"), ("o1", "courier", 8.5)))
    [job] = load_directly(store, path)
    assert job.state == State.DONE
    assert stored() == [("o1", None, "", "courier", Decimal("8.50"))]
