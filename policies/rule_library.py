"""The rules about chats, and the platforms' own rules, as every organization begins with them (R11–R17, R05).

No figure stands here that no source states, and none counts before an owner has said that it is right: every entry is
unverified. Where a figure is third-hand the entry says so. Fines of agents: policies/fine_library.py. Sources are
written as their readers know them: the documents by their number (000 to 004), the platforms' pages by their address.
"""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from conversations.script_start import CHINESE
from policies.detection.detector import Certainty
from policies.rule_versions import Entry, Reads

# A code is `<subject>-<platform or what>`: pages list rules by what stands before the first dash.
TAOBAO = ("taobao", "tmall")
PLATFORMS = {"taobao": TAOBAO, "jd": ("jd",), "shopee": ("shopee",), "other": ("other",)}
TAOBAO_RULES = "rulechannel.taobao.com；rule.tmall.com"
TO_CONFIRM = {
    "taobao": f"官方规则，待核对：{TAOBAO_RULES}",
    "jd": "官方规则，待核对：rule.jd.com",
    "shopee": "官方规则，待核对：seller.shopee.<站点>/edu",
    "other": "平台规则，待填写",
}
ADVICE = "客服经验谈（000），注意事项"
TRAINING = "客服培训管理制度（001），三"
DUTIES = "客服工作职责范例（003）"
SHOPEE_TYPES = "Shopee 开放平台 account_health 违规类型"


def safe_wording(title: str) -> str:
    """The text of one of the scripts an organization may start with, so that rules and scripts say the same."""
    return next(text for _folder, _situation, name, text in CHINESE if name == title)


def _by_platform(subject: str, title: str, own: dict[str, dict], **common) -> list[Entry]:
    """One entry for each platform, whose figures differ. own: {platform: what it alone says}."""
    return [
        Entry(**{"code": f"{subject}-{name}", "title": title, "reads": Reads.CHAT, "detector": subject,
                 "platforms": platforms, "source": TO_CONFIRM[name], **common, **own.get(name, {})})
        for name, platforms in PLATFORMS.items()
    ]  # fmt: skip


_NO_POINTS = _("No source states the points: fill in.")
_PRIVACY = safe_wording("拒查收货信息")
_INVOICE = f"{safe_wording('报销开发票')}\n\n{safe_wording('售后凭据说明')}"

