"""Good reviews for cash or gifts (好评返现, 晒图送红包), and bad ones bought off. In remarks a notice only. Pure.

A reward near a good review, joined to it: the review before the reward (好评返5元), or the reward before it with a word that
makes it a condition (领红包需要晒图). A good review asked for without a reward is POSSIBLE. Gifts that go with the
order, thanks and refusals are none.
"""

import re
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_noop

from policies.detection.clauses import clause_before, each, listed
from policies.detection.detector import Asked, Certainty, Detector, Match, Said, Shop

REASONS = {
    "reward": gettext_noop("Promises a reward for a good review."),
    "removal": gettext_noop("Offers money for taking a bad review back."),
    "asks": gettext_noop("Asks for a good review without a reward."),
    "thanks": gettext_noop("Gives something to a buyer who wrote a good review."),
}

_GOOD = re.compile(
    r"(?:五|5)颗?星(?!级|店|酒|红旗|巧克力|裤|男|电|批|装|卡|币|好评率|图案|家)(?:好评|评价)?|(?:五|5|满|十|10)分的?(?:好评|评价|支持)|打个?(?:五|5|满|十)分|全(?:5"
    r"|五)[星分]?(?=好|评|[,。!~哦]|\Z)|"
    r"(?:带图|晒图|优质|真实)?(?:好评|好平(?=返|截|晒|送|给))(?!率|如潮|很多|最多|过万|过千|数|榜|度|不断|无数|款|[0-9]+%|爆款|热卖|推荐款|返修|在线|的款|挺多|超多)"
    r"|好的评[价论]|晒个?一?下?(?:图|单|照)|晒(?:宝宝|效果|上身|买家秀)|买家秀|追评|追加评[价论]|(?:写|给|打|做|留|发|来|赏|点)(?:我们|一?个|一?下|上|个好)?(?:带图|真实"
    r"|优质)?评[价论]|评[价论](?=后|完|了|截图|返|有礼|送|领|晒图|带|一?下|过后|的话|时|就|可|满[0-9]|[0-9]+字|加)|(?:5|five)[- ]?stars?|(?:good"
    r"|positive|nice|great) (?:review|feedback|rating|comment)s?"
)
_GOOD_BEGINS = re.compile("[五5满全10十带晒优真好买追写给打做留发来赏点评fgpn]")
_BAD = re.compile(
    r"改[成为](?:五星|5星|好评)|(?:删|撤|改|消|去掉|追加)(?:除|掉|销|回|成|为|一?下|了)?(?:那?个|这个|这条|您的|你的|之前的|刚才的)?(?:差评|中评|负评|评[价论]|一星|好评)"
    r"|(?:差评|中评|负评|评[价论])(?:麻烦|可以|能|请|您|给|都|能不能|帮|我们?|一下){0,5}(?:删|撤|改|消|去掉)|(?:remove|delete|change|revise)(?: the"
    r"| your| it| this)* (?:bad |negative )?(?:review|rating|feedback)"
)
# What is given for a good review is seldom the whole price; for a bad one taken back it is.
_ALL_BACK = re.compile("全额退|退全款|全款退|免费重发")
_BAD_AT_ALL = re.compile("差评|中评|负评|删|改|撤|消|review|rating|feedback")
_AMOUNT = r"(?:[0-9]+(?:\.[0-9]+)?|[一二两三四五六七八九十几百]{1,3})(?:块钱?|元|快|rmb|r|毛|角|块|刀|积分|京豆|张)?"
_REWARD = re.compile(
    rf"返(?=[哦呢的,。!~]|\Z)|下次(?:购买|买|拍)?(?:再)?(?:折|减|抵|优惠|便宜|少)|[返反](?:现|利(?!于)|红包|券|钱|款(?!式)|点|给?[您你](?!馈|应|映)"
    rf"|还?{_AMOUNT})|(?:发|领取?|送|拿|得|有|享|抢|给|换|赠|抽|包|个)[您你]?(?:一?个|[0-9]+元?|小|现金|大|微信|支付宝|[您你]|到){{0,3}}(?:红包|现金|好礼|小礼"
    rf"|礼品|礼物|赠品|惊喜|奖励|大礼|福利)|红包|现金(?:奖励|红包|返)|(?:送|赠|领取?|补|发)(?:[您你]|一?[个份张条包双件盒]|小|给|到)*(?:{_AMOUNT}|礼|红包|优惠券|券|无门槛"
    rf"|小样|试用|延保|虾币|话费|会员|积分|精美|神秘|袜|毛巾|杯|赠品)|(?:无门槛|优惠|代金|抵用)券|抽奖|免单|再?(?:退|补|给|打|转|奖励?|优惠|减|便宜|补偿|赔"
    rf"|发)(?:给?[您你])?(?:现金|红包|补偿)?{_AMOUNT}(?!小时|个|天|分钟|个工作|点|号|月|遍|星|字|张?图|次|分)|(?:送|赠)(?:[您你亲]"
    rf"|一?[个份张条包双件盒套只支]){{1,2}}|送[^,。!?人货]{{1,4}}一[个份张条包双件盒套只支]|送[^,。!?]{{0,8}}(?:券|金|挂件)|=[0-9.]+(?:元|块|r)?|退[您你]?(?:运费"
    rf"|差价|邮费)[0-9]+|补偿(?:[您你]|现金|红包|一?点|一?下|[0-9])|返现|返利|有礼|有奖|送礼|送好礼|积分奖励|换(?:券|礼)|cash ?back|(?:a |free "
    rf"|small )gift|coupon|voucher|refund|reward|discount|(?:rm|nt\$|us\$|\$|₱) ?\d+"
)
_REWARD_BEGINS = re.compile(
    "[=下返反发领送拿得有享抢给换赠抽包个红现补无优代抵免退打转再奖减便赔利积cafgvrdnu$₱]"
)
# No rewards: freight, delivery, wishes, guarantees.
_NO_REWARD = re.compile(
    r"送[您你]?(?:货|到|达|上|运费|一?[份句]?祝|一句|快|来|人|礼物给|朋友|女友|男友|长辈|家人|洗|检|修)|赠(?:运费|送?运险)|返(?:修|厂|回|程|校|工)"
)
_CONDITION = re.compile(
    r"(?:凭|需要?|只要|要|得|条件|必须|麻烦|记得|就是|前提|用|靠|拿|想要|参与|参加|活动|规则|写|给|来|帮忙|可以|能|配合|只需|支持|换|if|for|with|when|after|once"
    r"|please|need|leave|give)"
)
_AFTER_GOOD = re.compile(r"(?:截图|后|完|了)?(?:就|可|即|后|完|截图|以后|之后|的话|发|来|有|能)")
_DENIED = re.compile(
    r"(?:不能|不可以?|不会|不让|不允许|不支持|不提供|不做|不搞|不参与|没做|没有|没在|无法|没法|禁止|严禁|别|请?勿|不要|不得|不是|并非|取消|停止|哪有|从不|绝不|拒绝|[您你](?:说|提|问|讲"
    r"|收到)(?:到|过)?的|所谓|不用|无需|不需要?|违规|属于|怎么(?:会|可能)|(?:can't|cannot|can not|don't|do not|never|not|no)\b)[^,]{0,9}\Z"
)
_DENIED_AFTER = re.compile(
    r"[^。!?;]{0,5}?(?:(?:是|也|都|就|现在|目前)?(?:不(?:允许|可以|能|行|支持|做|搞|参与|提供|再|会(?!少)|合规|符合)|没有(?!套路|门槛)|取消了|已?结束|违规|违反|违法"
    r"|平台[^,]{0,3}(?:罚|查|封|扣)|禁止|停止|没了|暂停|无法|被处罚|会被)|(?:is |are )?(?:not allowed|against|forbidden))"
)
_BETWEEN_NO = re.compile(
    r"不(?:返|送|给|会|能|发|提供|做|支持|再|可以|允许|是|需要|用|要求|强制|必)|没有?(?!问题|质量|什么问题)|无(?!门槛)|取消|结束|禁止|违规|别|勿|(?:no|not|don't|cannot) "
)
_THANKS = re.compile(r"谢谢|感谢|多谢|收到[您你]的|看到[您你]的|thank")
# Of goods, not of the service in the chat, which platforms have agents ask for.
_OF_GOODS = re.compile("好评|[五5满全10十].*[星分]|晒|买家秀|追|好的评|star|good|positive|nice|great")
_HARMLESS = re.compile(r"(?:谢谢?[您你]?|感谢[您你]?|看|查|收到[您你]|看到|很多|都是|这么)的?[^,]{0,4}\Z")
_ASKING = re.compile(
    r"给|写|打|留|赏|来|求|麻烦|辛苦|帮|希望|记得|期待|点|晒|动动|支持|鼓励|截图|please|leave|give"
)
_NEAR = 28  # characters between a review and its reward
_SENTENCE = re.compile(r"[。!?;\n]")


