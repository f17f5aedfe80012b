"""`rotate_keys`: everything encrypted comes under the newest key, so that older ones may be taken away."""

from django.core.management.base import BaseCommand, CommandError

from orders.rotation import rehash_receivers, remake_tokens
from tenants.audit import record
from tenants.kept_files import rotate_files
from tenants.rotation import rotate_columns
from tenants.scope import organization_id_of, organization_ids, organization_scope
from tenants.second_factor import reencrypt_secrets


class Command(BaseCommand):
    help = (
        "Re-encrypts personal data, kept files and second factors under the first key of FIELD_KEYS. Restart every "
        "process with the new key first. May be interrupted and repeated."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--organization", metavar="SLUG", help="this one only; else all, and second factors"
        )
        parser.add_argument(
            "--search",
            action="store_true",
            help="also hash names, phones and words of remarks anew: SEARCH_KEY has changed",
        )

    def handle(self, organization, search, **options):
        for organization_id in self._ids(organization):
            counts = {"rows": rotate_columns(organization_id), "files": rotate_files(organization_id)}
            if search:
                counts["search"] = rehash_receivers(organization_id)
                counts["words"] = remake_tokens(organization_id)
            if any(counts.values()):
                with organization_scope(organization_id):
                    record(None, "keys_rotated", **counts)
            told = ", ".join(f"{name}: {count}" for name, count in counts.items())
            self.stdout.write(f"organization {organization_id}: {told}")
        if organization is None:
            self.stdout.write(f"second factors: {reencrypt_secrets()}")
            self.stdout.write(
                "Everything is readable with the first key of FIELD_KEYS alone. Backups made before still need the others."
            )

    @staticmethod
    def _ids(slug: str | None) -> list[int]:
        if slug is None:
            return organization_ids()
        organization_id = organization_id_of(slug)
        if organization_id is None:
            raise CommandError(f"There is no organization {slug}.", returncode=2)
        return [organization_id]
