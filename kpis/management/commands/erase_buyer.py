from django.core.management.base import BaseCommand, CommandError

from kpis.command_line import add_place, find_stores
from kpis.erasure import erase_buyer
from stores.models import Buyer
from tenants.scope import organization_scope


class Command(BaseCommand):
    help = "Forgets a buyer who asks for it: names, phones, addresses and words go, figures stay. Cannot be undone."

    def add_arguments(self, parser):
        add_place(parser, store_required=True)
        parser.add_argument("buyer", help="the buyer's account name on the platform")

    def handle(self, organization, store, buyer, **options):
        organization_id, stores = find_stores(organization, store)
        try:
            with organization_scope(organization_id):
                told = erase_buyer(stores[0], buyer)
        except Buyer.DoesNotExist:
            raise CommandError(f"Store {store!r} has no buyer {buyer!r}.", returncode=2) from None
        self.stdout.write(
            f"Now {told['pseudonym']}: {told['orders']} orders, {told['messages']} messages, {told['files']} kept files."
        )
