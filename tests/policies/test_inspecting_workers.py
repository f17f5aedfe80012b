"""Killed workers, double deliveries, several at once: no double violation, warning or notice, and nothing is left out."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from django.db import connection
from django.utils import timezone

from desk import policy_tasks
from kpis.tasks import refresh_organization
from policies.inspecting import LOCK, LOOK, Counts, claimed, inspect_store, lock
from policies.inspection_models import InspectionRun, RunState, Violation
from policies.inspection_runs import start_again
from policies.inspection_steps import RUN, step
from policies.rule_models import PolicyRule
from policies.rule_versions import new_version
from tenants.scope import organization_scope
from tests.make import make_agent, make_member, make_organization, make_store, write_chat
from tests.policies.inspected import (
    FRESH,
    NOW,
    change_rule,
    inspect,
    make_rule,
    notices,
    violations,
    warnings,
)

pytestmark = pytest.mark.usefixtures("committed")
BUYERS = 7


@pytest.fixture
def store():
    """BUYERS buyers, each of whom asks what is dangerous after getting an answer that breaks a rule."""
    store = make_store(make_organization("yunfan"), "tb1")
    mei = make_agent(store.organization, "王小美", (store, "s:mei"))
    make_member(store.organization, "agent", agent_id=mei.pk)
    make_rule(store.organization, "cash", "返现")
    make_rule(store.organization, "fake", "假货", speaker="buyer")
    for number in range(BUYERS):
        write_chat(
            store,
            f"b{number}",
            "s:mei",
            ("out", "2026-11-02 10:00:00", "返现"),
            ("in", "2026-11-02 10:01:00", "假货吗"),
        )
    return store


def counts(store) -> tuple[int, int, int]:
    """How many violations, warnings, and buyers somebody was told of."""
    told = sum(notice.params["count"] for notice in notices(store))
    return len(violations(store)), len(warnings(store)), told


KILLED = """
import os, signal
import django
django.setup()
from policies import inspecting, inspection_steps
from stores.models import Store
from tenants.scope import organization_scope
from tests.policies.inspected import FRESH, NOW
with organization_scope({organization}):
    store = Store.objects.get(pk={store})
