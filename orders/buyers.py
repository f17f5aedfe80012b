"""What people write of a buyer: preferences, how to serve them, and a class over the rules' one (R37)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from orders.dossiers import LONGEST_NOTE, happened
from orders.remark_models import About
from orders.trade_models import BuyerCard, BuyerClass
from stores.models import Buyer, ErasedBuyer, Store
from tenants.encryption import encrypt
from tenants.models import User


def cards_of(store: Store, buyer_ids: Iterable[int]) -> dict[int, BuyerCard]:
    """{buyer: their card}; who has none is left out."""
    found = BuyerCard.objects.filter(store=store, buyer_id__in=list(buyer_ids)).select_related("changed_by")
    return {card.buyer_id: card for card in found}


@transaction.atomic
def write_card(
    store: Store,
    buyer: Buyer,
    *,
    preferences: str,
    treatment: str,
    class_by_hand: str,
    reason: str,
    user: User,
    now: datetime,
) -> bool:
    """Save what is known of a buyer; False where nothing differs. class_by_hand: of BuyerClass, "" as the rules say.

    Each change is a line in the buyer's dossier. ValueError in words: a class by hand without a reason, a buyer who
    asked to be forgotten, a class there is not.
    """
    if class_by_hand and class_by_hand not in BuyerClass.values:
        raise ValueError(_("There is no such class."))
    # The buyer's row stands for the card that may not be there yet: two writers go one after the other.
    Buyer.objects.select_for_update().get(pk=buyer.pk)
    if ErasedBuyer.objects.filter(store=store, buyer=buyer).exists():
        raise ValueError(_("This buyer asked to be forgotten: nothing more is written down."))
    card = BuyerCard.objects.filter(store=store, buyer=buyer).first() or BuyerCard(
        organization_id=store.organization_id, store=store, buyer=buyer
    )
    before = (card.class_by_hand, card.decrypted("preferences") or "", card.decrypted("treatment") or "")
    after = (class_by_hand, preferences.strip()[:LONGEST_NOTE], treatment.strip()[:LONGEST_NOTE])
    if before == after:
        return False
    if before[0] != after[0] and not reason.strip():
        raise ValueError(_("Say why the class is another."))
    card.class_by_hand = class_by_hand
    for name, text in zip(("preferences", "treatment"), after[1:], strict=True):
        setattr(card, name, encrypt(store.organization_id, name, text) if text else None)
    card.changed_by, card.changed_at = user, now
    card.save()
    _told(store, buyer, before, after, reason, user, now)
    return True


def _told(
    store: Store, buyer: Buyer, before: tuple, after: tuple, reason: str, user: User, now: datetime
) -> None:
    written = {"user": user, "now": now}
    if before[0] != after[0]:
        happened(
            store,
            About.BUYER,
            buyer.pk,
            "class_set",
            note=reason,
            **written,
            before=before[0],
            after=after[0],
        )
    if before[1:] != after[1:]:
        names = ("preferences", "treatment")
        fields = [name for name, old, new in zip(names, before[1:], after[1:], strict=True) if old != new]
        happened(store, About.BUYER, buyer.pk, "card_written", **written, fields=fields)


def note_on(store: Store, buyer: Buyer, text: str, user: User, now: datetime) -> None:
    """A note in the buyer's dossier. ValueError in words: no text, or a buyer who asked to be forgotten."""
    if not text.strip():
        raise ValueError(_("Write something."))
    if ErasedBuyer.objects.filter(store=store, buyer=buyer).exists():
        raise ValueError(_("This buyer asked to be forgotten: nothing more is written down."))
    happened(store, About.BUYER, buyer.pk, "noted", user=user, now=now, note=text)
