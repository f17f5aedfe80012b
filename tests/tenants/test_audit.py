"""The audit trail: what is written into it, that it stays, who reads it."""

import csv
import io

import pytest
from django.db import DatabaseError, connection, connections, transaction

from intake.load import load
from intake.models import ImportJob, State
from kpis.refresh import refresh_store
from policies.rule_arguments import parse_arguments
from policies.store_changes import apply_arguments
from stores.models import ExchangeRate, Store
from team.models import Seat
from tenants.audit import VERBS, changes, record
from tenants.models import ApiKey, AuditEntry
from tenants.origin import browser_in_words
from tenants.scope import organization_scope
from tests.make import make_agent, make_store, write_chat


@pytest.fixture
def signed_in(client, owner):
    client.force_login(owner)
    client.get("/yunfan/rates/")
    return client


def trail(organization, **chosen) -> list[AuditEntry]:
    with organization_scope(organization.pk):
        return list(AuditEntry.objects.filter(**chosen).order_by("pk"))


def only(organization, verb: str) -> AuditEntry:
    (entry,) = trail(organization, verb=verb)
    return entry


def test_a_session_is_noted_once_in_each_organization_it_enters(client, owner, organization):
    client.force_login(owner)
    for _ in range(3):
        client.get("/yunfan/rates/", headers={"User-Agent": "Firefox 150"}, REMOTE_ADDR="198.51.100.7")
    entry = only(organization, "entered")
    assert (entry.who, entry.user_id) == ("owner@yunfan.example", owner.pk)
    assert (entry.address, entry.browser) == ("198.51.100.7", "Firefox 150")
    client.logout()
    client.force_login(owner)
    client.get("/yunfan/rates/")
    assert len(trail(organization, verb="entered")) == 2


def test_whoever_is_no_member_leaves_no_entry(client, outsider, organization, other_organization):
    client.force_login(outsider)
    assert client.get("/yunfan/rates/").status_code == 404
    assert trail(organization) == []


def test_the_programs_role_can_neither_change_nor_delete_an_entry(organization, scope):
    record(None, "exported", "a.csv", rows=1)
    for sql in (
        "UPDATE tenants_auditentry SET who = 'x'",
        "DELETE FROM tenants_auditentry",
        "TRUNCATE tenants_auditentry",
    ):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
    assert AuditEntry.objects.get().who.startswith("command line (")


def test_the_tables_owner_meets_a_trigger(committed):
    from tests.make import make_organization

    organization = make_organization("yunfan")
    with organization_scope(organization.pk):
        record(None, "exported", "a.csv", rows=1)

    def by_owner(sql: str) -> None:
        with transaction.atomic("migrate"), connections["migrate"].cursor() as cursor:
            cursor.execute("SELECT set_config('app.organization_id', %s, true)", [str(organization.pk)])
            cursor.execute(sql)

    for sql in ("UPDATE tenants_auditentry SET who = 'x'", "DELETE FROM tenants_auditentry"):
        with pytest.raises(DatabaseError, match="append-only"):
            by_owner(sql)


def test_an_entry_needs_a_scope_and_is_seen_in_it_alone(organization, other_organization):
    with pytest.raises(DatabaseError), transaction.atomic():
        record(None, "exported", "a.csv", rows=1)
    with organization_scope(organization.pk):
        record(None, "exported", "a.csv", rows=1)
    assert [len(trail(one)) for one in (organization, other_organization)] == [1, 0]


def test_changes_names_only_what_differs():
    assert changes({"a": 1, "b": 2}, {"a": 1, "b": 3}) == {"old": {"b": 2}, "new": {"b": 3}}


def test_store_settings_are_noted_with_old_and_new_values(signed_in, organization, store):
    form = signed_in.get("/yunfan/stores/tb1/").context["form"]
    data = {name: form[name].value() for name in form.fields} | {"name": "Renamed"}
    assert (
        signed_in.post("/yunfan/stores/tb1/", {k: v for k, v in data.items() if v is not None}).status_code
        == 302
    )
    entry = only(organization, "settings_changed")
    assert (entry.subject_kind, entry.subject_id) == ("stores.store", str(store.pk))
    assert entry.details["old"]["name"] == "TB1"
    assert entry.details["new"]["name"] == "Renamed"