CHATS = [
    *_by_platform(
        "counterfeit",
        _("Admitting that goods are imitations"),
        {"taobao": {"source": f"{ADVICE} 1；扣分：{TAOBAO_RULES}，待核对"}},
        grave=True,
        consequence=_("The buyer gets the money back without returning the goods, as of a counterfeit."),
        wording=f"{safe_wording('被问高仿精仿')}\n\n{safe_wording('被问是不是正品')}",
    ),
    Entry(
        "invoice-tmall", _("Refusing an invoice"), Reads.CHAT, "invoice", platforms=("tmall",), points=Decimal(6),
        consequence=_("Whatever the amount; a wrong kind of invoice counts too."), wording=_INVOICE,
        source=f"{ADVICE} 1（扣 6 分；官方页面未找到）；{TAOBAO_RULES}，待核对",
    ),
    Entry(
        "invoice-enterprise", _("Refusing an invoice"), Reads.CHAT, "invoice", platforms=("taobao",),
        kinds=("enterprise",), points=Decimal(6), wording=_INVOICE,
        consequence=_("Whatever the amount; a wrong kind of invoice counts too."),
        source=f"{ADVICE} 1（企业店扣 6 分；C 店不作要求）；{TAOBAO_RULES}，待核对",
    ),
    Entry(
        "invoice-jd", _("Refusing an invoice"), Reads.CHAT, "invoice", platforms=("jd",), consequence=_NO_POINTS,
        wording=_INVOICE, source=TO_CONFIRM["jd"],
    ),
    Entry(
        "invoice-shopee", _("Refusing an invoice"), Reads.CHAT, "invoice", platforms=("shopee",),
        consequence=_NO_POINTS, wording=_INVOICE, source=TO_CONFIRM["shopee"],
    ),
    *_by_platform(
        "privacy",
        _("Telling somebody’s personal data"),
        {
            "taobao": {"wording": _PRIVACY, "source": f"{ADVICE} 2；扣分：{TAOBAO_RULES}，待核对"},
            "shopee": {"source": f"{SHOPEE_TYPES} 3052（评价回复中泄露隐私）；seller.shopee.<站点>/edu，待核对"},
        },
        grave=True,
        consequence=_NO_POINTS,
        wording=_PRIVACY.replace("天猫", "平台"),
    ),
    *_by_platform(
        "abuse",
        _("Abuse of a buyer"),
        {
            "taobao": {
                "points": Decimal(12),
                "consequence": _("No marketing campaigns for 7 days, whoever began. Third-hand: the store blocked for 7 days, in the worst case 48 points."),
                "source": f"{ADVICE} 3（12 分，7 天内不能上营销活动）；www621f.com/tbnews/14302.html（转述）；{TAOBAO_RULES}，待核对",
            },
            "shopee": {
                "points": Decimal(2),
                "consequence": _("2 points for the first and the second in a quarter, 15 from the third on."),
                "source": f"seller.shopee.tw/edu/article/599、12768（官方页面，台湾站，待核对）；{SHOPEE_TYPES} 22",
            },
        },
        grave=True,
        consequence=_NO_POINTS,
        wording=safe_wording("冷静安抚"),
    ),
    *_by_platform(
        "off_platform",
        _("Drawing a buyer off the platform"),
        {"shopee": {"source": f"{SHOPEE_TYPES} 3030、3074（含聊聊）；seller.shopee.<站点>/edu，待核对"}},
        consequence=_NO_POINTS,
    ),
    *_by_platform(
        "paid_reviews", _("Cash or gifts for a good review"), {}, consequence=_("In a remark it is only a notice to the supervisor.")
    ),
    Entry(
        "superlatives-law", _("Superlatives that advertising may not use"), Reads.CHAT, "superlatives",
        consequence=_NO_POINTS, source="《中华人民共和国广告法》；具体条款与金额待核对",
    ),
]  # fmt: skip

CONDUCT = [
    Entry("conduct-refusing", _("Refusing to help a buyer"), Reads.CHAT, "refusing", source=TRAINING),
    Entry("conduct-quarrelling", _("Quarrelling with a buyer"), Reads.CHAT, "quarrelling", source=TRAINING),
    Entry("conduct-evasive", _("Evasive or careless answer"), Reads.CHAT, "evasive", source=TRAINING),
    Entry(
        "conduct-too_short", _("Answer too short"), Reads.CHAT, "too_short", source=TRAINING, level=Certainty.LIKELY
    ),
]  # fmt: skip


def _hand(code: str, title: str, platform: str, source: str, consequence: str = "", **more) -> Entry:
    """A rule of a platform that no chat shows: written down by hand when the platform says so."""
    where = PLATFORMS.get(platform, ())
    return Entry(code, title, Reads.HAND, platforms=where, source=source, consequence=consequence, **more)


