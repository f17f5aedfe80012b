"""Tmall's refund exports: the two known headers, what their words mean, and what is refused."""

from decimal import Decimal

import pytest

from stores.platforms.recognise import recognise
from stores.platforms.records import RefundRecord
from tests.stores.platforms.made_files import TAOBAO, read, said, utc, write_text, write_xlsx

OLDER_HEADER = (
    "订单编号,退款编号,支付宝交易号,订单付款时间,商品编码,退款完结时间,买家实际支付金额,宝贝标题,买家退款金额,手工退款/系统退款,"
    "是否需要退货,退款的申请时间,超时时间,退款状态,货物状态,退货物流信息,发货物流信息,客服介入状态,卖家真实姓名,卖家真实姓名新,"
    "卖家退货地址,卖家邮编,卖家电话,卖家手机,退货物流单号,退货物流公司,买家退款原因,买家退款说明,买家退货时间,责任方,售中或售后,"
    "商家备注,完结时间,部分退款/全部退款,审核操作人,举证超时,是否零秒响应,退款操作人,退款原因标签,业务类型,是否帮他退款,帮他退款操作账号"
)
NEWER_HEADER = (
    "订单编号,退款编号,支付单号,订单付款时间,商品 id,商品编码,退款完结时间,买家实际支付金额,宝贝标题,买家退款金额,手工退款/系统退款,"
    "售后类型,退款的申请时间,超时时间,退款状态,货物状态,退货物流信息,发货物流信息,客服介入状态,卖家真实姓名,卖家退货地址,卖家手机,"
    "退货物流单号,退货物流公司,买家退款原因,买家退款说明,买家退货时间,责任方,售中或售后,备注标签,商家备注,完结时间"
)
OLDER, NEWER = OLDER_HEADER.split(","), NEWER_HEADER.split(",")
ROW = {
    "订单编号": "2001",
    "退款编号": "77001",
    "退款完结时间": "2026-03-05 10:00:00",
    "买家实际支付金额": "80.00",
    "宝贝标题": "遮光窗帘",
    "买家退款金额": "20.50",
    "退款的申请时间": "2026-03-03 09:30:00",
    "退款状态": "退款成功",
    "卖家手机": "13900000000",
    "买家退款原因": "质量问题",
}
REFUND = RefundRecord(
    "77001", "2001", "refund_only", "completed", Decimal("20.50"), None, "质量问题",
    utc(2026, 3, 3, 1, 30), utc(2026, 3, 5, 2),
)  # fmt: skip


def export(tmp_path, header, *rows, encoding="gb18030"):
    lines = [",".join((ROW | row).get(name, "") for name in header) for row in rows]
    return write_text(tmp_path, "\r\n".join([",".join(header), *lines]) + "\r\n", encoding)


@pytest.mark.parametrize(("header", "width"), [(OLDER, 42), (NEWER, 32)])
def test_both_exports_are_recognised_by_their_header(tmp_path, header, width):
    assert len(header) == width
    path = export(tmp_path, header, {})
    found = recognise(path, "退款.csv", TAOBAO)
    assert (found.format, found.kind) == ("tmall.refunds", "refunds")
    assert read(path) == ([REFUND], [])


def test_a_workbook_with_the_buyers_name_is_read_as_well(tmp_path):
    """The variant of 43 columns names the buyer after 退款完结时间."""
    header = [*OLDER[:6], "买家会员名称", *OLDER[6:]]
    row = [(ROW | {"买家会员名称": "小明"}).get(name, "") for name in header]
    assert read(write_xlsx(tmp_path, [header, row], "export")) == ([REFUND], [])


@pytest.mark.parametrize(
    ("status", "kept"),
    [
        ("退款成功", "completed"),
        ("退款关闭", "closed"),
        ("买家已经申请退款,等待卖家同意", "open"),
        ("卖家已经同意退款， 等待买家退货", "open"),
        ("卖家拒绝退款", "open"),
    ],
)
def test_what_a_status_means(tmp_path, status, kept):
    path = write_xlsx(tmp_path, [NEWER, [(ROW | {"退款状态": status}).get(n, "") for n in NEWER]])
    (refund,), refusals = read(path)
    assert (refund.status, refusals) == (kept, [])
    assert (refund.completed_at is not None) == (kept == "completed")


@pytest.mark.parametrize(
    ("header", "cells", "kind"),
    [
        (OLDER, {"是否需要退货": "是"}, "return_refund"),
        (OLDER, {"是否需要退货": "否"}, "refund_only"),
        (OLDER, {"是否需要退货": "不需要退货"}, "refund_only"),
        (OLDER, {}, "refund_only"),
        (NEWER, {"售后类型": "仅退款"}, "refund_only"),
        (NEWER, {"售后类型": "退货退款"}, "return_refund"),
        (NEWER, {"售后类型": "换货"}, "exchange"),
        (NEWER, {"售后类型": "维修"}, "repair"),
    ],
)
def test_what_kind_it_is(tmp_path, header, cells, kind):
    (refund,), refusals = read(export(tmp_path, header, cells))
    assert (refund.kind, refusals) == (kind, [])


def test_without_a_time_of_completion_the_end_counts(tmp_path):
    path = export(tmp_path, NEWER, {"退款完结时间": "", "完结时间": "2026-03-06 08:00:00"})
    assert read(path)[0][0].completed_at == utc(2026, 3, 6, 0)


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"退款状态": "等待大家"}, "退款状态"),
        ({"退款状态": ""}, "退款状态"),
        ({"售后类型": "送花"}, "售后类型"),
        ({"退款编号": ""}, "退款编号"),
        ({"订单编号": "--"}, "订单编号"),
        ({"买家退款金额": "很多"}, "买家退款金额"),
        ({"退款的申请时间": "昨天"}, "退款的申请时间"),
    ],
)
def test_a_bad_row_is_refused_with_its_row_and_column_and_the_others_are_kept(tmp_path, cells, column):
    records, refusals = read(export(tmp_path, NEWER, {}, cells, {"退款编号": "77003"}))
    assert [record.refund_id for record in records] == ["77001", "77003"]
    assert [(refusal.row, refusal.column) for refusal in refusals] == [(3, column)]
    assert said(refusals[0])


def test_a_row_that_is_too_wide_is_refused(tmp_path):
    path = write_text(tmp_path, ",".join(NEWER) + "\n" + ",".join("1" for _ in range(40)) + "\n")
    records, refusals = read(path)
    assert (records, [refusal.row for refusal in refusals]) == ([], [2])
