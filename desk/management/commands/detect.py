from django.core.management.base import BaseCommand
from django.utils import timezone

from desk.detecting import detect_store
from kpis.command_line import add_place, find_stores


class Command(BaseCommand):
    help = "Brings follow-ups up to date with the facts. With --all, looks at every buyer, whatever changed."

    def add_arguments(self, parser):
        add_place(parser)
        parser.add_argument("--all", action="store_true", help="every buyer, whatever changed")

    def handle(self, organization, store, **options):
        _, stores = find_stores(organization, store)
        for one in stores:
            counts = detect_store(one, timezone.now(), whole=options["all"])
            said = ", ".join(f"{name} {count}" for name, count in counts._asdict().items() if count)
            self.stdout.write(f"{one.code}: {said or 'nothing new'}")
