"""JD: orders, 咚咚 chats, session lists."""

from decimal import Decimal

import pytest

from stores.platforms.recognise import recognise
from stores.platforms.records import MessageRecord, OrderLineRecord, OrderRecord, SessionRecord
from tests.stores.platforms.made_files import JD, read, said, utc, write_text, write_xlsx

HEADER = (
    "订单号,商品ID,商品名称,订购数量,支付方式,下单时间,京东价,订单金额,结算金额,余额支付,应付金额,订单状态,订单类型,"
    "下单帐号,客户姓名,客户地址,联系电话,订单备注,发票类型,发票抬头,发票内容,商家备注,"
    "商家备注等级（等级1-5为由高到低）,运费金额,付款确认时间,增值税发票,货号,订单完成时间,订单来源,订单渠道,"
)
ROW = {
    "订单号": "9001\t",
    "商品ID": "500",
    "商品名称": "帘子",
    "订购数量": "2",
    "支付方式": "在线支付",
    "下单时间": "2026-01-02 10:00:00",
    "京东价": "60.00",
    "订单金额": "150.00",
    "结算金额": "120.00",
    "余额支付": "20.00",
    "应付金额": "100.00",
    "订单状态": "完成",
    "下单帐号": "jd_ming",
    "客户姓名": "王小明",
    "客户地址": "北京市某路",
    "联系电话": "13900000000",
    "订单备注": "快点",
    "发票抬头": "某公司",
    "商家备注": "加急",
    "商家备注等级（等级1-5为由高到低）": "1",
    "运费金额": "0.00",
    "付款确认时间": "2026-01-02 10:05:00",
    "货号": "L-1",
    "订单完成时间": "2026-01-09 10:00:00",
    "订单来源": "移动端订单",
}


def jd_orders(tmp_path, *rows):
    lines = [",".join((ROW | row).get(name, "") for name in HEADER.split(",")) for row in rows]
    return read(write_text(tmp_path, "\r\n".join([HEADER, *lines]) + "\r\n", "gb18030"), JD)


def test_an_order_of_two_skus_is_one_order_with_two_lines(tmp_path):
    records, refusals = jd_orders(
        tmp_path, {}, {"商品ID": "501", "商品名称": "夹子", "京东价": "30", "订购数量": "1"}
    )
    assert refusals == []
    assert records == [
        OrderRecord(
            order_id="9001",
            buyer="jd_ming",
            status="completed",
            created_at=utc(2026, 1, 2, 2),
            paid_at=utc(2026, 1, 2, 2, 5),
            completed_at=utc(2026, 1, 9, 2),
            total_amount=Decimal(150),
            paid_amount=Decimal(120),  # 100 payable + 20 from the balance
            postage=Decimal(0),
            flag=1,
            seller_memo="加急",
            buyer_message="快点",
            receiver_name="王小明",
            receiver_phone="13900000000",
            receiver_address="北京市某路",
            cod=False,
            raw={"结算金额": "120.00", "订单来源": "移动端订单"},
        ),
        OrderLineRecord("9001", 1, "500", "帘子", "L-1", 2, Decimal(60)),
        OrderLineRecord("9001", 2, "501", "夹子", "L-1", 1, Decimal(30)),
    ]


@pytest.mark.parametrize(
    ("printed", "status"),
    [
        ("等待付款", "unpaid"),
        ("等待出库", "paid"),
        ("(锁定)等待出库", "paid"),
        ("(删除)等待出库", "closed"),
        ("等待确认收货", "shipped"),
        ("已取消", "closed"),
    ],
)
def test_statuses(tmp_path, printed, status):
    records, _refusals = jd_orders(tmp_path, {"订单状态": printed})
    assert records[0].status == status


def test_an_unknown_status_is_refused_by_name(tmp_path):
    _records, refusals = jd_orders(tmp_path, {"订单状态": "飞行中"})
    assert [(refusal.row, refusal.column) for refusal in refusals] == [(2, "订单状态")]
    assert said(refusals[0]) == "the order status 飞行中 is not known"


def test_cash_on_delivery_and_an_order_not_paid(tmp_path):
    records, _refusals = jd_orders(
        tmp_path, {"支付方式": "货到付款", "付款确认时间": "", "订单状态": "等待出库"}
    )
    assert (records[0].cod, records[0].paid_at, records[0].paid_amount) == (True, None, None)


STARS = "*" * 17
START = f"/{STARS}以下为一通会话{STARS}*/\t\t"
END = f"/{STARS}会话结束_时间:2026-10-07 10:30:00{STARS}*/"
BUYER = "a****yz"
LOG = f"""{START}
{BUYER} 2026-10-07 10:00:00\t
有货吗\t
jimi_vender_88 2026-10-07 10:00:01
您好，我是机器人
小美 2026-10-07 10:01:00
有的
下单时间：2026-10-06 10:00:00
{BUYER} 2026-10-07 10:02:00

阿强 2026-10-07 10:03:00
阿强 撤回了一条消息
阿强 2026-10-07 10:03:10
转给我了
{BUYER} 2026-10-07 10:04:00
好
{END}
{START}
{BUYER} 2026-10-07 11:00:00
没人吗
"""