def test_a_rule_version_is_noted_whether_made_on_the_page_or_by_command(organization, store):
    with organization_scope(organization.pk):
        apply_arguments(Store.objects.get(), None, parse_arguments(["session_gap=20"]))
    entry = only(organization, "settings_changed")
    assert entry.details == {"old": {"session_gap_minutes": 30}, "new": {"session_gap_minutes": 20}}
    from datetime import date

    with organization_scope(organization.pk):
        apply_arguments(Store.objects.get(), date(2026, 11, 2), parse_arguments(["judgement=payment"]))
    made = only(organization, "rule_made").details
    assert made == {
        "version": 2, "since": "2026-11-02", "old": {"judgement": "order_first"}, "new": {"judgement": "payment"},
    }  # fmt: skip


def test_rates_and_keys_are_noted_and_a_keys_secret_is_not(signed_in, organization, store):
    signed_in.post("/yunfan/rates/", {"currency": "VND", "day": "2026-11-01", "rate": "0.0003"})
    signed_in.post("/yunfan/rates/", {"currency": "VND", "day": "2026-11-01", "rate": "0.0004"})
    first, second = trail(organization, verb="rate_set")
    assert first.details == {"old": {"rate": None}, "new": {"rate": "0.0003"}}
    assert second.details == {"old": {"rate": "0.00030000"}, "new": {"rate": "0.0004"}}
    with organization_scope(organization.pk):
        rate = ExchangeRate.objects.get().pk
    signed_in.post(f"/yunfan/rates/{rate}/delete/")
    assert only(organization, "rate_deleted").subject == "VND 2026-11-01 0.00040000"
    secret = signed_in.post("/yunfan/keys/", {"name": "ERP", "store": store.pk}).context["secret"]
    issued = only(organization, "key_issued")
    assert (issued.subject, issued.details) == (f"ERP ({secret[:12]}…)", {"store": "tb1"})
    with organization_scope(organization.pk):
        key = ApiKey.objects.get().pk
    for _ in range(2):
        signed_in.post(f"/yunfan/keys/{key}/revoke/")
    assert len(trail(organization, verb="key_revoked")) == 1


def test_binding_ending_and_freeing_a_seat_is_noted(signed_in, organization, store):
    make_agent(organization, "Ann")
    with organization_scope(organization.pk):
        seat = Seat.objects.create(organization=organization, store=store, name="s:1")
        agent = make_agent(organization, "Bob")
    data = {f"seat{seat.pk}-agent": agent.pk, f"seat{seat.pk}-since": "2026-11-01"}
    assert signed_in.post(f"/yunfan/seats/{seat.pk}/", data).status_code == 302
    assert only(organization, "seat_bound").details == {"agent": "Bob", "since": "2026-11-01", "until": None}
    with organization_scope(organization.pk):
        held = seat.assignments.get().pk
    signed_in.post(f"/yunfan/seats/holdings/{held}/end/", {f"held{held}-until": "2026-11-30"})
    ended = only(organization, "seat_ended")
    assert ended.details == {"agent": "Bob", "old": {"until": None}, "new": {"until": "2026-11-30"}}
    signed_in.post(f"/yunfan/seats/holdings/{held}/remove/")
    assert only(organization, "seat_removed").subject == "s:1"


def test_an_import_is_noted_with_its_file_and_counts_under_whoever_uploaded_it(
    organization, store, owner, tmp_path
):
    path = tmp_path / "orders.csv"
    path.write_text(
        "order_id,status,created_at\no1,unpaid,2026-11-02 10:00:00\n,unpaid,2026-11-02 10:00:00\n"
    )
    with organization_scope(organization.pk):
        job = ImportJob.objects.create(
            organization=organization, store=store, name="orders.csv", created_by=owner, state=State.QUEUED
        )
    load(job, path)
    entry = only(organization, "imported")
    assert (entry.who, entry.subject, entry.details["store"]) == ("owner@yunfan.example", "orders.csv", "tb1")
    assert entry.details["counts"] == {"orders": {"new": 1, "changed": 0, "unchanged": 0, "rejected": 1}}


