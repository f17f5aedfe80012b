"""What is found to be a promise, and what is none; by when it is due. Sentences as agents write them, by hand."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from orders.promise_patterns import courier_in, means_arrival, promises_in, words_at
from orders.promise_times import due_in

SAID_AT = datetime(2026, 11, 18, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Wednesday


def kinds(text: str) -> list[str]:
    return [found.kind for found in promises_in(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("给您发顺丰", "courier"),
        ("亲，我们给您发顺丰的哦", "courier"),
        ("好的，这单走德邦", "courier"),
        ("顺丰给您寄", "courier"),
        ("我們幫您改成發黑貓宅急便", "courier"),
        ("送您一个小礼物", "gift"),
        ("这边给您补发赠品", "gift"),
        ("补寄赠品给您", "gift"),
        ("送您5元优惠券", "gift"),
        ("贈送您一個抱枕", "gift"),
        ("今天给您发货", "ship_date"),
        ("明天一定能发出", "ship_date"),
        ("48小时内发货", "ship_date"),
        ("11月25号安排发货", "ship_date"),
        ("下周三发货", "ship_date"),
        ("訂單明天會發出的", "ship_date"),
        ("１１月２５日发货", "ship_date"),
        ("明天给您送达", "ship_date"),
        ("加急处理，到货后第一时间给您发出", "ship_date"),
        ("给您保价15天", "price"),
        ("买贵了退差价", "price"),
        ("差价这边退给您", "price"),
        ("買貴退差價", "price"),
        ("价保到11月20日", "price"),
        ("我们保证不褪色", "effect"),
        ("绝对是正品的", "effect"),
        ("保證不掉色的", "effect"),
        ("包治百病", "effect"),
        ("假一赔十", "effect"),
        ("24小时内给您回电", "other"),
        ("专员明天会联系您的", "other"),
        ("2小時內給您回覆", "other"),
        ("三天内给您退款", "other"),
        ("这边给您换一个新的", "other"),
        ("给您退10元", "other"),
        ("专员会在今天18点之前回电您，可以吗", "other"),
    ],
)
def test_a_firm_word_about_this_buyers_matter_is_a_promise(text, expected):
    assert kinds(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "要不要发顺丰？",
        "您看发顺丰可以吗",
        "可以发顺丰吗",
        "今天可以发货吗",
        "什么时候发货呢",
        "不能发顺丰",
        "不能保证不褪色",
        "今天发不了货",
        "如果加运费可以发顺丰",
        "如有差价，原路退给您",
        "默认中通的亲，需要发顺丰要补差价12元",
        "补差价链接发您了",
        "您退货成功后给您退款",
        "默认发中通，不能指定快递",
        "一般48小时内发货",
        "预计明天给您送达",
        "大概三天左右给您退款",
        "正常今天都能发出",
        "已经给您发了顺丰",
        "昨天就发货了",
        "刚给您退款了",
        "您说今天发货",
        "您要求发顺丰是吧",
        "我帮您查询一下，请稍等",
        "给您发个链接",
        "正在为您配送",
        "送货上门是收费的",
        "您可以申请退款",
        "这款包包很好看",
        "包邮的亲",
        "保暖效果很好",
        "保修一年",
        "快递员会联系您",
        "配送员联系您的时候说一下",
        "感谢您的支持，祝您生活愉快",
        "",
    ],
)
def test_questions_refusals_conditions_estimates_and_past_facts_are_none(text):
    assert kinds(text) == []


def test_a_message_may_hold_several_and_says_where():
    text = "好的亲，给您發順豐，明天发货，送您一个抱枕"
    found = promises_in(text)
    assert [(one.kind, text[one.start : one.end]) for one in found] == [
        ("courier", "發順豐"),
        ("ship_date", "明天发货"),
        ("gift", "送您"),
    ]


def test_of_one_kind_the_one_with_a_time_holds():
    (found,) = promises_in("给您回复的。明天12点前给您回复")
    assert (found.kind, found.start) == ("other", 6)
    assert found.due_at(SAID_AT, "Asia/Shanghai").isoformat() == "2026-11-19T12:00:00+08:00"
    assert found.certain > 0.7


def test_a_remark_in_the_shops_format_is_read_too():
    text = "姓名：王小明 尺寸：1.2×2米 发货时间：11月25日 配送：顺丰 特殊备注：送抱枕一个"
    assert kinds(text) == ["ship_date", "courier", "gift"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今天发货", "2026-11-19T00:00:00+08:00"),
        ("明天发货", "2026-11-20T00:00:00+08:00"),
        ("后天发出", "2026-11-21T00:00:00+08:00"),
        ("明天中午12点前发出", "2026-11-19T12:00:00+08:00"),
        ("今天下午4点前发出", "2026-11-18T16:00:00+08:00"),
        ("今天下午发", "2026-11-18T18:00:00+08:00"),
        ("48小时内", "2026-11-20T10:00:00+08:00"),
        ("24-48小时内", "2026-11-20T10:00:00+08:00"),
        ("半小时内", "2026-11-18T10:30:00+08:00"),
        ("三天内", "2026-11-21T10:00:00+08:00"),
        ("3个工作日", "2026-11-24T00:00:00+08:00"),  # Thu, Fri, Mon: over at the end of Monday
        ("25号发货", "2026-11-26T00:00:00+08:00"),
        ("1号发货", "2026-12-02T00:00:00+08:00"),
        ("11月25日", "2026-11-26T00:00:00+08:00"),
        ("1月5日", "2027-01-06T00:00:00+08:00"),
        ("周五发", "2026-11-21T00:00:00+08:00"),
        ("周一发", "2026-11-24T00:00:00+08:00"),  # this week's Monday is over
        ("下周三", "2026-11-26T00:00:00+08:00"),
        ("月底前", "2026-12-01T00:00:00+08:00"),
        ("18:30之前", "2026-11-18T18:30:00+08:00"),
        ("9点前", "2026-11-19T09:00:00+08:00"),  # said at ten
        ("尽快", None),
        ("2月31日", None),
    ],
)
def test_the_words_say_by_when(text, expected):
    due = due_in(text)
    found = due and due.resolve(SAID_AT, "Asia/Shanghai")
    assert (found and found.isoformat()) == expected


def test_a_day_is_the_stores_own():
    due = due_in("今天发货")
    late = datetime(2026, 11, 18, 15, 30, tzinfo=ZoneInfo("UTC"))  # 23:30 in Shanghai, 22:30 in Vietnam
    assert due.resolve(late, "Asia/Shanghai").isoformat() == "2026-11-19T00:00:00+08:00"
    assert due.resolve(late, "Asia/Tokyo").isoformat() == "2026-11-20T00:00:00+09:00"


def test_couriers_go_by_one_name():
    assert courier_in("發順豐速運") == courier_in("SF Express") == courier_in("顺风") == "顺丰"
    assert courier_in("百世汇通") == "百世"
    assert courier_in("自提") == ""


def test_the_words_around_are_a_sentence_or_a_clause():
    text = "王小明，11月25日发货，快递。送胶。"
    (found, _gift) = promises_in(text)
    assert words_at(text, found.start, found.end) == "王小明，11月25日发货，快递"
    assert words_at(text, found.start, found.end, sentence=False) == "11月25日发货"


def test_arrival_is_told_from_shipping():
    assert means_arrival("明天给您送达")
    assert not means_arrival("明天发货")
    assert not means_arrival("明天发货，后天送达")
