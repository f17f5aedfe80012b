"""What the demo's people decided of the buyers its facts make look risky."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from policies.risk_list import RiskList
from policies.risk_looking import look
from policies.risk_models import RiskStanding
from policies.risk_rulings import rule
from stores.models import Store
from tenants.models import Membership, Organization, User
from tenants.scope import organization_scope

FIRST, SECOND = "supervisor@demo.example", "owner@demo.example"
# For the first of the list, in its order: what was done by whom, so many hours ago, and why.
DECIDED = (
    ((FIRST, "ask", 60, "几个迹象加在一起，不像普通买家，建议确认。"), (SECOND, "confirm", 36, "")),
    ((FIRST, "watch", 30, "先观察，下一单发货前拍照留底。"),),
    ((FIRST, "ask", 20, "聊天和订单都核对过，请另一位同事看一下。"),),
    ((FIRST, "clear", 18, "电话里核实过，是老客户的新号。"),),
    ((FIRST, "watch", 12, "先问清楚用途再说。"), (FIRST, "ask", 3, "又来一次，建议确认。")),
)


def make_risk(organization: Organization, stores: Sequence[Store], now: datetime) -> str:
    """Signs of risk from the facts, and decisions on the first few buyers. Nothing where somebody decided before."""
    signs = sum(look(store, now, timedelta(days=3)).signs for store in stores)
    with organization_scope(organization.pk):
        if RiskStanding.objects.exists():
            return "risky buyers are decided"
        membership = Membership.objects.get(user__email=SECOND)
        rows, count = RiskList(membership, {"state": "proposed"}, now).read(len(DECIDED), 0)
        users = {user.email: user for user in User.objects.filter(email__in=(FIRST, SECOND))}
        for row, steps in zip(rows, DECIDED, strict=False):
            for email, act, hours, reason in steps:
                rule(row.store, row.buyer, act, reason, users[email], now - timedelta(hours=hours))
    return f"{signs} signs of risk, {count} buyers proposed, {min(count, len(DECIDED))} decided"
