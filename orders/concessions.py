"""What agents give buyers: prices, freight, gifts and addresses changed, within limits or by leave (R35).

An agent may take off so much of an order alone as the limit of their grade and store on that day says; everything
given on the order before counts. Beyond it, and where no limit is set, somebody who may decide is asked.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from orders.dossiers import happened
from orders.models import Order
from orders.remark_models import About
from orders.trade_models import BargainLimit, Concession, ConcessionKind, ConcessionState
from stores.models import Buyer, Store
from team.models import Position
from team.notices import notify, supervisors_of, users_of_agents
from team.positions import held_on
from tenants.encryption import encrypt
from tenants.models import Organization, User

CENT = Decimal("0.01")
# What costs money, and so has a limit; an address changed is only recorded.
MONEY_KINDS = (ConcessionKind.DISCOUNT, ConcessionKind.FREIGHT, ConcessionKind.GIFT)
# Counts against the limit of the next one.
GIVEN = (ConcessionState.WITHIN, ConcessionState.ASKED, ConcessionState.ALLOWED)


@dataclass(frozen=True)
class Wish:
    """What is to be given. price: what was asked for before, taken_off: how much less; the store's currency, None for an
    address. agent_id: who gives it, None for a lead who is no person of the team."""

    store: Store
    kind: ConcessionKind
    agent_id: int | None
    buyer: Buyer | None
    order_id: str | None
    product_code: str
    price: Decimal | None
    taken_off: Decimal | None
    text: str


def rule_for(store: Store, grade: str, day: date) -> BargainLimit | None:
    """The limit that holds: the store's before every store's, the grade's before every grade's, then the latest."""
    found = BargainLimit.objects.filter(
        Q(store=store) | Q(store=None), Q(grade=grade) | Q(grade=""), since__lte=day
    )
    return max(
        found, key=lambda rule: (rule.store_id is not None, rule.grade != "", rule.since), default=None
    )


def limit_of(store: Store, agent_id: int | None, price: Decimal | None, day: date) -> Decimal:
    """How much this agent may take off `price` alone on a business day, in the store's currency; 0 without a rule.

    Of percent and amount the smaller holds; a percentage of an unknown price is nothing.
    """
    held = held_on(Position.objects.filter(agent_id=agent_id), day) if agent_id else None
    rule = rule_for(store, held.grade if held else "", day)
    if rule is None:
        return Decimal(0)
    parts = [] if rule.amount is None else [rule.amount]
    if rule.percent is not None:
        parts.append(((price or Decimal(0)) * rule.percent / 100).quantize(CENT, ROUND_DOWN))
    return min(parts, default=Decimal(0))


def given_before(store: Store, order_id: str | None) -> Decimal:
    """What was taken off this order already, refusals apart; 0 for no order."""
    if not order_id:
        return Decimal(0)
    rows = Concession.objects.filter(store=store, order_id=order_id, state__in=GIVEN)
    return rows.aggregate(sum=Sum("taken_off"))["sum"] or Decimal(0)


@transaction.atomic
def give_or_ask(wish: Wish, *, user: User, may_decide: bool, now: datetime) -> Concession:
    """Record a concession: given where the limit or the member (may_decide) allows it, else asked of the supervisors."""
    store = wish.store
    if wish.kind in MONEY_KINDS and wish.taken_off is None:
        raise ValueError(_("Say how much is taken off."))
    if wish.order_id:
        # Two at once on one order must not both fit below its limit.
        Order.objects.select_for_update().filter(store=store, order_id=wish.order_id).first()
    limit = limit_of(store, wish.agent_id, wish.price, store.business_day(now))
    fits = given_before(store, wish.order_id) + (wish.taken_off or 0) <= limit
    if wish.kind not in MONEY_KINDS or fits:
        state = ConcessionState.WITHIN
    else:
        state = ConcessionState.ALLOWED if may_decide else ConcessionState.ASKED
    made = Concession.objects.create(
        organization_id=store.organization_id, store=store, kind=wish.kind, buyer=wish.buyer, order_id=wish.order_id,
        product_code=wish.product_code, price=wish.price, taken_off=wish.taken_off,
        limit=limit if wish.kind in MONEY_KINDS else None,
        text=encrypt(store.organization_id, "text", wish.text.strip()[:2000]) if wish.text.strip() else None,
        agent_id=wish.agent_id, state=state, asked_by=user, asked_at=now,
        decided_by=user if state == ConcessionState.ALLOWED else None,
        decided_at=None if state == ConcessionState.ASKED else now,
    )  # fmt: skip
    happened(store, About.CONCESSION, made.pk, state, user=user, now=now)
    if state == ConcessionState.ASKED:
        _tell(
            made,
            supervisors_of([store.pk]),
            "asked",
            gettext_noop("%(store)s: %(amount)s off is asked for."),
            now,
        )
    return made


@transaction.atomic
def decide(concession: Concession, allow: bool, answer: str, *, user: User, now: datetime) -> bool:
    """Answer what was asked; False where just this was answered already. ValueError: it was answered otherwise."""
    row = Concession.objects.select_for_update().select_related("store").get(pk=concession.pk)
    wanted = ConcessionState.ALLOWED if allow else ConcessionState.REFUSED
    if row.state == wanted:
        return False
    if row.state != ConcessionState.ASKED:
        raise ValueError(_("This was answered already."))
    if not allow and not answer.strip():
        raise ValueError(_("Say why not: the agent must tell the buyer."))
    row.state, row.decided_by, row.decided_at = wanted, user, now
    row.answer = encrypt(row.organization_id, "answer", answer.strip()[:2000]) if answer.strip() else None
    row.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    happened(row.store, About.CONCESSION, row.pk, wanted, user=user, now=now)
    told = users_of_agents([row.agent_id]).values() if row.agent_id else [row.asked_by_id]
    text = (
        gettext_noop("%(store)s: %(amount)s off is allowed.")
        if allow
        else gettext_noop("%(store)s: %(amount)s off is refused.")
    )
    _tell(row, told, "answered", text, now)
    return True


def _tell(row: Concession, users, step: str, text: str, now: datetime) -> None:
    organization = Organization.objects.get(pk=row.organization_id)
    amount = f"{row.taken_off} {row.store.currency}"
    notify(
        organization, [user for user in users if user], key=f"concession-{step}:{row.pk}", kind="concession", text=text,
        params={"store": row.store.name, "amount": amount},
        link=f"/{organization.slug}/concessions/{row.pk}/", now=now,
    )  # fmt: skip
