from django.core.management.base import BaseCommand, CommandError

from kpis.retention import apply_retention
from tenants.scope import organization_id_of, organization_ids


class Command(BaseCommand):
    help = (
        "Erases personal data of finished orders, and deletes messages, that organizations no longer keep. The beat "
        "does this every night. Figures do not change. May be interrupted and repeated."
    )

    def add_arguments(self, parser):
        parser.add_argument("--organization", metavar="SLUG", help="this one only; else all")

    def handle(self, organization, **options):
        ids = organization_ids() if organization is None else [organization_id_of(organization)]
        if ids == [None]:
            raise CommandError(f"There is no organization {organization!r}.", returncode=2)
        for organization_id in ids:
            counts = apply_retention(organization_id)
            self.stdout.write(
                f"organization {organization_id}: {counts['orders']} orders, {counts['messages']} messages"
            )
