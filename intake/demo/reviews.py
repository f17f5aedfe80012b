"""What is written outside the chat: order notes, reviews and replies, the platforms' closing reasons."""

NOTES = {
    "simplified": (
        "请尽快发货",
        "周末不在家，工作日送",
        "包装严实一点",
        "麻烦发顺丰到付",
        "不要放快递柜",
        "开票，抬头稍后发",
    ),
    "taiwan": ("請盡快出貨", "麻煩包裝好一點", "送禮用，請勿附明細"),
    "vietnamese": ("Giao giờ hành chính giúp mình", "Gói kỹ giúp shop", "Gọi trước khi giao nhé"),
    "english": ("Please wrap carefully", "Call before delivery", "Ship fast please"),
}

UNPAID_REASONS = {
    "simplified": "买家未付款，超时关闭",
    "taiwan": "系統取消：逾期未付款",
    "vietnamese": "Tự động hủy bởi hệ thống Shopee  lí do là: Chưa được Thanh Toán",
    "english": "Cancelled automatically by Shopee's system. Reason: Unpaid Order",
}

REFUNDED_REASONS = {
    "simplified": "退款成功",
    "taiwan": "買家取消：改變心意",
    "vietnamese": "Hủy bởi người mua  lí do là: Thay đổi đơn hàng",
    "english": "Cancelled by buyer. Reason: Need to modify order",
}

REORDERED_REASONS = {
    "simplified": "买家重新拍下",
    "taiwan": "買家取消：重新下單",
    "vietnamese": "Hủy bởi người mua  lí do là: Muốn thay đổi sản phẩm trong đơn hàng",
    "english": "Cancelled by buyer. Reason: Modify existing order",
}

NOT_DELIVERED = "Tự động hủy bởi hệ thống Shopee  lí do là: Giao hàng thất bại"

REVIEWS = {
    "simplified": {
        "good": (
            "质量很好，客服态度也不错", "物流很快，跟描述一样", "很满意的一次购物", "老顾客了，一如既往的好",
            "尺寸刚刚好，安装也简单",
            "客服很耐心，推荐的码数正合适", "性价比高，下次还来", "颜色好看，没有异味", "包装严实，好评",
            "家里人都说好看",
        ),
        "bad": (
            "有色差，跟图片不一样", "客服半天不回，体验很差", "用了两天就坏了", "尺寸做小了，要退",
            "物流太慢，等了一个星期", "线头很多，做工一般",
            "说好发顺丰结果发了别的快递", "味道很大，晾了几天还有",
        ),
        "sour": ("客服太差劲了，问什么都不理", "质量差，懒得退了", "给五星是怕被打电话，东西很一般"),
        "reply": (
            "感谢亲的支持，欢迎再次光临", "非常抱歉给您不好的体验，客服已联系您处理，请留意消息",
            "亲，色差问题欢迎联系我们退换，运费我们承担",
        ),
    },
    "taiwan": {
        "good": ("出貨快，品質不錯", "穿起來很舒服", "客服回覆很快，推薦", "包裝完整，會再回購", "CP值很高"),
        "bad": ("尺寸偏小，失望", "等了快兩週才到", "有線頭，做工普通", "訊息都不回"),
        "sour": ("客服態度很差，不會再來", "品質很爛，懶得退"),
        "reply": ("謝謝您的支持～", "很抱歉造成不便，已私訊您處理"),
    },
    "vietnamese": {
        "good": (
            "Hàng đẹp, giao nhanh", "Shop tư vấn nhiệt tình", "Dùng tốt, đáng tiền", "Đóng gói cẩn thận",
            "Sẽ ủng hộ shop tiếp",
        ),
        "bad": (
            "Giao hàng quá chậm", "Máy kêu to, không như mô tả", "Hàng bị móp, thất vọng",
            "Shop trả lời chậm",
        ),
        "sour": ("Hàng tệ, không nên mua", "Shop không trả lời tin nhắn"),
        "reply": (
            "Cảm ơn bạn đã ủng hộ shop ạ", "Shop xin lỗi vì trải nghiệm chưa tốt, shop đã nhắn tin cho bạn ạ",
        ),
    },
    "english": {
        "good": (
            "Fast delivery, good quality", "Seller is helpful", "Looks great on my wall",
            "Well packed, recommended", "Value for money",
        ),
        "bad": (
            "Print is blurry", "Took two weeks to arrive", "Colour is different from the picture",
            "Seller did not reply",
        ),
        "sour": ("Poor service, never replied", "Bad quality, not worth it"),
        "reply": ("Thank you for your support!", "So sorry about that, we have messaged you to help"),
    },
}  # fmt: skip
