import json

from django.core.management.base import BaseCommand, CommandError

from kpis.command_line import add_place, find_stores
from kpis.explain import explain_order
from orders.models import Order
from tenants.scope import organization_scope


class Command(BaseCommand):
    help = "Why an order is whose: owner, rule, winning session and runners-up, as JSON."

    def add_arguments(self, parser):
        add_place(parser, store_required=True)
        parser.add_argument("order_id")

    def handle(self, organization, store, order_id, **options):
        organization_id, stores = find_stores(organization, store)
        try:
            with organization_scope(organization_id):
                told = explain_order(stores[0], order_id)
        except Order.DoesNotExist:
            raise CommandError(f"Store {store!r} has no order {order_id!r}.", returncode=2) from None
        self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
