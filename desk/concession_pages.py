"""Pages of concessions: the list with what waits, one with its answer, a new one, and the limits of grades (R35)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet, Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from desk.lines import clock
from kpis import wording
from kpis.exports import CONTENT_TYPES, Sheet, file_answer
from orders.concessions import MONEY_KINDS, Wish, decide, give_or_ask, limit_of
from orders.dossiers import lines_of
from orders.models import Order
from orders.remark_models import About
from orders.trade_models import BargainLimit, Concession, ConcessionKind, ConcessionState
from stores.forms import DayField, StyledForm, posted
from stores.models import Buyer, Store
from team.models import Agent, Position
from team.seats import agents_open_to
from tenants.access import permission_required
from tenants.masking import masked_text
from tenants.models import Membership, Role
from tenants.permissions import allowed

ROWS_PER_PAGE = 50
LONGEST_FILE = 50_000
DAYS = 30  # how far back the list and its sums go


def concessions_open_to(membership: Membership) -> QuerySet[Concession]:
    """Concessions of the stores this member may see; an agent's own."""
    found = Concession.objects.filter(store__in=Store.objects.open_to(membership))
    if membership.role == Role.AGENT:
        found = found.filter(Q(asked_by_id=membership.user_id) | Q(agent_id=membership.agent_id or 0))
    return found


class ConcessionFilters(StyledForm):
    """What the address asks for; a wrong value asks for nothing."""

    store = forms.ModelChoiceField(
        label=_("Store"), queryset=Store.objects.none(), required=False, to_field_name="code", empty_label=_("All stores")
    )  # fmt: skip
    agent = forms.ModelChoiceField(
        label=_("Agent"), queryset=Agent.objects.none(), required=False, empty_label=_("All agents")
    )
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, data, membership: Membership):
        super().__init__(data)
        self.fields["store"].queryset = Store.objects.open_to(membership)
        self.fields["agent"].queryset = agents_open_to(membership)
        self.fields["state"].choices = [("", _("All states")), *ConcessionState.choices]
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label

    def chosen(self, found: QuerySet[Concession]) -> QuerySet[Concession]:
        self.is_valid()
        asked = {name: value for name, value in self.cleaned_data.items() if value}
        if agent := asked.pop("agent", None):
            asked["agent_id"] = agent.pk
        return found.filter(**asked)


@require_GET
@permission_required("see_concessions")
def concession_list(request):
    """What waits for an answer first, then the last 30 days; sums for each agent; also as a file."""
    now = timezone.now()
    filters = ConcessionFilters(request.GET, request.membership)
    since = now - timedelta(days=DAYS)
    found = filters.chosen(concessions_open_to(request.membership)).filter(
        Q(asked_at__gte=since) | Q(state=ConcessionState.ASKED)
    )
    names = {agent.pk: agent.name for agent in agents_open_to(request.membership)}
    if request.GET.get("file") in CONTENT_TYPES:
        return file_answer(request, _sheet(found, names), request.GET["file"], "concessions")
    waiting = found.filter(state=ConcessionState.ASKED).select_related("store", "buyer").order_by("asked_at")
    settled = found.exclude(state=ConcessionState.ASKED).select_related("store", "buyer", "decided_by")
    page = Paginator(settled.order_by("-asked_at", "-pk"), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "waiting": [_line(row, names, now) for row in waiting[:ROWS_PER_PAGE]],
        "page": page,
        "rows": [_line(row, names, now) for row in page.object_list],
        "sums": _sums(found, names),
        "days": DAYS,
        "may_decide": allowed(request.membership, "decide_concessions"),
    }
    return render(request, "desk/concession_list.html", context)


def _line(row: Concession, names: dict[int, str], now: datetime) -> dict:
    """One concession in words: {row, kind, state, agent, price, taken_off, limit, text, asked, decided}."""
    store = row.store

    def money(amount: Decimal | None) -> str:
        return "" if amount is None else wording.money_text(amount, store.currency, exact=True)

    return {
        "row": row,
        "kind": row.get_kind_display(),
        "state": row.get_state_display(),
        "agent": names.get(row.agent_id, ""),
        "price": money(row.price),
        "taken_off": money(row.taken_off),
        "share": row.taken_off / row.price if row.price and row.taken_off is not None else None,
        "limit": money(row.limit),
        "text": masked_text(row.decrypted("text") or ""),
        "answer": masked_text(row.decrypted("answer") or ""),
        "asked": clock(row.asked_at, store.time_zone, now),
        "decided": clock(row.decided_at, store.time_zone, now) if row.decided_at else "",
    }


def _sums(found: QuerySet[Concession], names: dict[int, str]) -> list[dict]:
    """[{agent, currency, count, taken_off, refused}] of what was given, most first. One statement."""
    given = Q(state__in=(ConcessionState.WITHIN, ConcessionState.ALLOWED))
    rows = (
        found.order_by()
        .values("agent_id", "store__currency")
        .annotate(
            count=Count("pk", filter=given),
            taken_off=Sum("taken_off", filter=given),
            refused=Count("pk", filter=Q(state=ConcessionState.REFUSED)),
        )
    )
    told = [
        {
            "agent": names.get(row["agent_id"]) or gettext("nobody of the team"),
            "count": row["count"],
            "refused": row["refused"],
            "amount": row["taken_off"] or Decimal(0),
            "taken_off": wording.money_text(
                row["taken_off"] or Decimal(0), row["store__currency"], exact=True
            ),
        }
        for row in rows
    ]
    return sorted(told, key=lambda row: (-row["amount"], row["agent"]))


