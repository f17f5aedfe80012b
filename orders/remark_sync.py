"""Whether the platform has what the ledger says: its copy comes by import, and is overwritten there by anybody."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop as _

from orders.models import Order
from orders.remark_models import RemarkCopy
from orders.remarks import Version

WORDS = {
    "none": _("Nothing is written, here or on the platform."),
    "only_there": _("Only the platform has a memo."),
    "not_there": _("Not on the platform yet."),
    "older": _("The platform still has version %(number)s."),
    "marked": _("Put on the platform, as %(who)s says; no import has confirmed it yet."),
    "same": _("The platform has the same."),
    "outside": _("The platform has something else."),
}


@dataclass(frozen=True)
class Sync:
    """state: key of WORDS. who, at: who marked it as put there. number: the older version that is there. flag: the
    platform's where it differs from ours, else None. writer: the seat that wrote there last, where it is known."""

    state: str
    who: str = ""
    at: datetime | None = None
    number: int | None = None
    flag: int | None = None
    writer: str = ""


def sync_of(order: Order, versions: list[Version]) -> Sync:
    """How the ledger and the platform's copy stand to each other. versions: newest first. One statement."""
    memo = _plain(order.decrypted("seller_memo"))
    if not versions:
        return Sync("only_there" if memo or order.flag else "none")
    current = versions[0]
    text = current.contents.text if current.contents else ""
    flag = _other_flag(order, current)
    if memo == _plain(text) and flag is None:
        return Sync("same")
    copies = RemarkCopy.objects.filter(store=order.store_id, order=order, number=current.row.number)
    copy = copies.select_related("made_by").order_by("-pk").first()
    if copy and (order.as_of is None or order.as_of <= copy.made_at):
        return Sync("marked", who=str(copy.made_by or ""), at=copy.made_at)
    older = [v.row.number for v in versions[1:] if v.contents and _plain(v.contents.text) == memo]
    if older and flag is None:
        return Sync("older", number=older[0])
    if not memo and flag is None and not copy:
        return Sync("not_there")
    writer = order.flag_seat.name if order.flag_seat else ""
    return Sync("outside", flag=flag, writer=writer)


def _other_flag(order: Order, current: Version) -> int | None:
    """The platform's flag where both say one and they differ."""
    ours, theirs = current.row.flag, order.flag
    return theirs if ours is not None and theirs is not None and ours != theirs else None


def _plain(text: str | None) -> str:
    return " ".join((text or "").split())
