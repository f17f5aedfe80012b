"""Who may open and change what: every address there is, in one table.

A new address belongs into ACCESS (its line is what the failing test prints), one that lists rows into LISTS too.
"""

import io
import zipfile

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLResolver

from intake.models import ImportJob
from stores.models import Buyer, Store
from team.models import Group, Position, SeatAssignment
from tenants.models import ApiKey, Invitation
from tenants.scope import organization_scope
from tests.access_table import ACCESS, LISTS
from tests.access_world import ACTORS, World, grow, make_world


def lines() -> dict[str, str]:
    """{address name: its line of ACCESS with single blanks}."""
    rows = [line.split() for line in ACCESS.strip().splitlines()[1:] if line.strip()]
    return {row[0]: " ".join(row) for row in rows}


def addresses() -> dict[str, list[str]]:
    """{name: parameters} of every address of the program."""
    found: dict[str, list[str]] = {}

    def walk(resolver, before: list[str]) -> None:
        for pattern in resolver.url_patterns:
            parameters = [*before, *pattern.pattern.regex.groupindex]
            if isinstance(pattern, URLResolver):
                walk(pattern, parameters)
            else:
                assert pattern.name, f"{pattern} has no name"
                assert pattern.name not in found, f"two addresses are called {pattern.name}"
                found[pattern.name] = parameters

    walk(get_resolver(), [])
    return found


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """Where files are kept."""
    place = tmp_path_factory.mktemp("kept")
    (place / "static").mkdir()
    with override_settings(MEDIA_ROOT=place, STATIC_ROOT=place / "static"):
        yield


@pytest.fixture(scope="module")
def world(committed_for_all, places) -> World:
    """One for all tests here: they undo or refuse what is sent. The last one lets it grow."""
    return make_world("yunfan")


@pytest.fixture(scope="module")
def elsewhere(world) -> World:
    return make_world("beihai")


@pytest.fixture
def clients(world, elsewhere) -> dict[str, Client]:
    users = world.users | {"outsider": elsewhere.users["owner"]}
    made = {name: Client() for name in ACTORS}
    for name in ACTORS[1:]:
        made[name].force_login(users[name])
        # Coming in is noted once, here: with each request it would be undone and noted anew.
        made[name].get(f"/{world.organization.slug}/")
    return made


def address(world: World, name: str, **other) -> str:
    return reverse(name, kwargs={p: (world.ids | other)[p] for p in addresses()[name]})


def answered(client: Client, method: str, path: str, data=None, **headers):
    """The response to one request whose changes, signing out among them, are undone."""
    cookies = client.cookies.copy()
    try:
        with transaction.atomic():
            response = getattr(client, method)(path, data, **headers)
            transaction.set_rollback(True)
    finally:
        client.cookies = cookies
    return response


def codes(clients: dict[str, Client], name: str, path: str) -> str:
    """A line like those of ACCESS."""
    get, post = (
        [str(answered(clients[actor], method, path).status_code) for actor in ACTORS]
        for method in ("get", "post")
    )
    return " ".join([name, *get, "|", *post])


def test_every_address_is_in_the_table():
    assert set(lines()) == set(addresses())


def test_everybody_gets_what_the_table_says(world, clients):
    found = [codes(clients, name, address(world, name)) for name in addresses()]
    assert "\n".join(sorted(found)) == "\n".join(sorted(lines().values()))


def test_htmx_gets_what_a_page_gets_and_is_sent_to_sign_in_as_a_whole(world, clients):
    # Asked about by those who differ most: the permission itself is looked up in one place for both kinds of request.
    htmx, told = {"HX-Request": "true"}, {name: line.split() for name, line in lines().items()}
    for name, parameters in addresses().items():
        path = address(world, name)
        for method, column in (("get", 1), ("post", len(ACTORS) + 2)):
            for actor in ("anonymous", "agent", "owner"):
                answer = answered(clients[actor], method, path, headers=htmx)
                expected = told[name][column + ACTORS.index(actor)]
                if actor == "anonymous" and "organization" in parameters and "/api/" not in path:
                    expected = expected.replace("302", "204")
                    if expected == "204" and method == "get":
                        assert answer.headers["HX-Redirect"].startswith("/login/")
                assert str(answer.status_code) == expected, f"{actor} {method} {path}"


