"""A matter as pages show it: what to do, how it may end, until when, and what it is worth."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from desk.detectors import BY_HAND, DETECTORS
from desk.models import FollowUp, HandoverLine
from kpis import wording


class Placed(Protocol):
    """What a list knows of a matter: see desk.day.Matter."""

    follow_up: FollowUp
    where: str
    line: HandoverLine | None


@dataclass(frozen=True)
class Told:
    """One matter in the reader's language. outcomes: [(digit, code, label)]; overdue: for how long, "" if it is not.

    due: the store's wall clock, without the day where it is today's. remark: what the giver wrote.
    """

    id: int
    follow_up: FollowUp
    where: str
    line: HandoverLine | None
    kind: str
    text: str
    outcomes: list[tuple[int, str, str]]
    due: str
    opens: str
    overdue: str
    worth: str
    remark: str

    @property
    def label(self) -> str:
        """What the row is called where it is read aloud."""
        return f"{self.kind}, {self.follow_up.store.name}"


def told(matters: Iterable[Placed], now: datetime) -> list[Told]:
    return [tell(matter.follow_up, now, matter.where, matter.line) for matter in matters]


def tell(follow_up: FollowUp, now: datetime, where: str = "", line: HandoverLine | None = None) -> Told:
    """One matter in words. Its store, and the line's duty, must be read already."""
    detector = DETECTORS.get(follow_up.kind)
    store = follow_up.store
    late = now - follow_up.due_at
    outcomes = [
        (number, code, gettext(label))
        for number, (code, label) in enumerate(detector.outcomes if detector else (), 1)
    ]
    return Told(
        id=follow_up.pk,
        follow_up=follow_up,
        where=where,
        line=line,
        kind=gettext(detector.label) if detector else follow_up.kind,
        text=_words(follow_up),
        outcomes=outcomes,
        due=clock(follow_up.due_at, store.time_zone, now),
        opens=clock(follow_up.opens_at, store.time_zone, now),
        overdue=minutes_text(late) if late.total_seconds() >= 60 else "",
        worth=wording.money_text(follow_up.worth, store.currency) if follow_up.worth else "",
        remark=(line.decrypted("remark") or "") if line else "",
    )


def _words(follow_up: FollowUp) -> str:
    """What is to be done, and what people wrote about it; of what was noted by hand the words alone."""
    written = follow_up.decrypted("text") or ""
    detector = DETECTORS.get(follow_up.kind)
    if detector is None or (follow_up.kind == BY_HAND and written):
        return written or follow_up.subject
    return " · ".join(filter(None, [detector.describe(follow_up), written]))


def outcome_words(follow_up: FollowUp) -> str:
    """How it ended, in the reader's language."""
    detector = DETECTORS.get(follow_up.kind)
    return detector.outcome_label(follow_up.outcome) if detector else follow_up.outcome


def minutes_text(span: timedelta) -> str:
    """A length of time without its seconds: 25 min, 1 h 30 min, 2 days."""
    return wording.span_text(span // timedelta(minutes=1) * timedelta(minutes=1))


def clock(instant: datetime, zone: str, now: datetime) -> str:
    """14:05 today, 11-21 14:05 on another day, by the wall clock of `zone`."""
    wall = instant.astimezone(ZoneInfo(zone))
    if wall.date() == now.astimezone(ZoneInfo(zone)).date():
        return f"{wall:%H:%M}"
    return wording.instant_text(instant, zone)
