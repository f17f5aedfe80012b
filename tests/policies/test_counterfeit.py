"""R11 on hand-labelled sentences, branch by branch, and on the dialogues the rules were made on."""

import pytest

from policies.detection.counterfeit import RULES
from policies.detection.detector import Certainty, Said
from policies.detection.folding import fold
from policies.detection.reader import Line, Reader
from tests.policies.dialogue_sets import SHOPS, found_in, last_line, load, scored, warned

TAOBAO = SHOPS["taobao"]


def answer(question, text):
    return last_line(RULES, [(True, question), (False, text)], TAOBAO)


def question(text):
    return last_line(RULES, [(True, text)], TAOBAO)


def test_the_dialogues_the_rules_were_made_on_are_judged_rightly():
    told, asked = scored(RULES, load("counterfeit", "tune")), warned(RULES, load("counterfeit", "tune"))
    assert min(told.recall, told.precision, asked.recall, asked.precision) >= 0.9, f"{told}, asked: {asked}"


@pytest.mark.parametrize(
    "text",
    [
        "我们家是精仿的，比高仿质量好",
        "A货来的",
        "A 貨 來 的",
        "高 仿 的 亲",
        "高f的哦",
        "gaofang de",
        "搞仿货，质量放心",
        "现在有两个版本，高仿280，超A 480",
        "大牌尾单，剪标的",
        "亲这款是顶级复刻",
        "莆田纯原，质量放心",
        "1:1开模做的",
        "不是普通高仿哦，是顶级的",
        "虽然是仿的但是做工好",
        "比市面上的高仿好多了",
        "您说的高仿我们也有",
        "Super copy dear",
        "this is AAA quality",
    ],
)
def test_calling_what_is_sold_an_imitation_counts_unasked(text):
    assert answer("你好", text).reason == "admits"


@pytest.mark.parametrize(
    "text",
    [
        "我们不卖高仿",
        "我们从不销售高仿、A货等商品",
        "您说的高仿我们店里没有的",
        "如果是高仿您可以直接投诉我们",
        "市面上有很多仿冒我们的，请认准商标",
        "谨防假货，认准官方店",
        "支持正版，拒绝盗版",
        "假货包退，假一赔十",
        "no replica in our shop",
        "we never sell knock-offs",
    ],
)
def test_denying_it_quoting_the_buyer_and_speaking_of_others_do_not(text):
    assert answer("你好", text) is None


@pytest.mark.parametrize(
    "text",
    [
        "这款是仿羊皮的",
        "高仿真植物，免打理",
        "高仿羊绒面料",
        "是仿古铜的颜色",
        "模仿秀道具",
        "请按原单号退货",
        "a款和b款尺寸不一样",
        "按1:1兑水使用",
        "1:1赠送",
        "高版本系统才支持",
        "这款是纯原木的",
        "请假的话不影响发货",
        "假两件设计",
        "好的，复制这个链接打开",
    ],
)
def test_words_of_material_likeness_and_other_meanings_do_not(text):
    assert answer("你好", text) is None


def test_grade_a_is_praise_for_jade_wherever_the_jade_was_named():
    assert answer("这个玉是真的吗", "天然A货，带证书") is None
    assert answer("包是真的吗", "天然A货，带证书").reason == "admits"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("我们卖的不是正品", "not_genuine"),
        ("不敢保证正品的", "not_genuine"),
        ("想要正品您就去专柜", "not_genuine"),
        ("正品要两千多呢", "not_genuine"),
        ("質量跟正品一樣", "as_good_as"),
        ("照着专柜款打版的", "as_good_as"),
        ("细节跟正品没有差别", "as_good_as"),
    ],
)
def test_saying_not_genuine_or_as_good_as_the_genuine_counts_unasked(text, reason):
    assert answer("你好", text).reason == reason