def _joined(text: str, good: re.Match, reward: re.Match) -> bool:
    """Whether the reward is for the review."""
    if reward.start() >= good.end():
        between = text[good.end() : reward.start() + 2]  # with its verb: 不返
        return (
            len(between) <= _NEAR + 2
            and len(_SENTENCE.findall(between)) <= 1
            and not _BETWEEN_NO.search(between)
        )
    between = text[reward.end() : good.start()]
    if len(between) > _NEAR // 2 or _SENTENCE.search(between) or _BETWEEN_NO.search(between):
        return False
    return bool(_CONDITION.search(between) or _AFTER_GOOD.match(text, good.end()) or not between)


def _rewards(text: str) -> list[re.Match]:
    return [one for one in each(_REWARD, _REWARD_BEGINS, text) if not _NO_REWARD.match(text, one.start())]


def _paid(text: str, reviews: Iterable[re.Match], rewards: list[re.Match]) -> tuple[int, int] | None:
    """The first review that a reward belongs to: (where the earlier of the two begins, where the later ends)."""
    for review in reviews if rewards else ():
        for reward in rewards:
            if reward.start() < review.end() and review.start() < reward.end():
                continue
            start, end = min(review.start(), reward.start()), max(review.end(), reward.end())
            if _joined(text, review, reward) and not _denied(text, start, end):
                return start, end
    return None


