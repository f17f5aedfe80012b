"""What protects an organization's data, found out at the moment it is asked."""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import BigIntegerField, Count, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone

from tenants.audit_models import AuditEntry, Upkeep
from tenants.backup_manifest import fingerprint
from tenants.rls import GLOBAL_TABLES, WITHHELD_TABLES

RESTORE_TEST_AGE = timedelta(days=31)


def trust_facts() -> dict:
    """{"role_of_database", "tables", "backup", "restore_test", "comparison", "keys", "exports", …}: see the functions below.

    In an organization's scope. Upkeep is the installation's; comparison and exports are the organization's.
    """
    now = timezone.now()
    backup, test = _last_upkeep(Upkeep.BACKUP), _last_upkeep(Upkeep.RESTORE_TEST)
    due = timedelta(hours=2 * settings.BACKUP_EVERY_HOURS)
    return {
        "role_of_database": database_role(),
        "tables": table_protection(),
        "backup": backup,
        "backup_is_late": bool(due) and (backup is None or now - backup.at > due),
        "backup_hours": settings.BACKUP_EVERY_HOURS,
        "restore_test": test,
        "restore_test_is_late": test is None or not test.passed or now - test.at > RESTORE_TEST_AGE,
        "comparison": AuditEntry.objects.filter(verb="figures_compared").order_by("-at").first(),
        "keys": key_ages(),
        "month": timezone.localdate(now).replace(day=1),
        "exports": exports_of_month(),
    }


def database_role() -> dict:
    """{"name", "bound"}: the role the program works as, and whether row-level security binds it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, NOT rolsuper AND NOT rolbypassrls AND NOT EXISTS (SELECT 1 FROM pg_class c WHERE"
            " c.relnamespace = 'public'::regnamespace AND pg_has_role(current_user, c.relowner, 'MEMBER'))"
            " FROM pg_roles WHERE rolname = current_user"
        )
        name, bound = cursor.fetchone()
    return {"name": name, "bound": bound}


def table_protection() -> dict:
    """{"protected": number, "missing": [names], "global": number}, of all tables there are.

    Protected: row-level security is on, forced upon the owner, and has a policy; or the role may not read it at all.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relrowsecurity AND relforcerowsecurity"
            " AND EXISTS (SELECT 1 FROM pg_policy WHERE polrelid = c.oid),"
            " has_table_privilege(c.oid, 'SELECT') FROM pg_class c"
            " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY relname"
        )
        tables = [row for row in cursor.fetchall() if row[0] not in GLOBAL_TABLES]
    missing = [
        name
        for name, is_protected, readable in tables
        if not (is_protected or (name in WITHHELD_TABLES and not readable))
    ]
    return {"protected": len(tables) - len(missing), "missing": missing, "global": len(GLOBAL_TABLES)}


def note_keys() -> None:
    """Remember when the newest key of FIELD_KEYS was first seen here."""
    if settings.FIELD_KEYS:
        mark = fingerprint(settings.FIELD_KEYS[0])
        if not Upkeep.objects.filter(kind=Upkeep.KEY, details__fingerprint=mark).exists():
            Upkeep.objects.create(kind=Upkeep.KEY, details={"fingerprint": mark})


def key_ages() -> dict:
    """{"count", "since"}: how many keys are configured, and when the newest was first seen (None: not yet)."""
    mark = fingerprint(settings.FIELD_KEYS[0]) if settings.FIELD_KEYS else ""
    seen = Upkeep.objects.filter(kind=Upkeep.KEY, details__fingerprint=mark).order_by("at").first()
    return {"count": len(settings.FIELD_KEYS), "since": seen.at if seen else None}


def exports_of_month() -> list[dict]:
    """[{"who", "files", "lines"}] since the month began, most lines first."""
    begin = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    rows = Cast(KeyTextTransform("rows", "details"), BigIntegerField())
    exported = AuditEntry.objects.filter(verb="exported", at__gte=begin)
    totals = exported.order_by().values("who").annotate(files=Count("pk"), lines=Sum(rows))
    return list(totals.order_by("-lines", "who"))


def _last_upkeep(kind: str) -> Upkeep | None:
    return Upkeep.objects.filter(kind=kind).order_by("-at").first()
