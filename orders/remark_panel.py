"""What the panel of an order's remark shows, masked: the current version, its clock, stages, the platform's copy, history."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext

from orders.attachments import attachments_of
from orders.models import Order
from orders.personal import may_open
from orders.production import FOLLOWING, stage_bar, steps_of
from orders.remark_formats import COLOURS, Format, colours_of, compose, format_of
from orders.remark_masks import RemarkMask
from orders.remark_models import About, Remark, Stage
from orders.remark_sync import WORDS, Sync, sync_of
from orders.remarks import Version, changed_fields, versions_of, word_diff
from team.models import Agent
from tenants.permissions import allowed


class Clock(NamedTuple):
    """The time a first remark has. state: waiting | late (both without a remark) | in_time | written_late."""

    state: str
    due_at: datetime
    minutes: int


class Told(NamedTuple):
    """A version as the panel shows it. changes: (label, word_diff) against the one before; text None: erased."""

    row: Remark
    text: str | None
    lines: list[tuple[str, str]]
    changes: list[tuple[str, list]]
    flag: tuple[str, str] | None
    agent: str
    is_current: bool


def clock_of(order: Order, fmt: Format, first: Remark | None, now: datetime) -> Clock | None:
    """How long the first remark took or may still take; None for an order that is not paid. minutes: rounded down."""
    if order.paid_at is None:
        return None
    due_at = order.paid_at + timedelta(minutes=fmt.late_minutes)
    if first is None:
        span = abs(due_at - now)
        return Clock("waiting" if now <= due_at else "late", due_at, int(span.total_seconds() // 60))
    took = max(first.made_at - order.paid_at, timedelta(0))
    return Clock(
        "in_time" if first.made_at <= due_at else "written_late", due_at, int(took.total_seconds() // 60)
    )


def may_see_full(membership, order: Order, shown_pass: str) -> bool:
    """Whether the member may read and change a remark that is written: whoever may open the order's personal panel."""
    return may_open(membership, order, shown_pass)


def panel_of(request, order: Order, shown_pass: str, now: datetime) -> dict:
    """The context of orders/_remark_panel.html; the same number of statements however long the history."""
    fmt, versions, steps = format_of(order.store), versions_of(order), steps_of(order)
    mask = RemarkMask(order, fmt, [one.contents for one in versions if one.contents])
    told = _told(order, fmt, versions, mask)
    sync, is_full = sync_of(order, versions), may_see_full(request.membership, order, shown_pass)
    last = steps[-1] if steps else None
    may_write = allowed(request.membership, "write_remarks") and not order.personal_erased_at
    return {
        "order": order,
        "store": order.store,
        "pass": shown_pass,
        "current": told[0] if told else None,
        "versions": told,
        "clock": clock_of(order, fmt, versions[-1].row if versions else None, now),
        "sync": _sync_told(order, fmt, sync, mask, versions),
        "memo": mask.text(order.decrypted("seller_memo") or ""),
        "stages": stage_bar(steps),
        "steps": steps,
        "next_stages": [stage for stage in FOLLOWING[Stage(last.stage) if last else None] if may_write],
        "made_by_older": bool(last and versions and last.number != versions[0].row.number),
        "may_write": may_write and (is_full or not versions),
        "may_copy": may_write and is_full and bool(told and told[0].text),
        "attachments": attachments_of(About.ORDER, [order.pk])[order.pk],
        "about": About.ORDER.value,
        "about_id": order.pk,
    }


def flag_of(order: Order, fmt: Format, number: int | None) -> tuple[str, str] | None:
    """(colour's code, words) of a flag on the order's platform; None where nothing is said of it."""
    if number is None or not colours_of(order.store):
        return None
    code, name = COLOURS.get(number, ("grey", str(number)))
    return code, fmt.flags.get(str(number), "") or gettext(name)


def _told(order: Order, fmt: Format, versions: list[Version], mask: RemarkMask) -> list[Told]:
    agents = dict(
        Agent.objects.filter(pk__in={one.row.agent_id for one in versions if one.row.agent_id}).values_list(
            "pk", "name"
        )
    )
    shown = [one.contents and mask.contents(one.contents) for one in versions]
    found = []
    for place, (row, _contents) in enumerate(versions):
        contents, before = shown[place], shown[place + 1] if place + 1 < len(shown) else None
        found.append(
            Told(
                row=row,
                text=contents.text if contents else None,
                lines=_lines(fmt, contents.fields) if contents else [],
                changes=changed_fields(fmt, before, contents),
                flag=flag_of(order, fmt, row.flag),
                agent=agents.get(row.agent_id, ""),
                is_current=place == 0,
            )
        )
    return found


def _lines(fmt: Format, fields: dict) -> list[tuple[str, str]]:
    told = ((one.label, compose([one], fields).rstrip("。. ")) for one in fmt.fields)
    return [(label, text) for label, text in told if text]


def _sync_told(order: Order, fmt: Format, sync: Sync, mask: RemarkMask, versions: list[Version]) -> dict:
    """The platform's copy in words. diff: from ours to theirs; where they have little in common, theirs alone."""
    diff: list[tuple[str, str]] = []
    if sync.state == "outside":
        # Made of masked texts: the pieces of a number would show what the whole of it hides.
        texts = (
            versions[0].contents.text if versions[0].contents else "",
            order.decrypted("seller_memo") or "",
        )
        ours, theirs = (mask.text(" ".join(text.split())) for text in texts)
        diff = word_diff(ours, theirs)
        common = sum(len(piece) for kind, piece in diff if kind == "same")
        if 2 * common < len(theirs):
            diff = [("same", theirs)]
    words = gettext(WORDS[sync.state]) % {"number": sync.number, "who": sync.who}
    return {
        "state": sync.state,
        "words": words,
        "sync": sync,
        "diff": diff,
        "flag": flag_of(order, fmt, sync.flag),
    }
