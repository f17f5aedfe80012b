"""Headers, statuses and payment methods of Shopee's `Order.all`: English, Chinese, Indonesian, Vietnamese.

Source: header rows of exports of 2020–2026. A file may mix languages (`Warehouse name` in a Vietnamese one).
The bracketed currency, `(單)` and `(品)` that some of them add are left off before matching.
"""

ALIASES = {
    "order_id": ("Order ID", "訂單編號", "No. Pesanan", "Mã đơn hàng"),
    "status": ("Order Status", "訂單狀態", "Status Pesanan", "Trạng Thái Đơn Hàng"),
    "close_reason": ("Cancel reason", "不成立原因", "取消原因", "Alasan Pembatalan", "Lý do hủy"),
    "return_status": (
        "Return / Refund Status",
        "退貨 / 退款狀態",
        "Status Pembatalan/ Pengembalian",
        "Trạng thái Trả hàng/Hoàn tiền",
    ),
    "buyer": ("Username (Buyer)", "買家帳號", "Username (Pembeli)", "Người Mua"),
    "created_at": (
        "Order Creation Date",
        "Order Creation Time",
        "訂單成立日期",
        "訂單成立時間",
        "Waktu Pesanan Dibuat",
        "Tanggal Pesanan Dibuat",
        "Ngày đặt hàng",
    ),
    "paid_at": (
        "Order Paid Time",
        "買家付款時間",
        "買家完成付款時間",
        "Waktu Pembayaran Dilakukan",
        "Thời gian đơn hàng được thanh toán",
    ),
    "shipped_at": ("Ship Time", "實際出貨時間", "Waktu Pengiriman Diatur", "Thời gian giao hàng"),
    "promised_ship_at": (
        "Estimated Ship Out Date",
        "最晚出貨日期",
        "Pesanan Harus Dikirimkan Sebelum (Menghindari keterlambatan)",
        "Pesanan Harus Dikirimkan Sebelum",
        "Ngày giao hàng dự kiến",
    ),
    "completed_at": (
        "Order Complete Time",
        "訂單完成時間",
        "Waktu Pesanan Selesai",
        "Thời gian hoàn thành đơn hàng",
    ),
    # Total Amount is the goods' value, Grand Total what the buyer pays with postage.
    "total_amount": ("Total Amount", "商品總價", "訂單小計", "Tổng giá trị đơn hàng"),
    "paid_amount": (
        "Grand Total",
        "買家總支付金額",
        "訂單總金額",
        "Total Pembayaran",
        "Tổng số tiền người mua thanh toán",
    ),
    "postage": (
        "Buyer Paid Shipping Fee",
        "買家支付運費",
        "買家支付的運費",
        "Ongkos Kirim Dibayar oleh Pembeli",
        "Phí vận chuyển mà người mua trả",
    ),
    "items": ("No of product in order", "Jumlah Produk di Pesan"),
    "payment_method": ("Payment Method", "付款方式", "Metode Pembayaran", "Phương thức thanh toán"),
    "courier": ("Shipping Option", "寄送方式", "Opsi Pengiriman", "Đơn Vị Vận Chuyển"),
    "tracking_no": ("Tracking Number*", "包裹查詢號碼", "No. Resi", "Mã vận đơn"),
    "receiver_name": ("Receiver Name", "收件者姓名", "Nama Penerima", "Tên Người nhận"),
    "receiver_phone": ("Phone Number", "收件者電話", "電話號碼", "No. Telepon", "Số điện thoại"),
    "receiver_address": ("Delivery Address", "收件地址", "Alamat Pengiriman", "Địa chỉ nhận hàng"),
    "buyer_message": ("Remark from buyer", "買家備註", "Catatan dari Pembeli", "Nhận xét từ Người mua"),
    "seller_memo": ("Note", "備註", "Catatan", "Ghi chú"),
    "product_code": ("Parent SKU Reference No.", "主商品貨號", "SKU Induk", "SKU sản phẩm"),
    "variation_code": ("SKU Reference No.", "商品選項貨號", "Nomor Referensi SKU", "SKU phân loại hàng"),
    "title": ("Product Name", "商品名稱", "Nama Produk", "Tên sản phẩm"),
    "variation": ("Variation Name", "商品選項名稱", "Nama Variasi", "Tên phân loại hàng"),
    "price": ("Deal Price", "商品活動價格", "Harga Setelah Diskon", "Giá ưu đãi"),
    "quantity": ("Quantity", "數量", "Jumlah", "Số lượng"),
}

# Keys in lower case. Shipped covers delivered too: the order may still be returned until it is completed.
STATUSES = {
    **dict.fromkeys(
        ("unpaid", "尚未付款", "待付款", "belum bayar", "chưa thanh toán", "chờ thanh toán"), "unpaid"
    ),
    **dict.fromkeys(
        (
            *("to ship", "ready to ship", "processed", "in cancel", "待出貨", "perlu dikirim"),
            *("chờ xác nhận", "chờ lấy hàng", "chờ gửi hàng"),
        ),
        "paid",
    ),
    **dict.fromkeys(
        (
            *("shipping", "shipped", "to receive", "to confirm receive", "delivered"),
            *("運送中", "已出貨", "待收貨", "sedang dikirim", "telah dikirim", "dikirim", "terkirim"),
            *("đang giao", "đang giao hàng", "chờ giao hàng", "đã giao"),
        ),
        "shipped",
    ),
    **dict.fromkeys(("completed", "完成", "已完成", "selesai", "hoàn thành"), "completed"),
    **dict.fromkeys(
        (
            *("cancelled", "canceled", "failed delivery", "不成立", "已取消", "取消", "配送失敗"),
            *("batal", "dibatalkan", "pengiriman gagal", "đã hủy", "đã huỷ", "giao hàng không thành công"),
        ),
        "closed",
    ),
}
# "Order received, but the buyer may ask for a return until …": the date makes each text different.
RECEIVED_BEGINNINGS = ("order received", "買家已收到", "pesanan diterima", "người mua xác nhận đã nhận")

# What a return status contains; it is looked for in this order, since "không chấp thuận" holds "chấp thuận".
RETURN_CLOSED = (
    *("cancel", "reject", "declin", "取消", "拒絕", "不同意", "dibatalkan", "ditolak"),
    *("huỷ", "hủy", "từ chối", "không chấp"),
)
RETURN_APPROVED = (
    "approv",
    "accept",
    "refunded",
    "同意",
    "核准",
    "已退款",
    "disetujui",
    "diterima",
    "chấp thuận",
)

CASH_ON_DELIVERY = (
    *("cash on delivery", "貨到付款", "取貨付款", "bayar di tempat", "thanh toán khi nhận hàng"),
    "(cod)",
)
