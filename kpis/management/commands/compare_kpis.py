from django.core.management.base import BaseCommand, CommandError

from kpis.command_line import add_place, find_stores
from kpis.compare import compare_store


class Command(BaseCommand):
    help = (
        "Derives all facts and daily sums anew, compares them with the stored ones and undoes it. Exit code 1: something"
        " differs. The outcome is on the trust page."
    )

    def add_arguments(self, parser):
        add_place(parser)

    def handle(self, organization, store, **options):
        _, stores = find_stores(organization, store)
        wrong = False
        for one in stores:
            compared = compare_store(one)
            found = ", ".join(f"{table} {count}" for table, count in compared.differences.items())
            self.stdout.write(f"{one.code}: {compared.rows} rows, {found or 'identical'}")
            wrong |= bool(compared.differences)
        if wrong:
            raise CommandError("Stored figures differ from the facts: run refresh_kpis --all.", returncode=1)
