from django.core.management.base import BaseCommand

from kpis.command_line import a_day, add_place, find_stores
from kpis.refresh import refresh_store, refresh_until_clean


class Command(BaseCommand):
    help = "Brings figures up to date with what came in. With --from and --to, or --all, derives them anew."

    def add_arguments(self, parser):
        add_place(parser)
        parser.add_argument("--from", dest="since", type=a_day, metavar="DAY")
        parser.add_argument("--to", dest="until", type=a_day, metavar="DAY")
        parser.add_argument("--all", action="store_true", help="everything anew, whatever changed")

    def handle(self, organization, store, since, until, **options):
        # Facts are derived buyer by buyer, over all of a buyer's days: a range means the whole store too.
        whole = options["all"] or since is not None or until is not None
        _, stores = find_stores(organization, store)
        for one in stores:
            counts = refresh_store(one, whole=True) if whole else refresh_until_clean(one)
            self.stdout.write(f"{one.code}: {counts['days']} days, {counts['rows']} rows")
