"""R12 on hand-labelled sentences, branch by branch, and on the dialogues the rules were made on."""

import pytest

from policies.detection.detector import Certainty, Shop
from policies.detection.invoice import RULES
from policies.detection.reader import Line, Reader
from tests.policies.dialogue_sets import SHOPS, found_in, last_line, load, scored, warned

TMALL = SHOPS["tmall"]


def answer(question, text, shop=TMALL):
    return last_line(RULES, [(True, question), (False, text)], shop)


def question(text):
    return last_line(RULES, [(True, text)], TMALL)


def test_the_dialogues_the_rules_were_made_on_are_judged_rightly():
    told, asked = scored(RULES, load("invoice", "tune")), warned(RULES, load("invoice", "tune"))
    assert min(told.recall, told.precision, asked.recall, asked.precision) >= 0.9, f"{told}, asked: {asked}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("我们这边不给开的亲", "refuses"),
        ("開不了喔", "refuses"),
        ("不能", "refuses"),
        ("meiyou o qin", "refuses"),
        ("Sorry, we don't issue invoices", "refuses"),
        ("抱歉亲，开票功能关闭了", "refuses"),
        ("电子发票我们也开不了", "refuses"),
        ("专票普票都没有的", "refuses"),
        ("可以申请，但审核不一定过", "refuses"),
        ("开票要加6个点", "charges"),
        ("可以开，不过税点您来出", "charges"),
        ("可以的，到付寄给您", "charges"),
        ("含票的话一共是328", "charges"),
        ("Need to add 13% tax", "charges"),
        ("发票的话价格就不是这个了", "charges"),
        ("满100才可以开的哦", "ties"),
        ("单价不到五百的我们不处理", "ties"),
        ("要好评返图之后才可以", "ties"),
        ("只能给您开收据哦", "substitute"),
        ("用购物小票报销一样的", "substitute"),
        ("您自己去税务局代开", "substitute"),
        ("等财务回来吧", "puts_off"),
        ("过段时间再说吧", "puts_off"),
        ("您找平台要吧", "evades"),
        ("您找平台要，平台会给您开的", "evades"),
        ("理论上可以，实际上不行", "refuses"),
        ("可以是可以，就是得等", "puts_off"),
    ],
)
def test_refusing_charging_tying_replacing_postponing_and_evading_break_the_rule(text, reason):
    assert answer("可以开发票吗", text).reason == reason


@pytest.mark.parametrize(
    "text",
    [
        "可以的呢",
        "有的，随货",
        "OK，没问题",
        "开的，放心",
        "you de qin, gei wo taitou",
        "开票不另外收费",
        "不用加钱，直接开",
        "税点我们出",
        "报价已含税，无须补差额",
        "收货后7天内开",
        "财务今天不在，明天上班就开",
        "专票暂时开不了，普票可以",
        "能开，纸质的没有",
        "运费部分不能开，货款都能开",
        "没有税号开不了公司抬头，个人抬头随时能开",
        "多开不行哦，按实付开给您",
        "稍等，我问下财务",
        "您要个人还是公司的",
        "不需要税号哦，个人的可以直接开",
    ],
)
def test_a_yes_a_part_a_form_a_date_and_a_question_back_do_not(text):
    assert answer("可以开发票吗", text) is None


@pytest.mark.parametrize(
    ("asked", "text", "reason"),
    [
        ("开票要加钱吗", "要的", "charges"),
        ("开票要加钱吗", "不要的", None),
        ("价格含税吗", "不含的", "charges"),
        ("价格含税吗", "含的", None),
        ("不能开发票吗", "是的，不能", "refuses"),
        ("不能开发票吗", "可以的亲", None),
        ("是不是没有发票", "嗯嗯", "refuses"),
        ("你们不给开票吗", "对呀可以开的", None),
    ],
)
def test_what_yes_and_no_mean_hangs_on_the_question(asked, text, reason):
    match = answer(asked, text)
    assert (match and match.reason) == reason


def test_the_order_record_serves_who_wants_proof_for_a_repair_but_not_who_wants_an_invoice():
    script = "订单记录就是售后凭据，订单截图也一样的"
    assert answer("就是怕坏了没凭证才想要票", script) is None
    assert answer("可以开发票吗", script).reason == "substitute"
    assert answer("买冰箱，保修要用发票的吧", "发票我们一律不出的").reason == "refuses"


