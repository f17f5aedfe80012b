"""Shopee's `Order.all` in the languages of the demo's stores: headers in order, statuses, methods.

`FIELDS` says which fact a column prints (the names of files_shopee.py); the others print 0.00 or nothing.
"""

HEADERS = {
    "vietnamese": (
        "Mã đơn hàng", "Mã Kiện Hàng", "Ngày đặt hàng", "Trạng Thái Đơn Hàng", "Lý do hủy",
        "Nhận xét từ Người mua",
        "Mã vận đơn", "Đơn Vị Vận Chuyển", "Phương thức giao hàng", "Loại đơn hàng", "Ngày giao hàng dự kiến",
        "Ngày gửi hàng", "Thời gian giao hàng", "Trạng thái Trả hàng/Hoàn tiền", "SKU sản phẩm",
        "Tên sản phẩm",
        "Cân nặng sản phẩm", "Tổng cân nặng", "Warehouse name", "SKU phân loại hàng", "Tên phân loại hàng",
        "Giá gốc",
        "Người bán trợ giá", "Được Shopee trợ giá", "Tổng số tiền được người bán trợ giá", "Giá ưu đãi",
        "Số lượng",
        "Returned quantity", "Tổng giá bán (sản phẩm)", "Tổng giá trị đơn hàng (VND)", "Mã giảm giá của Shop",
        "Hoàn Xu", "Mã giảm giá của Shopee", "Phí vận chuyển (dự kiến)", "Phí vận chuyển mà người mua trả",
        "Phí trả hàng", "Tổng số tiền người mua thanh toán", "Thời gian hoàn thành đơn hàng",
        "Thời gian đơn hàng được thanh toán", "Phương thức thanh toán", "Phí cố định", "Phí Dịch Vụ",
        "Phí thanh toán",
        "Người Mua", "Tên Người nhận", "Số điện thoại", "Địa chỉ nhận hàng", "Quốc gia", "Ghi chú",
    ),
    "taiwan": (
        "訂單編號", "訂單狀態", "不成立原因", "退貨 / 退款狀態", "買家帳號", "訂單成立日期", "商品總價",
        "買家支付運費", "蝦皮補助運費",
        "退貨運費", "買家總支付金額", "蝦皮補貼金額", "蝦幣折抵", "優惠代碼", "成交手續費", "其他服務費",
        "金流與系統處理費", "商品名稱",
        "商品選項名稱", "商品原價", "商品活動價格", "主商品貨號", "商品選項貨號", "數量", "退貨數量",
        "收件地址", "收件者電話", "收件者姓名",
        "寄送方式", "出貨方式", "備貨時間", "付款方式", "最晚出貨日期", "包裹查詢號碼", "買家付款時間",
        "實際出貨時間", "訂單完成時間",
        "買家備註", "備註",
    ),
    "english": (
        "Order ID", "Order Status", "Cancel reason", "Return / Refund Status", "Tracking Number*",
        "Shipping Option",
        "Shipment Method", "Estimated Ship Out Date", "Ship Time", "Order Creation Date", "Order Paid Time",
        "Parent SKU Reference No.", "Product Name", "SKU Reference No.", "Variation Name", "Original Price",
        "Deal Price", "Quantity", "Returned quantity", "Product Subtotal", "Seller Rebate", "Seller Discount",
        "Shopee Rebate", "No of product in order", "Voucher Code", "Total Amount", "Buyer Paid Shipping Fee",
        "Transaction Fee", "Commission Fee", "Service Fee", "Grand Total", "Username (Buyer)",
        "Receiver Name",
        "Phone Number", "Delivery Address", "Country", "Remark from buyer", "Order Complete Time", "Note",
    ),
}  # fmt: skip

