"""A buyer asks to be forgotten: one action takes everything personal out; figures stay as they are."""

import secrets

from django.db import transaction
from django.dispatch import Signal
from django.http import HttpRequest
from django.utils import timezone

from conversations.erasure import erase_words_of
from intake.models import ImportJob, RefusedRow, State
from orders.erasure import erase_orders_of
from orders.matter_erasure import erase_matters_of
from orders.models import Order
from stores.imports import buyer_name_hash
from stores.models import Buyer, ErasedBuyer, Store
from tenants.audit import record
from tenants.kept_files import discard

# Rooms above empty what they hold of a buyer: receivers(store, buyer_id, order_ids) -> {what: how many}, in the same
# transaction; an error of one undoes all.
buyer_forgotten = Signal()


@transaction.atomic
def erase_buyer(store: Store, name: str, request: HttpRequest | None = None) -> dict[str, int | str]:
    """Forget the store's buyer of this name, in the caller's scope: {"pseudonym", "orders", "messages", "files",
    "follow_ups", and each of orders.matter_erasure.MATTERS}.

    1. The name gives way to a pseudonym, and what is known of the person goes. 2. Personal columns of orders,
    words of messages, reviews, ratings, calls, follow-ups and their handovers, remarks, and the words and files of
    promises, cases, complaints, concessions, feedback and the buyer's card go. 3. The store's finished uploads and refused rows go:
    they cannot be read without decrypting them whole, and the buyer may be in any. 4. A hash of the name is kept, so
    that a file imported later says nothing new of what was before. 5. The audit trail says it, without the name.
    Errors: Buyer.DoesNotExist. Backups made before still hold the data until they are deleted.
    """
    buyer = Buyer.objects.select_for_update().get(store=store, name=name)
    ErasedBuyer.objects.create(
        organization_id=store.organization_id,
        store=store,
        buyer=buyer,
        name_hash=buyer_name_hash(store, name),
        erased_at=timezone.now(),
    )
    buyer.name, buyer.note, buyer.masked = f"erased-{secrets.token_hex(6)}", "", False
    buyer.registered_at = buyer.credit = buyer.good_rate = None
    buyer.save()
    order_ids = list(Order.objects.filter(store=store, buyer=buyer).values_list("order_id", flat=True))
    counts = {
        "orders": erase_orders_of(store, buyer.pk),
        **erase_matters_of(store, buyer.pk, order_ids),
        "messages": erase_words_of(store, buyer.pk, order_ids),
        "files": _discard_finished(store),
    }
    for _receiver, found in buyer_forgotten.send(None, store=store, buyer_id=buyer.pk, order_ids=order_ids):
        counts |= found
    record(request, "erased", buyer, store=store.code, **counts)
    return {"pseudonym": buyer.name, **counts}


def _discard_finished(store: Store) -> int:
    finished = ImportJob.objects.filter(store=store, state__in=(State.DONE, State.REFUSED))
    kept = finished.exclude(kept_as="").select_for_update()
    names = list(kept.values_list("kept_as", flat=True))
    finished.update(kept_as="", preview={})
    # What stood in a wrong cell may be the buyer's; how many rows were refused stays with the job.
    RefusedRow.objects.filter(job__in=finished, values_told__isnull=False).delete()

    def discard_all() -> None:
        for name in names:
            discard(store.organization_id, name)

    transaction.on_commit(discard_all)
    return len(names)
