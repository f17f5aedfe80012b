"""A shop with rules and people, for the tests of violations: an ordinary rule and a grave one, both verified."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from conversations.models import Message
from policies.inspection_models import Violation
from policies.rule_models import PolicyRule
from policies.rule_versions import new_version
from stores.models import Buyer, Store
from team.models import Agent
from tenants.encryption import encrypt
from tenants.models import Membership, Organization, User
from tenants.scope import organization_scope
from tests.make import at, make_agent, make_member, make_store, write_chat

NOW = at("2026-11-02 10:00:00")
WORDS = "亲你是不是傻，电话13812341234自己打"


@dataclass
class Cast:
    """mei: the agent concerned; lead, other: two supervisors; ann: another agent."""

    organization: Organization
    store: Store
    mei: Agent
    mei_user: User
    ann_user: User
    lead: User
    other: User
    rule: PolicyRule
    grave: PolicyRule

    def member(self, user: User) -> Membership:
        return Membership.objects.get(user=user)

    def violation(self, key: str = "m1", rule: PolicyRule | None = None, **fields) -> Violation:
        """One that was found. Call it in the organization's scope."""
        rule = rule or self.rule
        version = rule.versions.latest("number")
        values = {
            "agent_id": self.mei.pk, "said_at": NOW, "day": NOW.date(), "start": 3, "end": 7, "found_at": NOW,
            "quote": encrypt(self.organization.pk, "quote", WORDS), "points": version.points, "money": version.money,
            "buyer": Buyer.objects.filter(store=self.store).first(), "version": version, "source_key": f"message:{key}",
        }  # fmt: skip
        return Violation.objects.create(
            organization=self.organization, store=self.store, rule=rule, **values | fields
        )


def make_rule(organization: Organization, code: str, **values) -> PolicyRule:
    """A rule of the organization's own with one version, valid since 2026-01-01. In the organization's scope."""
    rule = PolicyRule.objects.create(
        organization=organization, code=code, title=f"Rule {code}", reads="chat", made_at=NOW
    )
    said = {"verified_on": date(2026, 1, 1), "source": "the house", **values}
    new_version(rule, date(2026, 1, 1), user=None, now=NOW, **said)
    return rule


def make_cast(organization: Organization) -> Cast:
    store = make_store(organization, "tb1")
    mei, ann = (
        make_agent(organization, "王小美", (store, "tb1:mei")),
        make_agent(organization, "安", (store, "tb1:ann")),
    )
    write_chat(
        store, "阿月", "tb1:mei", ("in", "2026-11-02 09:58:00", "多少钱"), ("out", "2026-11-02 09:59:00", WORDS),
        ("in", "2026-11-02 09:59:30", "你怎么骂人"),
    )  # fmt: skip
    with organization_scope(organization.pk):
        rule = make_rule(organization, "rude", points=Decimal(2), money=Decimal("50.00"))
        grave = make_rule(organization, "abuse", points=Decimal(12), money=Decimal(100), grave=True)
    return Cast(
        organization, store, mei,
        make_member(organization, "agent", "mei@yunfan.example", agent_id=mei.pk),
        make_member(organization, "agent", "ann@yunfan.example", agent_id=ann.pk),
        make_member(organization, "supervisor", "lead@yunfan.example"),
        make_member(organization, "supervisor", "other@yunfan.example"),
        rule, grave,
    )  # fmt: skip


def message_key(store: Store) -> str:
    """The id of the message that holds WORDS."""
    return Message.objects.get(store=store, text=WORDS).message_id
