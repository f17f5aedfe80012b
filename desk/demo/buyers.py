"""What the demo's people know of buyers, whom they took for one person, and the scripts they use."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.db.models import Sum

from conversations.script_models import Script, ScriptFolder, ScriptUse
from conversations.script_start import start_with
from conversations.scripts import folder_named, save_script
from desk.demo.tuning import rounded
from desk.detecting import detect_store, look_again
from desk.follow_ups import close
from desk.models import DetectorSetting, FollowUp, State
from desk.visits import VISITS
from kpis.models import ChatSession, OrderFact
from orders.buyer_links import buyers_of, decide, proposals
from orders.buyers import note_on, write_card
from orders.models import Order
from orders.trade_models import BuyerClass, BuyerClassRule
from stores.models import Buyer, Store
from tenants.models import Membership, Organization, User
from tenants.scope import organization_scope

LEAD = "supervisor@demo.example"
PREFERENCES = (
    "喜欢素色，不要亮面；尺寸都按米报。", "要顺丰，周末才能收件。", "每次都要发票，抬头用公司的。", "只用旺旺联系，不接电话。",
    "会问很多参数，把对比表发给她就好。", "老客户介绍来的，喜欢被记得上次买了什么。",
)  # fmt: skip
TREATMENTS = ("先确认尺寸再报价，改图不另收费。", "发货前拍照给他看。", "优先安排当天发货。")
NOTES = ("说新家月底装修完，可能还要两套。", "上次的包装压坏了，已补发。", "问过团购价，给朋友也看了链接。")
BY_HAND = ("设计师，常带客户来", "直播达人，价格按合作价走")
CLASSES = {
    BuyerClass.NEW: "先问清用途和尺寸，主动发尺码说明。",
    BuyerClass.RETURNING: "称呼老客户，先看上次买了什么，送一份小礼物。",
    BuyerClass.VIP: "优先接待，议价直接找主管，售后当天给方案。",
}
OF_STORE = (
    ("尺寸怎么量", "亲，量墙面最宽和最高的地方各三次，取最大值，四周再各留 2 厘米，发给我我帮您核对。"),
    ("多久发货", "亲，现货 48 小时内发出，定制款 5 到 7 天，具体以付款时确认的发货日期为准。"),
)
CARDS, USES, ASKED = 12, 400, 60
# Some of those whose parcels arrived have been asked already: (outcome, what they said, out of ten).
SAID = (
    ("content", "很满意，颜色和图片一样。", 5), ("content", "安装师傅很好，会推荐给朋友。", 2), ("complaint", "边角有点翘，希望补一张。", 1),
    ("wants_to_buy", "想再给客厅订一幅，问有没有优惠。", 1), ("no_answer", "", 1),
)  # fmt: skip


def make_buyers(organization: Organization, stores: Sequence[Store], now: datetime) -> str:
    """Classes, cards, links and scripts with their uses. Nothing where there are scripts already."""
    random = Random("buyers")
    with organization_scope(organization.pk):
        if ScriptFolder.objects.exists():
            return "buyers’ cards and scripts are there"
        lead = User.objects.get(email=LEAD)
        _set_classes(organization, stores, now)
        written = sum(_write_cards(store, lead, now, random) for store in stores)
        linked = _link(stores, lead, now)
        scripts = _write_scripts(organization, stores)
        used = sum(_use(scripts, store, now, random) for store in stores)
        DetectorSetting.objects.get_or_create(
            organization=organization, store=stores[0], detector="content_visit",
            defaults={"enabled": True, "options": {"at_least": _dearest(stores[0], now)}},
        )  # fmt: skip
        look_again(stores[:1])
    detect_store(stores[0], now)
    with organization_scope(organization.pk):
        _visit(stores[0], now, random)
    return f"{written} buyers’ cards, {linked} pairs decided, {len(scripts)} scripts used {used} times"


def _set_classes(organization: Organization, stores: Sequence[Store], now: datetime) -> None:
    """In each store the best hundredth or so are VIP by what they paid."""
    since = now.date() - timedelta(days=60)
    for name, treatment in CLASSES.items():
        BuyerClassRule.objects.create(organization=organization, name=name, since=since, treatment=treatment)
    for store in stores:
        paid = OrderFact.objects.filter(store=store, buyer_id__gt=0).values("buyer_id")
        amounts = sorted(paid.annotate(paid=Sum("amount")).values_list("paid", flat=True), reverse=True)
        if amounts:
            BuyerClassRule.objects.create(
                organization=organization, store=store, name=BuyerClass.VIP, since=since,
                amount=rounded(Decimal(amounts[len(amounts) // 80])), treatment=CLASSES[BuyerClass.VIP],
            )  # fmt: skip


def _best(store: Store) -> list[Buyer]:
    paid = OrderFact.objects.filter(store=store, buyer_id__gt=0).values("buyer_id")
    ids = paid.annotate(paid=Sum("amount")).order_by("-paid", "buyer_id").values_list("buyer_id", flat=True)
    return list(Buyer.objects.filter(pk__in=list(ids[:CARDS])).order_by("pk"))


def _write_cards(store: Store, lead: User, now: datetime, random: Random) -> int:
    buyers = _best(store)
    for place, buyer in enumerate(buyers):
        at = now - timedelta(days=random.randint(1, 30), minutes=random.randint(0, 500))
        by_hand = BuyerClass.VIP.value if place < len(BY_HAND) else ""
        write_card(
            store, buyer, preferences=random.choice(PREFERENCES), treatment=random.choice(("", *TREATMENTS)),
            class_by_hand=by_hand, reason=BY_HAND[place] if by_hand else "", user=lead, now=at,
        )  # fmt: skip
        if place % 3 == 0:
            note_on(store, buyer, random.choice(NOTES), lead, at + timedelta(days=1))
    return len(buyers)


def _link(stores: Sequence[Store], lead: User, now: datetime) -> int:
    """Some of the pairs are decided; the others wait."""
    found, _count, _common = proposals([store.pk for store in stores], limit=9)
    buyers = buyers_of({pk for pair in found for pk in pair[:2]})
    for place, pair in enumerate(found[::3]):
        one, two = buyers[pair.buyer_id], buyers[pair.other_id]
        decide(one, two, place % 3 != 2, lead, now - timedelta(hours=3 * place + 2))
    return len(found[::3])


def _write_scripts(organization: Organization, stores: Sequence[Store]) -> list[Script]:
    start_with(organization.pk, "zh-hans")
    own = folder_named(organization.pk, "本店商品", stores[0], "", "售前")
    for title, text in OF_STORE:
        save_script(Script(organization=organization, folder=own, title=title, text=text))
    return list(Script.objects.select_related("folder").order_by("pk"))


def _use(scripts: list[Script], store: Store, now: datetime, random: Random) -> int:
    """Some are used in many chats, some hardly; answers for all stores in all, a store's own in its."""
    mine = [script for script in scripts if script.folder.store_id in (None, store.pk)]
    chats = ChatSession.objects.filter(
        store=store, agent_id__gt=0, served_at__isnull=False, started_at__gt=now - timedelta(days=45)
    )
    chats = list(chats.order_by("-started_at")[:USES].values_list("buyer_id", "agent_id", "served_at"))
    uses = []
    for buyer_id, agent_id, served_at in chats:
        # The first ones of a list are used most.
        script = mine[min(int(random.expovariate(0.25)), len(mine) - 1)]
        uses.append(
            ScriptUse(
                organization_id=store.organization_id, script_id=script.pk, store=store, buyer_id=buyer_id,
                agent_id=agent_id, used_at=served_at,
            )
        )  # fmt: skip
    ScriptUse.objects.bulk_create(uses)
    return len(uses)


def _dearest(store: Store, now: datetime) -> int:
    """The amount that so many of the orders which arrive these days are worth: however large the demo, a list that
    can be worked through."""
    recent = Order.objects.filter(store=store, paid_at__gt=now - timedelta(days=20), paid_amount__gt=0)
    amounts = list(recent.order_by("-paid_amount").values_list("paid_amount", flat=True)[:ASKED])
    return int(amounts[-1]) if amounts else 0


def _visit(store: Store, now: datetime, random: Random) -> None:
    """Two in three of the store's return visits that are due were made, by whom the buyers know."""
    users = dict(Membership.objects.exclude(agent_id=None).values_list("agent_id", "user"))
    people = User.objects.in_bulk(users.values())
    due = FollowUp.objects.filter(store=store, kind__in=VISITS, state=State.OPEN, opens_at__lt=now)
    for matter in due.exclude(agent_id=None).order_by("opens_at", "pk")[:60]:
        user = people.get(users.get(matter.agent_id))
        if user is None or random.random() > 0.66:
            continue
        outcome, words, _weight = random.choices(SAID, [weight for _o, _w, weight in SAID])[0]
        at = matter.opens_at + (now - matter.opens_at) * random.random()
        close(matter, outcome, user, at, words)
