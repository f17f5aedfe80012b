import sys

from django.core.management.base import BaseCommand, CommandError

from kpis.command_line import a_day, add_place, find_stores
from kpis.export_rows import WRITERS, export_lines
from kpis.figures import Query, agent_rows
from policies.models import Judgement
from tenants.audit import record_export
from tenants.scope import organization_scope


class Command(BaseCommand):
    help = "Agents' and stores' figures as a file, on standard output or in --output."

    def add_arguments(self, parser):
        add_place(parser)
        parser.add_argument("--from", dest="since", type=a_day, required=True, metavar="DAY")
        parser.add_argument("--to", dest="until", type=a_day, required=True, metavar="DAY")
        parser.add_argument("--by", choices=("agent-day", "agent", "store-day", "store"), default="agent-day")
        parser.add_argument("--rule", choices=Judgement.values, help="what if this were the judgement rule")
        parser.add_argument("--format", choices=tuple(WRITERS), default="csv")
        parser.add_argument("--output", metavar="PATH")

    def handle(self, organization, store, since, until, by, rule, output, **options):
        if until < since:
            raise CommandError("--to is before --from.", returncode=2)
        organization_id, stores = find_stores(organization, store)
        with organization_scope(organization_id):
            query = Query(since, until, tuple(one.pk for one in stores), None, rule)
            lines = list(export_lines(agent_rows(query, by)))
            content = WRITERS[options["format"]](lines)
            chosen = {"since": since, "until": until, "by": by, "rule": rule, "store": store}
            record_export(None, "export_kpis", options["format"], len(lines), chosen=chosen)
        if output:
            with open(output, "wb") as file:
                file.write(content)
        else:
            # Bytes as they are: XLSX is no text.
            sys.stdout.flush()
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
