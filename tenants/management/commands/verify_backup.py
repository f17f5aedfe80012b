from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from tenants.backup import BackupError
from tenants.restore import verify_backup


class Command(BaseCommand):
    help = (
        "Restores a backup into a throw-away database, compares counts, sums and every row's digest with those of the"
        " moment it was made, and drops it. Exit code 1: something differs; 2: it cannot be restored."
    )

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path, metavar="FILE")

    def handle(self, path, **options):
        try:
            found = verify_backup(path)
        except BackupError as error:
            raise CommandError(str(error), returncode=2) from error
        if found:
            raise CommandError("The restored copy differs:\n" + "\n".join(found), returncode=1)
        self.stdout.write(f"{path}: restored; all counts, sums and rows are as they were.")
