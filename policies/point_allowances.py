"""How many points a store may lose in a year or quarter, what is left of them, and what the next step means (R18)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from policies.penalty_models import Period, PointAllowance, PointEntry, PointState
from stores.models import Platform, Store

# Points that count against a store, as they are after an appeal.
COUNTING = (PointState.BOOKED, PointState.APPEALED, PointState.GIVEN_BACK)
SHOPEE_SOURCE = "Shopee penalty tiers, copy at scribd.com/document/727749950; to be checked at seller.shopee.<country>/edu"


@dataclass(frozen=True)
class Allowance:
    """tiers: (points, what follows) rising; none: nobody has filled them in. verified_on None: unverified."""

    period: str
    tiers: tuple[tuple[Decimal, str], ...] = ()
    source: str = ""
    verified_on: date | None = None

    @property
    def most(self) -> Decimal | None:
        """The points a store must not reach."""
        return self.tiers[-1][0] if self.tiers else None


# Only what a source states. The platforms' own pages are the place to look where there are no tiers.
DEFAULTS = {
    Platform.SHOPEE: Allowance(
        Period.QUARTER_MONDAY,
        tuple(
            (Decimal(points), text)
            for points, text in (
                (3, _("First step of the platform’s penalties, for 28 days")),
                (6, _("Second step of the platform’s penalties, for 28 days")),
                (9, _("Third step of the platform’s penalties, for 28 days")),
                (12, _("Fourth step of the platform’s penalties, for 28 days")),
                (15, _("Shop frozen for 28 days")),
            )
        ),
        SHOPEE_SOURCE,
    ),
    Platform.TAOBAO: Allowance(Period.YEAR, source="rulechannel.taobao.com"),
    Platform.TMALL: Allowance(Period.YEAR, source="rule.tmall.com"),
    Platform.JD: Allowance(Period.YEAR, source="rule.jd.com"),
    Platform.OTHER: Allowance(Period.YEAR),
}


@dataclass(frozen=True)
class Gauge:
    """One store's points of the current period. taken: after appeals; expected: of violations, not taken yet.

    left: None where nobody has said how many there are. next_at, next_text: the next step and what it means.
    reached: what the steps passed mean.
    """

    store: Store
    allowance: Allowance
    since: date
    until: date
    taken: Decimal
    expected: Decimal
    next_at: Decimal | None
    next_text: str
    reached: str

    @property
    def left(self) -> Decimal | None:
        most = self.allowance.most
        return None if most is None else max(most - self.taken, Decimal(0))

    @property
    def percent(self) -> int:
        """Of the allowance, as taken; at most 100."""
        most = self.allowance.most
        return min(100, int(self.taken * 100 / most)) if most else 0

    @property
    def percent_expected(self) -> int:
        most = self.allowance.most
        return min(100 - self.percent, int(self.expected * 100 / most)) if most else 0

    @property
    def to_next(self) -> Decimal | None:
        return None if self.next_at is None else self.next_at - self.taken


def allowances(stores: Iterable[Store]) -> dict[int, Allowance]:
    """{store id: its allowance}: its own row, else its platform's, else the program's. One statement."""
    rows = {(row.platform, row.store_id): row for row in PointAllowance.objects.all()}
    return {
        store.pk: _held(
            rows.get((store.platform, store.pk)) or rows.get((store.platform, None)), store.platform
        )
        for store in stores
    }


def allowance_of(platform: str, store: Store | None) -> Allowance:
    """What holds for one store, or (None) for a platform's stores without one of their own."""
    if store is not None:
        return allowances([store])[store.pk]
    return _held(PointAllowance.objects.filter(platform=platform, store=None).first(), platform)


def _held(row: PointAllowance | None, platform: str) -> Allowance:
    if row is None:
        return DEFAULTS[Platform(platform)]
    tiers = tuple((Decimal(str(points)), text) for points, text in row.tiers)
    return Allowance(row.period, tiers, row.source, row.verified_on)


def period_of(period: str, day: date) -> tuple[date, date]:
    """The first and last day of the period that holds a day."""
    if period == Period.YEAR:
        return date(day.year, 1, 1), date(day.year, 12, 31)
    starts = [
        _start(period, date(year, month, 1))
        for year in (day.year - 1, day.year, day.year + 1)
        for month in (1, 4, 7, 10)
    ]
    since = max(start for start in starts if start <= day)
    return since, min(start for start in starts if start > day) - timedelta(days=1)


def _start(period: str, first: date) -> date:
    """The first day of the quarter that begins on `first`, or its first Monday."""
    return first if period == Period.QUARTER else first + timedelta(days=-first.weekday() % 7)


def gauges(stores: Iterable[Store], now) -> list[Gauge]:
    """One for each store, of the period its business day lies in. Two statements, however many stores."""
    stores = list(stores)
    held = allowances(stores)
    spans = {store.pk: period_of(held[store.pk].period, store.business_day(now)) for store in stores}
    asked = Q()
    for pk, (since, until) in spans.items():
        asked |= Q(store=pk, day__range=(since, until))
    sums = {(pk, kind): Decimal(0) for pk in spans for kind in ("taken", "expected")}
    rows = PointEntry.objects.filter(asked) if spans else PointEntry.objects.none()
    for pk, state, points, latest in rows.values_list("store", "state", "points", "latest"):
        if state == PointState.EXPECTED:
            sums[pk, "expected"] += points
        elif state in COUNTING:
            sums[pk, "taken"] += points if latest is None else latest
    return [
        _gauge(store, held[store.pk], spans[store.pk], sums[store.pk, "taken"], sums[store.pk, "expected"])
        for store in stores
    ]


def _gauge(
    store: Store, held: Allowance, span: tuple[date, date], taken: Decimal, expected: Decimal
) -> Gauge:
    next_at, next_text = next(((at, text) for at, text in held.tiers if at > taken), (None, ""))
    reached = [text for at, text in held.tiers if at <= taken]
    return Gauge(
        store, held, *span, taken, expected, next_at, gettext(next_text) if next_text else "",
        gettext(reached[-1]) if reached and reached[-1] else "",
    )  # fmt: skip
