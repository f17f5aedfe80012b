"""The demo's complaints, handled reviews and feedback: some of each state, from its own orders and reviews."""

from datetime import datetime, timedelta

from orders import complaints, feedback, reviews
from orders.complaint_models import Complaint, Feedback
from orders.models import Order, OrderLine, Review
from stores.models import Store
from tenants.models import Membership, Organization, Role
from tenants.scope import organization_scope

# (story, source, level, hours ago, what was done: "" | "answered" | an outcome, fault)
COMPLAINTS = (
    ("收到的窗帘少了一包挂钩，联系两次没人处理", "chat", "ordinary", 3, "", "unknown"),
    ("承诺今天发货，物流还没有揽收", "chat", "serious", 9, "", "unknown"),
    ("平台介入：买家称商品与描述不符，要求退款", "platform", "platform", 1, "", "unknown"),
    ("尺寸做错了，要求重做并赔偿安装费", "phone", "serious", 20, "answered", "agent"),
    ("快递把包裹放在门口被雨淋湿", "chat", "ordinary", 40, "answered", "logistics"),
    ("发票抬头开错，催了三天", "phone", "ordinary", 70, "settled", "agent"),
    ("面料有一处抽丝", "review", "ordinary", 90, "compensated", "quality"),
    ("买家说收到的不是同一个颜色，核实为灯光原因", "review", "ordinary", 120, "unfounded", "buyer"),
    ("物流丢件，已补发", "chat", "serious", 150, "refunded", "logistics"),
)
ANSWERS = (
    "已向买家道歉，今天补发，单号稍后告知",
    "已联系仓库核实，明天中午前给答复",
    "同意补偿，等买家确认金额",
)
# (department, kind, text, competitor, price, state, result)
FEEDBACK = (
    (
        "design",
        "opinion",
        "买家觉得实物比主图深一个色号，建议补一张自然光照片",
        "",
        None,
        "done",
        "主图已补自然光照片",
    ),
    ("product", "fault", "这批挂钩偏软，一周内三位买家反映断裂", "", None, "accepted", ""),
    ("operations", "competitor", "同款对面店送安装工具", "隔壁家居旗舰店", "89.00", "sent", ""),
    (
        "operations",
        "page",
        "详情页没有写清楚褶皱倍数，每天都有人问",
        "",
        None,
        "done",
        "详情页已加褶皱倍数说明",
    ),
    ("warehouse", "opinion", "赠品经常漏放，建议打包清单加一行", "", None, "accepted", ""),
    (
        "logistics",
        "opinion",
        "偏远地区换快递后慢了两天",
        "",
        None,
        "declined",
        "合同期内不换，页面已注明时效",
    ),
    ("design", "opinion", "买家希望有更浅的米色", "", None, "sent", ""),
    ("product", "fault", "衣服洗后缩水约两厘米", "", None, "new", ""),
    ("operations", "opinion", "优惠券使用门槛说明看不懂", "", None, "new", ""),
    ("product", "opinion", "遮光布有买家问有没有防水款", "", None, "new", ""),
)
CONTACTS = ("电话道歉，同意补偿十元", "旺旺留言三次没有回复", "已解释色差原因，买家理解")
REPLY = "非常抱歉这次没有让您满意，问题已转给质检核实，请联系客服，我们为您处理到底。"


def make_complaints(organization: Organization, stores: list[Store], now: datetime) -> str:
    """Make them, once; a line that says what there is."""
    with organization_scope(organization.pk):
        if Complaint.objects.exists():
            return "complaints: there already"
        lead = Membership.objects.filter(role=Role.SUPERVISOR).select_related("user").order_by("pk").first()
        agents = list(Membership.objects.filter(agent_id__isnull=False).select_related("user").order_by("pk"))
        for place, store in enumerate(stores):
            _complaints(store, place, agents, lead, now)
            _reviews(store, agents, lead, now)
        _feedback(stores, agents, lead, now)
        return f"complaints: {Complaint.objects.count()}, feedback: {Feedback.objects.count()}"


def _complaints(store: Store, place: int, agents: list[Membership], lead: Membership, now: datetime) -> None:
    """Three in each store; those nobody has answered in the first three stores only, for they are told upwards."""
    told_here = [COMPLAINTS[(place + turn) % len(COMPLAINTS)] for turn in (0, 3, 6)]
    told_here = [told for told in told_here if told[4] or place < 3]
    orders = Order.objects.filter(store=store, buyer__isnull=False, paid_at__lt=now - timedelta(days=2))
    orders = list(orders.select_related("buyer").order_by("-paid_at")[: len(told_here)])
    for number, (order, told) in enumerate(zip(orders, told_here, strict=False)):
        story, source, level, hours, done, fault = told
        member, opened = agents[(number + store.pk) % len(agents)], now - timedelta(hours=hours)
        made = complaints.open_complaint(
            store, source=source, level=level, user=member.user, now=opened, story=story, order_id=order.order_id,
            buyer=order.buyer, agent_id=member.agent_id, source_key=f"TS{order.pk}" if source == "platform" else "",
        )  # fmt: skip
        if done:
            later = opened + timedelta(hours=1, minutes=7 * number)
            complaints.answer(
                made, ANSWERS[number % len(ANSWERS)], member.user, later, now + timedelta(hours=5)
            )
            complaints.judge(made, fault, None, "", lead.user, later)
        if done in complaints.OUTCOMES:
            complaints.close(made, done, fault, member.user, min(now, later + timedelta(hours=6)))


def _reviews(store: Store, agents: list[Membership], lead: Membership, now: datetime) -> None:
    """Older bad reviews were worked on; the newest wait."""
    old = Review.objects.filter(
        store=store, grade__in=("bad", "middling", "hidden"), created_at__lt=now - timedelta(days=2)
    )
    found = list(old.filter(replied_at=None).select_related("store").order_by("-created_at", "pk")[:12])
    outcomes = ("changed", "settled", "no_answer", "stays", "deleted", "will_change")
    for number, review in enumerate(found):
        member = agents[number % len(agents)]
        at = review.created_at + timedelta(hours=20)
        reviews.contact(review, CONTACTS[number % len(CONTACTS)], member.agent_id, member.user, at)
        if number % 4 != 3:
            reviews.settle(
                review,
                outcomes[number % len(outcomes)],
                member.agent_id,
                member.user,
                at + timedelta(hours=2),
            )
        if number % 3 == 0:
            reviews.draft(review, REPLY, lead, at)
            reviews.published(review, lead, at + timedelta(minutes=5))
        if number == 2:
            reviews.judge(review, "buyer", 1, True, lead.user, at)


def _feedback(stores: list[Store], agents: list[Membership], lead: Membership, now: datetime) -> None:
    for number, (department, kind, text, competitor, price, state, result) in enumerate(FEEDBACK * 2):
        store = stores[number % len(stores)]
        member, at = agents[number % len(agents)], now - timedelta(hours=11 * number + 2)
        line = OrderLine.objects.filter(store=store, product_code__isnull=False).order_by("pk")[
            number % 3 : number % 3 + 1
        ]
        made = feedback.give_feedback(
            store, department=department, kind=kind, text=text, competitor=competitor, competitor_price=price,
            product_code=line[0].product_code if line else "", agent_id=member.agent_id, user=member.user, now=at,
        )  # fmt: skip
        for step in {"sent": ("sent",), "accepted": ("sent", "accepted"), "declined": ("sent", "declined"),
                     "done": ("sent", "accepted", "done")}.get(state, ()):  # fmt: skip
            feedback.move(
                made, step, lead.user, at + timedelta(hours=1), result if step in ("declined", "done") else ""
            )
