"""The work of a run over past chats, a step of BUYERS buyers at a time (policies/inspection_runs.py starts runs).

A step is one transaction under the store's lock and the run's: it keeps its place, so a run that died goes on, and
of two workers at one run the second leaves it to the first. Only the run's rule is asked, and only of buyers in whose lines a word of it stands.
"""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from django.db import InterfaceError, OperationalError

from orders.remark_models import Remark
from policies.detection.detector import Detector
from policies.detection.folding import original_span
from policies.detection.phrases import phrase_detector
from policies.detection.reader import Reader
from policies.detection.registry import DETECTORS
from policies.inspecting import claimed, lock
from policies.inspection_judge import PHRASES, Judge, book_of_chats, lines_of, shop_of
from policies.inspection_models import InspectionRun, RunKind, RunState, TrialHit, Violation
from policies.inspection_prefilter import Concerned, concerned
from policies.inspection_reading import Mark, chats, everybody
from policies.inspection_remarks import inspect_remarks
from policies.inspection_runs import UNDER_WAY
from policies.inspection_storing import MESSAGE, UNTOUCHED, hit_of, store_hits
from stores.business_days import start_of
from stores.models import Buyer, Store
from tenants.scope import organization_scope

RUN = 7310  # advisory lock class of steps; the second key is the run
BUYERS = 1000  # in one step
SAMPLE = 200  # hits of a trial that are kept to be labelled
LONG_AGO = date(1990, 1, 1)
logger = logging.getLogger(__name__)


def step(organization_id: int, run_id: int, now: datetime) -> bool:
    """Do the next step of a run; whether more is left to do. Not where another worker is at it: they go on.

    Opens the organization's scope itself.

    An error ends the run as failed, and says so; one of the database's connection is raised, for it is not the run's.
    """
    try:
        with organization_scope(organization_id):
            return claimed(RUN, run_id) and _step(run_id, now)
    except (InterfaceError, OperationalError):
        raise
    except Exception as error:
        logger.exception("inspection run %s failed", run_id)
        with organization_scope(organization_id):
            InspectionRun.objects.filter(pk=run_id, state__in=UNDER_WAY).update(
                state=RunState.FAILED, ended_at=now, error=f"{type(error).__name__}: {error}"[:500]
            )
        return False


def _step(run_id: int, now: datetime) -> bool:
    store = lock(InspectionRun.objects.select_related("store").get(pk=run_id).store)
    run = InspectionRun.objects.select_for_update().get(pk=run_id)
    if run.state not in UNDER_WAY:
        return False
    if run.state == RunState.WAITING:
        run.state, run.begun_at = RunState.RUNNING, now
        run.buyers = Buyer.objects.filter(store=store).count()
    buyer_ids = [mark.buyer_id for mark in everybody(store, run.at_buyer, BUYERS)]
    is_last = len(buyer_ids) < BUYERS
    inspect = _try if run.kind == RunKind.TRIAL else _again
    messages, hits = inspect(run, store, buyer_ids, is_last, now)
    run.at_buyer = buyer_ids[-1] if buyer_ids else run.at_buyer
    run.buyers_done += len(buyer_ids)
    run.messages += messages
    run.hits += hits
    if is_last:
        run.state, run.ended_at, run.buyers = RunState.DONE, now, run.buyers_done
    run.save()
    return not is_last


def _marks(run: InspectionRun, store: Store, buyer_ids: Sequence[int]) -> list[Mark]:
    since = start_of(store, run.since) if run.since > LONG_AGO else None
    until = (
        start_of(store, run.until + timedelta(days=1))
        if run.until < store.business_day(run.made_at)
        else None
    )
    return [Mark(buyer_id, since, until) for buyer_id in sorted(buyer_ids)]


