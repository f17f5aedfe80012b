"""Shopee's export in four languages."""

from decimal import Decimal
from unicodedata import normalize

import pytest

from stores.platforms.records import OrderLineRecord, OrderRecord, RefundRecord
from stores.platforms.shopee.headers import ALIASES
from tests.stores.platforms.made_files import (
    SHOPEE_ID,
    SHOPEE_SG,
    SHOPEE_TW,
    SHOPEE_VN,
    read,
    said,
    utc,
    write_text,
    write_xlsx,
)

VN = {
    "Mã đơn hàng": "2301015Y994E57",
    "Ngày đặt hàng": "2023-01-01 00:03",
    "Trạng Thái Đơn Hàng": "Hoàn thành",
    "Lý do hủy": "",
    "Trạng thái Trả hàng/Hoàn tiền": "",
    "Ngày giao hàng dự kiến": "2023-01-04 00:33",
    "Thời gian giao hàng": "2023-01-03 17:19",
    "SKU sản phẩm": "K",
    "Tên sản phẩm": "Kệ gỗ",
    "SKU phân loại hàng": "K_80",
    "Tên phân loại hàng": "Trắng",
    "Giá ưu đãi": "73000.00",
    "Số lượng": "2",
    "Tổng giá trị đơn hàng (VND)": "146000.00",
    "Phí vận chuyển mà người mua trả": "11500.00",
    "Tổng số tiền người mua thanh toán": "157500.00",
    "Thời gian đơn hàng được thanh toán": "-",
    "Thời gian hoàn thành đơn hàng": "2023-01-11 17:06",
    "Phương thức thanh toán": "Thanh toán khi nhận hàng",
    "Người Mua": "mua_1",
    "Tên Người nhận": "K******g",
    "Quận": "Xã A",
    "Warehouse name": "kho 1",
}


def vietnamese(tmp_path, *rows, form="NFD"):
    header = [normalize(form, name) for name in VN]
    return read(
        write_xlsx(tmp_path, [header, *([(VN | row)[name] for name in VN] for row in rows)]), SHOPEE_VN
    )


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_vietnamese_order_of_two_lines_is_one_order_with_its_money_once(tmp_path, form):
    records, refusals = vietnamese(tmp_path, {}, {}, form=form)
    line = OrderLineRecord("2301015Y994E57", 1, "K", "Kệ gỗ", "Trắng", 2, Decimal(73000))
    assert refusals == []
    assert records == [
        OrderRecord(
            order_id="2301015Y994E57",
            buyer="mua_1",
            status="completed",
            created_at=utc(2022, 12, 31, 17, 3),
            shipped_at=utc(2023, 1, 3, 10, 19),
            completed_at=utc(2023, 1, 11, 10, 6),
            total_amount=Decimal(146000),
            paid_amount=Decimal(157500),
            postage=Decimal(11500),
            receiver_name="K******g",
            cod=True,
            promised_ship_at=utc(2023, 1, 3, 17, 33),
            raw={"Warehouse name": "kho 1"},
        ),
        line,
        line._replace(line_no=2),
    ]


def test_a_cancelled_order_keeps_its_paid_time_and_its_0(tmp_path):
    cancelled = {
        "Trạng Thái Đơn Hàng": "Đã hủy",
        "Thời gian đơn hàng được thanh toán": "2023-01-01 00:10",
        "Tổng số tiền người mua thanh toán": "0.00",
        "Lý do hủy": "Hủy bởi người mua  lí do là: x",
        "Phương thức thanh toán": "Ví ShopeePay",
    }
    (order, _line), _refusals = vietnamese(tmp_path, cancelled)
    assert (order.status, order.paid_amount, order.cod) == ("closed", 0, False)
    assert order.paid_at == utc(2022, 12, 31, 17, 10)


@pytest.mark.parametrize(
    ("printed", "status"),
    [
        ("Đã Chấp Thuận Yêu Cầu", "completed"),
        ("Đã Huỷ Yêu Cầu", "closed"),
        ("Không chấp thuận", "closed"),
        ("Đang xử lý", "open"),
    ],
)
def test_a_return_is_a_refund_without_an_amount(tmp_path, printed, status):
    (_order, refund, _line), _refusals = vietnamese(tmp_path, {"Trạng thái Trả hàng/Hoàn tiền": printed})
    order_id = "2301015Y994E57"
    assert refund == RefundRecord(f"report:{order_id}", order_id, "return_refund", status, from_report=True)


def test_an_unknown_status_refuses_each_row_of_the_order(tmp_path):
    records, refusals = vietnamese(tmp_path, {"Trạng Thái Đơn Hàng": "Bay lên trời"}, {"Mã đơn hàng": "B"})
    assert [(refusal.row, said(refusal)) for refusal in refusals] == [
        (2, "the order status Bay lên trời is not known")
    ]
    assert [record.order_id for record in records] == ["B", "B"]


