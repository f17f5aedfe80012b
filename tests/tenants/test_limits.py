"""How often costly pages may be asked for; what goes into files; what the cache is keyed by."""

import ast
import csv
import io
import re
from pathlib import Path

import openpyxl
import pytest
from django.core.cache import cache
from django.urls import get_resolver
from redis.exceptions import ConnectionError as CacheGone

from intake.refusals import refused_rows_csv
from kpis.export_rows import COLUMNS, as_csv, as_xlsx
from kpis.exports import Sheet
from kpis.exports import as_csv as sheet_csv
from kpis.exports import as_xlsx as sheet_xlsx
from tenants import limits
from tenants.models import ApiKey
from tenants.scope import organization_scope
from tenants.spreadsheets import escaped
from tests.make import make_member, make_store

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("tenants", "stores", "team", "conversations", "orders", "intake", "policies", "kpis")


@pytest.fixture
def three(settings, monkeypatch):
    """Three requests of each kind a minute, at an instant 20 seconds before the window's end."""
    settings.REQUEST_LIMITS = dict.fromkeys(settings.REQUEST_LIMITS, (3, 60))
    clock = {"now": 1_800_000_040.0}
    monkeypatch.setattr(limits.time, "time", lambda: clock["now"])
    cache.clear()
    yield clock
    cache.clear()


def codes(client, path: str, count: int, **headers) -> list[int]:
    return [client.get(path, **headers).status_code for _ in range(count)]


def test_the_fourth_costly_page_of_a_minute_is_refused_until_the_window_ends(client, owner, store, three):
    client.force_login(owner)
    assert codes(client, "/yunfan/kpis/response/", 4) == [200, 200, 200, 429]
    refused = client.get("/yunfan/kpis/response/", headers={"Accept-Language": "en"})
    assert refused.headers["Retry-After"] == "20"
    assert "Wait 20 seconds" in refused.content.decode()
    three["now"] += 20
    assert codes(client, "/yunfan/kpis/response/", 1) == [200]


def test_pages_that_cost_little_are_not_counted(client, owner, three):
    client.force_login(owner)
    assert codes(client, "/yunfan/rates/", 8) == [200] * 8


def test_each_member_and_each_organization_is_counted_alone(
    client, owner, organization, other_organization, three
):
    from tenants.models import Membership

    make_store(organization, "a")
    with organization_scope(other_organization.pk):
        Membership.objects.create(organization=other_organization, user=owner, role="owner")
    make_store(other_organization, "b")
    client.force_login(owner)
    assert codes(client, "/yunfan/kpis/response/", 4)[-1] == 429
    assert codes(client, "/beihai/kpis/response/", 3) == [200] * 3
    client.force_login(make_member(organization, "supervisor"))
    assert codes(client, "/yunfan/kpis/response/", 3) == [200] * 3


def test_an_address_gets_five_times_as_many_whoever_asks(client, organization, store, three):
    found = []
    for number in range(6):
        client.force_login(make_member(organization, "supervisor", f"s{number}@yunfan.example"))
        found += codes(client, "/yunfan/kpis/response/", 3)
    assert found == [200] * 15 + [429] * 3
    assert codes(client, "/yunfan/kpis/response/", 1, REMOTE_ADDR="198.51.100.9") == [429]
    client.force_login(make_member(organization, "supervisor", "new@yunfan.example"))
    assert codes(client, "/yunfan/kpis/response/", 1, REMOTE_ADDR="198.51.100.9") == [200]


def test_files_are_counted_apart_from_pages(client, owner, store, three):
    client.force_login(owner)
    assert codes(client, "/yunfan/kpis/response/?file=csv", 4) == [200, 200, 200, 429]
    assert codes(client, "/yunfan/kpis/response/", 1) == [200]
    assert codes(client, "/yunfan/audit/?file=csv", 1) == [429]


