"""Tables in the product's own headers."""

from datetime import date
from decimal import Decimal

import pytest

from stores.platforms.records import (
    BuyerRecord,
    MessageRecord,
    OrderLineRecord,
    OrderRecord,
    ProductRecord,
    RateRecord,
    RatingRecord,
    RefundRecord,
    ReviewRecord,
    SeatRecord,
    SessionRecord,
)
from tests.stores.platforms.made_files import read, said, utc, write_text, write_xlsx

MESSAGES = "message_id,buyer,agent,direction,auto,sent_at,text\n"


def test_messages(tmp_path):
    text = MESSAGES + (
        "m1,买家一,旗舰店:小美,in,1,2026-01-02 10:00:00,-\n"
        "m2,买家一,旗舰店:小美,out,1,2026-01-02 10:00:01,您好\n"
        ",买家一,旗舰店:小美,OUT,0,2026-01-02T02:00:30Z, 有货 \n"
        "m4,买家一,旗舰店:小美,in,1,2026/1/2 10:01,'好\n"
    )
    records, refusals = read(write_text(tmp_path, text))
    seat = "旗舰店:小美"
    assert refusals == []
    assert records == [
        MessageRecord("m1", "买家一", seat, "in", False, utc(2026, 1, 2, 2), "-"),
        MessageRecord("m2", "买家一", seat, "out", True, utc(2026, 1, 2, 2, 0, 1), "您好"),
        MessageRecord(None, "买家一", seat, "out", False, utc(2026, 1, 2, 2, 0, 30), "有货"),
        MessageRecord("m4", "买家一", seat, "in", False, utc(2026, 1, 2, 2, 1), "'好"),
    ]


def test_messages_read_the_same_from_a_sheet_a_damaged_file_and_a_clean_one(tmp_path):
    rows = [
        ["m1", "买家一", "旗舰店:小美", "in", "0", "2026-01-02 10:00:00", "有货吗"],
        ["", "买家二", "旗舰店:小美", "out", "1", "2026-01-02 10:00:05", "=1+1"],
        ["m3", "买家二", "旗舰店:小美", "out", "", "2026-01-02 10:00:09", ""],
    ]
    text = MESSAGES + "".join(",".join(row) + "\n" for row in rows)
    clean, _none = read(write_text(tmp_path, text))
    damaged, refused = read(write_text(tmp_path, text + "m4,\0,s:a,in,0,2026-01-02 10:00:00,x\n"))
    sheet, _none = read(write_xlsx(tmp_path, [MESSAGES.strip().split(","), *rows]))
    assert clean == damaged == sheet
    assert [record.text for record in clean] == ["有货吗", "=1+1", ""]
    assert len(refused) == 1


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("m1,,s:a,in,0,2026-01-02 10:00:00,x", "buyer", "this cell must not be blank"),
        ("m1,b,-,in,0,2026-01-02 10:00:00,x", "agent", "this cell must not be blank"),
        ("m1,b,s:a,in,0,,x", "sent_at", "this cell must not be blank"),
        ("m1,b,s:a,,0,2026-01-02 10:00:00,x", "direction", "this cell must not be blank"),
        ("m1,b,s:a,up,0,2026-01-02 10:00:00,x", "direction", "up is neither in nor out"),
        ("m1,b,s:a,in,2,2026-01-02 10:00:00,x", "auto", "2 is neither 0 nor 1"),
        ("m1,b,s:a,in,0,2026-13-02 10:00:00,x", "sent_at", "2026-13-02 10:00:00 is not a time"),
        ("m1,b,s:a,in,0,2999-01-02 10:00:00,x", "sent_at", "the time 2999-01-02 10:00:00 lies in the future"),
    ],
)
def test_messages_that_are_refused_say_row_column_and_reason(tmp_path, row, column, reason):
    good = "m0,b,s:a,in,0,2026-01-02 10:00:00,x\n"
    records, refusals = read(write_text(tmp_path, MESSAGES + good + row + "\n" + good))
    assert len(records) == 2
    assert [(refusal.row, refusal.column, said(refusal)) for refusal in refusals] == [(3, column, reason)]


