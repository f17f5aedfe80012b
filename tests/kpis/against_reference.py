"""Bringing a reference store into the database through the real files, writers and refresh."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from intake.writers import WRITERS
from kpis.figures import Query, agent_names, agent_rows
from kpis.models import OrderFact
from kpis.refresh import refresh_store
from kpis.ruling_models import OwnershipRuling
from orders.models import Order
from orders.remark_models import Remark
from policies.models import AttributionRule
from stores.models import Store
from stores.platforms.recognise import recognise
from stores.platforms.records import RefundRecord, Refusal
from team.models import Agent
from team.roster_models import EntryKind, RosterEntry, ShiftKind
from tenants.models import Organization
from tenants.scope import organization_scope
from tests.reference.csv_files import reported_refunds, write_files
from tests.reference.model import Shift, StoreData

COLUMNS = (
    "inquiries", "converted_same_day", "converted_final", "orders", "buyers", "items", "paid_amount",
    "store_paid_amount", "refunded_orders", "refunded_amount", "consulting_buyers", "received_buyers",
    "unanswered_buyers", "response_count", "response_seconds_sum", "first_response_count",
    "first_response_seconds_sum", "unanswered_rounds", "within_180s", "in_messages", "human_replies",
    "refunds_without_amount", "received_sessions", "invitations_known", "invited_sessions", "rated_invited", "ratings",
    "satisfied",
)  # fmt: skip


def make_reference_store(organization: Organization, data: StoreData) -> Store:
    """The store and its rule versions, still without facts."""
    with organization_scope(organization.pk):
        store = Store.objects.create(
            organization=organization,
            code=data.code.lower(),
            name=data.code,
            platform=data.platform,
            currency=data.currency,
            time_zone=data.time_zone,
            day_cut_minutes=data.day_cut.total_seconds() // 60,
            session_gap_minutes=data.session_gap.total_seconds() // 60,
        )
        for rule in data.rules:
            AttributionRule.objects.create(
                organization=organization,
                store=store,
                number=rule.number,
                since=rule.since,
                judgement=rule.judgement,
                ownership=rule.ownership,
                window_days=rule.window_days,
                flag_rule=rule.flag_rule,
                excluded_flags=sorted(rule.excluded_flags or []),
                chaser=rule.chaser,
                after_sale_horizon_days=rule.after_sale_horizon_days,
                agent_opened=rule.agent_opened,
                inquiry_days=rule.inquiry_days,
                cancel_days=rule.cancel_days,
                deduct_postage=rule.deduct_postage,
                deduct_refunds=rule.deduct_refunds,
            )
    return store


def put_on_roster(store: Store, shifts: Iterable[Shift]) -> None:
    """Published shifts of people who are known by now, each on a day of its own."""
    with organization_scope(store.organization_id):
        agents = {agent.name: agent for agent in Agent.objects.all()}
        kind, _ = ShiftKind.objects.get_or_create(
            organization_id=store.organization_id,
            name="any",
            defaults={"starts_minutes": 0, "ends_minutes": 60, "store_ids": [store.pk]},
        )
        RosterEntry.objects.bulk_create(
            RosterEntry(
                organization_id=store.organization_id,
                agent=agents[shift.name],
                day=date(2020, 1, 1) + timedelta(days=number),
                kind=EntryKind.WORK,
                shift=kind,
                starts_at=shift.starts_at,
                ends_at=shift.ends_at,
                published=True,
            )
            for number, shift in enumerate(shifts)
        )


def import_paths(store: Store, paths: list[Path]) -> None:
    """Import files in one go each; a refused row fails the test."""
    for path in paths:
        found = recognise(path, path.name, store.parser_settings())
        records = list(found.parse())
        refused = [r for r in records if isinstance(r, Refusal)]
        assert not refused, (path.name, refused[:5])
        kinds = {type(record) for _, record in records}
        for kind in kinds:
            with organization_scope(store.organization_id):
                written = WRITERS[kind](store, [(no, r) for no, r in records if type(r) is kind], found.as_of)
            assert not written.refusals, written.refusals[:5]


def import_data(store: Store, data: StoreData, directory: Path) -> None:
    """All of a reference store, through its neutral files."""
    import_paths(store, write_files(data, directory))
    put_on_roster(store, data.shifts)
    write_last_words(store, data)
    reported = [
        RefundRecord(
            f"report:{r.order_id}",
            r.order_id,
            r.kind,
            r.status,
            r.amount,
            r.items,
            r.reason,
            None,
            None,
            True,
        )
        for r in reported_refunds(data)
    ]
    if reported:
        with organization_scope(store.organization_id):
            WRITERS[RefundRecord](store, list(enumerate(reported)), None)


def write_last_words(store: Store, data: StoreData) -> None:
    """The remarks and rulings of a reference store, on orders that are in."""
    with organization_scope(store.organization_id):
        orders = dict(Order.objects.filter(store=store).values_list("order_id", "pk"))
        agents = {agent.name: agent.pk for agent in Agent.objects.all()} | {None: None}
        said = {
            "organization_id": store.organization_id,
            "store": store,
            "made_at": datetime(2025, 1, 1, tzinfo=UTC),
        }
        Remark.objects.bulk_create(
            Remark(
                order_id=orders[r.order_id],
                number=r.number,
                flag=r.flag,
                agent_id=agents[r.agent],
                sealed=b"",
                **said,
            )
            for r in data.remarks
        )
        OwnershipRuling.objects.bulk_create(
            OwnershipRuling(
                order_id=orders[r.order_id],
                number=r.number,
                kind=r.kind,
                agent_id=agents[r.agent],
                reason="so",
                **said,
            )
            for r in data.rulings
        )


def product_rows(store: Store, judgement: str | None = None) -> list[dict]:
    """The product's agent-day rows in the reference's shape."""
    with organization_scope(store.organization_id):
        names = agent_names()
        query = Query(
            date(2000, 1, 1) if judgement is None else date(2023, 1, 1),
            date(2030, 1, 1),
            (store.pk,),
            None,
            judgement,
        )
        if judgement:
            days = list(OrderFact.objects.values_list("paid_day", flat=True)) or [date(2024, 1, 1)]
            plain = [
                row.day
                for row in agent_rows(Query(date(2000, 1, 1), date(2040, 1, 1), (store.pk,)), "agent-day")
            ]
            days += plain
            query = Query(min(days), max(days), (store.pk,), None, judgement)
        return [
            {"day": row.day, "agent": "" if row.is_store else names[row.agent_id]}
            | {column: getattr(row, column) for column in COLUMNS}
            for row in agent_rows(query, "agent-day")
            if any(getattr(row, c) for c in COLUMNS if c != "store_paid_amount")
        ]


def product_owners(store: Store) -> dict[tuple[str, str], str | None]:
    """{(judgement, order number): owner's name or None} of every sale."""
    with organization_scope(store.organization_id):
        names = agent_names()
        facts = OrderFact.objects.filter(store=store).select_related("order")
        return {
            (judgement, fact.order.order_id): names.get(getattr(fact, f"{judgement}_owner_id"))
            for fact in facts
            for judgement in ("order", "order_first", "payment")
        }


def differences(expected: list[dict], actual: list[dict]) -> list[str]:
    """What differs between two lists of agent-day rows, cell by cell, in words."""
    wanted = {(r["day"], r["agent"]): r for r in expected}
    found = {(r["day"], r["agent"]): r for r in actual}
    lines = [f"missing {key}: {wanted[key]}" for key in wanted.keys() - found.keys()]
    lines += [f"too many {key}: {found[key]}" for key in found.keys() - wanted.keys()]
    for key in wanted.keys() & found.keys():
        for column in COLUMNS:
            if wanted[key][column] != found[key][column]:
                lines.append(f"{key} {column}: {wanted[key][column]} expected, {found[key][column]} found")
    return sorted(lines)


def refresh(store: Store) -> None:
    refresh_store(store, whole=True)