def test_a_connectors_rows_are_noted_under_its_key(client, organization, store):
    with organization_scope(organization.pk):
        key, secret = ApiKey.issue(organization, store.pk, "ERP", None)
    row = {"order_id": "o1", "status": "unpaid", "created_at": "2026-11-02T10:00:00+08:00"}
    answer = client.post(
        "/yunfan/api/v1/stores/tb1/orders", {"rows": [row]}, "application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )  # fmt: skip
    assert answer.status_code == 200, answer.content
    entry = only(organization, "imported")
    assert (entry.who, entry.user_id) == (str(key), None)
    assert entry.details["counts"]["orders"]["new"] == 1


def test_the_page_filters_by_person_verb_period_and_text(signed_in, organization):
    with organization_scope(organization.pk):
        record(None, "exported", "agents.csv", rows=12, chosen={"store": "tb1"})
        record(None, "exported", "stores.csv", rows=3)

    def shown(**chosen) -> set[str]:
        return {
            entry.verb + entry.subject for entry in signed_in.get("/yunfan/audit/", chosen).context["page"]
        }

    both = {"exportedagents.csv", "exportedstores.csv"}
    assert shown() == both | {"enteredYunfan"}
    assert shown(verb="exported") == both
    assert shown(who="owner@yunfan.example") == {"enteredYunfan"}
    assert shown(q="tb1") == {"exportedagents.csv"}
    assert shown(until="2020-01-01") == set()
    assert shown(since="2020-01-01", verb="exported") == both
    assert shown(since="nonsense") == both | {"enteredYunfan"}


def test_fifty_entries_are_shown_a_page(signed_in, organization):
    with organization_scope(organization.pk):
        for number in range(60):
            record(None, "exported", f"{number}.csv", rows=number)
    page = signed_in.get("/yunfan/audit/?verb=exported&page=2").context["page"]
    assert (len(page), page[0].subject) == (10, "9.csv")


def test_the_trail_as_a_file_runs_no_formula_and_is_noted_itself(signed_in, organization):
    with organization_scope(organization.pk):
        record(None, "exported", '=HYPERLINK("http://evil")', rows=1)
    answer = signed_in.get("/yunfan/audit/?file=csv&verb=exported")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [line[6] for line in lines[1:]] == ['\'=HYPERLINK("http://evil")']
    entry = trail(organization, verb="exported")[-1]
    assert (entry.subject, entry.details) == ("audit-trail.csv", {"rows": 1, "chosen": {"verb": "exported"}})


def test_every_pages_file_is_noted_with_its_rows(signed_in, organization, store, agent_member):
    make_agent(organization, "Ann", (store, "s:ann"))
    for kind in ("csv", "xlsx"):
        assert signed_in.get(f"/yunfan/kpis/agents/?file={kind}&period=7days").status_code == 200
    entries = trail(organization, verb="exported")
    assert [entry.subject.rpartition(".")[2] for entry in entries] == ["csv", "xlsx"]
    assert entries[0].details["chosen"] == {"period": ["7days"]}


def test_rows_about_buyers_read_through_the_api_are_noted_each_time_and_sums_are_not(
    signed_in, organization, store, agent_member
):
    make_agent(organization, "Ann", (store, "s:ann"))
    write_chat(
        store, "buyer1", "s:ann", ("in", "2026-11-02 10:00:00", "在吗"), ("out", "2026-11-02 10:00:09", "在")
    )
    refresh_store(store, whole=True)
    period = {"since": "2026-11-02", "until": "2026-11-02"}
    for name in ("agents", "days", "stores", "unconverted"):
        assert signed_in.get(f"/yunfan/api/v1/{name}", period).status_code == 200
    assert len(signed_in.get("/yunfan/api/v1/unconverted", period).json()["rows"]) == 1
    first, second = trail(organization, verb="exported")
    assert first.details == second.details
    assert (first.subject, first.who) == ("unconverted.json", "owner@yunfan.example")
    assert first.details == {"rows": 1, "chosen": {"since": ["2026-11-02"], "until": ["2026-11-02"]}}


def test_entries_are_told_in_the_readers_words(signed_in, organization, store, owner):
    with organization_scope(organization.pk):
        member = owner.memberships.get()
        record(
            None, "role_changed", member, old={"role": "agent", "store_ids": []},
            new={"role": "owner", "store_ids": [store.pk]},
        )  # fmt: skip
        record(None, "revealed", store, columns=["receiver_phone"], reason="call")
        counts = {"orders": {"new": 3, "changed": 0, "unchanged": 0, "rejected": 2}}
        record(None, "imported", "a.csv", store="tb1", counts=counts)
        record(None, "settings_changed", store, old={"platform": "taobao"}, new={"platform": "tmall"})
        spec = {"phrases": ["刷单"], "asked": []}
        said = {
            "reason": "",
            "old": {"spec": {}, "low_credit.weight": 5},
            "new": {"spec": spec, "low_credit.weight": 8},
        }
        record(None, "rule_made", store, **said)
    signed_in.cookies["django_language"] = "en"
    page = signed_in.get("/yunfan/audit/").context["page"]
    told = {entry.verb: entry.told for entry in page}
    assert told["role_changed"] == ["role: Agent → Owner", "stores: all → TB1"]
    assert told["revealed"] == ["reason: call", "shown: phone"]
    assert told["imported"] == ["store: tb1", "orders: new 3, refused 2"]
    assert told["settings_changed"] == ["platform: Taobao → Tmall"]
    assert told["rule_made"] == [
        "what it looks for: – → What the buyer asked before: –; Phrases: 刷单", "Low credit, weight: 5 → 8", "reason: –",
    ]  # fmt: skip
    signed_in.cookies["django_language"] = "zh-hans"
    page = signed_in.get("/yunfan/audit/").context["page"]
    assert [entry.told for entry in page if entry.verb == "imported"] == [
        ["店铺: tb1", "订单: 新增 3, 拒收 2"]
    ]
    assert {entry.by.partition(" ")[0] for entry in page if entry.verb == "imported"} == {"命令行"}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
         "Chrome · Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
         "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Mobile/15E148 MicroMessenger/8.0",
         "WeChat · iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605.1 Version/18.0 Safari/605.1", "Safari · macOS"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome · Android"),
        ("curl/8.0", "curl/8.0"),
    ],
)  # fmt: skip
def test_a_browser_is_named_as_people_call_it(said, words):
    assert browser_in_words(said) == words


@pytest.mark.parametrize("page", ["audit", "trust"])
def test_supervisors_and_agents_do_not_read_it(client, supervisor, agent_member, page):
    for user in (supervisor, agent_member):
        client.force_login(user)
        assert client.get(f"/yunfan/{page}/").status_code == 403


def test_no_entry_of_another_organization_is_shown(signed_in, other_organization):
    make_store(other_organization, "theirs")
    with organization_scope(other_organization.pk):
        record(None, "exported", "their-secret.csv", rows=1)
    assert "their-secret" not in signed_in.get("/yunfan/audit/").content.decode()


def test_every_verb_the_program_writes_has_words():
    import re
    from pathlib import Path

    root = Path(__file__).resolve().parents[2]
    rooms = ("tenants", "stores", "team", "conversations", "orders", "intake", "policies", "kpis")
    written = set()
    for room in rooms:
        for path in (root / room).rglob("*.py"):
            written |= set(re.findall(r'\brecord\(\s*[\w._]+,\s*"(\w+)"', path.read_text()))
    assert {"entered", "exported", "seat_bound"} <= written
    assert written <= set(VERBS)
