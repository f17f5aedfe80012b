"""What the demo's people have besides their chats: accounts, a roster, requests, calls with buyers, targets."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Sum

from conversations.models import PhoneCall
from conversations.phone_calls import Told, log_call
from desk.demo.tuning import rounded
from desk.demo.words import CALLS, REASONS
from intake.demo.company import USERS
from intake.demo.roster import HOME_ZONE, KINDS, planned
from kpis.models import STORE, AgentDay, ChatSession
from kpis.months import month_end, shift_month
from kpis.target_models import Division, StoreTarget
from kpis.targets import NotDivisible, set_targets
from stores.models import Store
from team.models import Agent
from team.roster import days_of, month_start, publish, write_cells
from team.roster_models import EntryKind, RequestKind, RosterEntry, RosterMonth, RosterRequest, ShiftKind
from team.roster_requests import answer_swap, ask, decide, withdraw
from team.shifts import log_shifts
from tenants.models import Membership, Organization, User

LEAD = "supervisor@demo.example"
# A month is published so many days before it begins.
PUBLISHED_BEFORE = timedelta(days=4)
SERVICE = {
    "conversion_final": Decimal("0.50"),
    "three_minute_rate": Decimal("0.90"),
    "average_first_response_seconds": Decimal(45),
    "satisfaction": Decimal("0.85"),
}


def at(day: date, clock: str) -> datetime:
    """An instant by the company's own clocks."""
    return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(HOME_ZONE))


def lead() -> User:
    return User.objects.get(email=LEAD)


def make_accounts(organization: Organization) -> dict[int, User]:
    """{agent id: account} of everybody. Only the accounts of company.USERS have a password: nobody enters by others."""
    known = {one.employee_id: one.email for one in USERS if one.employee_id}
    users = {}
    for agent in Agent.objects.exclude(employee_id=""):
        email = known.get(agent.employee_id) or f"{agent.employee_id.lower()}@demo.example"
        user = User.objects.filter(email=email).first() or User.objects.create_user(
            email, None, name=agent.name
        )
        Membership.objects.get_or_create(
            organization=organization, user=user, defaults={"role": "agent", "agent_id": agent.pk}
        )
        users[agent.pk] = user
    return users


def make_roster(organization: Organization, today: date) -> int:
    """The months of the demo published, as its chats were answered; the month after them a draft with a few wishes
    in it. Returns how many days were written."""
    kinds = _shift_kinds(organization)
    last = month_end(month_start(today + timedelta(days=2)))
    agents = dict(Agent.objects.values_list("employee_id", "pk"))
    cells = {
        (agents[one.employee_id], one.day): f"s{kinds[one.kind.name].pk}"
        if one.kind
        else EntryKind.REST.value
        for one in planned(today, last)
    }
    missing = {month for month in {month_start(day) for _agent, day in cells} if not _is_published(month)}
    written = 0
    for month in sorted(missing):
        before = at(month - PUBLISHED_BEFORE, "10:00")
        mine = {cell: code for cell, code in cells.items() if month_start(cell[1]) == month}
        written += len(write_cells(organization, mine, before, lead(), tell=False))
        publish(organization, month, lead(), before)
    if missing:
        # The facts were there before the roster: the chases of all its shifts are to be judged anew.
        shifts = RosterEntry.objects.filter(published=True, kind=EntryKind.WORK)
        log_shifts(shifts.values_list("agent_id", "starts_at", "ends_at"), at(today, "16:00"))
    draft = shift_month(month_start(last), 1)
    if not RosterEntry.objects.filter(day__gte=draft).exists():
        rests = {
            (pk, days_of(draft)[(3 * n + gap) % 28]): EntryKind.REST.value
            for n, pk in enumerate(sorted(agents.values()))
            for gap in ((0, 1) if n % 3 == 0 else ())
        }
        written += len(write_cells(organization, rests, at(today, "11:00"), lead(), tell=False))
    return written


def _shift_kinds(organization: Organization) -> dict[str, ShiftKind]:
    stores = dict(Store.objects.values_list("code", "pk"))
    for kind in KINDS:
        starts, ends = (round(hour * 60) for hour in kind.hours)
        ShiftKind.objects.get_or_create(
            organization=organization,
            name=kind.name,
            defaults={
                "starts_minutes": starts,
                "ends_minutes": ends,
                "time_zone": kind.zone,
                "store_ids": [stores[code] for code in kind.stores],
                "people_wanted": kind.wanted,
            },
        )
    return {kind.name: kind for kind in ShiftKind.objects.all()}


