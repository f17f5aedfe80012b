"""The phone log (R43): what was settled with a buyer by phone, written down by whoever called.

Texts are encrypted; where they are shown, phones, ids and addresses in them are hidden like in chats.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.models import PhoneCall
from stores.forms import DayField, StyledForm
from stores.models import Buyer, Store
from team.models import Agent
from team.seats import agents_open_to
from tenants.encryption import encrypt
from tenants.masking import masked_text
from tenants.models import Membership, Role, User
from tenants.spreadsheets import escaped

LONGEST_MINUTES = 24 * 60


def calls_open_to(membership: Membership) -> QuerySet[PhoneCall]:
    """Calls of the stores this member may see, newest first; an agent's own only."""
    calls = PhoneCall.objects.select_related("store", "buyer", "agent").order_by("-called_at", "-pk")
    if membership.store_ids:
        calls = calls.filter(store_id__in=membership.store_ids)
    if membership.role == Role.AGENT:
        calls = calls.filter(agent_id=membership.agent_id) if membership.agent_id else calls.none()
    return calls


def callers_open_to(membership: Membership) -> QuerySet[Agent]:
    """Whose calls this member may write down: an agent's own, for others everybody's they see."""
    agents = agents_open_to(membership)
    return agents.filter(pk=membership.agent_id or 0) if membership.role == Role.AGENT else agents


@dataclass(frozen=True)
class Told:
    """What the form tells of a call. minutes: None is unknown."""

    store: Store
    agent: Agent
    buyer: Buyer | None
    order_id: str | None
    incoming: bool
    called_at: datetime
    minutes: int | None
    about: str
    outcome: str


def write_call(call: PhoneCall, told: Told) -> PhoneCall:
    """Save a call as it is told; a new one needs `made_by` and `made_at` set before."""
    number = call.organization_id = told.store.organization_id
    call.store, call.agent, call.buyer = told.store, told.agent, told.buyer
    call.order_id, call.incoming = told.order_id, told.incoming
    call.called_at, call.minutes = told.called_at, told.minutes
    call.about = encrypt(number, "about", told.about)
    call.outcome = encrypt(number, "outcome", told.outcome) if told.outcome else None
    call.save()
    return call


def log_call(told: Told, user: User | None, now: datetime) -> PhoneCall:
    """Write down one call."""
    return write_call(PhoneCall(made_by=user, made_at=now), told)


def may_change(membership: Membership, call: PhoneCall) -> bool:
    """Who wrote it down, and leads."""
    return membership.role in (Role.OWNER, Role.SUPERVISOR) or call.made_by_id == membership.user_id


