"""Stores side by side by month (R10): figures, changes, and what the change of sales is made of."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date

from kpis.figures import Query, Row, agent_rows
from kpis.rollups import FIGURES


@dataclass(frozen=True)
class StoreMonth:
    """One store's month beside the month before and the same month a year ago; None where there is none.

    parts: what made sales differ from the month before, in the row's currency, summing to the difference: by
    {"inquiries", "conversion", "amount_per_order", "silent", "refunds"}; None if a month is missing.
    """

    row: Row
    before: Row | None
    year_ago: Row | None
    parts: dict[str, float] | None


def months_between(since: date, until: date) -> list[date]:
    """First days of the calendar months that [since, until] touches."""
    return [date(n // 12, n % 12 + 1, 1) for n in range(_number(since), _number(until) + 1)]


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1


def shift_month(month: date, by: int) -> date:
    n = _number(month) + by
    return date(n // 12, n % 12 + 1, 1)


def month_end(month: date) -> date:
    return month.replace(day=monthrange(month.year, month.month)[1])


def month_rows(query: Query) -> dict[tuple[int, date], Row]:
    """{(store id, month): figures} of the query's calendar months and the twelve before them."""
    months = months_between(query.since, query.until)
    wide = replace(query, since=shift_month(months[0], -12), until=month_end(months[-1]))
    return {(row.store_id, row.month): row for row in agent_rows(wide, "store-month", only=FIGURES)}


def store_months(query: Query, rows: dict[tuple[int, date], Row] | None = None) -> list[StoreMonth]:
    """Every store and calendar month of the query (whole months), ordered by store code and month.

    rows: the query's month_rows, where they are known already.
    """
    months = months_between(query.since, query.until)
    rows = month_rows(query) if rows is None else rows
    told = []
    for (store_id, month), row in rows.items():
        if month < months[0]:
            continue
        before = rows.get((store_id, shift_month(month, -1)))
        year_ago = rows.get((store_id, shift_month(month, -12)))
        told.append(StoreMonth(row, before, year_ago, decomposition(before, row) if before else None))
    return told


def decomposition(before: Row, after: Row) -> dict[str, float] | None:
    """What net sales (after refunds) of one month differ from another's by, factor after factor.

    Sales of agents = inquiries × orders per inquiry × amount per order; each factor's share is the change it
    alone makes with the factors before it already changed, so the shares sum to the difference.
    """
    if None in (before.paid_amount, after.paid_amount):
        return None
    owned, later = float(before.owned_amount), float(after.owned_amount)
    parts = {"inquiries": 0.0, "conversion": 0.0, "amount_per_order": later - owned}
    if before.inquiries and after.inquiries and before.converted_final and after.converted_final:
        asked = owned * after.inquiries / before.inquiries
        bought = (
            asked * (after.converted_final / after.inquiries) / (before.converted_final / before.inquiries)
        )
        parts = {"inquiries": asked - owned, "conversion": bought - asked, "amount_per_order": later - bought}
    parts["silent"] = float(after.paid_amount - after.owned_amount) - float(
        before.paid_amount - before.owned_amount
    )
    parts["refunds"] = float(before.refunded_amount) - float(after.refunded_amount)
    return parts