BY_HAND = [
    _hand(
        "promise-taobao", _("Broken promise"), "taobao", f"{ADVICE} 4（违背承诺 6 分）；{TAOBAO_RULES}，待核对",
        _("When the buyer complains and the platform finds it true. The ledger of promises proposes it."),
        points=Decimal(6),
    ),
    _hand("promise-jd", _("Broken promise"), "jd", TO_CONFIRM["jd"], _NO_POINTS),
    _hand("promise-shopee", _("Broken promise"), "shopee", TO_CONFIRM["shopee"], _NO_POINTS),
    _hand(
        "response-taobao", _("Answered by a person within three minutes"), "taobao",
        f"店铺真实体验分（第三方代码：指标名）；{TAOBAO_RULES}，待核对",
        _("Part of the store’s experience score. The thresholds are not known: fill in."),
    ),
    _hand(
        "response-jd", _("Answered within 30 seconds"), "jd",
        "zhaoyi.net.cn/article/jingdongzixun/609.html（2022-09-16，转述）；rule.jd.com，待核对",
        _("Third-hand: at least 80 percent of first answers for the label of a warm-hearted shop."), since=date(2022, 9, 16),
    ),
    _hand(
        "response-jd-rate", _("Share of chats answered"), "jd", "lihui01.cn（转述，定义不一致）；rule.jd.com，待核对",
        _("Third-hand: 85 percent to join, 90 percent advised."),
    ),
    _hand(
        "response-shopee", _("Too many chats unanswered"), "shopee",
        f"seller.shopee.tw/edu/article/201、22383（12 小时内回复，官方页面，待核对）；{SHOPEE_TYPES} 21；1 分：转述",
        _("An answer within 12 hours counts, over 30 days. Third-hand: 1 point from 10 orders on and 20 percent or less."),
    ),
    _hand(
        "shipping-taobao", _("Shipped or picked up too late"), "taobao", TO_CONFIRM["taobao"],
        _("Pick-up within 48 hours is a metric by name only; compensation and points are not known: fill in."),
    ),
    _hand(
        "shipping-jd", _("Shipped or picked up too late"), "jd", TO_CONFIRM["jd"],
        _("Pick-up within 48 hours is a metric by name only; compensation and points are not known: fill in."),
    ),
    _hand(
        "shipping-shopee", _("Late shipment rate"), "shopee", "sellerby.com/p/1.html（转述）；seller.shopee.<站点>/edu，待核对",
        _("Third-hand: points from 20 percent on (10 percent before)."), since=date(2024, 1, 15),
    ),
    _hand(
        "shipping-shopee-nfr", _("Orders not fulfilled"), "shopee",
        "sellerby.com/p/392.html（转述）；seller.shopee.<站点>/edu，待核对",
        _("Third-hand: over 10 percent in 7 days up to 4 points a week; 2 points at 50 percent, 4 at 60 percent, from 100 orders on."),
        since=date(2024, 1, 29),
    ),
    _hand(
        "shipping-shopee-volume", _("Order volume limited for 7 days"), "shopee",
        "amz10.com/p/18151.html（转述）；seller.shopee.<站点>/edu，待核对",
        _("Third-hand: 10 percent late or not fulfilled, 65 percent cancelled, or 60 percent returned."),
    ),
    _hand("shipping-shopee-abuse", _("Shipping abused"), "shopee", f"{SHOPEE_TYPES} 20；分值待核对", _NO_POINTS),
    _hand(
        "service-taobao", _("Experience score: satisfaction, refunds, appeals"), "taobao",
        f"店铺真实体验分（第三方代码：指标名）；{TAOBAO_RULES}，待核对",
        _("Part of the store’s experience score. The thresholds are not known: fill in."),
    ),
    _hand(
        "service-jd", _("Service metrics: answers, pick-up, after-sales, disputes"), "jd",
        "京东风向标（第三方代码：指标名）；rule.jd.com，待核对",
        _("Third-hand: some first faults of a year may be replaced by an exam."),
    ),
    _hand(
        "service-shopee-cancel", _("Asking a buyer to cancel"), "shopee", f"{SHOPEE_TYPES} 23；分值待核对", _NO_POINTS
    ),
    _hand("service-shopee-review", _("Rude answer to a review"), "shopee", f"{SHOPEE_TYPES} 24；分值待核对", _NO_POINTS),
    _hand(
        "service-shopee-returns", _("Policy of returns and refunds broken"), "shopee", f"{SHOPEE_TYPES} 25；分值待核对",
        _NO_POINTS,
    ),
    _hand("service-shopee-spam", _("Spam in chats"), "shopee", f"{SHOPEE_TYPES} 3048；分值待核对", _NO_POINTS),
    _hand("service-shopee-fraud", _("Attempted fraud"), "shopee", f"{SHOPEE_TYPES} 17、18；分值待核对", _NO_POINTS),
    _hand(
        "returns-law", _("Return within 7 days without a reason refused"), "",
        "《消费者权益保护法》第 25 条（2014-03-15）；《网络购买商品七日无理由退货暂行办法》（2017-03-15），转述，待核对",
        _("Not for goods made to order, perishable, opened digital goods and newspapers. The buyer pays the way back."),
        since=date(2014, 3, 15), countries=("CN",),
    ),
]  # fmt: skip

ENTRIES: list[Entry] = [*CHATS, *CONDUCT, *BY_HAND]
