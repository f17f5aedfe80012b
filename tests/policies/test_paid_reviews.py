"""Good reviews that are paid for, and talk of reviews and gifts that is none. Sentences by hand."""

import pytest

from policies.detection.detector import Certainty, Match, Said, Shop
from policies.detection.folding import fold
from policies.detection.paid_reviews import DETECTOR


def found(text: str) -> Match | None:
    """The match as the reader gets it: none without a trigger."""
    folded = fold(text)
    if not any(trigger in folded.squeezed for trigger in DETECTOR.triggers):
        return None
    return DETECTOR.find(Said(False, folded), [], None, Shop("tmall"))


@pytest.mark.parametrize(
    "text",
    [
        "好评返现5元",
        "亲，五星好评返5元哦",
        "晒图送红包",
        "追评领券",
        "给个好评给您退3块",
        "您收到后给个五星好评，截图发我，给您返5元红包",
        "帶圖好評可以領小禮品喔",
        "5星好评截图找我领取优惠券",
        "好 评 返 现",
        "评价有礼，写评价送小样",
        "领红包需要晒图的",
        "想要现金红包的话写个好评就行",
        "评价后联系客服领3元",
        "评价满20字带图返2元",
        "亲满意的话给个好评，这边给您打2块钱",
        "晒买家秀送您一双袜子",
        "追加评价并晒图，奖励现金5元",
        "五分好评加晒图，补偿您10元",
        "打五颗星再送一张无门槛优惠券",
        "凭好评截图可以抽奖",
        "麻烦亲给个五星好评哦。返您两块钱",
        "返3元需要好评晒图",
        "好评后支付宝给您转5块",
        "5-star review gets RM5 cashback",
        "leave a good review and we give you a free gift",
        "五星好評送小禮物",
        "give us 5 stars with photo for a voucher",
        "写好评可以免单",
        "评价带三张图的话送下次的满减券",
        "追评一下呗，追评送您个小挂件",
        "5星好评送运动袜一双",
        "没能让您满意很抱歉，您好评截图给我，给您返现4元",
        "好平返现2元",
    ],
)
def test_a_reward_for_a_good_review_is_found(text):
    match = found(text)
    assert match
    assert (match.reason, match.certainty) == ("reward", Certainty.LIKELY)


@pytest.mark.parametrize(
    "text",
    [
        "您把差评删了给您退20元",
        "麻烦您修改一下评价，补偿您10元红包",
        "差评可以帮我们删一下吗，给您发50红包",
        "改成好评给您返现20",
        "麻烦撤销差评，这边给您全额退款",
        "刪除差評給您退30塊",
        "please remove the bad review, we will refund $5",
    ],
)
def test_money_for_taking_a_bad_review_back_is_found(text):
    match = found(text)
    assert match
    assert (match.reason, match.certainty) == ("removal", Certainty.LIKELY)


@pytest.mark.parametrize(
    "text",
    [
        "谢谢您的五星好评",
        "感谢您的好评，祝您生活愉快",
        "不能好评返现的哦，平台禁止的",
        "我们不做好评返现",
        "没有好评返现活动的亲",
        "您说的好评返现卡不是我们放的",
        "好评返现是违规的",
        "好评也没有红包的哦",
        "好评是不返现的",
        "满意请给好评，不满意全额退款",
        "五星好评的款，送人很合适",
        "满意请给个好评，送您一份祝福",
        "送您小礼品，您的五星评价是我们的动力",
        "好评返现是违反规定的",
        "麻烦写个好评给一个五星",
        "这款好评率98%，现在拍送赠品",
        "好评如潮的一款，领券更优惠",
        "随货送一份小礼品",
        "今天下单送运费险",
        "现在有5元优惠券可以领取",
        "送货很快的",
        "麻烦对我的服务做出评价哦",
        "收到满意的话记得给我们评价",
        "有质量问题给您退换，不用担心",
        "您看下评价都挺好的，领券拍更划算",
        "差评对我们影响很大，您有什么问题我们给您处理",
        "质量问题退您10元可以吗",
        "晒图看一下哪里坏了，给您补发",
        "五星红旗图案的那款有货",
        "5分钟内给您退20元",
        "十分抱歉，给您补偿5元",
        "满分可以换购吗？积分满了可以换礼品的",
        "we do not offer cashback for reviews",
        "thank you for your 5 star review",
        "這款評價很多，可以參考一下",
        "红包已经抵扣了，订单显示优惠5元",
    ],
)
def test_talk_of_reviews_and_gifts_that_are_not_joined_is_none(text):
    match = found(text)
    assert match is None or match.certainty < Certainty.LIKELY, match


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("麻烦亲给个五星好评哦", "asks"),
        ("满意的话记得晒图好评", "asks"),
        ("谢谢您的支持，收到宝贝满意请记得5分好评", "asks"),
        ("please leave a good review", "asks"),
        ("感谢您的好评，送您一张优惠券", "thanks"),
    ],
)
def test_asking_and_thanking_are_possible_only(text, reason):
    match = found(text)
    assert match
    assert (match.reason, match.certainty) == (reason, Certainty.POSSIBLE)


def test_the_place_holds_the_review_and_the_reward():
    assert found("亲，好评返5元哦") == Match(2, 7, "reward", Certainty.LIKELY)


def test_remarks_are_read_too():
    assert DETECTOR.in_remarks
    assert found("已好评 返2元 支付宝").reason == "reward"


def test_every_reason_is_told_in_words():
    assert {"reward", "removal", "asks", "thanks"} == set(DETECTOR.reasons)
