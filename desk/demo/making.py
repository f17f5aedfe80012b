"""The demo's working day, made once after its facts. Every step may be repeated; one that is done changes nothing."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max

from desk.attendance import derive_attendance
from desk.demo.buyers import make_buyers
from desk.demo.cases import make_cases
from desk.demo.complaints import make_complaints
from desk.demo.concessions import make_concessions
from desk.demo.costs import make_costs
from desk.demo.penalties import make_penalties
from desk.demo.people import ask_for_days, give_targets, log_calls, make_accounts, make_roster
from desk.demo.promises import make_promises
from desk.demo.remarks import make_remarks
from desk.demo.risk import make_risk
from desk.demo.rulings import make_rulings
from desk.demo.shifts import close_some, is_begun, play_shifts
from desk.demo.tuning import tune_detectors
from desk.demo.violations import judge_earlier, make_violations
from desk.detecting import detect_store
from desk.load import refresh_stale_load
from desk.models import DeskSettings
from intake.demo import company
from intake.demo.shifts import NOW_HOUR
from kpis import demo
from kpis.models import ChatSession
from kpis.refresh import refresh_until_clean
from stores.models import Store
from tenants.models import Organization, User
from tenants.scope import organization_id_of, organization_scope

# What was agreed with and owed to buyers: each takes (organization, stores, now), opens its scopes itself, does nothing
# where it is done, and tells what there is.
AFTER_SALES = (
    make_concessions,
    make_buyers,
    make_remarks,
    make_cases,
    make_promises,
    make_costs,
    make_rulings,
    make_complaints,
    make_risk,
    make_violations,
)
# Fewer than by default, so that the hours of the demo's shop that lack people are seen.
ROUNDS_PER_HOUR = 15


def is_complete() -> bool:
    """Whether the demo is there with its working day, whose settings come last."""
    organization_id = organization_id_of(company.SLUG)
    if organization_id is None or not demo.is_complete():
        return False
    with organization_scope(organization_id):
        return DeskSettings.objects.exists()


def load_demo(today: date, messages: int, password: str) -> Iterator[str]:
    """Make the demo organization and its working day; yield a line after each step. Errors: as of kpis.demo."""
    if not demo.is_complete():
        yield from demo.load_demo(today, messages, password)
    yield from _working_day()
    # A run that died after it had made the accounts told nobody their password.
    for one in company.USERS:
        user = User.objects.get(email=one.email)
        user.set_password(password)
        user.save(update_fields=["password"])


def _working_day() -> Iterator[str]:
    organization_id = organization_id_of(company.SLUG)
    with organization_scope(organization_id):
        organization = Organization.objects.get(pk=organization_id)
        stores = list(Store.objects.order_by("pk"))
        # The facts say on which day they end: a run that goes on the day after must not think them a day younger.
        today = ChatSession.objects.aggregate(last=Max("day"))["last"]
        users = make_accounts(organization)
        days = make_roster(organization, today)
    yield f"{days} days of the roster"
    for store in stores:
        refresh_until_clean(store)
    yield "figures know the roster"
    demo.look_at_tables()
    with organization_scope(organization_id):
        ask_for_days(organization, today)
        log_calls(stores, today, users)
        give_targets(stores, today)
        tune_detectors(stores)
    now = now_of(today)
    with organization_scope(organization_id):
        handed = play_shifts(users, today, now)
    yield f"requests, calls, targets; {handed} matters handed over"
    morning = datetime.combine(today, time(8, 30), ZoneInfo("Asia/Shanghai"))
    with organization_scope(organization_id):
        played = is_begun()
    if not played:
        made = sum(detect_store(store, morning).made for store in stores)
        with organization_scope(organization_id):
            closed = close_some(users, morning, now)
        made += sum(detect_store(store, now).made for store in stores)
        yield f"{made} matters found, {closed} closed"
    for make in AFTER_SALES:
        yield make(organization, stores, now)
    # Whole: a transaction elsewhere in the cluster would hold the change log's last lines back.
    made = sum(detect_store(store, now, whole=True).made for store in stores)
    yield f"{made} matters of orders and after-sales found"
    first, _ = company.period(today)
    worked = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    hours, cells = refresh_stale_load(organization_id), derive_attendance(organization, worked, now)
    # Late and absent are told by the attendance.
    yield make_penalties(organization, stores, now)
    yield judge_earlier(organization, now)
    with organization_scope(organization_id):
        DeskSettings.objects.get_or_create(
            organization=organization, defaults={"rounds_per_hour": ROUNDS_PER_HOUR}
        )
    yield f"{hours} hours of load, {cells} days of attendance"


def now_of(today: date) -> datetime:
    """The instant up to which the demo's facts go in every store."""
    wall = datetime.combine(today, time(NOW_HOUR))
    return max(wall.replace(tzinfo=ZoneInfo(store.time_zone)) for store in company.STORES)
