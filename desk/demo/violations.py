"""The demo's violations: a dozen careless answers in its chats, found by its rules, most of them judged by its supervisors."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import F, Max

from conversations.imports import write_messages
from conversations.models import Kind, Message
from kpis.refresh import refresh_until_clean
from policies import violations
from policies.inspecting import inspect_store
from policies.inspection_models import Violation, ViolationState
from policies.library import LIBRARY
from policies.rule_models import PolicyRule, Reads
from policies.rule_versions import ensure_library, new_version
from stores.models import Store
from stores.platforms.records import MessageRecord
from team.models import SeatAssignment
from tenants.models import Membership, Organization, Role, User
from tenants.scope import organization_scope

# What the buyer asks and the agent answers.
ANSWERS = (
    ("这个是正品吗，不会是高仿吧", "亲，原单尾货，跟专柜一模一样的"),
    ("能开发票吗", "亲，我们店不开发票的哦"),
    ("怎么这么慢，你们怎么做生意的", "你有病吧，自己不会看物流吗"),
    ("能便宜点吗", "亲加我微信kefu8899，微信上给您便宜20"),
    ("我用另一个号买的，当时留的地址是哪里", "给您查到了，留的是杭州市西湖区文三路90号，电话13812345678"),
    ("质量怎么样", "亲，我们是全网最低价，质量全国第一"),
    ("好的收到货了", "亲，五星好评截图发我，返现5元哦"),
    ("窗帘挂钩断了两个", "这个我处理不了，你找平台去吧"),
    ("那到底能不能退", "不能退就是不能退，爱买不买"),
    ("发票要专票可以吗", "亲，开票要加6个点的税"),
    ("是真皮的吗", "亲这个价格您还想要真的吗"),
    ("你们客服就这态度？", "跟你这种人没法沟通，滚"),
)
# What waits for an answer while the demo is looked at.
QUESTION = "你们家这个是高仿还是精仿啊"
APPEAL = "当时是在引用买家自己的话，请再看一下前后文"
UPHELD, GRANTED = "前后文看过，确实是对买家说的", "确实是引用，撤销"
DISMISSALS = ("前后文看是玩笑，买家也没有在意", "规则误判，说的是快递不是买家")
EXEMPT = "当时先问过主管，主管同意这样回复"
# What facts told of was judged long ago where it happened earlier.
JUDGED_AFTER = timedelta(days=10)
CLEARED = "核对过，当时主管安排了别的工作"
MADE = "careless-"  # how the ids of these messages begin
# What becomes of one after another; "" waits to be looked at.
FATES = (
    "",
    "confirm",
    "dismiss",
    "",
    "appeal",
    "exempt",
    "uphold",
    "",
    "second",
    "revoke",
    "dismiss",
    "confirm",
)
# An owner has set a fine of the house for these and said that it is right.
FINED = {"conduct-refusing": Decimal(20), "superlatives-law": Decimal(20)}


def make_violations(organization: Organization, stores: list[Store], now: datetime) -> str:
    """Make them, once; a line that says what there is."""
    with organization_scope(organization.pk):
        if Violation.objects.exclude(state__in=(*violations.UNJUDGED, ViolationState.LAPSED)).exists():
            return "violations: there already"
        ensure_library(organization.pk, LIBRARY, now)
        _fines_of_the_house(now)
        for place, store in enumerate(stores[:3]):
            _write_answers(store, ANSWERS[place::3], now)
        _ask(stores[0], now)
    for store in stores:
        refresh_until_clean(store)
        inspect_store(store, now, now - timedelta(hours=4))
    with organization_scope(organization.pk):
        # As if the chats had been read as they came, not all at once.
        Violation.objects.filter(found_at=now).update(found_at=F("said_at") + timedelta(minutes=1))
        judged = _judge(now)
        return f"violations: {Violation.objects.count()}, {judged} of them judged"


def _fines_of_the_house(now: datetime) -> None:
    owner = Membership.objects.filter(role=Role.OWNER).select_related("user").order_by("pk").first()
    since, today = (now - timedelta(days=60)).date(), now.date()
    for rule in PolicyRule.objects.filter(code__in=FINED).order_by("code"):
        new_version(
            rule, since, user=owner.user, now=now, reason="店内规定", money=FINED[rule.code], source="店内奖惩制度",
            verified_on=today, verified_by_id=owner.user_id,
        )  # fmt: skip


def _write_answers(store: Store, answers: tuple[tuple[str, str], ...], now: datetime) -> None:
    """One exchange at the end of one chat each, of agents who are members, over the last days."""
    if Message.objects.filter(store=store, message_id__startswith=MADE).exists():
        return
    members = Membership.objects.filter(agent_id__isnull=False).values("agent_id")
    seats = SeatAssignment.objects.filter(seat__store=store, agent_id__in=members).values("seat_id")
    chats = Message.objects.filter(
        store=store, kind=Kind.HUMAN, seat_id__in=seats, sent_at__gt=now - timedelta(days=10),
        sent_at__lt=now - timedelta(hours=6),
    )  # fmt: skip
    ended = chats.values_list("buyer__name", "seat__name").annotate(last=Max("sent_at")).order_by("-last")
    ended = list(ended[: 12 * len(answers)])
    ended = ended[:: max(1, len(ended) // len(answers))]
    records = [
        (2 * number + turn, MessageRecord(
            f"{MADE}{number}-{direction}", buyer, seat, direction, False,
            last + timedelta(seconds=40 * (turn + 1)), text,
        ))
        for number, ((buyer, seat, last), lines) in enumerate(zip(ended, answers, strict=False))
        for turn, (direction, text) in enumerate(zip(("in", "out"), lines, strict=True))
    ]  # fmt: skip
    write_messages(store, records)


def _ask(store: Store, now: datetime) -> None:
    """A buyer who wrote lately comes back with a dangerous question, and nobody has answered yet."""
    if Message.objects.filter(store=store, message_id=f"{MADE}question").exists():
        return
    lately = Message.objects.filter(store=store, kind=Kind.HUMAN, sent_at__lt=now - timedelta(hours=6))
    buyer, seat = lately.order_by("-sent_at").values_list("buyer__name", "seat__name").first()
    asked = MessageRecord(f"{MADE}question", buyer, seat, "in", False, now - timedelta(minutes=4), QUESTION)
    write_messages(store, [(0, asked)])


def _judge(now: datetime) -> int:
    """Judge those answers as FATES says, the oldest first; how many. What else was found waits."""
    leads = _leads()
    found = Violation.objects.filter(
        state=ViolationState.FOUND, source_key__startswith=f"message:{MADE}"
    ).select_related("version")
    rows, judged = list(found.order_by("said_at", "pk")), 0
    for number, row in enumerate(rows):
        fate = FATES[number % len(FATES)]
        if fate:
            _carry_out(row, fate, leads, max(row.said_at, now - timedelta(days=5)) + timedelta(minutes=30))
            judged += 1
    return judged


def judge_earlier(organization: Organization, now: datetime) -> str:
    """Judge what facts told of earlier: three of four were right, and nobody appealed; a line that says how many."""
    with organization_scope(organization.pk):
        found = Violation.objects.filter(
            state=ViolationState.FOUND, rule__reads=Reads.FACTS, said_at__lt=now - JUDGED_AFTER
        ).select_related("version")
        rows, lead = list(found.order_by("said_at", "pk")), _leads()[0]
        for number, row in enumerate(rows):
            at = row.said_at + timedelta(days=1)
            if number % 4 == 3:
                violations.dismiss(row, lead, at, CLEARED)
            else:
                violations.confirm(row, lead, at)
        violations.finish(now)
        return f"{len(rows)} violations told by facts judged"


def _leads() -> list[User]:
    members = Membership.objects.filter(role__in=(Role.SUPERVISOR, Role.OWNER), store_ids=[])
    return [member.user for member in members.select_related("user").order_by("pk")]


def _carry_out(row: Violation, fate: str, leads: list, at: datetime) -> None:
    first, other = leads[0], leads[-1]
    if fate == "dismiss":
        violations.dismiss(row, first, at, DISMISSALS[row.pk % len(DISMISSALS)])
        return
    if fate == "exempt":
        violations.dismiss(row, first, at, EXEMPT, exempt=True)
        return
    violations.confirm(row, first, at)
    if row.state == ViolationState.SECOND and fate != "second" and first != other:
        violations.second(row, other, at + timedelta(minutes=20))
    member = Membership.objects.filter(agent_id=row.agent_id).select_related("user").first()
    if fate in ("appeal", "uphold", "revoke") and member and row.state == ViolationState.CONFIRMED:
        violations.appeal(row, member, at + timedelta(hours=1), APPEAL)
        # Of a grave one a third person decides, whom the demo does not have.
        if fate != "appeal" and row.seconded_by_id is None:
            uphold = fate == "uphold"
            violations.decide_appeal(
                row, uphold, other, at + timedelta(hours=2), UPHELD if uphold else GRANTED
            )
