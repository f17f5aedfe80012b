from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tenants.backup import BackupError
from tenants.backup_manifest import fingerprint, row_total
from tenants.restore import restore_backup


class Command(BaseCommand):
    help = (
        "Restores a backup into the empty database of MIGRATE_DATABASE_URL. Every store's figures are derived anew by the"
        " next refresh."
    )

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path, metavar="FILE")

    def handle(self, path, **options):
        try:
            manifest = restore_backup(path)
        except BackupError as error:
            raise CommandError(str(error), returncode=2) from error
        tables = manifest["tables"]
        self.stdout.write(
            f"Restored {len(tables)} tables, {row_total(tables)} rows, as of {manifest['made_at']}."
        )
        if missing := set(manifest["keys"]) - {fingerprint(key) for key in settings.FIELD_KEYS}:
            self.stderr.write(
                f"FIELD_KEYS lacks {len(missing)} of the keys this backup was made under: personal data encrypted with "
                "them cannot be read. Put the keys of the installation it comes from into FIELD_KEYS."
            )
        self.stdout.write("Now run `manage.py migrate`, then refresh_kpis or start the worker.")