def _again(
    run: InspectionRun, store: Store, buyer_ids: list[int], is_last: bool, now: datetime
) -> tuple[int, int]:
    """Judge these buyers by the run's rule as it is now; agents' messages in the days, and hits."""
    judge = Judge(store, book_of_chats(), rule_id=run.rule_id)
    found = Concerned([], 0)
    if judge.detectors:
        found = concerned(store, judge.reader, buyer_ids, run.since, run.until)
    # Those of whom something was found before: it may stand no more.
    known = Violation.objects.filter(
        store=store,
        buyer__in=buyer_ids,
        rule=run.rule_id,
        state__in=UNTOUCHED,
        source_key__startswith=MESSAGE,
    )
    marks = _marks(run, store, {*found.buyers, *known.values_list("buyer_id", flat=True)})
    judged, told = [], []
    for rows in chats(store, marks):
        judged += [MESSAGE + row.message_id for row in rows if row.judged]
        told += judge.told_of(rows)
    hits = [hit_of(one) for one in told if not one.question]
    store_hits(store, judged, hits, now, run.rule_id)
    if is_last:
        _remarks_again(run, store, judge, now)
    return found.messages, len(hits)


def _remarks_again(run: InspectionRun, store: Store, judge: Judge, now: datetime) -> None:
    of_remarks = Judge(store, judge.book, rule_id=run.rule_id, in_remarks=True)
    known = Violation.objects.filter(store=store, rule=run.rule_id, state="notice")
    if of_remarks.detectors or known.exists():
        remarks = Remark.objects.filter(
            store=store, made_at__lt=start_of(store, run.until + timedelta(days=1))
        )
        if run.since > LONG_AGO:
            remarks = remarks.filter(made_at__gte=start_of(store, run.since))
        inspect_remarks(store, of_remarks, remarks, now, run.rule_id)


def detector_tried(run: InspectionRun) -> Detector:
    """What a trial reads chats with. KeyError where there is no such detector."""
    return phrase_detector(PHRASES, run.spec) if run.detector == PHRASES else DETECTORS[run.detector]


def _try(
    run: InspectionRun, store: Store, buyer_ids: list[int], is_last: bool, now: datetime
) -> tuple[int, int]:
    """What the rule tried would find of these buyers; agents' messages in the days, and hits."""
    detector = detector_tried(run)
    reader = Reader([detector])
    found = concerned(store, reader, buyer_ids, run.since, run.until)
    hits = list(_tried(run, store, detector, reader, _marks(run, store, found.buyers)))
    _keep_sample(run, hits)
    return found.messages, len(hits)


def _tried(
    run: InspectionRun, store: Store, detector: Detector, reader: Reader, marks: Sequence[Mark]
) -> Iterator[TrialHit]:
    # A rule about what buyers ask has nothing else to tell.
    of_questions = not detector.triggers
    for rows in chats(store, marks):
        for place, _name, match, question in reader.read(lines_of(rows), shop_of(store)):
            row = rows[place]
            in_days = row.judged and run.since <= store.business_day(row.sent_at) <= run.until
            if in_days and question == of_questions and match.certainty >= run.level:
                start, end = original_span(row.text, match.start, match.end)
                yield TrialHit(
                    organization_id=run.organization_id, run=run, source_key=MESSAGE + row.message_id,
                    buyer_id=row.buyer_id, said_at=row.sent_at, certainty=match.certainty, reason=match.reason,
                    start=start, end=end,
                )  # fmt: skip


def _keep_sample(run: InspectionRun, hits: Sequence[TrialHit]) -> None:
    """Of all hits so far, keep the SAMPLE whose keys have the smallest hashes: as fair as drawn by lot, in any order."""
    kept = set(TrialHit.objects.filter(run=run).values_list("source_key", flat=True))
    new = {hit.source_key: hit for hit in hits}
    sample = set(sorted(kept | new.keys(), key=lambda key: _lot(run, key))[:SAMPLE])
    TrialHit.objects.filter(run=run, source_key__in=kept - sample).delete()
    TrialHit.objects.bulk_create(new[key] for key in sorted(sample - kept))


def _lot(run: InspectionRun, key: str) -> bytes:
    return hashlib.blake2b(f"{run.pk}/{key}".encode(), digest_size=8).digest()
