"""Every figure by name, unit, formula and its section of docs/kpis.md. Pages, files, the API and docs/kpis.md read it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Measure:
    """One figure. unit: count, money, rate (0..1), change (signed share), seconds, ratio. better: "up", "down" or None (neither).

    `name` is what a column is called, `formula` one or two sentences a supervisor understands.
    """

    key: str
    name: str | Promise
    unit: str
    better: str | None
    formula: str | Promise
    section: str


def _by_key(*measures: Measure) -> dict[str, Measure]:
    return {measure.key: measure for measure in measures}


SALES = _by_key(
    Measure(
        "paid_amount", _("Sales"), "money", "up",
        _("What buyers paid for the orders the agent owns, by the day of payment. Every order has one owner or none."),
        "§5",
    ),
    Measure(
        "store_paid_amount", _("Store sales"), "money", "up",
        _("What buyers paid for all orders of the store, whoever owns them or nobody."), "§5",
    ),
    Measure(
        "sales_share", _("Sales share"), "rate", "up",
        _("Sales owned by agents ÷ all sales of the store. An agent's share: own sales ÷ all sales of the store."), "§5",
    ),
    Measure("orders", _("Orders"), "count", "up", _("Paid orders owned, by the day of payment."), "§5"),
    Measure(
        "buyers", _("Paying buyers"), "count", "up",
        _("Different buyers of a store's day with an owned paid order; over several days or stores the sum of them."),
        "§5",
    ),
    Measure("items", _("Items"), "count", "up", _("Pieces in the owned paid orders."), "§5"),
    Measure("amount_per_buyer", _("Sales per buyer"), "money", "up", _("Sales ÷ paying buyers."), "§5"),
    Measure("items_per_buyer", _("Items per buyer"), "ratio", "up", _("Items ÷ paying buyers."), "§5"),
    Measure("amount_per_item", _("Sales per item"), "money", "up", _("Sales ÷ items."), "§5"),
    Measure(
        "silent_amount", _("Silent sales"), "money", None,
        _("Sales nobody owns: all sales of the store − owned − excluded by their flag."), "§5",
    ),
    Measure("silent_share", _("Silent share"), "rate", None, _("Silent sales ÷ all sales of the store."), "§5"),
    Measure(
        "excluded_amount", _("Excluded by flag"), "money", None,
        _("Sales that are nobody's because the order carries an excluded flag."), "§4",
    ),
    Measure(
        "flags_not_honoured", _("Flags not honoured"), "count", "down",
        _("Orders flagged by somebody who had not served the buyer in time: the flag does not hold."), "§4",
    ),
    Measure(
        "assists", _("Assists"), "count", None,
        _("Orders of colleagues whose buyer this agent had served within the window. Shown beside, never summed."),
        "§4",
    ),
)  # fmt: skip

CONVERSION = _by_key(
    Measure(
        "inquiries", _("Inquiries"), "count", "up",
        _("Buyers served by the agent on a day, each once a day, without after-sale chats and return visits."), "§6",
    ),
    Measure(
        "conversion_final", _("Final conversion"), "rate", "up",
        _("Inquiries whose buyer created an order that day or the next (as the store's rule says), paid it within 7 days,"
          " and the agent owns it ÷ inquiries. Provisional until nothing can change any more."), "§6",
    ),
    Measure(
        "conversion_same_day", _("Same-day conversion"), "rate", "up",
        _("Inquiries whose buyer paid an order the agent owns on the same business day ÷ inquiries."), "§6",
    ),
    Measure(
        "converted_final", _("Converted inquiries"), "count", "up",
        _("The inquiries counted by the final conversion."), "§6",
    ),
    Measure(
        "converted_same_day", _("Converted the same day"), "count", "up",
        _("The inquiries counted by the same-day conversion."), "§6",
    ),
    Measure(
        "lost_inquiries", _("Not converted"), "count", "down",
        _("Inquiries − converted inquiries: the buyer bought nothing the agent owns."), "§6",
    ),
)  # fmt: skip

# What somebody who does after-sales only has none of, and why (kpis/positions.py).
OF_CONVERSION = frozenset({"conversion_final", "conversion_same_day", "lost_inquiries"})
NO_CONVERSION = _("After-sales people have no conversion rate.")

CHAT = _by_key(
    Measure("consulting_buyers", _("Consulting buyers"), "count", None, _("Different buyers of a day who wrote."), "§2"),
    Measure(
        "received_buyers", _("Received buyers"), "count", "up",
        _("Different buyers of a day who wrote and got a human reply in the same chat."), "§2",
    ),
    Measure(
        "unanswered_buyers", _("Unanswered buyers"), "count", "down",
        _("Consulting buyers to whom nobody of the store replied that day."), "§2",
    ),
    Measure("reply_rate", _("Reply rate"), "rate", "up", _("1 − unanswered buyers ÷ consulting buyers."), "§2"),
    Measure("qa_ratio", _("Replies per message"), "ratio", None, _("Human replies ÷ messages of buyers."), "§2"),
    Measure("human_replies", _("Human replies"), "count", None, _("Messages written by a person of the store."), "§2"),
    Measure("in_messages", _("Buyers' messages"), "count", None, _("Messages written by buyers."), "§2"),
)  # fmt: skip

RESPONSE = _by_key(
    Measure(
        "average_first_response_seconds", _("First response"), "seconds", "down",
        _("Seconds from a buyer's first message of the day to the first human reply: sum ÷ count. Automatic replies never"
          " count."), "§3",
    ),
    Measure(
        "average_response_seconds", _("Average response"), "seconds", "down",
        _("Seconds from a buyer's question to the human reply, over all rounds: sum ÷ count."), "§3",
    ),
    Measure(
        "three_minute_rate", _("3-minute rate"), "rate", "up",
        _("Rounds answered in time ÷ (answered + unanswered rounds): 180 s and all hours, unless the store's settings"
          " follow its platform's hours and seconds."), "§3",
    ),
    Measure("response_count", _("Answered rounds"), "count", None, _("Rounds that a human reply ended."), "§3"),
    Measure(
        "unanswered_rounds", _("Unanswered rounds"), "count", "down",
        _("Rounds still open at the end of the business day, of the agent whose seat was asked."), "§3",
    ),
    *(
        Measure(
            f"within_{seconds}s_rate", format_lazy(_("Within {seconds} s"), seconds=seconds), "rate", "up",
            format_lazy(_("Rounds answered within {seconds} s ÷ (answered + unanswered rounds)."), seconds=seconds), "§3",
        )
        for seconds in (30, 60, 120, 180, 300)
    ),
    Measure(
        "response_share", _("Share of answered rounds"), "rate", None,
        _("Answered rounds whose response time falls into the span ÷ all answered rounds."), "§3",
    ),
    *(
        Measure(
            f"response_p{percent}", name, "seconds", "down",
            format_lazy(_("{percent} percent of the answered rounds were at least this quick. Read from a histogram, so accurate"
                          " to its bin."), percent=percent), "§3",
        )
        for percent, name in ((50, _("Median (p50)")), (90, _("9 in 10 within (p90)")), (95, _("19 in 20 within (p95)")))
    ),
)  # fmt: skip

REFUNDS = _by_key(
    Measure(
        "refund_rate", _("Refund rate"), "rate", "down",
        _("Owned orders paid in the period with at least one completed refund ÷ owned orders."), "§7",
    ),
    Measure(
        "refund_rate_amount", _("Refund rate by amount"), "rate", "down",
        _("Refunded amount ÷ paid amount of the owned orders of the period."), "§7",
    ),
    Measure("refunded_orders", _("Refunded orders"), "count", "down", _("Owned orders with a completed refund."), "§7"),
    Measure("refunded_amount", _("Refunded"), "money", "down", _("Completed refunds of the owned orders."), "§7"),
    Measure(
        "refunds_without_amount", _("Refunds without amount"), "count", "down",
        _("Completed refunds whose amount the platform does not give; they are missing from the refunded amount."), "§7",
    ),
    Measure(
        "net_amount", pgettext_lazy("sales − refunds", "Net sales"), "money", "up", _("Store sales − refunded."), "§7"
    ),
)  # fmt: skip

SATISFACTION = _by_key(
    Measure(
        "satisfaction", _("Satisfaction"), "rate", "up", _("Ratings of 4 and 5 ÷ all ratings."), "§8"
    ),
    Measure("ratings", _("Ratings"), "count", None, _("Chats rated by their buyer with 1 to 5, invited or not."), "§8"),
    Measure(
        "invited_rate", _("Invited rate"), "rate", "up",
        _("Chats whose buyer was invited to rate them ÷ received chats. Unknown where the platform does not tell."), "§8",
    ),
    Measure("rated_rate", _("Rated rate"), "rate", "up", _("Rated chats among the invited ones ÷ invited chats."), "§8"),
    Measure(
        "received_sessions", _("Received chats"), "count", "up", _("Chats in which the buyer wrote and a person replied."),
        "§2",
    ),
)  # fmt: skip

REPURCHASE = _by_key(
    Measure(
        "repurchase_rate", _("Repurchase rate"), "rate", "up",
        _("Buyers with a paid order in the period who had paid another in the 365 days before it, or earlier in it ÷ buyers"
          " with a paid order in the period. An agent's: buyers of orders the agent owns."), "§8",
    ),
    Measure(
        "period_buyers", _("Different buyers"), "count", "up",
        _("Different buyers of a store with a paid order in the period, each once however often they bought."), "§8",
    ),
    Measure(
        "repurchasing_buyers", _("Repurchasing buyers"), "count", "up",
        _("Of these buyers those who had paid another order before, in the 365 days before the period or earlier in it."), "§8",
    ),
    Measure(
        "same_product_buyers", _("Bought the same again"), "count", "up",
        _("Of these buyers those whose earlier order held the same product."), "§8",
    ),
    Measure(
        "same_product_rate", _("Rate of the same product"), "rate", "up",
        _("Buyers who bought the same product again ÷ different buyers of the product."), "§8",
    ),
)  # fmt: skip

MONTHS = _by_key(
    Measure("month_over_month", _("Month on month"), "change", "up", _("Sales ÷ sales of the month before − 1."), "§5"),
    Measure("year_over_year", _("Year on year"), "change", "up", _("Sales ÷ sales of the same month last year − 1."), "§5"),
    Measure(
        "net_change", _("Net sales on month before"), "change", "up",
        _("Net sales (sales − refunds) ÷ those of the month before − 1: the sum of the five causes beside it."), "§5",
    ),
    Measure(
        "part_inquiries", _("by inquiries"), "change", "up",
        _("What more or fewer inquiries alone made of the change."), "§5",
    ),
    Measure(
        "part_conversion", _("by conversion"), "change", "up",
        _("What a higher or lower conversion made of it, with the new number of inquiries."), "§5",
    ),
    Measure(
        "part_amount_per_order", _("by amount per order"), "change", "up",
        _("What larger or smaller orders of agents made of it."), "§5",
    ),
    Measure("part_silent", _("by silent sales"), "change", "up", _("What sales without an agent made of it."), "§5"),
    Measure("part_refunds", _("by refunds"), "change", "up", _("What fewer or more refunds made of it."), "§7"),
)  # fmt: skip

MEASURES: dict[str, Measure] = {
    **SALES,
    **CONVERSION,
    **CHAT,
    **RESPONSE,
    **REFUNDS,
    **SATISFACTION,
    **REPURCHASE,
    **MONTHS,
}
