"""Personal data told or asked for in chat (R13). Expected values by hand; the sets are described in dialogues/README.md."""

import time

import pytest

from policies.detection.clauses import each
from policies.detection.detector import Certainty, Match
from policies.detection.folding import fold, original_span
from policies.detection.privacy import DETECTOR, RULES
from policies.detection.privacy_questions import _BEGINS, _QUESTION
from tests.policies.agents_sentences import NOT_TOLD, TOLD
from tests.policies.dialogue_sets import SHOPS, found_in, last_line, load, scored, warned

OTHER_ACCOUNT = "我用另一个账号买的，帮我查下留的什么信息"


def told(text: str, buyer: str = "在吗") -> Match | None:
    match = last_line(RULES, ((True, buyer), (False, text)), SHOPS["taobao"])
    return match if match and match.certainty >= Certainty.LIKELY else None


def asked(text: str, before: tuple = ()) -> bool:
    return found_in(RULES, (*before, (True, text)), SHOPS["taobao"])[-1] is not None


@pytest.mark.parametrize(("buyer", "text"), TOLD)
def test_what_an_agent_tells_is_found(buyer, text):
    assert told(text, buyer)


@pytest.mark.parametrize(("buyer", "text"), NOT_TOLD)
def test_what_only_looks_like_it_is_left_alone(buyer, text):
    assert not told(text, buyer)


@pytest.mark.parametrize(
    "piece", ["1", "一", "路1号", "收货人", "是", "小区", "1 2", "王", "a ", "你问他老公的号", "那个", "写的"]
)
def test_a_hostile_text_is_judged_quickly(piece):
    """Nothing repeats without a bound, so time grows with the length only. The limit is far above the usual 20 ms."""
    text = (piece * 1500)[:1500]
    begun = time.thread_time()
    told(text, OTHER_ACCOUNT)
    asked(text)
    assert time.thread_time() - begun < 0.5


def test_the_dialogues_the_rules_were_made_on_are_judged_rightly():
    told, asked = scored(RULES, load("privacy", "tune")), warned(RULES, load("privacy", "tune"))
    assert min(told.recall, told.precision, asked.recall, asked.precision) >= 0.9, f"{told}, asked: {asked}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("亲，您的订单收货人王小明，请确认", "name"),
        ("您留的手机尾号是8842对吗", "phone"),
        ("您订单上的电话１８６－１２３４－５６７８", "phone"),
        ("给您发错了，发到李艳那里了，她电话15982223344", "phone"),
        ("已寄到您留的地址杭州市西湖区文三路50号", "address"),
        ("您填的是青年路万科城9栋2单元1103", "address"),
        ("您的身份證號110101199003071234對嗎", "identity"),
        ("confirm ah: recipient is tan wei ming, right?", "name"),
    ],
)
def test_data_of_an_order_told_unasked_break_the_rule(text, reason):
    assert told(text).reason == reason


@pytest.mark.parametrize(
    "text",
    [
        "留的是139开头的，尾号8842",
        "写的欧阳静",
        "欧阳静，您认识吗",
        "“芒果布丁”收",
        "寄到沙田第一城25座",
        "1 8 6 1 2 3 4 5 6 7 8",
        "l86l2345678",
        "零九一二三四五六七八",
        "幺八六 幺二三四 五六七八",
        "妖爸溜 妖二伞似 舞溜期爸",
        "blk 412 ang mo kio ave 10 #08-1123",
        "zhang jia gang shi bin he lu 66 hao",
    ],
)
def test_after_the_question_for_another_accounts_data_less_is_enough(text):
    assert told(text, OTHER_ACCOUNT)


@pytest.mark.parametrize("text", ["“芒果布丁”可以刻", "妖爸溜 妖二伞似 舞溜期爸"])
def test_without_that_question_so_little_tells_nothing(text):
    assert not told(text, "怎么洗")


def test_a_picture_of_the_order_sent_after_the_question_tells_it_too():
    assert told("[图片] 截给你了，名字电话都在上面", OTHER_ACCOUNT).reason == "picture"
    assert not told("[图片] 截给你了，今早到的中转站", "物流截给我看看")


def test_a_guess_confirmed_is_told():
    guess = "是不是寄到阳光花园5栋的？我用我爸号买的"
    assert told("是的", guess).reason == "confirmed"
    assert not told("是的，不过具体地址要您本人登录看，这边不方便透露", guess)
    assert not told("是的", "用另一个账号买的也能退吗")


@pytest.mark.parametrize(
    ("buyer", "text"),
    [
        ("怎么退", "退货地址：广东省东莞市虎门镇博涌路18号 收件人：售后部 电话：13712345678"),
        ("怎么退", "您寄到浙江省义乌市北苑街道雪峰西路968号，王女士收，13666666666"),
        ("快递员电话多少", "快递员电话13912345678，您联系他"),
        ("安装师傅姓什么", "师傅姓刘，电话13800001111，会提前联系您"),
        ("你們門市在哪", "門市在台北市大安區忠孝東路四段100號，電話02-2771-0000"),
        ("你们公司在哪", "在深圳南山区科技园科苑路15号，欢迎来参观"),
        ("加个电话好谈", "我姓潘，业务部，手机13500001919"),
        ("客服电话多少", "客服热线400-888-6666"),
    ],
)
def test_what_belongs_to_shop_or_courier_is_nobodys_secret(buyer, text):
    assert not told(text, buyer)


