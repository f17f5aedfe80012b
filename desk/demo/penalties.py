"""The demo's fines and points: the house's rules called right by its owner, fines in every state, points of the stores."""

from datetime import datetime, timedelta
from decimal import Decimal

from desk.conduct_facts import look_at_conduct
from desk.fine_credit import settle_credit
from desk.fine_sources import look_for_fines
from desk.fine_tasks import conduct_look
from policies import fine_rulings, fines, points
from policies.attribution_rules import ALWAYS
from policies.fine_library import CONDUCT, FINES
from policies.library import LIBRARY
from policies.penalty_models import (
    Fine,
    FineCap,
    FineState,
    PenaltySettings,
    Period,
    PointAllowance,
    PointEntry,
)
from policies.rule_models import PolicyRule
from policies.rule_versions import ensure_library, new_version
from stores.models import Store
from team.models import Agent
from tenants.models import Membership, Organization, Role, User
from tenants.scope import organization_scope

# What this house decided to fine; the others stay as they came, unverified.
VERIFIED = (
    "fine-remark-late", "fine-remark-wrong", "fine-loss", "fine-shipping", "fine-unanswered", "fine-late", "fine-absent",
    "conduct-idle", "fine-not-confirmed",
)  # fmt: skip
# (platform, points, days ago, what the platform said, its answer: None, or points left after an appeal)
POINTS = (
    ("taobao", "6", 70, "未按约定寄送顺丰，买家投诉成立", None),
    ("tmall", "6", 41, "拒开发票投诉成立，扣 6 分", "0"),
    ("tmall", "2", 16, "延迟发货，扣 2 分", None),
    ("jd", "3", 25, "客服应答超时，京麦通知", None),
    ("shopee", "2", 12, "不當聊聊用語，計 2 點", None),
    ("shopee", "1", 5, "遲出貨率超過標準，計 1 點", None),
)
# The demo owner's own word; a real one looks it up.
ALLOWANCES = {
    "taobao": [
        ["12", "限制发布商品 7 天"],
        ["24", "店铺屏蔽 7 天"],
        ["36", "店铺屏蔽 21 天"],
        ["48", "查封账户"],
    ],
    "tmall": [["12", "限制营销活动 7 天"], ["24", "限制发布商品 14 天"], ["36", "店铺监管"], ["48", "清退"]],
}
CAP = Decimal(300)
TAKEN_BACK = "查过聊天记录，是买家临时改的要求"


def make_penalties(organization: Organization, stores: list[Store], now: datetime) -> str:
    """Make them, once; a line that says what there is."""
    with organization_scope(organization.pk):
        if Fine.objects.exists():
            return "penalties: there already"
        owner = Membership.objects.filter(role=Role.OWNER).select_related("user").order_by("pk").first().user
        lead = (
            Membership.objects.filter(role=Role.SUPERVISOR).select_related("user").order_by("pk").first().user
        )
        _call_right(organization, owner, now)
        PenaltySettings.objects.get_or_create(organization=organization)
        FineCap.objects.get_or_create(
            organization=organization,
            since=(now - timedelta(days=60)).date().replace(day=1),
            defaults={"amount": CAP},
        )
        before = now - timedelta(days=10)
        look_for_fines(organization, before)
        _by_hand(stores, lead, before)
        _decide(owner, lead, now)
        look_for_fines(organization, now)
        look_at_conduct(organization, conduct_look(now))
        _points(organization, stores, lead, now)
    with organization_scope(organization.pk):
        settle_credit(now)
        return f"fines: {Fine.objects.count()}, entries of points: {PointEntry.objects.count()}"


def _call_right(organization: Organization, owner: User, now: datetime) -> None:
    ensure_library(organization.pk, LIBRARY, now)
    known = {one.code for one in (*FINES, *CONDUCT)}
    for rule in PolicyRule.objects.filter(code__in=known.intersection(VERIFIED)).order_by("code"):
        new_version(
            rule,
            ALWAYS,
            user=owner,
            now=now,
            reason="员工手册 2026 版",
            verified_on=now.date(),
            verified_by_id=owner.pk,
        )


def _by_hand(stores: list[Store], lead: User, now: datetime) -> None:
    """Two people's mistakes, told by the supervisor."""
    rules = {
        rule.code: rule for rule in PolicyRule.objects.filter(code__in=("fine-loss", "fine-not-confirmed"))
    }
    agents = list(Agent.objects.filter(assignments__seat__store=stores[0]).distinct().order_by("pk"))
    if not agents:
        return
    said = (
        ("fine-loss", Decimal("860.00"), "1.24 米写成 1.42 米，整单重做"),
        ("fine-not-confirmed", None, "没有和买家核对送货方式"),
    )
    for number, (code, amount, reason) in enumerate(said):
        day = (now - timedelta(days=4 + number)).date()
        fines.by_hand(
            rules[code], stores[0], agents[number % len(agents)].pk, day, order_id=None, amount=amount, reason=reason,
            user=lead, now=now,
        )  # fmt: skip


def _decide(owner: User, lead: User, now: datetime) -> None:
    """What was proposed ten days ago is decided: told, appealed, final, lifted, dismissed. What came since waits."""
    proposed = list(
        Fine.objects.filter(state=FineState.PROPOSED).select_related("version").order_by("day", "pk")
    )
    for number, fine in enumerate(proposed):
        at = now - timedelta(days=9 if number % 3 else 4, hours=number % 7)
        if number % 7 == 6:
            fine_rulings.dismiss(fine, lead, at, "当时正在接另一位买家的电话")
            continue
        fine_rulings.confirm(fine, lead, at)
        if fine.version.grave:
            fine_rulings.second(fine, True, owner, at + timedelta(hours=2))
        member = Membership.objects.filter(agent_id=fine.agent_id).select_related("user").first()
        if member and number % 5 == 3:
            fine_rulings.appeal(fine, member, at + timedelta(hours=5), "当时系统掉线，有截图")
            if number % 2:
                fine_rulings.decide(fine, False, owner, at + timedelta(hours=20), TAKEN_BACK)
    fines.finish(now)


def _points(organization: Organization, stores: list[Store], lead: User, now: datetime) -> None:
    for platform, tiers in ALLOWANCES.items():
        PointAllowance.objects.get_or_create(
            organization=organization, platform=platform, store=None,
            defaults={"period": Period.YEAR, "tiers": tiers, "source": "商家后台 违规中心"},
        )  # fmt: skip
    for platform, number, days, said, left in POINTS:
        store = next((one for one in stores if one.platform == platform), None)
        if store is None:
            continue
        at = now - timedelta(days=days)
        entry = points.by_hand(
            store,
            Decimal(number),
            at.date(),
            reason=said,
            rule=None,
            order_id=None,
            complaint_id=None,
            user=lead,
            now=at,
        )
        if left is not None:
            points.appeal(entry, lead, at + timedelta(days=1), "已提交开票记录")
            points.answered(entry, Decimal(left), lead, at + timedelta(days=4), "申诉成立，退回")
    points.from_promises(now)