def _is_published(month: date) -> bool:
    return RosterMonth.objects.filter(month=month, published_at__isnull=False).exists()


def ask_for_days(organization: Organization, today: date) -> None:
    """Requests in every state. What is approved lies ahead: the days behind were worked as the chats say."""
    if RosterRequest.objects.exists():
        return
    people = {agent.employee_id: agent for agent in Agent.objects.all()}
    before, morning = at(today - timedelta(days=2), "14:10"), at(today, "10:20")

    def days(*ahead: int) -> tuple[date, date]:
        return today + timedelta(days=ahead[0]), today + timedelta(days=ahead[-1])

    def wants(
        number: str, kind: RequestKind, ahead: tuple[date, date], now: datetime, **more
    ) -> RosterRequest:
        return ask(organization, people[f"YF{number}"], kind, *ahead, now, **more)

    leave, swap, wish = RequestKind.LEAVE, RequestKind.SWAP, RequestKind.WISH
    granted = wants("005", leave, days(4, 5), before, entry_kind=EntryKind.ANNUAL, reason=REASONS["annual"])
    refused = wants(
        "011", leave, days(1, 3), before, entry_kind=EntryKind.PERSONAL, reason=REASONS["personal"]
    )
    wants("016", leave, days(6, 6), morning, entry_kind=EntryKind.PERSONAL, reason=REASONS["personal"])
    wants("001", leave, days(9, 10), morning, entry_kind=EntryKind.ANNUAL, reason=REASONS["annual"])
    agreed = wants("002", swap, days(3, 3), before, colleague=people["YF003"], reason=REASONS["swap"])
    answer_swap(organization, agreed.pk, people["YF003"].pk, True, before + timedelta(hours=1))
    wants("009", swap, days(2, 3), morning, colleague=people["YF010"], reason=REASONS["swap"])
    declined = wants("014", swap, days(4, 4), before, colleague=people["YF015"])
    answer_swap(organization, declined.pk, people["YF015"].pk, False, before + timedelta(hours=2))
    wants("019", wish, days(8, 8), morning, reason=REASONS["wish"])
    dropped = wants("007", wish, days(5, 5), before)
    withdraw(dropped.pk, people["YF007"].pk)
    decide(organization, granted.pk, True, lead(), before + timedelta(hours=3))
    decide(organization, refused.pk, False, lead(), before + timedelta(hours=3), REASONS["refused"])
    decide(organization, agreed.pk, True, lead(), before + timedelta(hours=4))


def log_calls(stores: list[Store], today: date, users: dict[int, User]) -> None:
    """A few calls of the last days, each with a buyer whom the caller served that day."""
    if PhoneCall.objects.exists():
        return
    for store, (about, outcome, incoming, minutes) in zip(stores, CALLS, strict=False):
        served = ChatSession.objects.filter(
            store=store, agent_id__in=list(users), served_at__isnull=False, day__gte=today - timedelta(days=3),
            ended_at__lt=at(today, "14:00"),
        ).order_by("-ended_at")[:1]  # fmt: skip
        for chat in served:
            called = chat.ended_at + timedelta(minutes=12)
            told = Told(
                store=store, agent=Agent.objects.get(pk=chat.agent_id), buyer=chat.buyer, order_id=None,
                incoming=incoming, called_at=called, minutes=minutes, about=about, outcome=outcome,
            )  # fmt: skip
            log_call(told, users[chat.agent_id], called + timedelta(minutes=minutes + 3))


def give_targets(stores: list[Store], today: date) -> None:
    """Sales and service targets of last month and this one, a little above what was sold, divided over the people."""
    this = month_start(today)
    for store in stores:
        for month, sales in ((shift_month(this, -1), None), (this, None)):
            if StoreTarget.objects.filter(store=store, month=month).exists():
                continue
            before = shift_month(this, -1)
            sold = _sold(store, before) or _sold(store, this)
            sales = Decimal(rounded(sold * Decimal("1.05")))
            _set(store, month, sales or None)


def _sold(store: Store, month: date) -> Decimal:
    days = AgentDay.objects.filter(store=store, agent_id=STORE, day__range=(month, month_end(month)))
    return days.aggregate(Sum("paid_amount"))["paid_amount__sum"] or Decimal(0)


def _set(store: Store, month: date, sales: Decimal | None) -> None:
    """By last month's share; the first month of the demo has none before it and is divided by days worked."""
    for division in (Division.SHARE, Division.DAYS, Division.EQUAL):
        try:
            set_targets(store, month, sales=sales, service=SERVICE, division=division)
        except NotDivisible:
            continue
        return
