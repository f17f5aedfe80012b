"""Short replies to begin from, in the language a store's buyers read; scripts of the organization stand beside them."""

from stores.models import Platform, Store

# {language: {key: (reply)}}; the keys are named by TITLES of desk/review_pages.py.
REPLIES = {
    "zh-hans": {
        "thanks": "谢谢您的认可和分享！您的满意是我们最大的动力，使用中有任何问题随时找我们，期待再次为您服务。",
        "sorry": "非常抱歉这次没有让您满意。我们已经记下您说的问题，请您在旺旺或电话里告诉我们订单号，我们今天就为您处理，直到您满意为止。",
        "quality": "抱歉给您带来不便。您提到的质量问题我们已转给质检核实，请联系客服，我们按售后政策为您退换或补偿，来回运费由我们承担。",
        "logistics": "抱歉让您久等了。我们已向快递核实这单的情况，并会换用更稳妥的配送方式，您的损失请联系客服，我们负责到底。",
        "doubt": "您好，我们查阅了您的订单与沟通记录，您描述的情况与记录不一致。请您联系客服并附上照片，我们一定核实清楚，给您一个答复。",
    },
    "zh-hant": {
        "thanks": "謝謝您的肯定與分享！使用上有任何問題都歡迎隨時找我們，期待再次為您服務。",
        "sorry": "非常抱歉這次沒有讓您滿意。我們已記下您提到的問題，請用聊聊告訴我們訂單編號，我們今天就為您處理。",
        "quality": "抱歉造成您的不便。您提到的品質問題我們已請品管確認，請與客服聯絡，我們會依規定為您退換貨或補償，運費由我們負擔。",
        "logistics": "抱歉讓您久等。我們已向物流確認這筆訂單的狀況，若有損失請與客服聯絡，我們會負責到底。",
        "doubt": "您好，我們查過您的訂單與對話紀錄，與您所述不一致。請附上照片與客服聯絡，我們會查清楚並回覆您。",
    },
    "en": {
        "thanks": "Thank you for your kind words! If anything comes up while using it, just message us. We hope to serve you again.",
        "sorry": "We are sorry this did not meet your expectations. Please message us your order number and we will sort it out today.",
        "quality": "We are sorry for the trouble. Our quality team is checking this; message us and we will exchange or refund it, and pay the postage.",
        "logistics": "We are sorry for the wait. We have asked the courier about your parcel; message us and we will make it right.",
        "doubt": "We looked through your order and our messages, and they tell a different story. Please send us photos by chat: we will check them and answer you.",
    },
    "vi": {
        "thanks": "Cảm ơn bạn đã ủng hộ shop! Có gì cần hỗ trợ bạn cứ nhắn shop nhé, mong được phục vụ bạn lần sau.",
        "sorry": "Shop rất xin lỗi vì chưa làm bạn hài lòng. Bạn nhắn shop mã đơn hàng, shop xử lý ngay trong hôm nay ạ.",
        "quality": "Shop xin lỗi vì sự bất tiện này. Shop đang kiểm tra lỗi, bạn nhắn tin để shop đổi trả hoặc hoàn tiền, phí ship shop chịu ạ.",
        "logistics": "Shop xin lỗi đã để bạn chờ lâu. Shop đã hỏi đơn vị vận chuyển, bạn nhắn tin để shop hỗ trợ ạ.",
        "doubt": "Shop đã xem lại đơn hàng và tin nhắn, nội dung chưa khớp với đánh giá. Bạn gửi ảnh qua chat để shop kiểm tra và trả lời ạ.",
    },
}  # fmt: skip
COUNTRIES = {"TW": "zh-hant", "HK": "zh-hant", "VN": "vi", "CN": "zh-hans"}


def replies_for(store: Store) -> dict[str, str]:
    """{key: reply} in the language of the store's buyers: of its country, else of its platform."""
    chinese = store.platform != Platform.SHOPEE
    return REPLIES[COUNTRIES.get(store.country, "zh-hans" if chinese else "en")]
