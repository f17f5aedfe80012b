"""`manage.py watch_folder`: imports what other programs drop into a folder per store."""

import logging
import time
from pathlib import Path

from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections
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
from intake.watch import AlreadyWatched, Settled, only_watcher, take, unknown_store, waiting_files
from stores.models import Store

_PAUSE_SECONDS = 1.0
_PAUSE_WITHOUT_DATABASE_SECONDS = 10.0
logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Import files that arrive under DIR/STORE_CODE/ once they have stopped growing, and move each to "
        "done/ or refused/ beside it, with its refused rows or the reason. Stop it at any time: it goes "
        "on where it was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_common_arguments(parser)
        parser.add_argument("--once", action="store_true", help="import what is there now, then end")
        parser.add_argument("folder", type=Path, metavar="DIR")

    def handle(self, **options) -> None:
        folder, self.unknown = options["folder"], set()
        with translation.override(language_of(options["language"])):
            organization_id = find_organization(options["organization"])
            if not folder.is_dir():
                message = gettext("%(path)s is not a folder") % {"path": folder}
                raise CommandError(message, returncode=NOTHING_DONE)
            try:
                with only_watcher(folder):
                    self._watch(organization_id, folder, options)
            except AlreadyWatched as error:
                message = gettext("%(path)s is being watched by another process") % {"path": folder}
                raise CommandError(message, returncode=NOTHING_DONE) from error

    def _watch(self, organization_id: int, folder: Path, options: dict) -> None:
        settled = Settled()
        while True:
            pause = _PAUSE_SECONDS
            try:
                left = self._round(organization_id, folder, settled, options)
            except (OperationalError, InterfaceError):
                if options["once"]:
                    raise
                # The files stay where they are: the next round, or the next watcher, imports them.
                logger.exception("the database does not answer")
                close_old_connections()
                left, pause = 1, _PAUSE_WITHOUT_DATABASE_SECONDS
            if options["once"] and not left:
                return
            time.sleep(pause)

    def _round(self, organization_id: int, folder: Path, settled: Settled, options: dict) -> int:
        """Import what has settled; how many files are still to come in."""
        left, touched = 0, {}
        for code, path in waiting_files(folder):
            store = self._store(organization_id, code)
            if store is None:
                continue
            if not settled.has(path):
                left += 1
                continue
            if take(store, path, self.stdout.write):
                touched[code] = store
            settled.forget(path)
        if not options["no_refresh"]:
            for store in touched.values():
                refresh_figures(options["organization"], store)
        return left

    def _store(self, organization_id: int, code: str) -> Store | None:
        store = find_store(organization_id, code)
        if store is None and code not in self.unknown:
            self.unknown.add(code)
            self.stderr.write(unknown_store(code))
        return store
