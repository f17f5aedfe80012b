"""`manage.py import_file`: files of one store, imported at once, without a worker."""

import sys
from datetime import datetime
from pathlib import Path

from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext

from intake.command_line import (
    NOTHING_DONE,
    add_common_arguments,
    find_organization,
    find_store,
    language_of,
    refresh_figures,
)
from intake.direct import exit_code, load_directly, read_only, reading_summary, summary, write_rejected
from intake.models import State
from intake.refusals import explain
from stores.models import Store
from stores.platforms.cells import CellRefused, Clock
from stores.platforms.recognise import KINDS


class Command(BaseCommand):
    help = (
        "Import files (CSV, XLSX, chat logs, or a zip of them) of one store. Kind and platform are "
        "recognised from the content. What is refused is written to PATH.rejected.csv. Exit code 0: all "
        "well; 1: something was refused, the rest is in; 2: nothing done."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_common_arguments(parser)
        parser.add_argument("--store", required=True, metavar="CODE")
        parser.add_argument("--kind", choices=KINDS, help="what the files hold, when the headers fit several")
        parser.add_argument("--as-of", metavar="TIME", help="when what the files say held: a later one wins")
        parser.add_argument("--dry-run", action="store_true", help="read everything, write nothing")
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")

    def handle(self, **options) -> None:
        with translation.override(language_of(options["language"])):
            organization_id = find_organization(options["organization"])
            store = find_store(organization_id, options["store"])
            if store is None:
                raise CommandError(
                    gettext("the organization has no store “%(code)s”") % {"code": options["store"]},
                    returncode=NOTHING_DONE,
                )
            as_of = _instant(options["as_of"], store)
            if options["dry_run"]:
                code = self._read_all(store, options)
            else:
                code = self._import_all(store, options, as_of)
        if code:
            sys.exit(code)

    def _import_all(self, store: Store, options: dict, as_of: datetime | None) -> int:
        took = refused = 0
        for path in options["paths"]:
            if not self._is_file(path):
                refused += 1
                continue
            jobs = load_directly(store, path, options["kind"], as_of)
            for job in jobs:
                self.stdout.write(summary(job))
                took += job.state == State.DONE
                refused += job.state == State.REFUSED or job.totals["rejected"] > 0
            try:
                rejected = write_rejected(path, jobs)
            except OSError as error:
                self.stderr.write(f"{path}.rejected.csv: {error.strerror}")
            else:
                if rejected:
                    self.stdout.write(gettext("what was refused, and why: %(path)s") % {"path": rejected})
        if took and not options["no_refresh"]:
            refresh_figures(options["organization"], store)
        return exit_code(took, refused)

    def _read_all(self, store: Store, options: dict) -> int:
        took = refused = 0
        for path in options["paths"]:
            readings = read_only(store, path, options["kind"]) if self._is_file(path) else []
            for reading in readings:
                self.stdout.write(reading_summary(reading))
            took += sum(not reading.message for reading in readings)
            refused += not readings or any(reading.message or reading.refused for reading in readings)
        return exit_code(took, refused)

    def _is_file(self, path: Path) -> bool:
        if path.is_file():
            return True
        self.stderr.write(gettext("%(path)s is not a file") % {"path": path})
        return False


def _instant(text: str | None, store: Store) -> datetime | None:
    try:
        return Clock(store.time_zone).instant(text)
    except CellRefused as refused:
        raise CommandError(
            f"--as-of: {explain(refused.message, refused.params)}", returncode=NOTHING_DONE
        ) from refused