FIELDS = {
    "Mã đơn hàng": "order_id", "訂單編號": "order_id", "Order ID": "order_id",
    "Trạng Thái Đơn Hàng": "status", "訂單狀態": "status", "Order Status": "status",
    "Lý do hủy": "close_reason", "不成立原因": "close_reason", "Cancel reason": "close_reason",
    "Trạng thái Trả hàng/Hoàn tiền": "returned", "退貨 / 退款狀態": "returned",
    "Return / Refund Status": "returned",
    "Ngày đặt hàng": "created", "訂單成立日期": "created", "Order Creation Date": "created",
    "Thời gian đơn hàng được thanh toán": "paid", "買家付款時間": "paid", "Order Paid Time": "paid",
    "Thời gian giao hàng": "shipped", "實際出貨時間": "shipped", "Ship Time": "shipped",
    "Ngày giao hàng dự kiến": "promised", "最晚出貨日期": "promised", "Estimated Ship Out Date": "promised",
    "Thời gian hoàn thành đơn hàng": "completed", "訂單完成時間": "completed",
    "Order Complete Time": "completed",
    "Mã vận đơn": "tracking", "包裹查詢號碼": "tracking", "Tracking Number*": "tracking",
    "Đơn Vị Vận Chuyển": "courier", "寄送方式": "courier", "Shipping Option": "courier",
    "SKU sản phẩm": "code", "主商品貨號": "code", "Parent SKU Reference No.": "code",
    "Tên sản phẩm": "title", "商品名稱": "title", "Product Name": "title",
    "Tên phân loại hàng": "sku", "商品選項名稱": "sku", "Variation Name": "sku",
    "Giá gốc": "price", "商品原價": "price", "Original Price": "price",
    "Giá ưu đãi": "price", "商品活動價格": "price", "Deal Price": "price",
    "Số lượng": "quantity", "數量": "quantity", "Quantity": "quantity",
    "Tổng giá bán (sản phẩm)": "subtotal", "Product Subtotal": "subtotal",
    "Tổng giá trị đơn hàng (VND)": "goods", "商品總價": "goods", "Total Amount": "goods",
    "Phí vận chuyển mà người mua trả": "postage", "買家支付運費": "postage",
    "Buyer Paid Shipping Fee": "postage",
    "Tổng số tiền người mua thanh toán": "total", "買家總支付金額": "total", "Grand Total": "total",
    "Phương thức thanh toán": "method", "付款方式": "method", "No of product in order": "items",
    "Người Mua": "buyer", "買家帳號": "buyer", "Username (Buyer)": "buyer",
    "Tên Người nhận": "receiver", "收件者姓名": "receiver", "Receiver Name": "receiver",
    "Số điện thoại": "phone", "收件者電話": "phone", "Phone Number": "phone",
    "Địa chỉ nhận hàng": "address", "收件地址": "address", "Delivery Address": "address",
    "Nhận xét từ Người mua": "buyer_message", "買家備註": "buyer_message",
    "Remark from buyer": "buyer_message",
    "Quốc gia": "country", "Country": "country",
}  # fmt: skip

STATUSES = {
    "vietnamese": {
        "unpaid": "Chưa thanh toán", "paid": "Chờ lấy hàng", "shipped": "Đang giao",
        "completed": "Hoàn thành",
        "closed": "Đã hủy",
    },
    "taiwan": {
        "unpaid": "尚未付款", "paid": "待出貨", "shipped": "運送中", "completed": "完成", "closed": "不成立",
    },
    "english": {
        "unpaid": "Unpaid", "paid": "To ship", "shipped": "Shipping", "completed": "Completed",
        "closed": "Cancelled",
    },
}  # fmt: skip

APPROVED = {"vietnamese": "Đã Chấp Thuận Yêu Cầu", "taiwan": "賣家已同意退款", "english": "Request Approved"}
CASH, ONLINE = (
    {"vietnamese": "Thanh toán khi nhận hàng", "taiwan": "貨到付款", "english": "Cash on Delivery"},
    {"vietnamese": "Ví ShopeePay", "taiwan": "信用卡/金融卡", "english": "ShopeePay"},
)