def test_a_receipt_is_no_substitute_where_the_buyer_asked_for_one():
    assert answer("可以开收据吗", "只有收据哦，好的") is None
    assert answer("可以开发票吗", "只有收据哦，好的").reason == "substitute"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("本店不提供发票，介意慎拍", "refuses"),
        ("本店商品均不含发票", "refuses"),
        ("开票需另付8%税点", "charges"),
        ("此价格为不含票价", "charges"),
    ],
)
def test_saying_so_unasked_breaks_the_rule(text, reason):
    assert answer("你好", text).reason == reason


@pytest.mark.parametrize(
    "text",
    [
        "发票会在您收货后7天内开具",
        "纸质发票没有了，统一电子发票",
        "不需要发票的话备注一下",
        "价格跟开不开票没关系",
        "门票不能退哦",
        "亲，不能退的",
        "定制开不了小单",
        "另外加5元发顺丰",
    ],
)
def test_other_refusals_and_other_prices_do_not(text):
    assert answer("你好", text) is None


def test_the_clause_after_the_one_that_names_the_invoice_may_refuse_it():
    assert answer("什么时候发货", "下午发，另外您备注要发票，这个做不了哦").reason == "refuses"


def test_who_does_not_want_an_invoice_is_refused_none():
    assert answer("不要发票了，直接发货", "好的，那发票就不开了") is None
    assert answer("直接发货", "好的，那发票就不开了") is not None


@pytest.mark.parametrize("text", ["蓝色没有了哦亲", "蓝色要另外加5块运费"])
def test_a_question_between_closes_the_request(text):
    turns = [(True, "能开发票吗"), (False, "能，什么抬头？"), (True, "个人就行，蓝色有货吗"), (False, text)]
    assert last_line(RULES, turns, TMALL) is None
    assert last_line(RULES, [*turns[:2], (False, text)], TMALL) is not None


@pytest.mark.parametrize(
    ("shop", "certainty"),
    [
        (Shop("tmall"), Certainty.LIKELY),
        (Shop("jd"), Certainty.LIKELY),
        (Shop("taobao", "enterprise"), Certainty.LIKELY),
        (Shop("taobao"), None),
        (Shop("other"), None),
        (Shop("shopee", "", "TW"), Certainty.POSSIBLE),
    ],
)
def test_only_tmall_jd_and_enterprise_stores_have_to_say_yes(shop, certainty):
    match = answer("可以开发票吗", "不开的", shop)
    assert (match and match.certainty) == certainty


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("可以开发票吗", "asks_invoice"),
        ("發 票 給 嗎", "asks_invoice"),
        ("ｆａ票开吗", "asks_invoice"),
        ("fapiao you ma", "asks_invoice"),
        ("有票没", "asks_invoice"),
        ("可以打统编吗", "asks_invoice"),
        ("要报销的", "asks_invoice"),
        ("can i get an invoice", "asks_invoice"),
        ("没有发票吗", "asks_lack"),
        ("开票要加税点吗", "asks_cost"),
        ("发票什么时候寄", "asks_about"),
        ("发票还没收到", "asks_about"),
    ],
)
def test_every_request_is_warned_of(text, reason):
    assert question(text).reason == reason


