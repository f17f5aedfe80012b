"""`make benchmark`: how fast the product is, as ratios to yardsticks measured in the same run.

    python benchmarks/run.py [--quick] [--messages N] [--section NAME …] [--data FOLDER] [--out FILE]

Everything runs on throw-away servers with made-up data. docs/performance.md tells the results of one run.
"""

import argparse
import importlib
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.dataset import DAYS, Size
from benchmarks.measure import Report
from benchmarks.surroundings import as_superuser, machine, processes, throwaway_servers

# Name → module:function, in the order in which they are best run.
SECTIONS = {
    "import": "import_rows:import_rows",
    "files": "import_files:import_files",
    "rebuild": "rebuild:rebuild",
    "storage": "storage:storage",
    "incremental": "incremental:incremental",
    "security": "security:security",
    "pages": "pages:pages",
    "search": "search:search",
    "inspection": "inspection:inspection",
    "drafts": "drafts:drafts",
}


class Loaded(NamedTuple):
    """One made-up organization in the database; parquet: the folder with the same data."""

    organization_id: int
    store_ids: list[int]
    parquet: Path


class Run:
    """What the sections share: the size, the processes, and the main organization, loaded when first asked for."""

    def __init__(self, options: argparse.Namespace, var_dir: Path, folder: Path, pool: ProcessPoolExecutor):
        quick = options.quick
        messages = options.messages or (20_000 if quick else 5_000_000)
        stores, days = (4, 18) if quick else (20, DAYS)
        self.size = Size(messages, messages // 25, days, stores)
        self.repeats = 1 if quick else 3
        self.import_rows = 2_000 if quick else 150_000
        self.file_rows = (300,) if quick else (15_000, 60_000)
        self.requests = 3 if quick else 30
        self.search_orders = messages // 5
        self.inspected = messages // 5
        self.data = options.data
        self.var_dir, self.folder, self.pool = var_dir, folder, pool
        self._loaded: dict[float, Loaded] = {}

    def main(self) -> Loaded:
        """The whole history, with its figures."""
        return self.history(1.0)

    def history(self, share: float) -> Loaded:
        """An organization with the newest `share` of the history, its figures derived."""
        if share not in self._loaded:
            from benchmarks import loading
            from benchmarks.parquet import write_people
            from benchmarks.rebuild import rebuild_all

            folder = self.folder / f"history-{share:.2f}"
            folder.mkdir()
            folder.chmod(0o700)
            write_people(folder, self.size.stores)
            slug = f"history-{len(self._loaded)}"
            organization_id, store_ids, taken = loading.load(self.pool, slug, self.size.newest(share), folder)
            say(f"loaded {share:.0%} of the history in {taken:.0f} s")
            self.vacuum()
            self._loaded[share] = Loaded(organization_id, store_ids, folder)
            say(f"derived its figures in {rebuild_all(self.pool, organization_id, store_ids):.0f} s")
            self.vacuum()
        return self._loaded[share]

    def vacuum(self) -> None:
        """What autovacuum would do in time; index-only scans and plans depend on it."""
        as_superuser(self.var_dir, "VACUUM ANALYZE")


def say(line: str) -> None:
    print(f"benchmark: {line}", file=sys.stderr, flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--quick", action="store_true", help="small data, one repeat: only whether all of it runs"
    )
    parser.add_argument("--messages", type=int, metavar="N", help="how many messages to make (5 million)")
    parser.add_argument("--section", nargs="+", choices=SECTIONS, default=list(SECTIONS), metavar="NAME",
                        help=f"only these of {', '.join(SECTIONS)}")  # fmt: skip
    parser.add_argument("--data", type=Path, metavar="FOLDER",
                        help="a folder with jddc_chat_0.1per.txt: inspect its lines instead of made-up ones")  # fmt: skip
    parser.add_argument("--dump", type=Path, metavar="FILE",
                        help="pg_dump of an empty migrated database: load it instead of migrating")  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the report there too")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    facts = machine()
    parts = ["# Benchmark", "", f"`{' '.join(sys.argv)}`, {datetime.now():%Y-%m-%d %H:%M}", ""]
    with (
        throwaway_servers(options.dump) as var_dir,
        tempfile.TemporaryDirectory() as folder,
        processes() as pool,
    ):
        facts["PostgreSQL"] = as_superuser(var_dir, "SELECT version()")[0][0]
        parts += [f"- {name}: {value}" for name, value in facts.items()] + [""]
        print("\n".join(parts), flush=True)
        run = Run(options, var_dir, Path(folder), pool)
        for name in SECTIONS:
            if name in options.section:
                lines = section(name)(run).lines()
                print("\n".join(lines), flush=True)
                parts += lines
    if options.out:
        options.out.write_text("\n".join(parts))


def section(name: str) -> Callable[[Run], Report]:
    """The function of a section, loaded late: its modules need Django set up."""
    started = time.perf_counter()
    module, function = SECTIONS[name].split(":")
    found = getattr(importlib.import_module(f"benchmarks.{module}"), function)

    def timed(run: Run) -> Report:
        report = found(run)
        say(f"section {name} took {time.perf_counter() - started:.0f} s")
        return report

    return timed


if __name__ == "__main__":
    main()
