import secrets
import time
from datetime import date, timedelta

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from desk.demo.making import is_complete, load_demo
from intake.demo import company
from kpis.command_line import a_day
from tenants.scope import organization_id_of, organization_ids


def last_day() -> date:
    """The last day whose facts, which end at 15:00 in the stores' zones, are past: nothing lies in the future."""
    return timezone.localdate(timezone.now() - timedelta(hours=16))


class Command(BaseCommand):
    help = (
        "Makes the demo organization: 8 stores, 24 agents, 60 days. Does nothing where it is there already."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--if-empty", action="store_true", help="only where there is no other organization"
        )
        parser.add_argument("--messages", type=int, default=200_000)
        parser.add_argument("--today", type=a_day, metavar="DAY", help="the day its facts end on")

    def handle(self, messages, today, **options):
        if is_complete() or (options["if_empty"] and self._others()):
            return
        began = time.monotonic()
        password = "kefu-" + secrets.token_hex(4)
        for line in load_demo(today or last_day(), messages, password):
            self.stdout.write(f"[{time.monotonic() - began:5.1f} s] {line}")
            self.stdout.flush()
        logins = "".join(f"{one.role:<11} {one.email:<32} {password}\n" for one in company.USERS)
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        path = settings.VAR_DIR / "demo_logins.txt"
        path.write_text(logins)
        path.chmod(0o600)

    @staticmethod
    def _others() -> bool:
        return any(number != organization_id_of(company.SLUG) for number in organization_ids())
