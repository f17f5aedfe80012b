"""Taobao's order and item reports, Tmall's order report."""

from decimal import Decimal

import pytest

from stores.platforms.records import OrderLineRecord, OrderRecord, RefundRecord
from tests.stores.platforms.made_files import read, said, utc, write_text

OF_2017 = (
    "订单编号,买家会员名,买家支付宝账号,买家应付货款,买家应付邮费,买家支付积分,总金额,返点积分,"
    "买家实际支付金额,买家实际支付积分,订单状态,买家留言,收货人姓名,收货地址,运送方式,联系电话 ,"
    "联系手机,订单创建时间,订单付款时间 ,宝贝标题 ,宝贝种类,物流单号 ,物流公司,订单备注,宝贝总数量,"
    "店铺Id,店铺名称,订单关闭原因,卖家服务费,买家服务费,发票抬头,是否手机订单,分阶段订单信息,"
    "特权订金订单id,是否上传合同照片,是否上传小票,是否代付,定金排名,修改后的sku,修改后的收货地址,"
    "异常信息,天猫卡券抵扣,集分宝抵扣,是否是O2O交易,退款金额,预约门店"
)
PAID, SHIPPED = "买家已付款，等待卖家发货", "卖家已发货，等待买家确认"
USUAL = {
    "订单编号": '="1001"',
    "买家会员名": "小 明",
    "买家支付宝账号": "ming@example.com",
    "买家应付邮费": "5",
    "总金额": "20.7",
    "买家实际支付金额": "15.7",
    "订单状态": "交易成功",
    "收货人姓名": "王小明",
    "收货地址": "浙江省 杭州市 某路 1 号",
    "联系电话": "'0571-1234567",
    "联系手机": "'13900000000",
    "订单创建时间": "2017/5/9 8:54",
    "订单付款时间": "2017/5/9 9:00",
    "宝贝标题": "回力小车，铁皮青蛙",
    "物流单号": "No:711",
    "物流公司": "百世快递",
    "订单备注": "'加急",
    "宝贝总数量": "2",
    "订单关闭原因": "订单未关闭",
    "买家服务费": "0元",
    "发票抬头": "某某公司",
    "退款金额": "5",
}


def report(tmp_path, *orders, header=OF_2017):
    rows = [
        ",".join(order.get(column.strip(), "").replace(",", "，") for column in header.split(","))
        for order in orders
    ]
    return read(write_text(tmp_path, "\n".join([header, *rows]) + "\n", "gb18030"))


def test_an_order_is_read_with_what_the_buyer_paid_before_the_refund(tmp_path):
    records, refusals = report(tmp_path, USUAL)
    assert refusals == []
    assert records == [
        OrderRecord(
            order_id="1001",
            buyer="小 明",
            status="completed",
            created_at=utc(2017, 5, 9, 0, 54),
            paid_at=utc(2017, 5, 9, 1),
            total_amount=Decimal("20.7"),
            paid_amount=Decimal("20.7"),  # 15.7 paid and kept + 5 refunded
            postage=Decimal(5),
            items=2,
            seller_memo="加急",
            receiver_name="王小明",
            receiver_phone="13900000000",
            receiver_address="浙江省 杭州市 某路 1 号",
            courier="百世快递",
            tracking_no="711",
            raw={"宝贝标题": "回力小车，铁皮青蛙", "买家服务费": "0元"},
        ),
        RefundRecord("report:1001", "1001", "refund_only", "completed", Decimal(5), from_report=True),
    ]


def test_an_unpaid_order_has_no_amount_paid(tmp_path):
    unpaid = USUAL | {
        "订单付款时间": "",
        "订单状态": "等待买家付款",
        "买家实际支付金额": "0",
        "退款金额": "0",
    }
    records, _refusals = report(tmp_path, unpaid)
    assert (records[0].status, records[0].paid_at, records[0].paid_amount) == ("unpaid", None, None)
    assert len(records) == 1


def test_a_closed_order_refunded_in_full_stays_paid(tmp_path):
    closed = USUAL | {
        "订单状态": "交易关闭",
        "买家实际支付金额": "0",
        "退款金额": "20.7",
        "订单关闭原因": "退款",
    }
    (order, refund), _refusals = report(tmp_path, closed)
    assert (order.status, order.paid_amount, order.close_reason) == ("closed", Decimal("20.7"), "退款")
    assert order.paid_at == utc(2017, 5, 9, 1)
    assert refund.amount == Decimal("20.7")


@pytest.mark.parametrize(
    ("printed", "status"),
    [
        ("等待买家付款", "unpaid"),
        (PAID, "paid"),
        (PAID.replace("，", ", "), "paid"),
        (SHIPPED, "shipped"),
        ("交易成功", "completed"),
        ("交易关闭", "closed"),
    ],
)
def test_statuses(tmp_path, printed, status):
    header = "订单编号,订单状态,买家实际支付金额,订单创建时间"
    path = write_text(tmp_path, f'{header}\n1,"{printed}",0,2017/5/9 8:54\n')
    records, _refusals = read(path)
    assert records[0].status == status


