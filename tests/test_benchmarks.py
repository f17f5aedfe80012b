"""`make benchmark` measures what it says: every section runs to its end, and its arithmetic is right."""

import importlib
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from benchmarks.dataset import Size, store_days
from benchmarks.measure import Measured, interleaved, percentile, ratio
from benchmarks.run import SECTIONS
from tests.migrated import migrated_dump

PROJECT = Path(__file__).resolve().parent.parent
# What `make benchmark ARGS=--quick`, which .ci/run runs too, has besides takes a minute: files, pages, search.
TITLES = {
    "import": "Import of parsed messages",
    "rebuild": "Full rebuild of the rollups",
    "storage": "Storage",
    "incremental": "Incremental rebuild",
    "security": "Row-level security",
    "inspection": "Inspection of chats by the rules",
}


def test_a_quick_run_tells_its_sections_and_both_engines_agree(tmp_path):
    report = tmp_path / "report.md"
    servers = ("DATABASE_URL", "MIGRATE_DATABASE_URL", "BACKUP_DATABASE_URL", "REDIS_URL", "VAR_DIR")
    command = [sys.executable, "benchmarks/run.py", "--quick", "--messages", "6000", "--section", *TITLES]
    done = subprocess.run(
        [*command, "--dump", str(migrated_dump()), "--out", str(report)],
        cwd=PROJECT,
        env={name: value for name, value in os.environ.items() if name not in servers},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = report.read_text()
    assert [line[3:] for line in told.splitlines() if line.startswith("## ")] == list(TITLES.values())
    assert "| cells that differ between the two | 0 | at most 0 | yes |" in told


@pytest.mark.parametrize("name", SECTIONS)
def test_every_section_there_is_can_be_called(name):
    module, function = SECTIONS[name].split(":")
    assert callable(getattr(importlib.import_module(f"benchmarks.{module}"), function))


def test_two_computations_that_differ_in_one_cell_are_told_apart():
    from benchmarks.rebuild import differences
    from kpis.rollups import FIGURES

    row = (0, date(2026, 10, 31), 1, *range(len(FIGURES)), [1, 2])
    changed = (*row[:3], 7, *row[4:])
    assert differences([row], [row]) == []
    assert differences([row], [changed]) == [
        f"(0, datetime.date(2026, 10, 31), 1) {FIGURES[0]}: DuckDB 0, PostgreSQL 7"
    ]
    assert differences([row], []) == ["(0, datetime.date(2026, 10, 31), 1) only in DuckDB"]


def test_a_ratio_is_the_median_of_the_rounds():
    assert ratio({"a": [2.0, 9.0, 8.0], "b": [1.0, 3.0, 2.0]}, "a", "b") == 3.0


def test_rounds_take_turns_and_every_other_goes_backwards():
    called = []
    actions = {name: lambda name=name: called.append(name) or 1.0 for name in "ab"}
    assert interleaved(actions, 2) == {"a": [1.0, 1.0], "b": [1.0, 1.0]}
    assert called == ["a", "b", "b", "a"]


@pytest.mark.parametrize(("share", "expected"), [(0.5, 3), (0.95, 4)])
def test_a_percentile_is_one_of_the_values(share, expected):
    assert percentile([4, 1, 3, 2], share) == expected


def test_a_target_is_reached_from_its_side():
    assert Measured("rate", 0.3, 0.25, "at least").reached
    assert not Measured("time", 0.3, 0.25, "at most").reached
    assert Measured("told for information", 0.3).reached is None


def test_a_shorter_history_holds_the_newest_days_of_the_longer_one():
    size = Size(2_000, 80, days=9, stores=2)
    whole, newest = list(store_days(size, 1)), list(store_days(size.newest(1 / 3), 1))
    assert [made.day for made in newest] == [date(2026, 10, 29), date(2026, 10, 30), date(2026, 10, 31)]
    assert newest == whole[-3:]
    assert newest[0].messages
