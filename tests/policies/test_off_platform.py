"""What draws a buyer away from the platform, and what only speaks of accounts and payment. Sentences by hand."""

import pytest

from policies.detection.detector import Certainty, Match, Said, Shop
from policies.detection.folding import fold
from policies.detection.off_platform import DETECTOR

TMALL, JD, SHOPEE = Shop("tmall"), Shop("jd"), Shop("shopee", "", "TW")


def found(text: str, shop: Shop = TMALL) -> Match | None:
    """The match as the reader gets it: none without a trigger."""
    folded = fold(text)
    if not any(trigger in folded.squeezed for trigger in DETECTOR.triggers):
        return None
    return DETECTOR.find(Said(False, folded), [], None, shop)


@pytest.mark.parametrize(
    "text",
    [
        "亲，加我微信吧，给您便宜点",
        "如果您方便的话加我微信",
        "您加一下我们老板的微信",
        "加个微信聊吧",
        "加 V：xiaomei88",
        "方便的话加v13800138000",
        "➕薇xiaomei88",
        "亲加下薇信，图片发您",
        "微信同号哦",
        "这个手机号就是我的微信",
        "我的VX是abc12345",
        "vx abc12345 加我",
        "留个微信吧亲",
        "您微信多少，我加您",
        "您方便给个微信号吗",
        "您的微信号叫什么",
        "扣扣：2345678",
        "加我QQ 2345678",
        "我们微信上聊",
        "微信联系，这里不方便",
        "加我LINE：shop_no1",
        "加賴聊比較快喔",
        "請加我們的 Line ID：shop888",
        "you can add me on WhatsApp",
        "please contact me via WhatsApp +6591234567",
        "w e i x i n 加 一 下",
        "進我們的微信群有優惠",
        "平台不让发，加我微信看",
        "我们有个老客户微信群，拉您进去",
        "薇❤同号",
        "賴ID給我一下",
        "徽：abc66888",
        "可以私LINE我",
        "My line id is shop88",
    ],
)  # fmt: skip
def test_a_private_account_is_given_or_asked_for(text):
    match = found(text)
    assert match
    assert (match.reason, match.certainty >= Certainty.LIKELY) == ("contact", True)


@pytest.mark.parametrize(
    "text",
    [
        "私下转账给您便宜20",
        "直接支付宝转给我就行",
        "可以线下交易，不用拍",
        "您微信转给我，少收您10块",
        "扫一下这个二维码付款就可以",
        "我发您一个收款码",
        "转到我支付宝，马上给您发货",
        "直接轉帳給我可以便宜",
        "我们不走平台，给您再少50",
        "不用在淘宝拍，直接打款给我们",
        "打到老板的银行卡",
        "绕过平台可以省手续费",
        "you can pay me directly, it is cheaper",
        "transfer to my bank account",
        "线 下 付 款 便宜",
        "不拍这里，走私单",
        "请汇款到这个账号",
    ],
)
def test_the_buyer_is_to_pay_outside(text):
    match = found(text)
    assert match
    assert (match.reason, match.certainty >= Certainty.LIKELY) == ("payment", True)


@pytest.mark.parametrize(
    ("text", "shop"),
    [
        ("您去拼多多下单更便宜", TMALL),
        ("到我们闲鱼店拍吧", TMALL),
        ("您上我们淘宝店买，同款便宜30", JD),
        ("复制这段口令打开淘宝下单", JD),
        ("我发您一个淘口令", JD),
        ("到我们官网下单可以打折", SHOPEE),
        ("抖音店铺更便宜哦", TMALL),
    ],
)
def test_the_buyer_is_sent_to_another_market(text, shop):
    match = found(text, shop)
    assert match
    assert (match.reason, match.certainty) == ("elsewhere", Certainty.LIKELY)


@pytest.mark.parametrize(
    "text",
    [
        "可以用微信支付的哦",
        "您是微信还是支付宝付的款呢",
        "支持微信支付、银行卡支付",
        "微信零钱1-3个工作日退款到账",
        "京东微信购物那边下的单吗",
        "您用微信登录的账号吗",
        "不能加微信哦，平台规定的",
        "亲，不可以加微信的呢",
        "我们不加微信的，有问题这里说",
        "不好意思，这边没有微信的哦",
        "请勿私下转账，谨防诈骗",
        "线下交易没有保障，请您在平台下单",
        "私下交易是不允许的哦亲",
        "有人让您加微信刷单的都是骗子",
        "微信上自称客服的请您不要相信",
        "微信联系您说刷单返利的，都是诈骗",
        "支付宝付款就可以",
        "花呗和支付宝都可以付款",
        "退款原路退回您的支付宝",
        "线下门店也有售后服务",
        "您可以到线下专柜看看",
        "货到付款可以扫码付款给快递员",
        "电脑上用手机扫码付款即可",
        "您的QQ邮箱多少呢，发票发您",
        "您说的加微信我们这边不支持的",
        "公司转账的话要去银行汇款的",
        "这款手表可以上微信吗？可以的，支持QQ和微信",
        "系统会给您推送微信通知",
        "亲，加急给您发，运费已付款",
        "加我们购物车里的那款就可以",
        "您在拼多多买的我们这边查不到订单的",
        "這邊不能加LINE喔",
        "We cannot share WhatsApp contacts here",
        "the size runs in line with the chart",
        "添加至微信卡包就能看到发票",
        "为什么不能微信转账？平台不支持微信转账的",
        "收款方是支付宝，您放心",
        "亲加q弹的那款吗，口感不错",
        "手机壳上有微信图案",
        "退款已经退到您微信",
        "follow the dotted line",
        "这个问题已经转给我们公司，会尽快处理",
        "扫下面的二维码下载说明书",
        "您把QQ邮箱发我，发票发您邮箱",
        "二维码在包装盒上，扫一下可以看说明书",
    ],
)
def test_speaking_of_payment_or_refusing_is_none(text):
    match = found(text)
    assert match is None or match.certainty < Certainty.LIKELY, match


@pytest.mark.parametrize(
    "text",
    [
        "您的支付宝账号发我，补偿您5元",
        "建议您关注我们的微信公众号",
        "您加一下快递小哥的微信问问",
        "手机淘宝扫码支付就可以",
    ],
)
def test_what_may_be_meant_well_is_possible_only(text):
    match = found(text)
    assert match
    assert match.certainty == Certainty.POSSIBLE


@pytest.mark.parametrize("text", ["淘口令发您了，打开手机淘宝就能看到", "您去天猫店下单也可以，都是我们家的"])
def test_the_market_itself_is_not_elsewhere(text):
    assert found(text, TMALL) is None


def test_an_account_with_its_number_is_sure_and_its_place_is_told():
    match = found("好的亲，加我微信xiaomei88哦")
    assert match == Match(4, 8, "contact", Certainty.SURE)


def test_every_reason_is_told_in_words():
    assert {"contact", "payment", "elsewhere", "mentions"} == set(DETECTOR.reasons)