@pytest.mark.parametrize(
    "text",
    [
        "如果不是正品您随时退",
        "是不是正品您可以去专柜验",
        "我们就是正品，不存在跟正品一样的说法",
        "和专柜同价",
    ],
)
def test_supposing_it_or_vouching_for_it_does_not(text):
    assert answer("你好", text) is None


@pytest.mark.parametrize("text", ["是的", "嗯呢亲", "对呀", "没错", "👌", "可以这么说", "差不多吧"])
def test_a_bare_yes_admits_an_imitation_but_not_genuineness(text):
    assert answer("是高仿吗", text).reason == "agrees"
    assert answer("是正品吗", "是的") is None


@pytest.mark.parametrize("text", ["不是的", "没有哦", "不能", "no"])
def test_a_bare_no_admits_where_the_buyer_asks_for_the_genuine_and_clears_where_he_asks_for_a_fake(text):
    assert answer("是正品吗", text).reason == "not_genuine"
    assert answer("是高仿吗", text) is None


def test_a_no_in_other_words_clears_too():
    assert answer("是高仿吗", "不卖这些的哦") is None
    assert answer("是正品吗", "不卖这些的哦").reason == "unclear"


@pytest.mark.parametrize(
    "text",
    [
        "懂的都懂",
        "您懂的",
        "看价格就知道了",
        "一分钱一分货",
        "这个不方便说哈",
        "加我私聊",
        "亲 别问了",
        "您说呢😏",
        "自己穿足够了",
    ],
)
def test_a_wink_counts_while_the_question_stands_open_only(text):
    assert answer("是正品吗", text).reason == "winks"
    assert answer("几天能到", text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("厂里多出来的，没吊牌", "admits"),
        ("照图片打版的", "admits"),
        ("本店不支持鉴定", "not_genuine"),
        ("这个没有授权的", "not_genuine"),
        ("一般人看不出来", "as_good_as"),
        ("外观没差别", "as_good_as"),
        ("主打一个氛围感", "unclear"),
        ("保真，这个我不敢跟您打包票", "not_genuine"),
        ("放心，除非遇到懂行的人", "as_good_as"),
    ],
)
def test_trade_words_missing_proof_likeness_and_evasion_count_as_answers(text, reason):
    assert answer("是正品吗", text).reason == reason
    assert answer("有货吗", text) is None


@pytest.mark.parametrize(
    "text",
    [
        "是正品哦",
        "100%正品，支持专柜验货",
        "我们有品牌授权书，详情页可以看",
        "专柜同一批货，随便验",
        "日本直邮，可以查溯源码",
        "这是我们自己的品牌",
        "假的我倒贴给您",
        "亲稍等，我帮您核实一下",
        "请问您拍的是哪款呢",
        "亲您尽管下单，品牌的发票一起寄",
        "yes, 100% authentic",
    ],
)
def test_vouching_for_it_or_not_yet_answering_does_not(text):
    assert answer("是正品吗", text) is None


def test_a_question_between_closes_the_first_one():
    turns = [(True, "是高仿吗"), (False, "不是的亲"), (True, "今天能发货吗"), (False, "是的")]
    assert last_line(RULES, turns, TAOBAO) is None


def test_an_answer_in_two_lines_is_one_answer():
    turns = [(True, "是高仿吗"), (False, "在的亲"), (False, "是的")]
    assert last_line(RULES, turns, TAOBAO).reason == "agrees"
    vouched = [(True, "是正品吗"), (False, "是正品的亲"), (False, "一般人看不出来区别")]
    assert last_line(RULES, vouched, TAOBAO) is None


def test_a_buyer_who_only_waits_leaves_the_question_open():
    turns = [(True, "是高仿吗"), (False, "稍等我问下"), (True, "好的我等着"), (False, "是的")]
    assert last_line(RULES, turns, TAOBAO).reason == "agrees"


def test_how_near_it_comes_is_asked_of_much_so_an_answer_beside_the_point_is_only_possible():
    assert answer("跟专柜有差吗", "主打一个氛围感").certainty is Certainty.POSSIBLE


