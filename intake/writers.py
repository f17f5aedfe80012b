"""Which writer takes which record. A new kind of record is one line here."""

from collections.abc import Callable

from conversations.imports import write_messages, write_sessions
from conversations.ratings import write_ratings
from orders.costs import write_costs
from orders.imports import write_order_lines, write_orders, write_refunds, write_reviews
from orders.tracking import write_tracking
from stores.imports import Written, write_buyers, write_products, write_rates
from stores.platforms import records as r
from team.imports import write_seats
from team.presence import write_presence
from team.roster_import import write_roster

WRITERS: dict[type, Callable[..., Written]] = {
    r.SeatRecord: write_seats,
    r.RosterRecord: write_roster,
    r.MessageRecord: write_messages,
    r.SessionRecord: write_sessions,
    r.RatingRecord: write_ratings,
    r.OrderRecord: write_orders,
    r.OrderLineRecord: write_order_lines,
    r.RefundRecord: write_refunds,
    r.ReviewRecord: write_reviews,
    r.TrackingRecord: write_tracking,
    r.BuyerRecord: write_buyers,
    r.ProductRecord: write_products,
    r.RateRecord: write_rates,
    r.PresenceRecord: write_presence,
    r.CostRecord: write_costs,
}
