"""Late remarks, counted by times worked out by hand; the follow-up of a missing one."""

from datetime import timedelta

import pytest
from django.test import Client

from desk.models import State
from desk.remark_late import late_remarks
from orders.models import Order
from orders.remark_formats import as_json, default_fields
from orders.remark_models import RemarkFormat
from tenants.scope import organization_scope
from tests.desk.matters import catch_up, follow_ups, the_one
from tests.make import at, make_agent, make_member, make_organization, make_store, write_chat
from tests.orders.remark_world import an_order, write

SINCE, UNTIL = at("2026-11-02 00:00:00"), at("2026-11-03 00:00:00")


def asks(store, minutes: int = 20, since: str = "2026-11-01 00:00:00") -> None:
    with organization_scope(store.organization_id):
        RemarkFormat.objects.create(
            organization_id=store.organization_id, store=store, fields=as_json(default_fields(store)),
            late_minutes=minutes, since=at(since),
        )  # fmt: skip


@pytest.fixture
def two(committed):
    """A store that asks for remarks within 20 minutes; Ann served buyer ann."""
    organization = make_organization("yunfan")
    store = make_store(organization, "tb1")
    agent = make_agent(organization, "Ann", (store, "s:ann"))
    write_chat(
        store, "ann", "s:ann", ("in", "2026-11-02 09:00:00", "在吗"), ("out", "2026-11-02 09:00:20", "在")
    )
    asks(store)
    return store, agent


def test_late_is_what_came_after_twenty_minutes_or_not_at_all(two):
    store, agent = two
    member = make_member(store.organization, "agent", agent_id=agent.pk)
    # Paid at 10:00 each. In time to the second: 10:20:00.
    written = {"in-time": "10:20:00", "late": "10:20:01", "later": "11:35:59", "never": None}
    with organization_scope(store.organization_id):
        for order_id, clock in written.items():
            order = an_order(store, order_id, buyer="bob")
            if clock:
                write(order, member, at(f"2026-11-02 {clock}"))
    with organization_scope(store.organization_id):
        rows = late_remarks([store], SINCE, UNTIL, at("2026-11-02 12:00:30"))
        assert [(row.order_id, row.minutes, row.agent_id, bool(row.made_at)) for row in rows] == [
            ("late", 20, agent.pk, True),
            ("later", 95, agent.pk, True),
            ("never", 120, None, False),
        ]
        assert late_remarks([store], SINCE, at("2026-11-02 10:00:00"), UNTIL) == []
        # At 10:20 nobody is late yet with the one that is missing.
        early = late_remarks([store], SINCE, UNTIL, at("2026-11-02 10:20:00"))
        assert [row.order_id for row in early] == ["late", "later"]


def test_it_is_the_orders_owner_who_is_late(two):
    store, agent = two
    other = make_agent(store.organization, "Bob")
    writer = make_member(store.organization, "agent", agent_id=other.pk)
    with organization_scope(store.organization_id):
        write(an_order(store, "A1"), writer, at("2026-11-02 10:30:00"))
    catch_up(store, at("2026-11-02 11:00:00"))
    with organization_scope(store.organization_id):
        (row,) = late_remarks([store], SINCE, UNTIL, at("2026-11-02 12:00:00"))
    assert (row.agent_id, row.minutes) == (agent.pk, 30)


def test_stores_that_ask_for_no_remarks_and_orders_before_they_did_are_left_out(two):
    store, _agent = two
    other = make_store(store.organization, "tb2")
    later = make_store(store.organization, "tb3")
    asks(later, since="2026-11-02 10:00:01")
    with organization_scope(store.organization_id):
        an_order(other, "A1")
        an_order(later, "A2")
        an_order(later, "A3", paid_at="2026-11-02 10:00:01")
        rows = late_remarks([store, other, later], SINCE, UNTIL, at("2026-11-02 12:00:00"))
    assert [row.order_id for row in rows] == ["A3"]


