"""One row of figures: sums, and the rates made of them."""

import json
from bisect import bisect_left, bisect_right
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from typing import Any

from kpis.models import RESPONSE_BINS, STORE

MONEY = ("paid_amount", "refunded_amount", "owned_amount", "excluded_amount")
MONEY_NAMES = (*MONEY, "store_paid_amount")
# Where the bins of the histogram begin and end; what is slower than the last bound is told as it.
BOUNDS = (0, *RESPONSE_BINS, RESPONSE_BINS[-1])


def ratio(part: Any, whole: Any) -> float | None:
    """part / whole; None where either is unknown or the whole is 0."""
    return float(part) / float(whole) if whole and part is not None else None


class Row:
    """Sums of one group, and the rates made of them; a rate is None where it is unknown.

    Attributes: store_id, agent_id, day, month (None where summed over), the counts of FIGURES asked for, and the money
    columns in `currency`: the stores' own if they share one, else the organization's (`converted` says so);
    money is None where a needed exchange rate is missing. store_paid_amount: the stores' total of the period.
    """

    store_id: int | None = None
    agent_id: int
    day: date | None = None
    month: date | None = None
    currency: str
    without_conversion: bool = False  # of somebody who does after-sales only (kpis/positions.py)
    rule_numbers: list[int]
    bins_text: str  # the days' histograms as PostgreSQL prints an array of arrays

    def __init__(self, values: dict[str, Any], judgement: str | None):
        self.__dict__ = values  # and not a copy: a chart has thousands of rows
        self.judgement = judgement
        self.converted = values["first_currency"] != values["last_currency"]
        self.currency = values["home_currency"] if self.converted else values["first_currency"]
        if self.converted:
            values |= {name: values[f"{name}_converted"] for name in MONEY_NAMES if name in values}

    @property
    def is_store(self) -> bool:
        return self.agent_id == STORE

    @property
    def rule_version(self) -> str:
        if self.judgement:
            return f"what-if:{self.judgement}"
        return "+".join(map(str, sorted(set(self.rule_numbers))))

    @property
    def maturity(self) -> str:
        """Of converted_final: the least mature of the row's days."""
        return "final" if self.is_final else "provisional"

    @property
    def same_day_maturity(self) -> str:
        return "final" if self.same_day_is_final else "provisional"

    @property
    def sales_share(self) -> Decimal | None:
        """客服销售占比: of an agent own / store; of the store owned by anybody / all (docs/kpis.md §5)."""
        own = self.owned_amount if self.is_store else self.paid_amount
        total = self.store_paid_amount
        return own / total if total and own is not None else None

    @property
    def silent_amount(self) -> Decimal | None:
        """Of a store's row: what nobody owns and no flag excluded."""
        if self.paid_amount is None:
            return None
        return self.paid_amount - self.owned_amount - self.excluded_amount

    @property
    def silent_share(self) -> float | None:
        return ratio(self.silent_amount, self.paid_amount)

    @property
    def conversion_same_day(self) -> float | None:
        return None if self.without_conversion else ratio(self.converted_same_day, self.inquiries)

    @property
    def conversion_final(self) -> float | None:
        return None if self.without_conversion else ratio(self.converted_final, self.inquiries)

    @property
    def lost_inquiries(self) -> int | None:
        return None if self.without_conversion else self.inquiries - self.converted_final

    @property
    def reply_rate(self) -> float | None:
        return ratio(self.consulting_buyers - self.unanswered_buyers, self.consulting_buyers)

    @property
    def qa_ratio(self) -> float | None:
        """答问比"""
        return ratio(self.human_replies, self.in_messages)

    @property
    def average_response_seconds(self) -> float | None:
        return ratio(self.response_seconds_sum, self.response_count)

    @property
    def average_first_response_seconds(self) -> float | None:
        return ratio(self.first_response_seconds_sum, self.first_response_count)

    @property
    def rounds(self) -> int:
        return self.response_count + self.unanswered_rounds

    @property
    def three_minute_rate(self) -> float | None:
        """Of the rounds in the hours that count, those answered within the store's seconds (180 unless set)."""
        return ratio(self.rate_answered, self.rate_rounds)

    @property
    def invited_rate(self) -> float | None:
        """Of the received sessions, those whose buyer was invited to rate; None where no platform tells it."""
        return ratio(self.invited_sessions, self.received_sessions) if self.invitations_known else None

    @property
    def rated_rate(self) -> float | None:
        """Of the invited ones, those that were rated."""
        return ratio(self.rated_invited, self.invited_sessions)

    @property
    def satisfaction(self) -> float | None:
        """满意率: ratings of 4 and 5 of all ratings (docs/kpis.md §8)."""
        return ratio(self.satisfied, self.ratings)

    @property
    def refund_rate(self) -> float | None:
        return ratio(self.refunded_orders, self.orders)

    @property
    def refund_rate_amount(self) -> float | None:
        return ratio(self.refunded_amount, self.paid_amount)

    @property
    def refund_rate_items(self) -> float | None:
        return ratio(self.refunded_items, self.items)

    @property
    def refund_rate_event(self) -> float | None:
        return ratio(self.refunds_completed, self.orders)

    @property
    def amount_per_buyer(self) -> float | None:
        """客单价"""
        return ratio(self.paid_amount, self.buyers)

    @property
    def items_per_buyer(self) -> float | None:
        """客件数"""
        return ratio(self.items, self.buyers)

    @property
    def amount_per_item(self) -> float | None:
        """件均价"""
        return ratio(self.paid_amount, self.items)

    @cached_property
    def response_bins(self) -> list[int]:
        """Answered rounds by RESPONSE_BINS. Days are added up here, and only where somebody asks."""
        days = json.loads(self.bins_text.replace("{", "[").replace("}", "]"))
        return days[0] if len(days) == 1 else [sum(counts) for counts in zip(*days, strict=True)]

    def response_percentile(self, share: float) -> float | None:
        """The response time in seconds within which `share` (0..1) of the answered rounds were answered.

        Interpolated inside a bin of RESPONSE_BINS; None without rounds, and the last bound for what is slower.
        """
        total = sum(self.response_bins)
        if not total:
            return None
        upto = list(accumulate(self.response_bins))
        wanted = share * total
        # The first bin that reaches so far; the last reaches the total.
        at = bisect_left(upto, wanted) if wanted else bisect_right(upto, 0)
        count, (lower, upper) = self.response_bins[at], BOUNDS[at : at + 2]
        return float(lower + (upper - lower) * (wanted - (upto[at] - count)) / count)