def test_ids_of_another_organization_are_not_found(world, elsewhere, clients):
    """Each id in an address by itself is the other's, the rest one's own."""
    tried = 0
    for name, parameters in addresses().items():
        # The others' pages belong to a person, or to who holds the link.
        for parameter in (
            set(parameters) - {"organization", "day", "detector", "about", "platform"}
            if "organization" in parameters
            else ()
        ):
            value = "obeihai" if parameter == "order_id" else elsewhere.ids[parameter]
            path = address(world, name, **{parameter: value})
            found = [answered(clients["owner"], method, path).status_code for method in ("get", "post")]
            assert 404 in found, path
            assert set(found) <= {404, 405}, path
            tried += 1
    assert tried >= 25


def test_every_other_method_does_no_more_than_post(world, clients):
    told = {name: line.split() for name, line in lines().items()}
    for name in addresses():
        path = address(world, name)
        # All of them as the two with whom most would be lost; one of them as anybody.
        for actor in ACTORS:
            post = int(told[name][len(ACTORS) + 2 + ACTORS.index(actor)])
            for method in ("put", "patch", "delete") if actor in ("owner", "anonymous") else ("put",):
                found = answered(clients[actor], method, path).status_code
                assert found in (405, post), f"{actor} {method} {path}: {found}"


def test_an_auditor_changes_nothing_but_the_own_account_and_membership(world, clients):
    own = {name for name in addresses() if "organization" not in addresses()[name]}
    own |= {"leave_organization", "read_notices", "choose_notices", "daily_mail", "order_find"}
    for name in set(addresses()) - own:
        for headers in ({}, {"HX-Request": "true"}):
            found = answered(clients["auditor"], "post", address(world, name), headers=headers)
            assert found.status_code in (403, 405), name


def text_of(answer) -> str:
    """What an answer says; of a spreadsheet, which is a zip, all its parts."""
    if not answer.content.startswith(b"PK"):
        return answer.content.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
        return "".join(parts.read(name).decode() for name in parts.namelist())


@pytest.mark.parametrize("htmx", [False, True])
def test_ids_of_another_organization_in_the_query_show_nothing_of_it(world, elsewhere, clients, htmx):
    theirs = elsewhere.ids
    asked = {
        "store": "beihai1", "agent": theirs["agent_id"], "group": theirs["group_id"], "of": theirs["member_id"],
        "seat": theirs["seat_id"], "who": elsewhere.users["owner"].email, "job": theirs["job_id"],
        "kind": "membership", "period": "7days", "q": "s:ann", "pass": "x", "store_id": elsewhere.store.pk,
    }  # fmt: skip
    headers = {"HX-Request": "true"} if htmx else {}
    shown = 0
    for name, parameters in addresses().items():
        if "organization" not in parameters:
            continue
        page = clients["owner"].get(address(world, name), asked, headers=headers)
        assert page.status_code in (200, 302, 400, 403, 404, 405), name
        # The names of their stores and organization; codes and addresses may be said back as they were asked for.
        for secret in ("BEIHAI1", "BEIHAI2", "Beihai", "obeihai"):
            assert secret not in text_of(page), f"{name} shows {secret}"
        shown += page.status_code == 200
    assert shown >= 25