@pytest.mark.parametrize(
    "text",
    [
        "晶瓷三联画有没有活动啊",
        "不要发票",
        "发票不用开了",
        "发票收到了",
        "电影票怎么兑换",
        "给我投一票",
        "发票打印机有吗",
        "这台收银机可以印发票吗",
        "三联收据本",
        "我这期发票中奖了",
    ],
)
def test_other_tickets_products_and_thanks_are_no_requests(text):
    assert question(text) is None


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("可以开票吗", "这个真没有"),
        ("请问能提供正规发票吗", "正规发票提供不了，只有手撕的那种"),
        ("这单能开票不", "用券的单子都开不了票"),
        ("票能开伐", "伐开的呀"),
        ("能开吗 发票", "金额太小系统不让开的"),
        ("在吗，想开个发票", "在的，发票这块我们店做不到哦"),
        ("可以开发票吗 谢谢", "谢谢理解哈，小店没票"),
        ("开票", "亲，这边只接受一次性买满十件的客户开票"),
        ("几号能开票", "这个月开不了，下个月也悬"),
        ("能开票吗", "可以是可以，就是得等，多久我说不好"),
        ("可以开发票吗", "亲，小本生意，票就别要了吧"),
        ("开票信息发你了", "亲我们这边不处理开票"),
        ("能不能开张票", "您先拍，回头再说"),
        ("阿有发票额", "么得额"),
        ("发票抬头能改吗", "开出去的票一概不改"),
        ("可以要发票么", "可以要，但要不要得到看运气😂"),
        ("发票能给一下吗", "退货的时候还得还票，您还是别开了"),
        ("我要求开票", "亲爱的，申请开票要先发五星截图给客服"),
        ("这个优惠价能开票吗", "优惠价不含票哈"),
        ("你好开发票", "购满五百元可开具发票"),
        ("我司需要发票入账，贵司怎么开", "我司可以通过合作公司开给您，品名可能对不上"),
        ("發票要現在開嗎", "可以不要開嗎，給您折5%"),
        ("有发票的对吧", "您看页面写了有吗？没写就是没有"),
        ("发票什么时候给我", "等公司有票了给您"),
        ("有票不", "无"),
        ("有没有票", "现金价没有，对公价有，差12%"),
        ("开发票需要加钱吗", "加个税点就行"),
        ("发票开吗", "开呀，您先确认收货给个好评"),
        ("发票能不能开", "这事儿吧，得看财务有没有空"),
        ("开票麻烦吗", "挺麻烦的，要不给您退两块钱算了"),
    ],
)
def test_refusals_conditions_and_excuses_are_found_however_they_are_put(asked, text):
    assert answer(asked, text).certainty >= Certainty.LIKELY


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("已付款 请开票", "收到，财务下午开"),
        ("我要投诉你们不开票", "亲，我们没说不开呀，抬头给我马上开"),
        ("没有发票能退货吗", "可以的，发票不影响退货"),
        ("发票可以开吗", "当然可以，我司一般纳税人，6%专票也行"),
        ("有发票吗", "都有的，放心拍"),
        ("可以要发票么", "可以要的，不收费"),
        ("請問會附發票嗎", "會的，電子發票不另附紙本"),
        ("发票丢了能补吗", "电子发票随时可以重新下载"),
        ("要电子发票", "发您旺旺了，查收一下"),
        ("能开多少税率的", "13%"),
        ("发票内容可以写办公用品吗", "这个没办法，税局规定要写明细"),
        ("我要求开票", "好的，已登记，预计两天内"),
        ("开票麻烦吗", "不麻烦，点两下就好"),
        ("能开发票吗", "可以的哦，确认收货后联系我们就行"),
        ("发票能补么", "能"),
        ("要发票", "好嘞，发我抬头"),
        ("普通发票就行", "普通发票默认就开的，订单完成自动发"),
        ("这个优惠价能开票吗", "能的，优惠价照样开"),
        ("合同签了票什么时候到", "按合同约定，款到后五日内"),
        ("能开专票吗", "可以的，资质审核通过就能开"),
        ("请开具发票", "已为您提交，预计明天开具"),
        ("可以补开发票吗", "能补，把订单号发来"),
        ("发票什么时候给我", "货发出就给您"),
        ("能给个发票不", "没问题呀"),
        ("开个票这么难吗", "抱歉让您费心了，我亲自盯着，今天一定给您"),
        ("可以開立三聯式嗎", "可以開，統編給我"),
        ("发票给我", "马上"),
        ("可以给发票吗 我要入账", "可以入账的，正规电子发票"),
        ("发票什么时候开", "系统每周五统一开，这周五就有了"),
        ("能先给我发票再发货吗", "得先发货才能开票的亲，发货当天开"),
    ],
)
def test_granting_answers_are_left_alone_however_they_are_put(asked, text):
    assert answer(asked, text) is None


def test_the_reader_finds_the_same():
    for dialogue in load("invoice", "tune"):
        lines = [Line(text, by_buyer) for by_buyer, text in dialogue.turns]
        read = {found.place: found.match for found in Reader([RULES]).read(lines, dialogue.shop)}
        assert [read.get(place) for place in range(len(lines))] == found_in(
            RULES, dialogue.turns, dialogue.shop
        )
