"""What was written around what seems a promise: three messages before it and three after, in one statement."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from conversations.surroundings import lines_around
from orders.promise_patterns import promises_in, words_at
from orders.remark_models import Remark
from orders.remark_seals import read
from tenants.masking import masked_text

MESSAGE, REMARK = "message:", "remark:"
AROUND = 3


@dataclass(frozen=True)
class Line:
    """One message. text: as it was written; `shown` hides personal data. said: it is the one it is all about."""

    at: datetime
    by_buyer: bool
    automatic: bool
    text: str
    said: bool

    @property
    def shown(self) -> str:
        return masked_text(self.text)


def contexts_of(sources: Iterable) -> dict[int, list[Line]]:
    """{pk: the lines around its source}, [] where the source is gone. sources: proposals or promises, each with pk,
    store_id and source_key. At most three statements however many."""
    rows = list(sources)
    places = [
        (row.pk, row.store_id, row.source_key.removeprefix(MESSAGE))
        for row in rows
        if row.source_key.startswith(MESSAGE)
    ]
    found = {
        number: [Line(*near) for near in lines] for number, lines in lines_around(places, AROUND).items()
    }
    found.update(_of_remarks([row for row in rows if row.source_key.startswith(REMARK)]))
    return {row.pk: found.get(row.pk, []) for row in rows}


def words_of(lines: list[Line]) -> str:
    """What was said, as it was written; "" where it is gone."""
    return next((line.text for line in lines if line.said), "")


def _promised(remark: str) -> str:
    """Of a remark only what it promises: the rest names the receiver."""
    found = promises_in(remark)
    return "；".join(dict.fromkeys(words_at(remark, one.start, one.end, sentence=False) for one in found))


def _of_remarks(rows: list) -> dict[int, list[Line]]:
    if not rows:
        return {}
    wanted = {row.pk: tuple(map(int, row.source_key.removeprefix(REMARK).split("/"))) for row in rows}
    remarks = {
        (remark.order_id, remark.number): remark
        for remark in Remark.objects.filter(order_id__in={order for order, _number in wanted.values()})
    }
    contents = read(remarks.values())
    found = {}
    for pk, key in wanted.items():
        remark = remarks.get(key)
        if remark and (told := contents[remark.pk]):
            found[pk] = [Line(remark.made_at, False, False, _promised(told.text), True)]
    return found