class CallForm(StyledForm):
    """One call. Times are on the store's clocks."""

    store = forms.ModelChoiceField(
        label=gettext_lazy("Store"), queryset=Store.objects.none(), empty_label=None
    )
    agent = forms.ModelChoiceField(
        label=gettext_lazy("Who spoke"), queryset=Agent.objects.none(), empty_label=gettext_lazy("Choose")
    )
    incoming = forms.ChoiceField(
        label=gettext_lazy("Direction"),
        choices=[("0", gettext_lazy("We called the buyer")), ("1", gettext_lazy("The buyer called us"))],
        initial="0",
    )
    called_at = forms.DateTimeField(
        label=gettext_lazy("When"),
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        help_text=gettext_lazy("On the store's clocks."),
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"), required=False, min_value=0, max_value=LONGEST_MINUTES
    )
    buyer = forms.CharField(
        label=gettext_lazy("Buyer"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("The name on the platform, as in chats."),
    )
    order_id = forms.CharField(label=gettext_lazy("Order number"), required=False, max_length=200)
    about = forms.CharField(
        label=gettext_lazy("About what"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    outcome = forms.CharField(
        label=gettext_lazy("Outcome"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args, membership: Membership, now: datetime, **kwargs):
        super().__init__(*args, **kwargs)
        self.now = now
        self.fields["store"].queryset = Store.objects.open_to(membership)
        self.fields["agent"].queryset = callers_open_to(membership)
        if membership.role == Role.AGENT:
            self.fields["agent"].empty_label = None

    def clean(self):
        values = super().clean()
        store, wall = values.get("store"), values.get("called_at")
        if store is None:
            return values
        if wall is not None:
            # Django read it in the server's zone; the numbers are those of the store's clock.
            values["called_at"] = wall.replace(tzinfo=ZoneInfo(store.time_zone))
            if values["called_at"] > self.now + timedelta(minutes=5):
                self.add_error("called_at", _("This lies in the future."))
        if name := values.get("buyer"):
            values["buyer"] = Buyer.objects.filter(store=store, name=name.strip()).first()
            if values["buyer"] is None:
                self.add_error("buyer", _("%(store)s knows no buyer of this name.") % {"store": store.name})
        return values

    def told(self) -> Told:
        """The valid form's call."""
        values = self.cleaned_data
        return Told(
            store=values["store"],
            agent=values["agent"],
            buyer=values["buyer"] or None,
            order_id=values["order_id"].strip() or None,
            incoming=values["incoming"] == "1",
            called_at=values["called_at"],
            minutes=values["minutes"],
            about=values["about"],
            outcome=values["outcome"],
        )


def initial_of(call: PhoneCall) -> dict:
    """What the form of a call there is begins with."""
    wall = call.called_at.astimezone(ZoneInfo(call.store.time_zone))
    return {
        "store": call.store_id, "agent": call.agent_id, "incoming": str(int(call.incoming)),
        "called_at": wall.strftime("%Y-%m-%dT%H:%M"), "minutes": call.minutes,
        "buyer": call.buyer.name if call.buyer else "", "order_id": call.order_id or "",
        "about": call.decrypted("about"), "outcome": call.decrypted("outcome") or "",
    }  # fmt: skip


class CallFilters(StyledForm):
    """The filter bar of the log; a field filled in wrongly filters nothing."""

    store = forms.ModelChoiceField(
        label=gettext_lazy("Store"), queryset=Store.objects.none(), required=False, to_field_name="code",
        empty_label=gettext_lazy("All stores"),
    )  # fmt: skip
    agent = forms.ModelChoiceField(
        label=gettext_lazy("Agent"), queryset=Agent.objects.none(), required=False,
        empty_label=gettext_lazy("All agents"),
    )  # fmt: skip
    direction = forms.ChoiceField(
        label=gettext_lazy("Direction"),
        required=False,
        choices=[
            ("", gettext_lazy("Both directions")),
            ("out", gettext_lazy("We called")),
            ("in", gettext_lazy("The buyer called")),
        ],
    )
    since = DayField(label=gettext_lazy("From"), required=False)
    until = DayField(label=gettext_lazy("To"), required=False)
    q = forms.CharField(label=gettext_lazy("Buyer or order"), required=False, max_length=200)

    def __init__(self, *args, membership: Membership, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset = Store.objects.open_to(membership)
        self.fields["agent"].queryset = callers_open_to(membership)

    def chosen(self, calls: QuerySet[PhoneCall]) -> QuerySet[PhoneCall]:
        """Those of `calls` that fit. Days begin at midnight of the chosen store's clocks, else of the server's."""
        self.is_valid()
        wanted = self.cleaned_data
        store = wanted.get("store")
        zone = ZoneInfo(store.time_zone) if store else None
        if store:
            calls = calls.filter(store=store)
        if wanted.get("agent"):
            calls = calls.filter(agent=wanted["agent"])
        if wanted.get("direction"):
            calls = calls.filter(incoming=wanted["direction"] == "in")
        if wanted.get("since"):
            calls = calls.filter(called_at__gte=_midnight(wanted["since"], zone))
        if wanted.get("until"):
            calls = calls.filter(called_at__lt=_midnight(wanted["until"] + timedelta(days=1), zone))
        if text := (wanted.get("q") or "").strip():
            buyers = Buyer.objects.filter(name=text).values("pk")
            calls = calls.filter(order_id=text) | calls.filter(buyer__in=buyers)
        return calls


def _midnight(day, zone: ZoneInfo | None) -> datetime:
    return datetime.combine(day, time.min, zone or timezone.get_current_timezone())


def with_texts(calls: Iterable[PhoneCall]) -> list[PhoneCall]:
    """The calls with `about_shown` and `outcome_shown`: their texts with phones, ids and addresses hidden."""
    calls = list(calls)
    for call in calls:
        call.about_shown = masked_text(call.decrypted("about"))
        call.outcome_shown = masked_text(call.decrypted("outcome"))
    return calls


def as_csv(calls: Iterable[PhoneCall]) -> tuple[bytes, int]:
    """(the file, how many calls); times on the store's clocks with their offset, texts as the page shows them."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(
        [_("Time"), _("Store"), _("Agent"), _("Direction"), _("Minutes"), _("Buyer"), _("Order number"), _("About what"),
         _("Outcome")]
    )  # fmt: skip
    count = 0
    for call in with_texts(calls):
        at = call.called_at.astimezone(ZoneInfo(call.store.time_zone)).isoformat(timespec="minutes")
        words = [
            call.store.name, call.agent.name, _("in") if call.incoming else _("out"),
            "" if call.minutes is None else str(call.minutes), call.buyer.name if call.buyer else "",
            call.order_id or "", call.about_shown, call.outcome_shown,
        ]  # fmt: skip
        writer.writerow([at, *map(escaped, words)])
        count += 1
    # Excel reads UTF-8 only behind a byte-order mark.
    return text.getvalue().encode("utf-8-sig"), count
