"""A file is what its content says, not its name."""

import pytest

from stores.platforms.recognise import KINDS, recognise
from stores.platforms.records import FileRefused
from tests.stores.platforms.made_files import JD, SHOPEE_VN, TAOBAO, utc, write_text, write_xlsx

SHOPEE_HEADER = ["Order ID", "Order Status", "Order Creation Date", "Grand Total", "Username (Buyer)"]


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("message_id,buyer,agent,direction,auto,sent_at,text", "neutral.messages"),
        ("session_id,buyer,agent,started_at,rating", "neutral.sessions"),
        ("order_id,buyer,status,created_at,paid_at,paid_amount", "neutral.orders"),
        ("order_id,flag,flag_agent", "neutral.orders"),
        ("order_id,line_no,title,quantity,price", "neutral.order_lines"),
        ("refund_id,order_id,kind,status,amount,created_at", "neutral.refunds"),
        ("review_id,order_id,buyer,rating,text,created_at", "neutral.reviews"),
        ("buyer,registered_at,credit,good_rate,note", "neutral.buyers"),
        ("agent,name,employee_id,grade,from,to", "neutral.seats"),
        ("session_id,rating,invited", "neutral.ratings"),
        ("buyer,agent,rated_at,rating", "neutral.ratings"),
        ("day,currency,rate", "neutral.rates"),
        ("agent,online_at,offline_at,state", "neutral.presence"),
        ("product_code,title,price,stock,counterfeit_risk", "neutral.products"),
        ("order_id,kind,amount", "neutral.costs"),
        ("day,product_code,kind,amount", "neutral.costs"),
        ("订单编号,买家会员名,总金额,买家实际支付金额,订单状态,订单创建时间,订单付款时间 ", "taobao.orders"),
        ("订单编号,标题,价格,购买数量,商品属性,订单状态,商家编码", "taobao.order_lines"),
        (
            "子订单编号,主订单编号,商品标题,商品价格,购买数量,订单状态,买家实际支付金额,订单创建时间",
            "taobao.order_lines",
        ),
        (
            "订单编号,总金额,买家实际支付金额,收货地址 ,订单创建时间,订单付款时间 ,退款金额",
            "tmall.order_report",
        ),
        ("order_id,tracking_no,courier,event,happened_at,place", "neutral.tracking"),
        ("name,employee_id,day,shift", "neutral.roster"),
    ],
)
def test_the_headers_decide_the_format(tmp_path, header, found):
    path = write_text(tmp_path, header + "\n", name="misleading name.txt")
    recognised = recognise(path, path.name, TAOBAO)
    assert recognised.format == found
    assert recognised.kind == ("orders" if found == "tmall.order_report" else found.partition(".")[2])
    assert recognised.kind in KINDS


@pytest.mark.parametrize(
    "header",
    [
        "order_id,tracking_no,courier,happened_at,place",
        "refund_id,order_id,kind,amount",
        "好用,3,2019-08-06 11:55:30",
    ],
)
def test_kinds_not_taken_in_are_not_mistaken_for_others(tmp_path, header):
    path = write_text(tmp_path, header + "\n")
    with pytest.raises(FileRefused, match="no known table"):
        recognise(path, path.name, TAOBAO)


def test_another_platforms_export_is_refused_by_name(tmp_path):
    path = write_xlsx(tmp_path, [SHOPEE_HEADER])
    with pytest.raises(FileRefused, match="is an export of Shopee, but the store is one of Taobao/Tmall"):
        recognise(path, path.name, TAOBAO)


def test_tmall_and_taobao_are_one_family_and_neutral_tables_fit_all(tmp_path):
    lines = write_text(tmp_path, "订单编号,标题,价格,购买数量\n")
    assert recognise(lines, "x", TAOBAO._replace(platform="tmall")).format == "taobao.order_lines"
    rates = write_text(tmp_path, "day,currency,rate\n")
    assert recognise(rates, "x", JD._replace(platform="other")).format == "neutral.rates"


def test_a_kind_that_the_file_is_not_of_is_refused(tmp_path):
    path = write_text(tmp_path, "day,currency,rate\n")
    with pytest.raises(FileRefused, match="holds rates, not orders"):
        recognise(path, path.name, TAOBAO, kind="orders")


def test_columns_known_and_unknown_are_listed_as_printed(tmp_path):
    path = write_text(tmp_path, "order_id,Status,colour of box\n1,paid,red\n")
    recognised = recognise(path, path.name, TAOBAO)
    assert recognised.columns == {"order_id": "order_id", "Status": "status"}
    assert recognised.unknown_columns == ["colour of box"]


def test_the_preview_shows_what_was_understood_and_masks_persons(tmp_path):
    text = "order_id,buyer,paid_amount,receiver_phone,seller_memo\n1,张小明,x,13900000000,打13900000000\n"
    path = write_text(tmp_path, text + text.splitlines()[1].replace("x", "5") + "\n")
    preview = recognise(path, path.name, TAOBAO).preview
    assert preview[0] == {"row": "2", "column": "paid_amount", "refused": "x is not an amount"}
    assert preview[1] == {
        "row": "3",
        "record": "order",
        "order_id": "1",
        "buyer": "张***",
        "paid_amount": "5",
        "receiver_phone": "***",
        "seller_memo": "打1…",
    }


def test_a_shopee_export_is_as_of_the_end_of_the_period_in_its_name(tmp_path):
    path = write_xlsx(tmp_path, [SHOPEE_HEADER])
    recognised = recognise(path, "Order.all.20230101_20230131.xlsx", SHOPEE_VN)
    assert recognised.as_of == utc(2023, 1, 31, 17), "midnight after 31 January in Vietnam (+07)"
    assert recognise(path, "Order.all.20230101_20230199.xlsx", SHOPEE_VN).as_of is None


def test_parse_may_be_called_again(tmp_path):
    path = write_text(tmp_path, "day,currency,rate\n2026-01-02,VND,0.0003\n")
    recognised = recognise(path, path.name, TAOBAO)
    assert list(recognised.parse()) == list(recognised.parse()) != []