def message(seat, direction, sent_at, text, auto=False):
    return MessageRecord(None, None, seat, direction, auto, sent_at, text, BUYER)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_dongdong_log(tmp_path, encoding):
    answered = LOG + "小美 2026-10-07 11:05:00\n在的\n"
    path = write_text(tmp_path, answered, encoding, "chat.log")
    assert recognise(path, path.name, JD).format == "dongdong.chat"
    records, refusals = read(path, JD)
    assert refusals == []
    assert records == [
        message("小美", "in", utc(2026, 10, 7, 2), "有货吗"),
        message("jimi_vender_88", "out", utc(2026, 10, 7, 2, 0, 1), "您好，我是机器人", auto=True),
        message("小美", "out", utc(2026, 10, 7, 2, 1), "有的\n下单时间：2026-10-06 10:00:00"),
        message("小美", "in", utc(2026, 10, 7, 2, 2), ""),
        message("阿强", "out", utc(2026, 10, 7, 2, 3, 10), "转给我了"),
        message("阿强", "in", utc(2026, 10, 7, 2, 4), "好"),
        message("小美", "in", utc(2026, 10, 7, 3), "没人吗"),
        message("小美", "out", utc(2026, 10, 7, 3, 5), "在的"),
    ]


def test_a_chat_nobody_answered_belongs_to_the_only_agent_of_the_file_or_is_refused(tmp_path):
    records, refusals = read(write_text(tmp_path, LOG, name="chat.log"), JD)
    assert len(records) == 6
    assert [(refusal.row, said(refusal)) for refusal in refusals] == [
        (18, "nobody answered this chat, and it does not say whose it was")
    ]
    alone = LOG.replace("阿强", "小美")
    records, refusals = read(write_text(tmp_path, alone, name="chat.log"), JD)
    assert refusals == []
    assert (records[-1].seat, records[-1].text) == ("小美", "没人吗")


def test_an_unmasked_buyer_is_told_from_the_agents_by_the_other_chats(tmp_path):
    unmasked = LOG + f"{START}\nwang_1 2026-10-07 12:00:00\n在\n小美 2026-10-07 12:00:09\n嗯\n"
    records, _refusals = read(write_text(tmp_path, unmasked, name="chat.log"), JD)
    assert [(record.buyer, record.direction) for record in records[-2:]] == [
        ("wang_1", "in"),
        ("wang_1", "out"),
    ]


def test_an_undecodable_head_line_is_refused_with_its_message(tmp_path):
    broken = LOG.encode("gb18030").replace(
        "小美 2026-10-07 10:01".encode("gb18030"), b"\xd0\xff\xff 2026-10-07 10:01"
    )
    path = tmp_path / "chat.log"
    path.write_bytes(broken)
    records, refusals = read(path, JD)
    assert refusals[0].row == 6
    assert "有的" not in "".join(record.text for record in records)


SESSION_HEADER = [
    *("咨询时间", "顾客", "咨询类型", "客服", "转接后客服", "技能组", "商品编号", "商品名称"),
    *(
        "首次响应时间",
        "新平均响应时间(S)",
        "会话时长(M)",
        "客户消息数",
        "客服消息数",
        "满意度",
        "是否解决",
        "cid",
    ),
]


def session_row(satisfaction, cid):
    return [
        *("2026-10-07 10:00:00", "real_buyer", "售前", "小美", "阿强", "", "", ""),
        *("", 12, 7.5, 5, 6, satisfaction, "是", cid),
    ]


def test_the_session_list_holds_the_buyers_real_account(tmp_path):
    path = write_xlsx(tmp_path, [SESSION_HEADER, session_row("满意", "c-1")])
    assert recognise(path, path.name, JD).format == "dongdong.sessions"
    records, _refusals = read(path, JD)
    ended_at = utc(2026, 10, 7, 2, 7, 30)
    assert records == [
        SessionRecord(*("c-1", "real_buyer", "小美", utc(2026, 10, 7, 2), ended_at), *(5, 6, None, 4, "阿强"))
    ]


def test_satisfaction_and_sessions_without_a_cid(tmp_path):
    rows = [session_row(text, "") for text in ("非常满意", "未评价", "奇怪")]
    records, refusals = read(write_xlsx(tmp_path, [SESSION_HEADER, *rows]), JD)
    assert [record.rating for record in records] == [5, None]
    assert records[0].session_id == "20261007T020000Z:real_buyer:小美"
    assert [(refusal.row, refusal.column) for refusal in refusals] == [(4, "满意度")]
