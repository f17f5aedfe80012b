from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from tenants.backup import BackupError, make_backup


class Command(BaseCommand):
    help = (
        "Writes a copy of the whole database (pg_dump's custom format, by the role `backup`), its checksum and counts."
        " Keeps the newest BACKUP_KEEP of the directory."
    )

    def add_arguments(self, parser):
        parser.add_argument("--to", type=Path, metavar="DIR", help="instead of BACKUP_DIR")

    def handle(self, to, **options):
        try:
            path = make_backup(to)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(path))