def test_a_rounded_message_id_is_refused(tmp_path):
    row = "2.14073E+16,b,s:a,in,0,2026-01-02 10:00:00,x\n"
    records, refusals = read(write_text(tmp_path, MESSAGES + row))
    assert records == []
    assert refusals[0].column == "message_id"


def test_sessions(tmp_path):
    header = (
        "session_id,buyer,agent,started_at,ended_at,"
        "buyer_messages,agent_messages,invited,rating,transferred_to"
    )
    row = "s1,买家一,店:甲,2026-01-02 10:00:00,2026-01-02 10:20:00,5,6,1,4,店:乙"
    ended_early = "s2,买家一,店:甲,2026-01-02 10:00:00,2026-01-02 09:20:00,,,,,"
    records, refusals = read(write_text(tmp_path, f"{header}\n{row}\n{ended_early}\n"))
    assert records == [
        SessionRecord(
            "s1", "买家一", "店:甲", utc(2026, 1, 2, 2), utc(2026, 1, 2, 2, 20), 5, 6, True, 4, "店:乙"
        )
    ]
    assert [(refusal.row, refusal.column) for refusal in refusals] == [(3, "ended_at")]


def test_orders(tmp_path):
    header = (
        "order_id,buyer,status,created_at,paid_at,total_amount,paid_amount,postage,items,flag,flag_agent,"
        "seller_memo,cod,tracking_no,promised_ship_at,渠道,身份证号,买手电话,备用"
    )
    row = (
        '100,买家一,Paid,2026-01-02 10:00:00,2026-01-02 10:05:00,￥100,"1,099.50",0,2,1,店:甲,'
        "=SUM(A1),0,No:77,2027-01-01 00:00:00,直播,110101199001011234,13900000000,13900000001"
    )
    records, refusals = read(write_text(tmp_path, f"{header}\n{row}\n"))
    assert refusals == []
    assert records == [
        OrderRecord(
            order_id="100",
            buyer="买家一",
            status="paid",
            created_at=utc(2026, 1, 2, 2),
            paid_at=utc(2026, 1, 2, 2, 5),
            total_amount=Decimal(100),
            paid_amount=Decimal("1099.50"),
            postage=Decimal(0),
            items=2,
            flag=1,
            flag_seat="店:甲",
            seller_memo="=SUM(A1)",
            cod=False,
            tracking_no="77",
            promised_ship_at=utc(2026, 12, 31, 16),
            raw={"渠道": "直播"},
        )
    ]


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("status", "lost", "lost is not a value known for this column"),
        ("paid_amount", "-1", "the amount -1 is negative"),
        ("items", "1.5", "1.5 is not a whole number"),
        ("order_id", "", "this cell must not be blank"),
        ("order_id", "2.14E+16", "a spreadsheet has rounded this number to 2.14E+16"),
    ],
)
def test_an_order_with_an_impossible_cell_is_refused(tmp_path, field, value, reason):
    cells = {"order_id": "1", "status": "paid", "paid_amount": "5", "items": "1", field: value}
    records, refusals = read(write_text(tmp_path, ",".join(cells) + "\n" + ",".join(cells.values()) + "\n"))
    assert records == []
    assert [(refusal.row, refusal.column) for refusal in refusals] == [(2, field)]
    assert said(refusals[0]).startswith(reason)


def test_an_order_row_with_more_cells_than_headers_is_refused(tmp_path):
    records, refusals = read(
        write_text(tmp_path, "order_id,status,seller_memo\n1,paid,急,明天到\n2,paid,急\n")
    )
    assert [record.order_id for record in records] == ["2"]
    assert [refusal.row for refusal in refusals] == [2]


def test_order_lines(tmp_path):
    text = "order_id,line_no,product_code,title,sku,quantity,price\n1,2,P-1,帘子,白色,3,58.5\n"
    records, _refusals = read(write_text(tmp_path, text))
    assert records == [OrderLineRecord("1", 2, "P-1", "帘子", "白色", 3, Decimal("58.5"))]