inspecting.BUYERS = inspection_steps.BUYERS = 2
real, calls = {module}.{name}, []
def die_in_the_third(*args):
    calls.append(args)
    found = real(*args)
    if len(calls) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return found
{module}.{name} = die_in_the_third
{work}
"""


def run_and_kill(store, module: str, name: str, work: str) -> None:
    """A process that dies by SIGKILL after it did `name` for the third time, before that is committed."""
    code = KILLED.format(
        organization=store.organization_id, store=store.pk, module=module, name=name, work=work
    )
    process = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": os.getcwd()}, timeout=120, check=False
    )
    assert process.returncode == -signal.SIGKILL


def test_a_killed_look_keeps_its_steps_and_another_goes_on(store):
    run_and_kill(store, "inspecting", "warn", "inspecting.inspect_store(store, NOW, FRESH)")
    assert counts(store) == (4, 4, 4)
    # Four buyers are done; of the other three nothing is known yet.
    assert inspect_store(store, NOW, FRESH).buyers == 3
    assert counts(store) == (BUYERS, BUYERS, BUYERS)


def test_a_killed_run_over_past_chats_goes_on_where_it_was(store):
    inspect(store)
    (run_id,) = _changed_words(store)
    work = f"while inspection_steps.step({store.organization_id}, {run_id}, NOW): pass"
    run_and_kill(store, "inspection_steps", "store_hits", work)
    with organization_scope(store.organization_id):
        run = InspectionRun.objects.get()
        assert (run.state, run.buyers_done, run.buyers, run.hits) == (RunState.RUNNING, 4, BUYERS, 4)
    while step(store.organization_id, run.pk, NOW):
        pass
    with organization_scope(store.organization_id):
        run = InspectionRun.objects.get()
        assert (run.state, run.buyers_done, run.hits) == (RunState.DONE, BUYERS, BUYERS)
    assert counts(store) == (BUYERS, BUYERS, BUYERS)


def test_three_at_once_find_each_thing_once(store):
    found = []

    def work():
        try:
            found.append(inspect_store(store, NOW, FRESH))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.made for one in found) == [0, 0, BUYERS]
    assert counts(store) == (BUYERS, BUYERS, BUYERS)


def test_a_look_waits_for_the_step_that_is_under_way(store):
    done = threading.Event()

    def work():
        try:
            inspect_store(store, NOW, FRESH)
            done.set()
        finally:
            connection.close()

    with organization_scope(store.organization_id):
        lock(store)
        thread = threading.Thread(target=work)
        thread.start()
        deadline = time.monotonic() + 60
        while not _somebody_waits():
            assert time.monotonic() < deadline
            assert not done.is_set()
            time.sleep(0.05)
    assert done.wait(60)
    thread.join()
    assert counts(store) == (BUYERS, BUYERS, BUYERS)


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND NOT granted",
            [LOCK],
        )
        return cursor.fetchone()[0] == 1


def test_a_rule_that_is_being_changed_holds_up_no_look_and_is_held_up_by_none(store):
    done = threading.Event()

    def work():
        try:
            inspect_store(store, NOW, FRESH)
            done.set()
        finally:
            connection.close()

    with organization_scope(store.organization_id):
        rule = PolicyRule.objects.get(code="cash")
        old = list(rule.versions.all())
        new_version(rule, NOW.date(), user=None, now=NOW, points=3)
        thread = threading.Thread(target=work)
        thread.start()
        # The look ends although its violations name the rule: else each would wait for the other now.
        assert done.wait(60)
        start_again(rule, old, None, NOW)
    thread.join()
    assert {v.version.number for v in _with_versions(store)} == {2}


def _with_versions(store) -> list[Violation]:
    with organization_scope(store.organization_id):
        return list(Violation.objects.select_related("version"))


def test_a_worker_that_finds_another_at_work_has_time_for_other_things(store):
    found, locked, over = [], threading.Event(), threading.Event()
    (run_id,) = _changed_words(store)

    def hold():
        try:
            with organization_scope(store.organization_id):
                found.append(claimed(LOOK, store.pk) and claimed(RUN, run_id))
                locked.set()
                over.wait(60)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert locked.wait(60)
    assert found == [True]
    assert inspect_store(store, NOW, FRESH) == Counts()
    assert not step(store.organization_id, run_id, NOW)
    over.set()
    thread.join()
    assert inspect_store(store, NOW, FRESH).buyers == BUYERS
    step(store.organization_id, run_id, NOW)
    with organization_scope(store.organization_id):
        assert InspectionRun.objects.get().state == RunState.DONE


def _changed_words(store) -> list[int]:
    """The runs that start when the rule gets other words."""
    with organization_scope(store.organization_id):
        rule = PolicyRule.objects.get(code="cash")
        old = list(rule.versions.all())
    change_rule(rule, phrases=["返现", "再来"])
    with organization_scope(store.organization_id):
        return [run.pk for run in start_again(rule, old, None, NOW)]


def test_a_task_delivered_twice_finds_each_thing_once_and_brings_the_library(store, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    first, second = (policy_tasks.inspect_organization(store.organization_id) for _ in range(2))
    assert first["made"] >= BUYERS
    assert (second["made"], second["lapsed"], second["warned"]) == (0, 0, 0)
    own = [v for v in violations(store) if v.rule.code == "cash"]
    assert len(own) == BUYERS
    with organization_scope(store.organization_id):
        assert PolicyRule.objects.filter(from_library=True).exists()


def test_a_finished_refresh_asks_for_an_inspection_and_the_beat_for_everybodys(store, monkeypatch):
    asked = []
    monkeypatch.setattr(policy_tasks.inspect_organization, "delay", asked.append)
    monkeypatch.setattr(policy_tasks.run_inspections, "delay", asked.append)
    refresh_organization.apply(args=[store.organization_id])
    assert asked == [store.organization_id]
    assert policy_tasks.inspect_all() == {"queued": 1}
    assert asked == [store.organization_id] * 3


def test_a_turn_ends_and_the_next_one_is_queued(store, monkeypatch):
    from policies import inspection_steps

    inspect(store)
    with organization_scope(store.organization_id):
        rule = PolicyRule.objects.get(code="cash")
        old = list(rule.versions.all())
    change_rule(rule, phrases=["没有"])
    with organization_scope(store.organization_id):
        start_again(rule, old, None, NOW)
    monkeypatch.setattr(inspection_steps, "BUYERS", 4)
    asked = []
    monkeypatch.setattr(policy_tasks.run_inspections, "delay", asked.append)
    monkeypatch.setattr(policy_tasks, "TURN_SECONDS", -1)
    assert policy_tasks.run_inspections(store.organization_id) == {"steps": 0}
    assert asked == [store.organization_id]
    monkeypatch.setattr(policy_tasks, "TURN_SECONDS", 30)
    assert policy_tasks.run_inspections(store.organization_id) == {"steps": 2}
    assert violations(store) == []
    assert len(violations(store, "lapsed")) == BUYERS
