"""5. What a few late messages cost: the newest days anew, beside a full rebuild and beside longer histories."""

import itertools
from datetime import timedelta
from functools import partial

from benchmarks.dataset import LAST_DAY, store_days
from benchmarks.loading import write
from benchmarks.measure import Report, interleaved, ratio, seconds, spread
from benchmarks.rebuild import rebuild_all
from stores.platforms.records import OUT, MessageRecord

DIRTY_DAYS = 3
PER_STORE_DAY = 5
_turn = itertools.count(1)


def incremental(run) -> Report:
    """The section. run: benchmarks.run.Run."""
    shares = {"1 × history": 1 / 3, "2 × history": 2 / 3, "3 × history": 1.0}
    answered = newest_messages(run)
    loaded = {name: run.history(share) for name, share in shares.items()}
    actions = {name: partial(refresh_changed, run, each, answered) for name, each in loaded.items()}
    for action in actions.values():
        action()
    main = run.main()
    actions["full rebuild"] = lambda: rebuild_all(run.pool, main.organization_id, main.store_ids)
    found = interleaved(actions, max(run.repeats, 3) if run.repeats > 1 else 1)
    dirty = run.size.stores * DIRTY_DAYS
    report = Report("Incremental rebuild")
    report.add(
        f"{dirty} store-days with 2 × / with 1 × history",
        ratio(found, "2 × history", "1 × history"),
        1.15,
        "at most",
        "×",
    )
    report.add(
        f"{dirty} store-days with 3 × / with 1 × history",
        ratio(found, "3 × history", "1 × history"),
        1.15,
        "at most",
        "×",
    )
    report.add(
        f"{dirty} store-days / full rebuild, 3 × history", ratio(found, "3 × history", "full rebuild"), 0.08
    )
    report.notes.append(
        f"{PER_STORE_DAY} late replies on each of the {DIRTY_DAYS} newest days of {run.size.stores} stores"
        f" ({dirty * PER_STORE_DAY} messages), over 2 connections: {spread(found)}"
    )
    return report


def newest_messages(run) -> list[list[MessageRecord]]:
    """By store: messages of the newest days that a late reply will answer."""
    newest = run.size._replace(made=DIRTY_DAYS)
    chosen = []
    for store in range(run.size.stores):
        days = [made.messages for made in store_days(newest, store)]
        chosen.append(
            [said for day in days for said in day[:: max(1, len(day) // PER_STORE_DAY)][:PER_STORE_DAY]]
        )
    return chosen


def refresh_changed(run, loaded, answered: list[list[MessageRecord]]) -> float:
    """Bring in late replies (not timed), then seconds to refresh every store."""
    turn = next(_turn)
    for store_id, messages in zip(loaded.store_ids, answered, strict=True):
        late = [
            MessageRecord(
                f"9{m.message_id}{turn:04d}",
                m.buyer,
                m.seat,
                OUT,
                False,
                m.sent_at + timedelta(seconds=turn),
                "好的",
            )
            for m in messages
        ]
        write(_store(loaded.organization_id, store_id), late)
    pool, organization_id = run.pool, loaded.organization_id
    return seconds(
        lambda: [job.result() for job in [pool.submit(refresh, organization_id, s) for s in loaded.store_ids]]
    )


def refresh(organization_id: int, store_id: int) -> dict[str, int]:
    """One store brought up to date. Errors: RuntimeError when it made no day anew, or a day beyond the window."""
    from kpis.refresh import refresh_store

    done = refresh_store(_store(organization_id, store_id))
    if not done["days"] > 0:
        raise RuntimeError(f"store {store_id}: nothing was refreshed up to {LAST_DAY}")
    return done


def _store(organization_id: int, store_id: int):
    from stores.models import Store
    from tenants.scope import organization_scope

    with organization_scope(organization_id):
        return Store.objects.get(pk=store_id)
