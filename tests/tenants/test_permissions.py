"""What each role may do: the table, its page in docs, and that it is what really holds."""

import re
from pathlib import Path

import pytest
from django.test import Client

from tenants.access import permission_required
from tenants.management.commands.print_roles import roles_page
from tenants.models import Membership, Organization
from tenants.permissions import PERMISSIONS, all_allowed, allowed
from tenants.scope import organization_scope
from tests.test_access import address, addresses, answered, clients, elsewhere, lines, places, world  # noqa: F401

PROJECT = Path(__file__).parents[2]


def test_the_page_in_docs_is_what_the_command_prints():
    assert (PROJECT / "docs/roles.md").read_text(encoding="utf-8") == roles_page()


def test_nobody_may_do_anything_and_a_mistyped_permission_is_an_error():
    assert not any(all_allowed(None).values())
    with pytest.raises(KeyError):
        allowed(Membership(role="owner"), "manage_memberz")
    with pytest.raises(ValueError, match="manage_memberz"):
        permission_required("manage_memberz")


def test_every_permission_is_asked_somewhere_and_only_those_there_are():
    rooms = ("tenants", "team", "stores", "orders", "intake", "policies", "kpis", "conversations", "desk")
    files = [path for room in rooms for path in (PROJECT / room).rglob("*.py")]
    code = [path.read_text(encoding="utf-8") for path in files if path.name != "permissions.py"]
    pages = [path.read_text(encoding="utf-8") for path in (PROJECT / "templates").rglob("*.html")]
    asked = set(re.findall(r'(?:permission_required\(|change=|allowed\([^()]*, )"(\w+)"', "\n".join(code)))
    assert asked - set(PERMISSIONS) == set()
    assert set(PERMISSIONS) - asked <= {"reveal_personal_data", "erase_personal_data"}
    assert set(re.findall(r"\bcan\.(\w+)", "\n".join(pages))) <= set(PERMISSIONS)


def test_an_owner_may_do_whatever_anybody_may():
    assert all("owner" in permission.roles for permission in PERMISSIONS.values())


@pytest.fixture
def auditor(world):  # noqa: F811
    person = Client()
    person.force_login(world.users["auditor"])
    return person


# What concerns nobody else: leaving, and one's own notices.
OWN = {"leave_organization", "read_notices", "choose_notices", "daily_mail", "order_find"}


def test_an_auditor_opens_what_is_to_be_seen_and_changes_nothing(world, auditor):  # noqa: F811
    closed = {
        "upload", "paste_chat", "import_detail", "refused_rows", "agent_new", "agent_split", "store_new",
        "api_key_list", "member_edit", "trust", "order_search", "order_reveal", "personal_data",
        "proposed_replies", "channel_list", "channel_new", "channel_edit", "channel_deliveries", "call_new",
        "call_edit", "target_set", "roster_coverage", "roster_proposal", "desk_settings",
        "roster_upload", "shift_edit", "my_day", "handover", "follow_up_new", "buyer_classes", "buyer_greetings",
        "buyer_link_list", "script_table", "script_new", "script_edit", "script_folder_new", "script_folder",
        "script_import", "concession_new", "bargain_limits", "promise_new", "remark_edit", "case_new", "procedure_edit",
        "complaint_new", "complaint_evidence", "service_settings", "review_evidence", "feedback_new", "policy_rule_new",
        "policy_trial",
        "draft_check", "warning_list", "violation_new", "penalty_new", "point_new", "point_allowance",
    }  # fmt: skip
    opened = set()
    for name, parameters in addresses().items():
        if "organization" not in parameters or name in OWN:
            continue
        path = address(world, name)
        got, posted = (answered(auditor, method, path).status_code for method in ("get", "post"))
        assert posted in (403, 405), name
        owners = lines().get(name, "").split()[5:6]
        if owners == ["200"] and name not in closed:
            assert got == 200, name
            opened.add(name)
        elif owners == ["200"]:
            assert got == 403, name
    assert {
        "agent_table",
        "store_months",
        "order_why",
        "store_settings",
        "audit_trail",
        "member_list",
    } <= opened


def test_pages_an_auditor_reads_have_nothing_to_press(world, auditor):  # noqa: F811
    for name in ("store_settings", "rate_list", "seat_edit", "agent_edit", "group_list", "member_list"):
        page = auditor.get(address(world, name)).content.decode()
        main = page[page.index("<main") : page.index("</main>")]
        assert '<fieldset class="read-only" disabled>' in main, name
        owner = Client()
        owner.force_login(world.users["owner"])
        assert '<fieldset class="read-only"' not in owner.get(address(world, name)).content.decode(), name


def test_agents_see_colleagues_by_name_only_where_the_organization_opens_that(world, clients):  # noqa: F811
    agent, colleague = clients["agent"], world.ids["colleague_id"]
    period = {"period": "7days"}
    assert agent.get(address(world, "agent_days", agent_id=colleague), period).status_code == 403
    assert agent.get(address(world, "agent_table"), period).status_code == 302
    with organization_scope(world.organization.pk):
        Organization.objects.update(agents_see_names=True)
    assert agent.get(address(world, "agent_days", agent_id=colleague), period).status_code == 200
    assert "Bob" in agent.get(address(world, "agent_table"), period).content.decode()
    # Orders of colleagues, members and rules stay closed.
    assert agent.get(address(world, "order_why", order_id="oyunfan")).status_code == 403
    assert agent.get(address(world, "member_list")).status_code == 403
    assert agent.get(address(world, "store_months")).status_code == 403