def test_an_admission_in_answer_to_the_question_is_sure():
    assert answer("是高仿吗", "是精仿").certainty is Certainty.SURE
    assert answer("你好", "是精仿").certainty is Certainty.LIKELY


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("高仿还是精仿", "asks_fake"),
        ("是 A 貨 嗎", "asks_fake"),
        ("你们卖假货！我要举报", "asks_fake"),
        ("不会是假的吧", "asks_not_fake"),
        ("真的假的", "asks_not_fake"),
        ("是不是正品", "asks_genuine"),
        ("可以拿去得物鉴定吗", "asks_genuine"),
        ("有授权吗", "asks_genuine"),
        ("is this original?", "asks_genuine"),
        ("跟专柜有差吗", "asks_grade"),
        ("什么级别的", "asks_grade"),
        ("货是哪来的", "asks_grade"),
    ],
)
def test_the_dangerous_questions_are_known_by_what_would_admit(text, reason):
    assert question(text).reason == reason


@pytest.mark.parametrize(
    "text",
    [
        "真的很好看",
        "我真的很急",
        "是真皮的吗",
        "仿真花有红色吗",
        "仿羊绒会起球吗",
        "假睫毛怎么贴",
        "放假发货吗",
        "验证码收不到",
        "先验货再签收可以吗",
        "什么版本的系统",
        "专柜地址在哪",
        "质检报告有吗",
        "跟图片一样吗",
        "原单号是多少",
    ],
)
def test_other_questions_are_not(text):
    assert question(text) is None