def test_programs_are_told_in_json_and_connectors_are_counted_by_their_key(
    client, organization, store, three
):
    with organization_scope(organization.pk):
        secrets = [ApiKey.issue(organization, store.pk, name, None)[1] for name in "ab"]

    def feed(secret: str):
        headers = {"Authorization": f"Bearer {secret}"}
        return client.post(
            "/yunfan/api/v1/stores/tb1/orders", {"rows": []}, "application/json", headers=headers
        )

    assert [feed(secrets[0]).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert "detail" in feed(secrets[0]).json()
    assert feed(secrets[1]).status_code == 200


def test_a_cache_that_does_not_answer_lets_people_work_and_is_logged(
    client, owner, store, three, monkeypatch, caplog
):
    def gone(*args, **kwargs):
        raise CacheGone

    monkeypatch.setattr(limits.cache, "add", gone)
    client.force_login(owner)
    assert codes(client, "/yunfan/kpis/response/", 5) == [200] * 5
    assert "requests are not counted" in caplog.text


def test_limited_addresses_exist(settings):
    names = settings.COSTLY_PAGES | settings.EXPORT_PAGES | settings.UPLOAD_PAGES | settings.INGEST_PAGES
    known = set()

    def walk(resolver) -> None:
        for pattern in resolver.url_patterns:
            walk(pattern) if hasattr(pattern, "url_patterns") else known.add(pattern.name)

    walk(get_resolver())
    assert names <= known


def test_a_form_of_more_than_eight_megabytes_is_refused(client, db):
    assert client.post("/login/", {"login": "x" * 9 * 1024 * 1024, "password": "x"}).status_code in (400, 413)


def test_every_view_that_gives_out_a_file_counts_as_an_export():
    """Files come from ?file= or from EXPORT_PAGES: nothing else sends an attachment."""
    found = {
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if "attachment; filename" in path.read_text()
    }
    assert found == {
        "kpis/exports.py", "intake/views.py", "tenants/audit_views.py", "team/roster_sheet_views.py",
        "conversations/phone_pages.py",
    }  # fmt: skip


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠a"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_export_writes_a_cell_a_spreadsheet_runs(text):
    assert escaped(text) == "'" + text
    line = dict.fromkeys(COLUMNS) | {"agent": text, "store": text}
    files = [
        as_csv([line]).decode(),
        sheet_csv(Sheet([text], [[text]])).decode("utf-8-sig"),
        refused_rows_csv([(1, text, text)]).removeprefix("\ufeff"),
    ]
    for content in files:
        for row in csv.reader(io.StringIO(content, newline="")):
            assert not any(cell.startswith(tuple(FORMULAS)) for cell in row)
    for content in (as_xlsx([line]), sheet_xlsx(Sheet(["a"], [[text]]))):
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {
            "s"
        }


def test_numbers_and_ordinary_text_stay_as_they_are():
    assert [escaped(text) for text in ("小美", "tb-1", "", "1=1")] == ["小美", "tb-1", "", "1=1"]
    assert sheet_csv(Sheet(["a"], [[-5]])).decode("utf-8-sig") == "a\r\n-5\r\n"


# Keys that name no organization, each with the reason.
GLOBAL_KEYS = {
    "readyz": "whether the cache answers; the value says nothing",
    "_LOCK": "one backup at a time, of all organizations",
    "key": "tenants/limits.py: a digest that contains the organization",
}
GLOBAL_MODULES = {"tenants/guessing.py": "failures to sign in, before there is an organization"}


def test_whatever_is_cached_is_keyed_by_its_organization():
    """Every first argument of a cache call names the organization, or stands above with the reason."""
    calls = []
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            if str(path.relative_to(ROOT)) in GLOBAL_MODULES:
                continue
            tree = ast.parse(path.read_text())
            written = {
                target.id: ast.unparse(node.value)
                for node in ast.walk(tree)
                if isinstance(node, ast.Assign)
                for target in node.targets
                if isinstance(target, ast.Name)
            }
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and re.fullmatch(r"cache\.\w+", ast.unparse(node.func)):
                    key = ast.unparse(node.args[0]).strip("'")
                    calls.append(
                        (f"{path.relative_to(ROOT)}: {ast.unparse(node)}", written.get(key, key), key)
                    )
    wrong = [call for call, value, key in calls if "organization" not in value and key not in GLOBAL_KEYS]
    assert len(calls) >= 7
    assert wrong == []