def test_an_unknown_status_is_refused_by_name(tmp_path):
    records, refusals = report(tmp_path, USUAL | {"订单状态": "量子叠加"}, USUAL)
    assert [(refusal.row, refusal.column, said(refusal)) for refusal in refusals] == [
        (2, "订单状态", "the order status 量子叠加 is not known")
    ]
    assert len(records) == 2, "the next order and its refund"


def test_a_sum_below_the_table_is_no_order(tmp_path):
    records, refusals = report(tmp_path, {"订单编号": "合计", "总金额": "20.7"})
    assert (records, [refusal.row for refusal in refusals]) == ([], [2])
    records, refusals = read(write_text(tmp_path, TMALL + "合计,30.0,20.0,,,,10.0\n"))
    assert (records, [refusal.row for refusal in refusals]) == ([], [2])


def test_a_live_paid_order_without_an_amount_is_refused(tmp_path):
    _records, refusals = report(tmp_path, USUAL | {"买家实际支付金额": ""})
    assert [(refusal.column, said(refusal)) for refusal in refusals] == [
        ("买家实际支付金额", "a paid order needs an amount")
    ]


def test_the_report_of_2016_without_refunds_and_newer_headers_are_read(tmp_path):
    of_2016 = OF_2017.replace(",是否上传合同照片,是否上传小票,是否代付", "").replace(",退款金额,预约门店", "")
    assert len(of_2016.split(",")) == 41
    records, _refusals = report(tmp_path, USUAL, header=of_2016)
    assert records[0].paid_amount == Decimal("15.7"), "net is all such a file says"
    newer = of_2016.replace("买家实际支付金额", "买家实付金额") + ",确认收货时间,发货时间,退款金额"
    order = USUAL | {"买家实付金额": "20.7", "确认收货时间": "2017-05-12 08:00:00", "退款金额": "0"}
    records, _refusals = report(tmp_path, order, header=newer)
    assert records[0].completed_at == utc(2017, 5, 12)
    assert records[0].paid_amount == Decimal("20.7")


def test_a_changed_address_wins_and_a_landline_stands_in_for_a_mobile(tmp_path):
    order = USUAL | {"修改后的收货地址": "上海市 某路 2 号", "联系手机": "'null"}
    records, _refusals = report(tmp_path, order)
    assert (records[0].receiver_address, records[0].receiver_phone) == ("上海市 某路 2 号", "0571-1234567")


def test_items_are_numbered_within_their_order_and_equal_rows_are_two_lines(tmp_path):
    text = (
        "订单编号,标题,价格,购买数量,外部系统编号,商品属性,套餐信息,备注,订单状态,商家编码\n"
        "1001 ,小车,0.58,12,W-1,颜色分类：小号,,,交易成功,W-1\n"
        "1002,青蛙,3,1,,,,,交易成功,\n"
        "1001 ,小车,0.58,12,W-1,颜色分类：小号,,,交易关闭,W-1\n"
    )
    records, refusals = read(write_text(tmp_path, text))
    car = OrderLineRecord("1001", 1, "W-1", "小车", "颜色分类：小号", 12, Decimal("0.58"))
    frog = OrderLineRecord("1002", 1, None, "青蛙", None, 1, Decimal(3))
    assert records == [car, frog, car._replace(line_no=2)]
    assert refusals == []


TMALL = "订单编号,总金额,买家实际支付金额,收货地址 ,订单创建时间,订单付款时间 ,退款金额\n"


def test_tmalls_report_says_a_province_and_no_buyer(tmp_path):
    text = TMALL + (
        "1,178.8,0.0,上海,2020-02-21 00:00:00,,0.0\n"
        "2,30.0,0.0,北京,2020-02-21 00:00:00,2020-02-21 00:01:00,30.0\n"
        "3,30.0,20.0,北京,2020-02-21 00:00:00,2020-02-21 00:01:00,10.0\n"
    )
    records, refusals = read(write_text(tmp_path, text.replace("\n", "\r\n")))
    orders = [record for record in records if isinstance(record, OrderRecord)]
    refunds = [record for record in records if isinstance(record, RefundRecord)]
    assert refusals == []
    assert [order.paid_amount for order in orders] == [None, Decimal(30), Decimal(30)]
    assert [(order.buyer, order.receiver_address) for order in orders] == [(None, None)] * 3
    assert [order.raw for order in orders] == [
        {"province": "上海"},
        {"province": "北京"},
        {"province": "北京"},
    ]
    assert [(refund.order_id, refund.amount) for refund in refunds] == [
        ("2", Decimal(30)),
        ("3", Decimal(10)),
    ]


def test_the_dialects_of_tmalls_report_read_alike(tmp_path):
    original = TMALL + "2,21.0,21.0,内蒙古自治区,2020-02-20 23:59:00,2020-02-21 00:00:00,0.0\n"
    resaved = TMALL.replace(" ,", ",") + "2,21,21,内蒙古自治区,2020/2/20 23:59,2020/2/21 0:00,0\n"
    without_created = ",订单编号,总金额,买家实际支付金额,收货地址,订单付款时间,退款金额\n"
    with_index = without_created + "0,2,21.0,21.0,内蒙古自治区,2020-02-21,0\n"
    (first,), _refusals = read(write_text(tmp_path, original))
    (second,), _refusals = read(write_text(tmp_path, resaved))
    (third,), _refusals = read(write_text(tmp_path, with_index))
    assert first == second == third._replace(created_at=first.created_at)