def _sheet(found: QuerySet[Concession], names: dict[int, str]) -> Sheet:
    titles = [
        gettext("Asked at"), gettext("Store"), gettext("Agent"), gettext("Kind"), gettext("Order"), gettext("Buyer"),
        gettext("Product"), gettext("Price before"), gettext("Taken off"), gettext("Limit"), gettext("currency"),
        gettext("State"), gettext("Decided by"), gettext("Decided at"),
    ]  # fmt: skip
    rows = found.select_related("store", "buyer", "decided_by").order_by("-asked_at", "-pk")
    lines = [
        [
            row.asked_at, row.store.code, names.get(row.agent_id, ""), row.get_kind_display(), row.order_id or "",
            row.buyer.name if row.buyer else "", row.product_code, row.price, row.taken_off, row.limit,
            row.store.currency, row.get_state_display(), str(row.decided_by or ""), row.decided_at,
        ]
        for row in rows[:LONGEST_FILE]
    ]  # fmt: skip
    return Sheet(titles, lines)


class ConcessionForm(StyledForm):
    """What an agent wants to give."""

    store = forms.ModelChoiceField(
        label=_("Store"), queryset=Store.objects.none(), to_field_name="code", empty_label=None
    )
    agent = forms.ModelChoiceField(label=_("Agent"), queryset=Agent.objects.none(), required=False)
    kind = forms.ChoiceField(label=_("What is changed"), choices=ConcessionKind.choices)
    order_id = forms.CharField(label=_("Order number"), required=False, max_length=200)
    buyer = forms.CharField(
        label=_("Buyer"),
        required=False,
        max_length=200,
        help_text=_("The name on the platform, as in chats."),
    )
    product_code = forms.CharField(label=_("Product code"), required=False, max_length=200)
    price = forms.DecimalField(
        label=_("Price before"), required=False, min_value=0, max_digits=14, decimal_places=2
    )
    taken_off = forms.DecimalField(
        label=_("Taken off"), required=False, min_value=Decimal("0.01"), max_digits=14, decimal_places=2,
        help_text=_("In the store's currency; of a gift, what it is worth."),
    )  # fmt: skip
    text = forms.CharField(
        label=_("What the buyer says, what you would give"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args, membership: Membership, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset = Store.objects.open_to(membership)
        agents = agents_open_to(membership)
        if membership.role == Role.AGENT:
            agents = agents.filter(pk=membership.agent_id or 0)
            self.fields["agent"].empty_label = None
        self.fields["agent"].queryset = agents

    def clean(self):
        values = super().clean()
        store = values.get("store")
        if store is None:
            return values
        if values.get("kind") in MONEY_KINDS and values.get("taken_off") is None:
            self.add_error("taken_off", gettext("Say how much is taken off."))
        if values.get("kind") not in MONEY_KINDS and not values.get("text"):
            self.add_error("text", gettext("Say what is changed."))
        name, number = (values.get("buyer") or "").strip(), (values.get("order_id") or "").strip()
        order = Order.objects.filter(store=store, order_id=number).select_related("buyer").first()
        if number and order is None:
            self.add_error("order_id", gettext("%(store)s knows no such order.") % {"store": store.name})
        values["buyer"] = order.buyer if order else None
        if name:
            values["buyer"] = Buyer.objects.filter(store=store, name=name).first()
            if values["buyer"] is None:
                self.add_error(
                    "buyer", gettext("%(store)s knows no buyer of this name.") % {"store": store.name}
                )
        if not name and not number:
            self.add_error("order_id", gettext("Give the order or the buyer."))
        return values

    def wish(self) -> Wish:
        """The valid form's concession."""
        told = self.cleaned_data
        costs = told["kind"] in MONEY_KINDS
        return Wish(
            store=told["store"],
            kind=ConcessionKind(told["kind"]),
            agent_id=told["agent"].pk if told["agent"] else None,
            buyer=told["buyer"],
            order_id=told["order_id"].strip() or None,
            product_code=told["product_code"].strip(),
            price=told["price"] if costs else None,
            taken_off=told["taken_off"] if costs else None,
            text=told["text"],
        )


@require_http_methods(["GET", "POST"])
@permission_required("ask_concessions")
def concession_new(request):
    """Give within the limit, or ask; ?store=, ?order= and ?buyer= (its number) fill in what the page before knew."""
    now = timezone.now()
    form = ConcessionForm(posted(request), membership=request.membership, initial=_known(request))
    if request.method == "POST" and form.is_valid():
        may_decide = allowed(request.membership, "decide_concessions")
        made = give_or_ask(form.wish(), user=request.user, may_decide=may_decide, now=now)
        said = {
            ConcessionState.WITHIN: gettext("Given: it is within the limit."),
            ConcessionState.ALLOWED: gettext("Given, and recorded as allowed by you."),
            ConcessionState.ASKED: gettext("This is beyond the limit: the supervisors are asked."),
        }
        messages.success(request, said[made.state])
        return redirect("concession_detail", request.organization.slug, made.pk)
    stores = list(form.fields["store"].queryset)
    return render(
        request, "desk/concession_new.html", {"form": form, "limits": _limits(request, stores, now)}
    )


def _limits(request, stores: Sequence[Store], now: datetime) -> list[dict]:
    """What the member may give alone of a price of 100, in each store: [{store, limit}]."""
    agent_id = request.membership.agent_id
    if agent_id is None:
        return []
    hundred = Decimal(100)
    return [
        {"store": store, "limit": wording.money_text(limit_of(store, agent_id, hundred, store.business_day(now)), store.currency, exact=True)}
        for store in stores[:20]
    ]  # fmt: skip


def _known(request) -> dict:
    buyer = request.GET.get("buyer", "")
    stores = Store.objects.open_to(request.membership)
    known = Buyer.objects.filter(store__in=stores, pk=int(buyer)).first() if buyer.isdecimal() else None
    order = Order.objects.filter(
        store__in=stores, store__code=request.GET.get("store", ""), order_id=request.GET.get("order", "")
    ).first()
    return {
        "store": request.GET.get("store") or None, "agent": request.membership.agent_id,
        "order_id": request.GET.get("order", "")[:200], "buyer": known.name if known else "",
        "price": order.total_amount if order else None,
    }  # fmt: skip


def _one(request, concession_id: int) -> Concession:
    found = concessions_open_to(request.membership).select_related("store", "buyer", "asked_by", "decided_by")
    return get_object_or_404(found, pk=concession_id)


@require_GET
@permission_required("see_concessions")
def concession_detail(request, concession_id: int):
    """One concession: what was asked, the limit, who allowed it and what was said."""
    row = _one(request, concession_id)
    names = {agent.pk: agent.name for agent in agents_open_to(request.membership)}
    context = _line(row, names, timezone.now()) | {
        "lines": lines_of(About.CONCESSION, [row.pk])[row.pk],
        "states": dict(ConcessionState.choices),
        "waits": row.state == ConcessionState.ASKED,
        "may_decide": allowed(request.membership, "decide_concessions"),
    }
    return render(request, "desk/concession_detail.html", context)


@require_POST
@permission_required("decide_concessions")
def concession_decide(request, concession_id: int):
    """Allow or refuse what was asked."""
    row = _one(request, concession_id)
    answer = request.POST.get("answer", "")
    try:
        decide(row, request.POST.get("decision") == "allow", answer, user=request.user, now=timezone.now())
    except ValueError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, gettext("The agent is told."))
    return redirect("concession_detail", request.organization.slug, row.pk)


class LimitForm(StyledForm, forms.ModelForm):
    since = DayField(label=_("From"))

    class Meta:
        model = BargainLimit
        fields = ("store", "grade", "since", "percent", "amount")

    def __init__(self, *args, membership: Membership, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset = Store.objects.open_to(membership)
        self.fields["store"].empty_label = None if membership.store_ids else _("All stores")
        self.fields["store"].required = bool(membership.store_ids)
        grades = (
            Position.objects.exclude(grade="").order_by("grade").values_list("grade", flat=True).distinct()
        )
        self.fields["grade"] = forms.ChoiceField(
            label=_("Grade"), required=False, choices=[("", _("All grades")), *((g, g) for g in grades)]
        )
        for name in ("percent", "amount"):
            self.fields[name].min_value = 0
            self.fields[name].widget.attrs["min"] = 0

    def clean(self):
        values = super().clean()
        for name, most in (("percent", 100), ("amount", None)):
            value = values.get(name)
            if value is not None and (value < 0 or (most is not None and value > most)):
                self.add_error(
                    name, gettext("Give a number from 0 to 100.") if most else gettext("Give 0 or more.")
                )
        if not self.errors and values.get("percent") is None and values.get("amount") is None:
            self.add_error("percent", gettext("Give a percentage, an amount or both."))
        return values


@require_http_methods(["GET", "POST"])
@permission_required("decide_concessions")
def bargain_limits(request):
    """How much each grade may take off alone, by store and day."""
    form = LimitForm(posted(request), membership=request.membership)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        BargainLimit.objects.update_or_create(
            organization=request.organization, store=told["store"], grade=told["grade"], since=told["since"],
            defaults={"percent": told["percent"], "amount": told["amount"]},
        )  # fmt: skip
        messages.success(request, gettext("Saved."))
        return redirect("bargain_limits", request.organization.slug)
    found = BargainLimit.objects.select_related("store").order_by("store__name", "grade", "-since")
    if request.membership.store_ids:
        found = found.filter(Q(store=None) | Q(store_id__in=request.membership.store_ids))
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/bargain_limits.html", {"form": form, "page": page})