@pytest.mark.parametrize(
    "text",
    [
        "收货人刘**，136****8812，河北省保定市莲池区***，没问题就发货了",
        "为保护隐私我这边看到的是138****5678",
        "尾号**的手机对吗",
        "收件人王*明对吗",
    ],
)
def test_masked_data_are_not_told(text):
    assert not told(text)


def test_what_the_buyer_has_just_written_may_be_repeated_but_nothing_beside_it():
    wrote = "改成这个：江苏省苏州市姑苏区人民路100号 李雷 13512345678"
    assert not told("改好了：江苏省苏州市姑苏区人民路100号 李雷 13512345678", wrote)
    assert told("改好了，原来留的13700137000换成13512345678", wrote).reason == "phone"


@pytest.mark.parametrize(
    "text",
    [
        "好的，请发我新的收件人姓名、电话、详细地址",
        "您自己核对一下收件人、电话跟地址有没有写错",
        "按这个格式发我：收件人：张三 电话：13800000000",
        "退款会原路退回您尾号6688的银行卡",
        "您的运单号：JD0013800138000，今晚揽收",
        "《北京市东城区南锣鼓巷1号》这本还剩12本",
        "到了武汉分拣中心，预计2号可以送达",
        "地址已修改",
        "感谢支持，谢谢！",
    ],
)
def test_asking_numbers_titles_and_talk_of_parcels_tell_nothing(text):
    assert not told(text)


def test_a_refusal_after_the_question_is_right():
    assert not told("其他账号的收货信息我们不能提供，麻烦您登录购买的那个号", OTHER_ACCOUNT)
    assert not told("小区也属于隐私呀，这个不能说", OTHER_ACCOUNT)


@pytest.mark.parametrize(
    "text",
    [
        OTHER_ACCOUNT,
        "我上次用我妈的淘宝买的，帮我看看留的哪个手机号",
        "我換了帳號，之前訂單的電話是幾號",
        "我朋友在你们这买的蛋糕寄到哪里啊",
        "我老婆昨天买了啥",
        "能看到我老公填了些什么吗",
        "谁给我下的差评，你告诉我",
        "这个订单收件人写的谁",
        "我这单是寄家里还是寄公司的",
        "你们都卖给谁家了，给个名单",
        "what address did my sister put, i used her account",
        "手机号是不是152开头的，我爸下的单",
    ],
)
def test_a_question_for_somebodys_data_is_heard(text):
    assert asked(text)


@pytest.mark.parametrize(
    "text",
    [
        "你们退货地址是什么",
        "快递员电话多少",
        "你叫什么名字",
        "可以改一下收货地址吗",
        "地址改成这个：王磊 15200007788 小寨西路26号",
        "我另一个号的优惠券还能用吗",
        "你微信多少 加一下",
        "单号多少，什么时候送到",
        "我换手机号了，之前填的那个打不通",
        "刚有人打电话知道我名字住址，是不是你们泄露的",
        "在微信里查不到",
        "是电话联系吗",
        "这个可以寄到新疆吗",
    ],
)
def test_other_questions_are_not_taken_for_it(text):
    assert not asked(text)


def test_who_presses_on_after_a_refusal_asks_again():
    before = ((True, OTHER_ACCOUNT), (False, "亲，为了保护隐私不能告知哦"))
    assert asked("求你了，就看一眼", before)
    assert not asked("好的谢谢", before)
    assert not asked("求你了，就看一眼")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("尾号**不对吧，是 1 3 8 0 0 1 3 8 0 0 0", "1 3 8 0 0 1 3 8 0 0 0"),
        ("地址留的幸 福 路8号3栋", "幸 福 路8号3栋"),
    ],
)
def test_the_place_found_leads_back_to_the_text(text, place):
    match = told(text, OTHER_ACCOUNT)
    first, last = original_span(text, match.start, match.end)
    assert text[first:last] == place


@pytest.mark.parametrize(
    ("buyer", "text"),
    [
        ("拍下了", "跟您核对一下：刘建国，13600008812，保定市莲池区五四东路阳光里3号楼1203，没问题就发"),
        ("已下單 麻煩盡快出貨", "跟您確認：收件人 黃志明 0900-012-345 台中市西屯區福星路一段3號"),
        ("paid", "shipping to Nurul Huda, 12 Jalan Ampang, 50450 KL, 013-222 2281 ya"),
    ],
)
def test_the_check_after_an_order_is_possible_at_most_with_the_second_reading_too(buyer, text):
    turns = ((True, buyer), (False, text))
    for detector in (RULES, DETECTOR):
        match = last_line(detector, turns, SHOPS["taobao"])
        assert match is None or match == Match(0, match.end, "order_check", Certainty.POSSIBLE)


def test_it_is_no_check_where_the_order_is_for_another():
    assert told("核对：刘建国，13600008812，保定市莲池区五四东路阳光里3号楼1203", "我老公用他的号下单了")


def test_looking_where_a_question_can_begin_finds_what_looking_everywhere_does():
    for dialogue in [*load("privacy", "tune"), *load("privacy", "train")]:
        for _by_buyer, text in dialogue.turns:
            folded = fold(text).squeezed
            anywhere, there = _QUESTION.search(folded), next(each(_QUESTION, _BEGINS, folded), None)
            assert (anywhere and anywhere.span()) == (there and there.span()), text
