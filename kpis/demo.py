"""The demo organization: made once, through the same doors as a real one. A run that died goes on."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import connection, connections, transaction

from intake.demo import company
from intake.demo.write import write_demo_files
from intake.direct import load_directly
from intake.models import State
from kpis.refresh import refresh_store
from policies.attribution_rules import new_version
from policies.models import AttributionRule
from policies.store_changes import add_store
from stores.models import Store
from stores.settings_text import minutes_of
from team.models import Agent, Group, Position
from tenants.models import Membership, Organization, User
from tenants.scope import organization_id_of, organization_scope


class DemoFailed(Exception):
    """A demo file was not taken as it was meant to be."""


def is_complete() -> bool:
    """Whether the demo is there. Its people come last: with them it is whole."""
    organization_id = organization_id_of(company.SLUG)
    if organization_id is None:
        return False
    with organization_scope(organization_id):
        return Membership.objects.count() >= len(company.USERS)


def load_demo(today: date, messages: int, password: str) -> Iterator[str]:
    """Make the demo organization and yield a line after each step. Every step may be repeated."""
    organization = _organization()
    stores = {store.code: store for store in _stores(organization)}
    yield f"{organization.name}: {len(stores)} stores"
    with TemporaryDirectory(prefix="kefudesk-demo-") as folder:
        for file in write_demo_files(Path(folder), today, messages):
            yield _import(stores[file.store_code], file.path, file.kind)
            file.path.unlink()
    _positions(organization, today)
    look_at_tables()
    for store in stores.values():
        counts = refresh_store(store, whole=True)
        yield f"{store.name}: {counts['days']} days of figures"
    _people(organization, stores, password)


def look_at_tables() -> None:
    """Tell the planner what has come in, as the tables' owner where this process knows it. Autovacuum would look a
    minute later, and until then whatever reads whole tables takes many times as long."""
    if "MIGRATE_DATABASE_URL" not in os.environ:
        return
    owner = connections["migrate"]
    with owner.cursor() as cursor:
        cursor.execute("ANALYZE")
    owner.close()


def _organization() -> Organization:
    number = organization_id_of(company.SLUG)
    if number is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence('tenants_organization', 'id'))")
            number = cursor.fetchone()[0]
    with organization_scope(number):
        made, _ = Organization.objects.get_or_create(
            pk=number, defaults={"slug": company.SLUG, "name": company.NAME, "currency": company.CURRENCY}
        )
    return made


def _stores(organization: Organization) -> Iterator[Store]:
    with organization_scope(organization.pk):
        for one in company.STORES:
            store = Store.objects.filter(code=one.code).first()
            if store is None:
                store = Store(
                    organization=organization,
                    **{name: getattr(one, name) for name in ("code", "name", "platform", "kind", "country")},
                    currency=one.currency,
                    time_zone=one.time_zone,
                    day_cut_minutes=minutes_of(one.day_cut.strftime("%H:%M")),
                    auto_texts=[{"kind": "exact", "text": text} for text in one.auto_texts],
                    memo_signature=one.memo_signature,
                )
                store.full_clean(exclude=["organization"])
                add_store(store)
            yield store


def _import(store: Store, path: Path, kind: str) -> str:
    (job,) = load_directly(store, path, kind)
    if job.state != State.DONE or job.totals["rejected"]:
        raise DemoFailed(f"{path.name}: {job.state}, {job.totals}, {job.message}")
    return f"{store.name}: {path.name}, {job.done_records} rows"


def _positions(organization: Organization, today: date) -> None:
    """What everybody does, since the demo began; and the rule that changes in the middle of it."""
    since, _ = company.period(today)
    with organization_scope(organization.pk), transaction.atomic():
        for one in company.AGENTS:
            agent = Agent.objects.get(employee_id=one.employee_id)
            group, _ = Group.objects.get_or_create(organization=organization, name=one.group)
            Position.objects.filter(agent=agent).delete()
            Position.objects.create(
                organization=organization,
                agent=agent,
                kind=one.position,
                group=group,
                grade=one.grade,
                since=since,
            )
        for version in company.rule_versions(today):
            store = Store.objects.get(code=version.store)
            there = AttributionRule.objects.filter(store=store, since=version.since).exists()
            if version.since > since and not there:
                new_version(store, version.since, window_days=version.settings["window"])


def _people(organization: Organization, stores: dict[str, Store], password: str) -> None:
    with organization_scope(organization.pk):
        for one in company.USERS:
            user = User.objects.filter(email=one.email).first()
            if user is None:
                user = User.objects.create_user(one.email, password, name=one.name)
            agent = Agent.objects.filter(employee_id=one.employee_id).first() if one.employee_id else None
            Membership.objects.update_or_create(
                organization=organization,
                user=user,
                defaults={
                    "role": one.role,
                    "store_ids": [stores[code].pk for code in one.stores],
                    "agent_id": agent and agent.pk,
                },
            )
