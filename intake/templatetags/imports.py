"""Words for what an import holds and where it stands."""

from django import template
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from intake.models import ImportJob, State
from intake.refusals import explain

register = template.Library()

KIND_NAMES = {
    "messages": _("Messages"),
    "sessions": _("Sessions"),
    "orders": _("Orders"),
    "order_lines": _("Order lines"),
    "refunds": _("Refunds"),
    "reviews": _("Reviews"),
    "tracking": _("Courier events"),
    "buyers": _("Buyers"),
    "seats": _("Seats"),
    "roster": _("Roster"),
    "products": _("Products"),
    "rates": _("Exchange rates"),
    "ratings": _("Ratings"),
    "presence": _("Times on line"),
    "costs": _("Costs"),
}
FIELD_NAMES = {
    "record": _("Record"),
    "message_id": _("Message number"),
    "buyer": _("Buyer"),
    "masked_buyer": _("Buyer (masked by the platform)"),
    "seat": _("Seat"),
    "agent": _("Seat"),
    "direction": _("Direction"),
    "auto": _("Automatic"),
    "sent_at": _("Sent at"),
    "online_at": _("On line from"),
    "offline_at": _("On line to"),
    "state": _("State"),
    "text": _("Text"),
    "session_id": _("Session number"),
    "started_at": _("Began at"),
    "ended_at": _("Ended at"),
    "buyer_messages": _("Messages of the buyer"),
    "agent_messages": _("Messages of the agent"),
    "invited": _("Invited to rate"),
    "rating": _("Rating"),
    "transferred_to": _("Transferred to"),
    "order_id": _("Order number"),
    "status": _("Status"),
    "created_at": _("Created at"),
    "paid_at": _("Paid at"),
    "shipped_at": _("Shipped at"),
    "completed_at": _("Completed at"),
    "closed_at": _("Closed at"),
    "close_reason": _("Reason for closing"),
    "total_amount": _("Total amount"),
    "paid_amount": _("Paid amount"),
    "postage": _("Postage"),
    "items": _("Items"),
    "flag": _("Flag"),
    "flag_seat": _("Flagged by"),
    "flag_agent": _("Flagged by"),
    "seller_memo": _("Seller's memo"),
    "buyer_message": _("Buyer's message"),
    "receiver_name": _("Receiver"),
    "receiver_phone": _("Receiver's phone"),
    "receiver_address": _("Receiver's address"),
    "cod": _("Cash on delivery"),
    "courier": _("Courier"),
    "tracking_no": _("Tracking number"),
    "promised_ship_at": _("Ship by"),
    "delivered_at": _("Delivered at"),
    "line_no": _("Line"),
    "product_code": _("Product code"),
    "title": _("Title"),
    "sku": _("Variation"),
    "quantity": _("Quantity"),
    "price": _("Price"),
    "refund_id": _("Refund number"),
    "refund_amount": _("Refund amount"),
    "kind": _("Kind"),
    "amount": _("Amount"),
    "reason": _("Reason"),
    "from_report": _("Read off an order report"),
    "review_id": _("Review number"),
    "reply": _("Reply"),
    "replied_at": _("Replied at"),
    "registered_at": _("Registered at"),
    "credit": _("Credit"),
    "good_rate": _("Share of good ratings"),
    "note": _("Note"),
    "name": _("Name"),
    "employee_id": _("Employee number"),
    "grade": _("Grade"),
    "since": _("From"),
    "from": _("From"),
    "until": _("To"),
    "to": _("To"),
    "day": _("Day"),
    "currency": _("Currency"),
    "rate": _("Rate"),
    "stock": _("Stock"),
    "counterfeit_risk": _("Risk of counterfeits"),
    "rated_at": _("Rated at"),
}
_SOURCES = {
    "taobao": _("Taobao/Tmall"),
    "tmall": _("Taobao/Tmall"),
    "wangwang": _("Wangwang"),
    "jd": _("JD"),
    "dongdong": _("Dongdong"),
    "shopee": _("Shopee"),
    "neutral": pgettext_lazy("source of a file", "Kefudesk table"),
}
_COLOURS = {
    State.UPLOADED: "bg-yellow-lt",
    State.QUEUED: "bg-azure-lt",
    State.RUNNING: "bg-blue-lt",
    State.DONE: "bg-green-lt",
    State.REFUSED: "bg-red-lt",
}


@register.filter
def kind_name(kind: str) -> str:
    return KIND_NAMES.get(kind, kind)


@register.filter
def field_name(field: str) -> str:
    """A field's name as people say it; one a format has for itself stays as it is."""
    return FIELD_NAMES.get(field, field)


@register.filter
def source_name(format_name: str) -> str:
    """Where a file of this format comes from."""
    source = format_name.partition(".")[0]
    return _SOURCES.get(source, source)


@register.filter
def state_colour(job: ImportJob) -> str:
    """A job that ended well but left rows behind is not green."""
    if job.state == State.DONE and job.totals["rejected"]:
        return "bg-orange-lt"
    return _COLOURS[State(job.state)]


@register.filter
def state_name(job: ImportJob) -> str:
    if job.state == State.DONE and job.totals["rejected"]:
        return gettext("Done, some rows refused")
    return job.get_state_display()


@register.filter
def outcome(job: ImportJob) -> str:
    """Why a job was refused, in the reader's language; else nothing."""
    return explain(job.message, job.message_params) if job.message else ""
