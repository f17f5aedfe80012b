"""9. How fast chats are read by the rules: a whole store, its memory, and what one changed rule costs."""

import resource
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import cycle
from multiprocessing import get_context
from pathlib import Path

from benchmarks.dataset import LAST_DAY, Size, seats, store_days
from benchmarks.loading import chunks, make_organization, write
from benchmarks.measure import Report
from benchmarks.surroundings import set_up_django
from stores.platforms.records import IN, MessageRecord

TARGET = 20_000  # messages a second
JDDC = "jddc_chat_0.1per.txt"
# Of the made-up chats: so that there is something to find and to write.
BREACH, QUESTION = 200, 150  # each so many-eth line of agents and of buyers
BREACHES = (
    "亲可以加我微信13800000000哦",
    "给个五星好评返现5元",
    "不开发票的亲",
    "你是不是傻",
    "这款是高仿的哦",
)
QUESTIONS = ("这个是正品吗不会是高仿吧", "可以开发票吗")
OWN_WORDS = ("内部价", "刷单", "走私")
NOW = datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, tzinfo=UTC) + timedelta(days=30)


def inspection(run) -> Report:
    """The section. run: benchmarks.run.Run."""
    report = Report("Inspection of chats by the rules")
    sizes = (run.inspected // 4, run.inspected)
    organization_id, store_ids = _load(run.pool, sizes, run.data)
    run.vacuum()
    looks = [_alone(_look, organization_id, store_id) for store_id in store_ids]
    (_, _, _, small_peak, _), (messages, spent, busy, peak, counts) = looks
    report.add("messages read a second, one process, whole store", messages / spent, TARGET, "at least")
    report.add(
        f"peak memory with {messages:,} messages / a quarter of them", peak / small_peak, 1.25, "at most", "×"
    )
    report.notes.append(
        f"{messages:,} messages in {spent:.1f} s, {busy:.1f} s of them the process's own: {counts[2]:,} violations and notices; peak memory {peak:.0f} MiB,"
        f" {small_peak:.0f} MiB with a quarter of the messages; texts: {run.data.name if run.data else 'made up'}"
    )
    run.vacuum()
    for name, code in (
        ("of the library, of many words (R11)", "counterfeit"),
        ("of three own words", "own-words"),
    ):
        read, taken, hits = _alone(_again, organization_id, store_ids[1], code)
        report.add(f"one changed rule {name} / the whole inspection", taken / spent, 1.0, "at most", "×")
        report.notes.append(
            f"{code} changed: {taken:.1f} s over the same store, {read:,} agents' messages, {hits:,} hits"
        )
    return report


def texts(data: Path | None) -> tuple[Iterator[str], Iterator[str]]:
    """(what buyers write, what agents write), without end: real lines of `data`, or None and the made-up ones stay."""
    sides: dict[str, list[str]] = {"0": [], "1": []}
    for line in (data / JDDC).read_text(encoding="utf-8").split("\n"):
        parts = line.split("\t")
        if len(parts) == 7 and parts[2] in sides:
            sides[parts[2]].append(parts[6])
    return cycle(sides["0"]), cycle(sides["1"])


def worded(messages: Iterator[MessageRecord], data: Path | None) -> Iterator[MessageRecord]:
    """The messages with real texts, or with a breach and a dangerous question here and there."""
    if data:
        asked, said = texts(data)
        for message in messages:
            yield message._replace(text=next(asked if message.direction == IN else said))
        return
    breaches, questions = cycle(BREACHES), cycle(QUESTIONS)
    for number, message in enumerate(messages):
        if message.direction == IN and number % QUESTION == 0:
            yield message._replace(text=next(questions))
        elif message.direction != IN and number % BREACH == 1:
            yield message._replace(text=next(breaches))
        else:
            yield message


def _load(pool: ProcessPoolExecutor, sizes: tuple[int, ...], data: Path | None) -> tuple[int, list[int]]:
    """One organization with a store of each size; every rule of the library and one of its own."""
    organization_id, store_ids = make_organization("inspected", Size(0, 0, stores=len(sizes)))
    jobs = [
        pool.submit(_load_store, organization_id, pk, size, data)
        for pk, size in zip(store_ids, sizes, strict=True)
    ]
    for job in jobs:
        job.result()
    pool.submit(_make_rules, organization_id).result()
    return organization_id, store_ids


def _load_store(organization_id: int, store_id: int, messages: int, data: Path | None) -> None:
    store = _store(organization_id, store_id)
    write(store, seats(0))
    days = store_days(Size(messages, 0, stores=1), 0)
    for chunk in chunks(worded((message for day in days for message in day.messages), data)):
        write(store, chunk)


def _make_rules(organization_id: int) -> None:
    from policies.detection.phrases import checked_spec
    from policies.library import LIBRARY
    from policies.rule_models import PolicyRule
    from policies.rule_versions import ensure_library, new_version
    from tenants.scope import organization_scope

    with organization_scope(organization_id):
        ensure_library(organization_id, LIBRARY, NOW)
        rule = PolicyRule.objects.create(
            organization_id=organization_id,
            code="own-words",
            title="own words",
            reads="chat",
            detector="phrases",
            made_at=NOW,
        )
        spec = checked_spec({"phrases": list(OWN_WORDS)})
        new_version(rule, date(2020, 1, 1), user=None, now=NOW, spec=spec)


def _store(organization_id: int, store_id: int):
    from stores.models import Store
    from tenants.scope import organization_scope

    with organization_scope(organization_id):
        return Store.objects.get(pk=store_id)


def _alone(work, *arguments):
    """What `work` returns in a process of its own, whose memory nothing else has touched."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=set_up_django) as one:
        return one.submit(work, *arguments).result()


def _look(organization_id: int, store_id: int) -> tuple[int, float, float, float, tuple]:
    """Inspect a store that was never inspected: messages, seconds, the process's own of them, peak memory in MiB, counts."""
    from policies.inspecting import inspect_store

    store = _store(organization_id, store_id)
    started, used = time.perf_counter(), time.process_time()
    counts = inspect_store(store, NOW, NOW)
    spent, busy = time.perf_counter() - started, time.process_time() - used
    return counts.lines, spent, busy, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, tuple(counts)


def _again(organization_id: int, store_id: int, code: str) -> tuple[int, float, int]:
    """Change a rule so that its chats must be read again, and read them: agents' messages, seconds, hits.

    Errors: RuntimeError for a run that did not get to its end.
    """
    from policies.inspection_models import InspectionRun, RunState
    from policies.inspection_runs import start_again
    from policies.inspection_steps import step
    from policies.rule_models import PolicyRule
    from policies.rule_versions import new_version
    from tenants.scope import organization_scope

    with organization_scope(organization_id):
        rule = PolicyRule.objects.filter(detector=code).first() or PolicyRule.objects.get(code=code)
        old = list(rule.versions.order_by("number"))
        new_version(rule, old[-1].since, user=None, now=NOW, level=3)
        (run,) = [run for run in start_again(rule, old, None, NOW) if run.store_id == store_id]
    started = time.perf_counter()
    while step(organization_id, run.pk, NOW):
        pass
    spent = time.perf_counter() - started
    with organization_scope(organization_id):
        run = InspectionRun.objects.get(pk=run.pk)
    if run.state != RunState.DONE:
        raise RuntimeError(f"the run over {code} is {run.state}: {run.error}")
    return run.messages, spent, run.hits
