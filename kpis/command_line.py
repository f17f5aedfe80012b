"""What the commands about figures share. Exit codes: 0 all well, 2 nothing done (with a message)."""

from datetime import date

from django.core.management.base import CommandError, CommandParser

from stores.models import Store
from tenants.scope import organization_id_of, organization_scope


def add_place(parser: CommandParser, store_required: bool = False) -> None:
    parser.add_argument("--organization", required=True, metavar="SLUG")
    parser.add_argument("--store", required=store_required, metavar="CODE")


def find_stores(organization: str, code: str | None) -> tuple[int, list[Store]]:
    """The organization's id and its stores, or the one with this code. Errors: CommandError, exit code 2."""
    organization_id = organization_id_of(organization)
    if organization_id is None:
        raise CommandError(f"There is no organization {organization!r}.", returncode=2)
    with organization_scope(organization_id):
        stores = list(Store.objects.filter(code=code) if code else Store.objects.order_by("code"))
    if code and not stores:
        raise CommandError(f"Organization {organization!r} has no store {code!r}.", returncode=2)
    return organization_id, stores


def a_day(text: str) -> date:
    """An argument that is a day. ValueError makes argparse name the argument."""
    return date.fromisoformat(text)
