"""Care messages before a public holiday (R38): a follow-up for each chosen buyer, made when somebody says so.

A greeting is a follow-up by hand whose subject names holiday and buyer: asked for again, nobody is greeted twice.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from desk.buyer_classes import rules_on
from desk.buyer_list import Valuable
from desk.detectors import BY_HAND
from desk.follow_ups import LONGEST_TEXT
from desk.models import FollowUp, FollowUpEvent
from stores.models import Buyer, ErasedBuyer, Store
from team.calendar_days import countries_of, special_days
from tenants.encryption import encrypt
from tenants.models import User

AHEAD, AMONG = 120, 365  # days: how far ahead holidays are offered; whose purchases of how long ago count
OPENS_BEFORE = timedelta(days=2)
MOST = 200


def holidays_ahead(store: Store, now: datetime, language: str) -> list[tuple[date, str]]:
    """(day, name) of the public holidays of the store's country in the next 120 days, after today; of holidays day
    behind day the first."""
    today = store.business_day(now)
    ahead = special_days(today, today + timedelta(days=AHEAD), countries_of([store]), language)
    named = {special.day: special.name for special in ahead if not special.worked}
    return [
        (day, name) for day, name in named.items() if day > today and day - timedelta(days=1) not in named
    ]


def subject_of(day: date, buyer_id: int) -> str:
    return f"greeting:{day.isoformat()}:{buyer_id}"


def chosen(store: Store, wanted: str, most: int, now: datetime) -> list[Buyer]:
    """The `most` buyers of a class ("": of all) who paid most in the last year; who asked to be forgotten is left out."""
    since = store.business_day(now) - timedelta(days=AMONG - 1)
    valuable = Valuable(store, since, wanted, rules_on([store], now)[store.pk], now)
    erased = set(ErasedBuyer.objects.filter(store=store).values_list("buyer_id", flat=True))
    ids = [one.buyer_id for one in valuable.read(most + len(erased), 0)[0] if one.buyer_id not in erased][
        :most
    ]
    buyers = Buyer.objects.in_bulk(ids)
    return [buyers[pk] for pk in ids if pk in buyers]


@transaction.atomic
def make_greetings(store: Store, buyers: list[Buyer], day: date, text: str, user: User, now: datetime) -> int:
    """A follow-up in the store's pool for each buyer who has none for this holiday; how many. They open two days before it
    and are due at noon of the day before, by the store's clock. A fixed number of statements.

    ValueError in words: no text, more than 200 buyers, a holiday that is not ahead.
    """
    if not text.strip():
        raise ValueError(_("Say what is to be done."))
    if len(buyers) > MOST:
        raise ValueError(_("At most %(most)s buyers at once.") % {"most": MOST})
    if day <= store.business_day(now):
        raise ValueError(_("This holiday is over."))
    # Two who ask at once go one after the other.
    Store.objects.select_for_update().get(pk=store.pk)
    wanted = {subject_of(day, buyer.pk): buyer for buyer in buyers}
    there = FollowUp.objects.filter(store=store, kind=BY_HAND, subject__in=list(wanted))
    for subject in there.values_list("subject", flat=True):
        del wanted[subject]
    midnight = datetime.combine(day, time.min, ZoneInfo(store.time_zone))
    words = encrypt(store.organization_id, "text", text.strip()[:LONGEST_TEXT])
    made = FollowUp.objects.bulk_create(
        FollowUp(
            organization_id=store.organization_id, store=store, kind=BY_HAND, subject=subject, buyer=buyer, text=words,
            opens_at=max(now, midnight - OPENS_BEFORE), due_at=max(now, midnight - timedelta(hours=12)), made_by=user,
            made_at=now,
        )
        for subject, buyer in wanted.items()
    )  # fmt: skip
    FollowUpEvent.objects.bulk_create(
        FollowUpEvent(
            organization_id=store.organization_id, follow_up=one, at=now, user=user, what="made",
            details={"agent_id": None},
        )
        for one in made
    )  # fmt: skip
    return len(made)