def _denied(text: str, start: int, end: int) -> bool:
    return bool(_DENIED.search(clause_before(text, start)) or _DENIED_AFTER.match(text, end))


def _asks(text: str, review: re.Match) -> bool:
    """Whether somebody is asked for this good review of goods."""
    words = clause_before(text, review.start())
    return bool(
        _OF_GOODS.search(review[0]) and _ASKING.search(words + review[0]) and not _HARMLESS.search(words)
    )


def find(said: Said, before: Sequence[Said], asked: Asked | None, shop: Shop) -> Match | None:
    """A review that is paid for in an agent's line or a remark; or, POSSIBLE, one that is asked for."""
    text = said.folded.squeezed
    rewards = _rewards(text)
    if _BAD_AT_ALL.search(text):
        bought_off = _paid(text, _BAD.finditer(text), [*rewards, *_ALL_BACK.finditer(text)])
        if bought_off:
            return Match(*bought_off, "removal")
    good = list(each(_GOOD, _GOOD_BEGINS, text))
    paid = _paid(text, good, rewards)
    if paid:
        thanks = _THANKS.search(text[max(0, paid[0] - 8) : paid[1]])
        return Match(*paid, "thanks", Certainty.POSSIBLE) if thanks else Match(*paid, "reward")
    for review in good:
        if _asks(text, review) and not _denied(text, *review.span()):
            return Match(*review.span(), "asks", Certainty.POSSIBLE)
    return None


DETECTOR = Detector(
    name="paid_reviews",
    find=find,
    triggers=listed(
        "好评 五星 5星 五颗星 5颗星 五分好 5分好 满分 全五分 全5分 晒图 晒单 晒个图 晒个单 晒照 晒一下 晒下图 晒宝 买家秀 追评 追加评 差评 中评 改成五 改成5 改为五 改为5 返现 反现 返利 好平"
        " 评价返 评价送 评价领 评价有礼 评价后"
        " 评价完 评价了 评价截图 评价晒 评价带 评价可 评价就 评价满 评论返 评论送 评论领 评论有 评论后 评论晒 评论截 写评价 写个评 写评论 好的评价 带图评 删评 改评 改一下评 修改评 feedback"
        " 5_star 5-star five_star _review rating"
    ),
    reasons=REASONS,
    in_remarks=True,
)