def test_a_missing_remark_is_a_follow_up_from_the_minute_it_is_late(two):
    store, agent = two
    with organization_scope(store.organization_id):
        an_order(store, "A1")
        an_order(store, "A2")
    catch_up(store, at("2026-11-02 10:21:00"))
    found = the_one(store, "remark_missing", subject="A1")
    assert (found.opens_at, found.due_at) == (at("2026-11-02 10:20:00"), at("2026-11-02 10:20:00"))
    assert (found.state, found.agent_id) == (State.OPEN, agent.pk)
    with organization_scope(store.organization_id):
        write(Order.objects.select_related("store").get(order_id="A1"), now=at("2026-11-02 10:40:00"))
    catch_up(store, at("2026-11-02 10:41:00"))
    found = the_one(store, "remark_missing", subject="A1")
    assert (found.state, found.outcome, found.closed_at) == (
        State.CLOSED, "remarked", at("2026-11-02 10:40:00"),
    )  # fmt: skip
    assert the_one(store, "remark_missing", subject="A2").state == State.OPEN


def test_a_remark_in_time_leaves_no_follow_up_and_elsewhere_there_are_none(two):
    store, _agent = two
    other = make_store(store.organization, "tb2")
    with organization_scope(store.organization_id):
        write(an_order(store, "A1"), now=at("2026-11-02 10:19:00"))
        an_order(other, "A1")
    for one in (store, other):
        catch_up(one, at("2026-11-02 12:00:00"))
        assert follow_ups(one, "remark_missing") == []


def test_setting_the_format_makes_follow_ups_of_orders_paid_from_then_on(two):
    store, _agent = two
    other = make_store(store.organization, "tb2")
    client = Client()
    client.force_login(make_member(store.organization, "supervisor"))
    with organization_scope(store.organization_id):
        an_order(other, "A1")
    catch_up(other, at("2026-11-02 12:00:00"))
    page = client.get("/yunfan/orders/remarks/format/?store=tb2")
    lines, form = page.context["lines"], page.context["form"]
    data = {
        f"{lines.prefix}-{name}": lines.management_form[name].value()
        for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    for line in lines:
        for field in line:
            if field.value() not in (None, False):
                data[field.html_name] = field.value()
    data |= {field.html_name: field.value() for field in form}
    answer = client.post(
        "/yunfan/orders/remarks/format/?store=tb2", {**data, "late_minutes": 7, "flag_1": "急"}
    )
    assert answer.status_code == 302
    with organization_scope(store.organization_id):
        row = RemarkFormat.objects.get(store=other)
        assert (row.late_minutes, row.flags, row.fields) == (7, {"1": "急"}, as_json(default_fields(other)))
        # As if it had been set a day before.
        RemarkFormat.objects.filter(store=other).update(since=row.since - timedelta(days=3650))
    catch_up(other, at("2026-11-02 12:00:00"))
    assert the_one(other, "remark_missing").due_at == at("2026-11-02 10:07:00")


def test_the_list_counts_by_agent_and_an_agent_sees_the_own(two):
    store, agent = two
    users = {role: make_member(store.organization, role) for role in ("supervisor", "auditor")}
    users["ann"] = make_member(store.organization, "agent", "ann@yunfan.example", agent_id=agent.pk)
    other = make_agent(store.organization, "Bob")
    users["bob"] = make_member(store.organization, "agent", "bob@yunfan.example", agent_id=other.pk)
    with organization_scope(store.organization_id):
        for order_id in ("A1", "A2"):
            write(an_order(store, order_id, buyer="zed"), users["ann"], at("2026-11-02 10:30:00"))
        an_order(store, "A3", buyer="zed")
    address = "/yunfan/orders/remarks/late/?since=2026-11-02&until=2026-11-02"
    client = Client()
    client.force_login(users["supervisor"])
    page = client.get(address)
    assert [(line["name"], line["late"], line["missing"]) for line in page.context["sums"]] == [
        ("Ann", 2, 0), ("", 1, 1),
    ]  # fmt: skip
    file = client.get(f"{address}&file=csv").content.decode()
    assert "TB1,A1,Ann,2026-11-02T10:00+08:00,2026-11-02T10:30+08:00,30" in file
    client.force_login(users["ann"])
    assert [row.order_id for row, _store, _name in client.get(address).context["rows"]] == ["A1", "A2"]
    client.force_login(users["bob"])
    assert client.get(address).context["rows"] == []