def test_refunds(tmp_path):
    text = (
        "refund_id,order_id,kind,status,amount,items,reason,created_at,completed_at\n"
        "r1,1,return_refund,completed,10,1,质量,2026-01-02 10:00:00,2026-01-03 10:00:00\n"
        "r2,1,,open,,,,,\n"
        "r3,1,gift,open,,,,,\n"
        "r4,1,,,,,,,\n"
    )
    records, refusals = read(write_text(tmp_path, text))
    assert records == [
        RefundRecord(
            *("r1", "1", "return_refund", "completed", Decimal(10), 1, "质量"),
            *(utc(2026, 1, 2, 2), utc(2026, 1, 3, 2)),
        ),
        RefundRecord("r2", "1", "refund_only", "open"),
    ]
    assert [(refusal.row, refusal.column) for refusal in refusals] == [(4, "kind"), (5, "status")]


def test_reviews(tmp_path):
    text = (
        "review_id,order_id,buyer,rating,text,created_at,reply,replied_at\n"
        "v1,1,买家一,好评,-,2026-01-02 10:00:00,谢谢,2026-01-03 10:00:00\n"
        "v2,1,买家一,bad,,,,\nv3,1,买家一,3,,,,\nv4,1,买家一,6,,,,\n"
    )
    records, refusals = read(write_text(tmp_path, text))
    assert records[0] == ReviewRecord(
        "v1", "1", "买家一", 5, "-", utc(2026, 1, 2, 2), "谢谢", utc(2026, 1, 3, 2)
    )
    assert [record.rating for record in records] == [5, 1, 3]
    assert [said(refusal) for refusal in refusals] == ["6 is not a rating from 1 to 5"]


def test_buyers(tmp_path):
    text = "buyer,registered_at,credit,good_rate,note\n买家一,2020-01-02,120,99.5%,老客\n买家二,,,80,\n"
    records, refusals = read(write_text(tmp_path, text))
    assert records == [BuyerRecord("买家一", utc(2020, 1, 1, 16), 120, Decimal("0.995"), "老客")]
    assert [refusal.column for refusal in refusals] == ["good_rate"]


def test_seats(tmp_path):
    header = "agent,name,employee_id,grade,from,to\n"
    text = header + "店:甲,王红,E1,junior,2026-01-01,\n店:乙,李明,,,2026/2/1,2026-01-31\n"
    records, refusals = read(write_text(tmp_path, text))
    assert records == [SeatRecord("店:甲", "王红", "E1", "junior", date(2026, 1, 1), None)]
    assert [(refusal.row, said(refusal)) for refusal in refusals] == [
        (3, "the last day lies before the first")
    ]


def test_ratings_need_something_to_join_them_by(tmp_path):
    text = (
        "session_id,buyer,agent,rated_at,invited,rating,text\n"
        "s1,,,,1,5,好\n,买家一,店:甲,2026-01-02 10:00:00,,2,\n,买家一,,2026-01-02 10:00:00,,2,\n"
    )
    records, refusals = read(write_text(tmp_path, text))
    assert records == [
        RatingRecord("s1", None, None, None, True, 5, "好"),
        RatingRecord(None, "买家一", "店:甲", utc(2026, 1, 2, 2), None, 2, None),
    ]
    assert [refusal.row for refusal in refusals] == [4]


def test_rates_keep_their_precision_and_are_never_0(tmp_path):
    text = "day,currency,rate\n2026-01-02,VND,0.000281234\n2026-01-02,VND,0\n2026-01-02,dong,1\n"
    records, refusals = read(write_text(tmp_path, text))
    assert records == [RateRecord(date(2026, 1, 2), "VND", Decimal("0.000281234"))]
    assert [refusal.column for refusal in refusals] == ["rate", "currency"]


def test_products(tmp_path):
    text = "product_code,title,price,stock,counterfeit_risk\nP-1,帘子,58.5元,7,是\n"
    records, _refusals = read(write_text(tmp_path, text))
    assert records == [ProductRecord("P-1", "帘子", Decimal("58.5"), 7, True)]
