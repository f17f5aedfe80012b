"""A fine from both sides in a browser: a supervisor confirms it, the agent appeals, a supervisor lifts it."""

from datetime import date
from decimal import Decimal

from django.utils import timezone
from playwright.sync_api import expect

from policies import fines
from policies.attribution_rules import ALWAYS
from policies.library import LIBRARY
from policies.penalty_models import Fine, FineState
from policies.rule_models import PolicyRule
from policies.rule_versions import ensure_library, new_version
from stores.models import Store
from tenants.models import Membership, Role
from tenants.scope import organization_id_of, organization_scope


def make_fine() -> int:
    now = timezone.now()
    with organization_scope(organization_id_of("yunfan")):
        store = Store.objects.get(code="tb1")
        ensure_library(store.organization_id, LIBRARY, now)
        rule = PolicyRule.objects.get(code="fine-remark-wrong")
        new_version(rule, ALWAYS, user=None, now=now, verified_on=date(2026, 11, 1))
        lead = Membership.objects.get(role=Role.SUPERVISOR).user
        agent = Membership.objects.get(role=Role.AGENT).agent_id
        return fines.by_hand(
            rule,
            store,
            agent,
            store.business_day(now),
            order_id=None,
            amount=None,
            reason="宽高写反",
            user=lead,
            now=now,
        ).pk


def kept(number: int) -> Fine:
    with organization_scope(organization_id_of("yunfan")):
        return Fine.objects.get(pk=number)


def test_a_supervisor_confirms_the_agent_appeals_and_the_fine_is_lifted(site, open_page):
    number = make_fine()
    agent = open_page("/yunfan/policies/penalties/", who="agent")
    # What is only proposed is nobody's business yet.
    expect(agent.get_by_text("You have no fine in this choice.")).to_be_visible()
    expect(agent.locator("#counters")).to_contain_text("of 3 that are free")

    lead = open_page("/yunfan/policies/penalties/")
    lead.get_by_role("link", name="Remark wrong, mended before production").click()
    expect(lead.locator("#dossier")).to_contain_text("written down: 20.00")
    lead.get_by_role("button", name="Dismiss").click()
    expect(lead.get_by_text("Give the reason.")).to_be_visible()
    lead.locator("#amount").fill("15")
    lead.locator("#note").fill("第一次，减轻")
    lead.get_by_role("button", name="It is right: tell the agent").click()
    expect(lead.locator("#dossier")).to_contain_text("amount changed from 20.00 to 15.00")
    assert (kept(number).state, kept(number).amount) == (FineState.CONFIRMED, Decimal("15.00"))

    agent.goto("/yunfan/notices/")
    agent.get_by_text("You were fined 15.00 CNY").first.click()
    agent.goto(f"/yunfan/policies/penalties/{number}/")
    expect(agent.get_by_role("button", name="Lift the fine")).to_have_count(0)
    agent.get_by_label("Why it is not right").fill("买家自己改了尺寸，聊天里有")
    agent.get_by_role("button", name="Appeal against it").click()
    expect(agent.locator("#dossier")).to_contain_text("appealed")

    lead.goto("/yunfan/policies/penalties/")
    lead.get_by_role("link", name="Remark wrong, mended before production").click()
    lead.locator("#note").fill("查过聊天，是买家改的")
    lead.get_by_role("button", name="Lift the fine").click()
    expect(lead.locator("#dossier")).to_contain_text("lifted")
    assert kept(number).state == FineState.LIFTED
    agent.reload()
    expect(agent.locator("#dossier")).to_contain_text("查过聊天，是买家改的")
