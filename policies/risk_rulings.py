"""What people decide of a risky buyer (R16): watch, confirm by two, clear; each with a reason, each in the dossier."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from orders.dossiers import Line, happened, lines_of
from orders.remark_models import About
from policies.risk_models import RiskSignal, RiskStanding, Standing
from stores.models import Buyer, ErasedBuyer, Store
from tenants.models import User

# {act: (from which states, "" for none; to which; the line of the dossier)}
ACTS = {
    "watch": (("", Standing.CLEARED), Standing.WATCHED, "risk_watched"),
    "ask": (("", Standing.WATCHED, Standing.CLEARED), Standing.ASKED, "risk_asked"),
    "confirm": ((Standing.ASKED,), Standing.CONFIRMED, "risk_confirmed"),
    "refuse": ((Standing.ASKED,), Standing.WATCHED, "risk_refused"),
    # Cleared again: of what came after the first time.
    "clear": (("", *Standing.values), Standing.CLEARED, "risk_cleared"),
}
# What only somebody else than who asked may do, and what goes without a reason.
SECOND_PERSON, WITHOUT_REASON = ("confirm", "refuse"), ("confirm",)
HAPPENED = {
    "risk_watched": gettext_noop("watched"),
    "risk_asked": gettext_noop("proposed to confirm as risky"),
    "risk_confirmed": gettext_noop("confirmed as risky, by a second person"),
    "risk_refused": gettext_noop("refused to confirm"),
    "risk_cleared": gettext_noop("cleared"),
}


@transaction.atomic
def rule(store: Store, buyer: Buyer, act: str, reason: str, user: User, now: datetime) -> RiskStanding:
    """Do one of ACTS. ValueError in words: no reason, the wrong state, the same person twice, a forgotten buyer."""
    before, after, line = ACTS[act]
    # The buyer's row stands for the standing that may not be there yet: two who decide go one after the other.
    Buyer.objects.select_for_update().get(pk=buyer.pk)
    if ErasedBuyer.objects.filter(store=store, buyer=buyer).exists():
        raise ValueError(_("This buyer asked to be forgotten: nothing more is written down."))
    standing = RiskStanding.objects.filter(store=store, buyer=buyer).first() or RiskStanding(
        organization_id=store.organization_id, store=store, buyer=buyer, state=""
    )
    if standing.state not in before:
        raise ValueError(_("Somebody else decided in the meantime: look again."))
    if act not in WITHOUT_REASON and not reason.strip():
        raise ValueError(_("Say why."))
    if act in SECOND_PERSON and standing.asked_by_id == user.pk:
        raise ValueError(_("Who proposed it cannot confirm or refuse it: a second person must."))
    was = standing.state
    standing.state, standing.changed_by, standing.changed_at = after, user, now
    standing.asked_by = user if act == "ask" else standing.asked_by if act == "confirm" else None
    if act == "clear":
        standing.cleared = _known(store, buyer, standing.cleared)
    if Standing.CONFIRMED in (was, after):
        # Who shares a phone or address with them is looked at in the background.
        standing.spread = False
    standing.save()
    happened(store, About.BUYER, buyer.pk, line, user=user, now=now, note=reason, before=was)
    return standing


def _known(store: Store, buyer: Buyer, before: dict) -> dict[str, list[str]]:
    """{kind: items} of all signs the buyer has now, with those cleared earlier: none is held against them again."""
    known = {kind: set(items) for kind, items in before.items()}
    for signal in RiskSignal.objects.filter(store=store, buyer=buyer):
        known.setdefault(signal.kind, set()).update(signal.evidence["items"])
    return {kind: sorted(items) for kind, items in sorted(known.items())}


def acts_open(standing: RiskStanding | None, user: User) -> list[str]:
    """What this person may do now, the usual step first."""
    state = standing.state if standing else ""
    own = bool(standing and standing.asked_by_id == user.pk)
    return [
        act
        for act, (before, *_rest) in ACTS.items()
        if state in before and not (own and act in SECOND_PERSON)
    ]


def history_of(buyer: Buyer) -> list[Line]:
    """What was decided of a buyer, newest first. Two statements."""
    return [line for line in lines_of(About.BUYER, [buyer.pk])[buyer.pk] if line.what in HAPPENED][::-1]
