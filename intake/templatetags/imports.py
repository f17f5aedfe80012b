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
    "buyers": _("Buyers"),
    "seats": _("Seats"),
    "products": _("Products"),
    "rates": _("Exchange rates"),
    "ratings": _("Ratings"),
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