def test_agents_open_their_own_figures_and_orders_only(world, clients):
    agent, colleague = clients["agent"], world.ids["colleague_id"]
    for name in ("agent_days", "agent_day"):
        assert agent.get(address(world, name, agent_id=colleague)).status_code == 403
    for name in ("order_why", "api_explanation"):
        assert agent.get(address(world, name, order_id="oyunfan")).status_code == 403
    for name, parameters in (("api_agents", {}), ("api_days", {}), ("api_agents", {"agent": colleague})):
        told = agent.get(address(world, name), {"period": "7days", **parameters}).json()
        assert {row["agent"] for row in (told["rows"] if name == "api_days" else told)} == {"Ann"}
    lost = agent.get(address(world, "api_unconverted"), {"period": "7days", "went": "all"}).json()
    assert {row["agent_id"] for row in lost["rows"]} <= {world.ids["agent_id"]}
    for name in ("agent_days", "response_figures", "unconverted_buyers"):
        page = agent.get(address(world, name), {"period": "7days"}).content.decode()
        assert "Bob" not in page, name


def test_a_supervisor_of_other_stores_sees_no_name_figure_or_file_of_this_one(world, clients):
    limited = clients["limited"]
    for name, parameters in addresses().items():
        if lines()[name].split()[3] == "200" and "organization" in parameters:
            page = text_of(limited.get(address(world, name), {"period": "7days"}))
            for secret in ("yunfan1", "buyer1", "a.csv", "s:ann"):
                assert secret not in page, f"{name} shows {secret}"
    rows = limited.get(address(world, "api_agents"), {"period": "7days", "store": "yunfan1"})
    assert rows.status_code == 400


def test_forms_refuse_what_belongs_to_another_organization(world, elsewhere, clients):
    owner, theirs = clients["owner"], elsewhere.ids
    seat, person = world.ids["seat_id"], world.ids["agent_id"]
    posts = {
        "seat_edit": {f"seat{seat}-agent": theirs["agent_id"], f"seat{seat}-since": "2030-01-01",
                      f"seat{seat}-end_holder": "on"},
        "group_list": {"name": "New", "leader": theirs["agent_id"]},
        "position_new": {"position-kind": "both", "position-group": theirs["group_id"],
                         "position-since": "2030-01-01", "position-end_previous": "on"},
        "agent_split": {f"agent{person}-assignments": theirs["assignment_id"], f"agent{person}-name": "New"},
        "api_key_list": {"name": "New", "store": elsewhere.store.pk},
        "paste_chat": {"store": elsewhere.store.pk, "seat": "s", "buyer": "b", "text": "x"},
        "upload": {"store": elsewhere.store.pk},
        "forget_buyer": {"store": elsewhere.store.pk, "buyer": "buyer1", "again": "buyer1"},
        "member_list": {"email": "new@yunfan.example", "role": "agent", "stores": elsewhere.store.pk},
        "member_edit": {"role": "agent", "agent": theirs["agent_id"]},
        "group_edit": {"name": "Group", "leader": theirs["agent_id"]},
    }  # fmt: skip

    def counts() -> list[int]:
        with organization_scope(world.organization.pk):
            tables = (SeatAssignment, Group, Position, ApiKey, ImportJob, Store, Invitation)
            return [model.objects.count() for model in tables]

    before = counts()
    for name, data in posts.items():
        for headers in ({}, {"HX-Request": "true"}):
            assert owner.post(address(world, name), data, headers=headers).status_code == 200, name
    assert counts() == before
    with organization_scope(elsewhere.organization.pk):
        assert Buyer.objects.filter(name="buyer1").count() == 1


def queries(client: Client, path: str) -> int:
    """How many statements a page sends to the database."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path, {"period": "7days"})
    assert response.status_code == 200, path
    return len(captured)


def test_pages_of_many_rows_ask_no_more_than_pages_of_few(world, clients):
    owner, path = clients["owner"], {name: address(world, name) for name in LISTS}
    grow(world, 2)
    few = {name: queries(owner, path[name]) for name in LISTS}
    assert {name: count for name, count in few.items() if count > LISTS[name]} == {}
    grow(world, 6)
    grown = {name: queries(owner, path[name]) - few[name] for name in LISTS}
    assert {name: more for name, more in grown.items() if more} == {}