def test_asking_again_counts_only_after_the_question():
    asked = [(True, "没写正品两个字"), (False, "写了会下架"), (True, "所以不是？")]
    assert found_in(RULES, asked, TAOBAO)[2].reason == "asks_not_fake"
    assert question("所以不是？") is None


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("高仿吗", "您轻点声哈哈"),
        ("請問有防偽標籤嗎", "沒有捏，這種價位不會有"),
        ("有没有好一点的版本", "有啊，顶配的细节更到位，贵两百"),
        ("你们的货跟专柜一样么", "一条生产线下来的，专柜的有标我们没标"),
        ("质量好吗", "跟专柜货一个模子出来的，您放心"),
        ("Authentic or class A", "class A po"),
        ("有质保卡吗 能去专柜保养吗", "专柜保养不了，人家会认出来"),
        ("能去官网查吗", "官网查不到的，系统里没有录"),
        ("东西看着像仿的", "看着像就对了，本来就不是专柜的"),
        ("羽绒服是正品鹅吗", "充绒量是足的，别的您就别深究了"),
        ("這是原廠的嗎", "副廠的，盒子做得跟原廠一樣"),
        ("香水是专柜的吗", "香味专柜的，瓶子不是"),
        ("fake?", "not fake not original, in between"),
        ("是正品吗老板", "说正品您也不信，说不是您又不买，您自己看着办"),
        ("可以開鑑定書嗎", "沒有鑑定書，鑑定也過不了"),
        ("是真的耐克吗", "logo是有的，别的就不多说了哈"),
        ("到底真假", "半真半假，鞋底是真的"),
        ("和正品有什么不同", "除了没有编码其他一致"),
        ("宝贝描述里写的原单是什么意思", "就是大牌工厂做多了的，您理解吧"),
        ("original or copy?", "copy ori, good quality"),
        ("你们这个是不是高仿呀 看着有点怪", "亲眼光真好，这都被您看出来了"),
        ("皮带扣上为啥有logo 是授权的吗", "您买就买，问那么细干嘛呀"),
        ("是不是贴牌的", "贴的大牌标，里面我们代工"),
        ("可以便宜吗", "这个是顶级工艺仿的，成本在那儿"),
        ("这款表走时准吗 是正品吗", "走时很准的，一天误差两秒"),
        ("你好有优惠吗", "跟您说，我家都是1：1复刻，专柜三千我只要三百"),
        ("是原厂的吗", "原厂下来的，没走公司的账"),
        ("掉漆了", "这种仿版五金都会掉的，用透明指甲油涂一下"),
        ("亲退货", "亲，外贸原单不支持无理由哦"),
        ("这两款哪个好", "左边那个是普货，右边那个跟专柜的对版，贵一百"),
    ],
)
def test_answers_that_admit_hint_or_evade_are_found_however_they_are_put(asked, text):
    assert answer(asked, text).certainty >= Certainty.LIKELY


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("是A货吗", "什么A货，我们是正经品牌"),
        ("这表带防伪卡吗 是真的吧", "带的，是真的，官方保两年"),
        ("支持验货吗", "支持，当面拆验都行"),
        ("有没有纯原的", "没有的，我们只做自己的牌子"),
        ("鞋子是公司级吗", "我们没有这种叫法，都是品牌直供"),
        ("是不是高仿品", "不是的哦，亲可以放心购买"),
        ("亲退货", "可以的，保持吊牌完好"),
        ("你家是正品店铺吗", "是的，营业执照和授权都公示在店铺首页"),
        ("阿迪的吗", "不是阿迪的，是我们自己的运动品牌"),
        ("可以開鑑定書嗎", "可以，但要加鑑定費，由第三方實驗室開"),
        ("有正品保证吗", "有的，页面上有正品保障的标"),
        ("是高仿吗", "不卖仿的亲，只做正规渠道"),
        ("是正规渠道进的吗", "是的，都有进货单据"),
        ("是不是正品的呢", "是的呢"),
        ("能去官网查吗", "可以的，输入背面的十六位码"),
        ("保证正品么", "保证，签收后有问题随时找我们"),
        ("可以驗貨嗎", "可以喔，取貨時可以先看"),
        ("是不是贴牌的", "是代工生产，贴的是我们自己注册的商标"),
        ("这个鞋是真的吗", "真的呢，支持任何机构鉴定"),
        ("請問公司貨嗎", "平輸的，但也是原廠生產"),
        ("假的就举报你", "欢迎监督，假的您随时举报"),
        ("手机壳是正品吗", "正品，网页有MFi标"),
        ("会不会是假的", "不会的，假的我们也不敢放旗舰店卖呀"),
        ("怎么保证是真的", "我们有平台正品险，另外授权书可以发给您看"),
        ("original or not?", "Original, with hologram sticker"),
        ("老板你家这个LV老花是正的吗", "我们不是LV哦，花纹是自己设计的，已经登记版权"),
        ("求真相，正不正", "正！假一罚十！"),
        ("这个真的是雅诗兰黛吗", "是的，雅诗兰黛集团直供的小样，不单独售卖"),
        ("想问下是真是假", "当然真的，我用店铺信誉担保"),
        ("請問是正版嗎", "正版授權的唷，背面有雷射貼"),
    ],
)
def test_honest_answers_are_left_alone_however_they_are_put(asked, text):
    assert answer(asked, text) is None


def test_nothing_is_found_that_the_triggers_do_not_wake():
    for dialogue in load("counterfeit", "tune"):
        for by_buyer, text in dialogue.turns:
            woken = found_in(RULES, [(by_buyer, text)], dialogue.shop)[0]
            read = RULES.asks if by_buyer else lambda said, before, shop: RULES.find(said, before, None, shop)
            assert woken == read(Said(by_buyer, fold(text)), (), dialogue.shop)


def test_the_reader_finds_the_same():
    for dialogue in load("counterfeit", "tune"):
        lines = [Line(text, by_buyer) for by_buyer, text in dialogue.turns]
        read = {found.place: found.match for found in Reader([RULES]).read(lines, dialogue.shop)}
        assert [read.get(place) for place in range(len(lines))] == found_in(
            RULES, dialogue.turns, dialogue.shop
        )