def test_a_refused_line_keeps_its_number_so_that_a_corrected_file_matches(tmp_path):
    records, refusals = vietnamese(tmp_path, {"Số lượng": "x"}, {})
    lines = [record.line_no for record in records if isinstance(record, OrderLineRecord)]
    assert (lines, [refusal.row for refusal in refusals]) == ([2], [2])
    assert isinstance(records[0], OrderRecord), "the order is read from its first good row"


def test_an_english_export_says_grand_total_and_items(tmp_path):
    header = [
        *("Order ID", "Order Status", "Return / Refund Status", "Tracking Number*", "Order Creation Date"),
        *(
            "Order Paid Time",
            "Product Name",
            "SKU Reference No.",
            "Deal Price",
            "Quantity",
            "No of product in order",
        ),
        *("Total Amount", "Grand Total (PHP)", "Username (Buyer)", "Phone Number", "Zip Code", "Note"),
    ]
    row = [
        *(
            "2006A1",
            "To ship",
            "",
            "SP1",
            "2020-06-01 10:00",
            "2020-06-01 10:05",
            "Shelf",
            "S-1",
            "50.00",
            "3",
        ),
        *("3", "150.00", "1,180.00", "kim", "6512345678", "1000", "gift"),
    ]
    (order, line), _refusals = read(write_xlsx(tmp_path, [header, row]), SHOPEE_SG)
    assert (order.status, order.items, order.total_amount, order.paid_amount) == ("paid", 3, 150, 1180)
    assert (order.buyer, order.seller_memo, order.tracking_no, order.cod) == ("kim", "gift", "SP1", None)
    assert order.raw is None, "a zip code is personal"
    assert line == OrderLineRecord("2006A1", 1, "S-1", "Shelf", "S-1", 3, Decimal(50))


@pytest.mark.parametrize(
    ("total_header", "created_header"),
    [
        ("買家總支付金額", "訂單成立日期"),
        ("訂單總金額 (單)", "訂單成立時間 (單)"),
        ("訂單\n總金額", "訂單成立時間"),
    ],
)
def test_a_taiwanese_export_is_read_with_old_and_new_headers(tmp_path, total_header, created_header):
    header = [
        "訂單編號",
        "訂單狀態",
        "退貨/退款狀態",
        total_header,
        created_header,
        "買家帳號",
        "付款方式",
        "商品名稱 (品)",
    ]
    row = ["T1", "不成立", "", "0", "2026-01-02 10:00", "wang", "貨到付款", "帘子"]
    (order, line), _refusals = read(write_xlsx(tmp_path, [header, row]), SHOPEE_TW)
    assert (order.status, order.paid_amount, order.cod, order.buyer) == ("closed", 0, True, "wang")
    assert line.title == "帘子"


def test_the_old_taiwanese_csv_in_big5_has_no_lines(tmp_path):
    header = "訂單編號,訂單狀態,退貨 / 退款狀態,買家帳號,訂單成立時間,訂單總金額,商品資訊\n"
    text = header + "T1,完成,,wang,2018-01-02 10:00,250,[1] 帘子\n"
    records, _refusals = read(write_text(tmp_path, text, "big5"), SHOPEE_TW)
    assert [(record.order_id, record.paid_amount) for record in records] == [("T1", Decimal(250))]


def test_an_indonesian_export_groups_thousands_with_dots(tmp_path):
    header = [
        *("No. Pesanan", "Status Pesanan", "Status Pembatalan/ Pengembalian", "Waktu Pesanan Dibuat"),
        *(
            "Waktu Pembayaran Dilakukan",
            "Total Pembayaran",
            "Ongkos Kirim Dibayar oleh Pembeli",
            "Nama Produk",
        ),
        *("Harga Setelah Diskon", "Jumlah", "Username (Pembeli)", "Metode Pembayaran", "Kota/Kabupaten"),
    ]
    row = [
        *("I1", "Sedang Dikirim", "Permintaan Disetujui", "2026-01-02 10:00", "2026-01-02 10:05", "150.000"),
        *("9.500", "Rak", "70.250", "2", "budi", "COD (Bayar di Tempat)", "Bandung"),
    ]
    (order, refund, line), _refusals = read(write_xlsx(tmp_path, [header, row]), SHOPEE_ID)
    assert (order.status, order.paid_amount, order.postage, order.cod) == ("shipped", 150000, 9500, True)
    assert (refund.status, line.price, line.quantity) == ("completed", 70250, 2)
    assert order.raw is None


def test_an_unpaid_order_has_no_amount_paid_and_a_paid_one_needs_it(tmp_path):
    unpaid = {"Trạng Thái Đơn Hàng": "Chờ thanh toán"}
    blank = {
        "Mã đơn hàng": "B",
        "Thời gian đơn hàng được thanh toán": "2023-01-01 00:10",
        "Tổng số tiền người mua thanh toán": "",
    }
    records, refusals = vietnamese(tmp_path, unpaid, blank)
    assert (records[0].status, records[0].paid_amount) == ("unpaid", None)
    assert [said(refusal) for refusal in refusals] == ["a paid order needs an amount"]


def test_no_header_stands_for_two_fields():
    headers = [header for headers in ALIASES.values() for header in headers]
    assert len(headers) == len(set(headers))
