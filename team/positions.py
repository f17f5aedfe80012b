"""What an agent does since when: dated positions that do not overlap."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from team.models import Position
from team.seats import days_in_words


@transaction.atomic
def add_position(position: Position, end_previous: bool) -> None:
    """Save a new position; `end_previous`: the one held on its first day ends the day before.

    Raises ValidationError naming the positions whose days overlap; then nothing is changed.
    """
    others = Position.objects.filter(agent=position.agent)
    if end_previous:
        covering = [held for held in others.filter(since__lt=position.since) if covers(held, position.since)]
        for held in covering:
            held.until = position.since - timedelta(days=1)
            held.save(update_fields=["until"])
    try:
        with transaction.atomic():
            position.save()
    except IntegrityError as error:
        if "positions_do_not_overlap" not in str(error):
            raise
        last = position.until or date.max
        clashing = [
            held for held in others if held.since <= last and (held.until or date.max) >= position.since
        ]
        days = "; ".join(
            f"{held.get_kind_display()}, {days_in_words(held.since, held.until)}" for held in clashing
        )
        raise ValidationError(
            _("These days overlap another position (%(held)s). End or delete that first.") % {"held": days}
        ) from error


def covers(position: Position, day: date) -> bool:
    return position.since <= day and (position.until is None or day <= position.until)


def held_on(positions: Iterable[Position], day: date) -> Position | None:
    """The position that covers `day`; at most one does."""
    return next((position for position in positions if covers(position, day)), None)
