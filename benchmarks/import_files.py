"""2. Whole files → the database, by format: rows a second, and the memory of the importing process."""

import re
import resource
import time
from pathlib import Path

from benchmarks import file_formats
from benchmarks.dataset import Size
from benchmarks.loading import make_organization
from benchmarks.measure import Report
from benchmarks.surroundings import processes

MOST_MEGABYTES = 400


def import_files(run) -> Report:
    """The section. run: benchmarks.run.Run."""
    report = Report("Whole files")
    for name, (platform, write) in file_formats.FORMATS.items():
        told = []
        for rows in run.file_rows:
            path = write(run.folder, run.size, rows)
            organization_id, store_ids = make_organization(f"files-{name}-{rows}", Size(0, 0, stores=1))
            # A process of its own for each file, because a process never gives its peak back.
            with processes(1) as pool:
                told.append(pool.submit(import_file, organization_id, store_ids[0], platform, path).result())
        few, small = told[0][0], told[0][2]
        read, taken, megabytes = told[-1]
        report.add(f"{name}: rows/s, of {read:,} rows", read / taken)
        report.add(
            f"{name}: memory of {read:,} rows ({few:,} rows: {small:.0f} MB)",
            megabytes,
            MOST_MEGABYTES,
            "at most",
            " MB",
        )
    report.notes.append(
        "recognise, parse, write in chunks, as `manage.py import_file` does; without the refresh after it"
    )
    return report


def import_file(organization_id: int, store_id: int, platform: str, path: Path) -> tuple[int, float, float]:
    """(rows read, seconds, peak megabytes of this process) of one file. Errors: RuntimeError if a row is refused."""
    from intake.direct import load_directly
    from stores.models import Store
    from tenants.scope import organization_scope

    with organization_scope(organization_id):
        Store.objects.filter(pk=store_id).update(platform=platform)
        store = Store.objects.get(pk=store_id)
    started = time.perf_counter()
    jobs = load_directly(store, path, None, None)
    taken = time.perf_counter() - started
    totals = [job.totals for job in jobs]
    if any(job.message or total["rejected"] for job, total in zip(jobs, totals, strict=True)):
        raise RuntimeError(f"{path.name}: {[(job.message, job.totals) for job in jobs]}")
    read = sum(total["new"] + total["changed"] + total["unchanged"] for total in totals)
    return read, taken, _peak_megabytes()


def _peak_megabytes() -> float:
    """The most memory this process ever held. Linux: getrusage would count its parent's before the start, too."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
