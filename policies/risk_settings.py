"""What signs weigh in an organization: saving it, and who would be flagged by other weights before they are saved (R16)."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.http import HttpRequest

from policies.risk_kinds import DEFAULT_DAYS, DEFAULT_WEIGHTS
from policies.risk_models import RiskSettings
from policies.risk_scores import OF_STORES, SCORED, Weighing, weighing
from stores.models import Buyer
from tenants.audit import changes, record

NAMED = 50


class Flagged(NamedTuple):
    """A buyer whose proposal would come or go. before, after: scores."""

    buyer: Buyer
    before: int
    after: int


class Preview(NamedTuple):
    """Who would be proposed to be watched newly and no longer: the first NAMED of each and how many in all; and how many
    are proposed now and would be."""

    newly: list[Flagged]
    newly_count: int
    no_longer: list[Flagged]
    no_longer_count: int
    now: int
    then: int


def preview(store_ids: Iterable[int], weighs: Weighing, now: datetime) -> Preview:
    """What other weights, days and threshold would change in these stores. Four statements."""
    stores = list(store_ids)
    present, other = _proposed(stores, weighing(), now), _proposed(stores, weighs, now)
    newly, gone = other.keys() - present.keys(), present.keys() - other.keys()
    scores = {**_scores(stores, weighing(), now, gone | newly), **{pk: present[pk] for pk in gone}}
    after = {**_scores(stores, weighs, now, gone | newly), **{pk: other[pk] for pk in newly}}

    def first(found: set[int]) -> list[int]:
        return sorted(found, key=lambda pk: (-max(scores.get(pk, 0), after.get(pk, 0)), pk))[:NAMED]

    named = Buyer.objects.select_related("store").in_bulk([*first(newly), *first(gone)])

    def told(found: set[int]) -> list[Flagged]:
        return [Flagged(named[pk], scores.get(pk, 0), after.get(pk, 0)) for pk in first(found) if pk in named]

    return Preview(told(newly), len(newly), told(gone), len(gone), len(present), len(other))


def _proposed(stores: list[int], weighs: Weighing, now: datetime) -> dict[int, int]:
    """{buyer: score} of those proposed to be watched."""
    return _read("level = 'proposed'", stores, weighs, now)


def _scores(stores: list[int], weighs: Weighing, now: datetime, buyers: set[int]) -> dict[int, int]:
    return _read("buyer_id = ANY(%(buyers)s)", stores, weighs, now, buyers) if buyers else {}


def _read(
    condition: str, stores: list[int], weighs: Weighing, now: datetime, buyers: Iterable[int] = ()
) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT buyer_id, score FROM ({SCORED.format(**OF_STORES)}) AS p WHERE {condition}",
            weighs.params() | {"now": now, "stores": stores, "buyers": sorted(buyers)},
        )
        return dict(cursor.fetchall())


@transaction.atomic
def save_weighing(organization_id: int, weighs: Weighing, request: HttpRequest | None = None) -> bool:
    """Save what signs weigh, how long they count and the threshold; False where nothing differs. Audited, and kept by the
    database's history. Signs found before expire by the new days at once."""
    row = RiskSettings.objects.select_for_update().first() or RiskSettings(organization_id=organization_id)
    before = weighing(row)
    if before == weighs:
        return False
    row.weights, row.days, row.threshold = dict(weighs.weights), dict(weighs.days), weighs.threshold
    row.save()
    with connection.cursor() as cursor:
        for kind, days in weighs.days.items():
            if days != before.days[kind]:
                cursor.execute(
                    "UPDATE policies_risksignal SET expires_at = fact_at + make_interval(days => %s) WHERE kind = %s",
                    [days, kind],
                )
    record(request, "settings_changed", row, **changes(_flat(before), _flat(weighs)))
    return True


def _flat(weighs: Weighing) -> dict[str, int]:
    """One level of names, as the audit trail shows changes."""
    told = {f"{kind}.weight": weight for kind, weight in weighs.weights.items()}
    told |= {f"{kind}.days": days for kind, days in weighs.days.items()}
    return told | {"threshold": weighs.threshold}


def default_weighing() -> Weighing:
    """What holds where nobody set anything."""
    return Weighing(DEFAULT_WEIGHTS, DEFAULT_DAYS, RiskSettings().threshold)
