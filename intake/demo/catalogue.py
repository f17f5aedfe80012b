"""What the demo stores sell, by line of goods and language, and the words that go with it.

Prices are in the currency of the language's stores (Simplified CNY, Taiwan TWD, Vietnamese VND, English MYR).
"""

from typing import NamedTuple


class Product(NamedTuple):
    code: str
    title: str
    short: str
    price: int
    stock: int
    risk: bool = False


class Line(NamedTuple):
    """A line of goods in one language. `custom`: made to measure, the price is per square metre."""

    products: tuple[Product, ...]
    colors: tuple[str, ...]
    sizes: tuple[str, ...]
    custom: bool = False


SIZES = ("S", "M", "L", "XL", "2XL")

LINES = {
    ("curtains", "simplified"): Line(
        (
            Product("CL-1001", "云帆 北欧简约遮光窗帘布 卧室客厅定制 加厚雪尼尔", "北欧遮光窗帘", 68, 960),
            Product("CL-1002", "云帆 白色纱帘 透光不透人 飘窗阳台 成品定制", "白色纱帘", 32, 1520),
            Product("CL-1003", "云帆 儿童房星空窗帘 全遮光 打孔挂钩款", "星空儿童窗帘", 75, 430),
            Product("CL-1004", "云帆 免打孔百叶帘 卫生间厨房防水卷帘", "免打孔百叶帘", 45, 880),
            Product("CL-1005", "云帆 新中式提花窗帘 书房茶室 高精密", "新中式提花窗帘", 96, 210),
            Product("CL-1006", "云帆 铝合金静音轨道 罗马杆配件 定尺", "静音轨道", 38, 2600),
        ),
        ("米白", "雾霾蓝", "高级灰", "焦糖色", "墨绿"), ("打孔款", "挂钩款", "卷帘款"), True,
    ),
    ("prints", "simplified"): Line(
        (
            Product("BH-2001", "云帆 定制墙布壁画 客厅电视背景墙 无缝整幅", "电视背景墙壁画", 88, 999),
            Product("BH-2002", "云帆 装饰画 三联画 沙发背景墙 轻奢晶瓷", "晶瓷三联画", 168, 640),
            Product("BH-2003", "云帆 照片定制油画 婚纱照放大 无框画", "照片定制油画", 139, 999),
            Product("BH-2004", "云帆 自粘墙纸 防水卧室 宿舍翻新", "自粘墙纸", 29, 3100),
            Product("BH-2005", "云帆 大牌同款挂毯 ins背景布", "ins挂毯", 59, 720, True),
            Product("BH-2006", "云帆 儿童房卡通壁纸 环保无味", "卡通壁纸", 72, 530),
        ),
        ("暖白", "莫兰迪", "雅黑", "原木色"), ("无纺布", "油画布", "丝绸布"), True,
    ),
    ("clothing", "simplified"): Line(
        (
            Product("QM-3001", "青沐 羊毛混纺双面呢大衣女 中长款 秋冬", "双面呢大衣", 459, 380),
            Product("QM-3002", "青沐 加绒打底衫女 高领 修身显瘦", "加绒打底衫", 69, 2400),
            Product("QM-3003", "青沐 高腰直筒牛仔裤女 显瘦阔腿", "直筒牛仔裤", 129, 1350),
            Product("QM-3004", "青沐 联名款卫衣 宽松慵懒风", "联名卫衣", 158, 900, True),
            Product("QM-3005", "青沐 针织开衫外套女 小香风", "小香风开衫", 189, 620),
            Product("QM-3006", "青沐 轻薄羽绒服女 短款 90白鸭绒", "轻薄羽绒服", 299, 740),
            Product("QM-3007", "青沐 半身裙 A字 中长款 百褶", "百褶半身裙", 99, 1100),
        ),
        ("黑色", "燕麦色", "藏青", "酒红", "浅灰"), SIZES,
    ),
    ("appliances", "simplified"): Line(
        (
            Product("DQ-4001", "云帆 电饭煲 3L 智能预约 家用小型", "智能电饭煲", 199, 860),
            Product("DQ-4002", "云帆 破壁机 静音 豆浆机 多功能", "静音破壁机", 329, 410),
            Product("DQ-4003", "云帆 空气炸锅 5L 可视 家用", "可视空气炸锅", 239, 1200),
            Product("DQ-4004", "云帆 养生壶 1.5L 玻璃 煮茶器", "养生壶", 89, 1900),
            Product("DQ-4005", "云帆 挂烫机 手持 便携 小型", "手持挂烫机", 109, 770),
            Product("DQ-4006", "云帆 加湿器 卧室 大雾量 静音", "卧室加湿器", 79, 1500),
        ),
        ("奶油白", "薄荷绿", "曜石黑"), ("标准款", "升级款"),
    ),
    ("clothing", "taiwan"): Line(
        (
            Product("TW-5001", "雲帆 韓系寬鬆針織外套 女 秋冬 現貨", "針織外套", 490, 320),
            Product("TW-5002", "雲帆 高腰顯瘦牛仔寬褲 三色", "牛仔寬褲", 399, 540),
            Product("TW-5003", "雲帆 刷毛帽T 情侶款 素色", "刷毛帽T", 350, 800),
            Product("TW-5004", "雲帆 聯名款厚磅T恤 落肩", "聯名厚磅T恤", 280, 610, True),
            Product("TW-5005", "雲帆 百褶長裙 雪紡 鬆緊腰", "百褶長裙", 420, 260),
        ),
        ("黑色", "燕麥色", "霧灰藍", "咖啡色"), SIZES,
    ),
    ("appliances", "vietnamese"): Line(
        (
            Product("VN-6001", "Nồi cơm điện mini Yunfan 1.8L chống dính", "Nồi cơm điện mini", 389000, 240),
            Product("VN-6002", "Máy xay sinh tố cầm tay Yunfan sạc USB", "Máy xay cầm tay", 215000, 690),
            Product("VN-6003", "Máy tạo độ ẩm phòng ngủ Yunfan 500ml", "Máy tạo độ ẩm", 129000, 930),
            Product("VN-6004", "Ấm siêu tốc thủy tinh Yunfan 1.8L", "Ấm siêu tốc", 189000, 510),
            Product("VN-6005", "Nồi chiên không dầu Yunfan 4L", "Nồi chiên không dầu", 799000, 150),
        ),
        ("Trắng", "Hồng", "Xanh mint"), ("Tiêu chuẩn", "Cao cấp"),
    ),
    ("prints", "english"): Line(
        (
            Product(
                "MY-7001", "Yunfan Custom Wall Mural Living Room TV Background", "custom wall mural", 59, 500,
            ),
            Product("MY-7002", "Yunfan Canvas Art Print Set of 3 Framed", "canvas print set", 89, 310),
            Product(
                "MY-7003", "Yunfan Self-adhesive Wallpaper 3D Brick Waterproof", "brick wallpaper", 25, 1800,
            ),
            Product("MY-7004", "Yunfan Personalised Photo Canvas", "photo canvas", 49, 700),
            Product("MY-7005", "Yunfan Designer Style Tapestry", "designer tapestry", 39, 420, True),
        ),
        ("Warm White", "Grey", "Sage"), ("Non-woven", "Canvas"), True,
    ),
}  # fmt: skip

CITIES = {
    "CN": (
        "浙江省 杭州市 余杭区", "江苏省 苏州市 吴中区", "广东省 佛山市 南海区", "四川省 成都市 双流区",
        "山东省 青岛市 城阳区", "河南省 郑州市 中原区", "湖北省 武汉市 洪山区", "福建省 泉州市 晋江市",
        "陕西省 西安市 雁塔区", "辽宁省 大连市 甘井子区", "湖南省 长沙市 岳麓区", "安徽省 合肥市 蜀山区",
    ),
    "TW": (
        "台北市 中山區", "新北市 板橋區", "桃園市 中壢區", "台中市 西屯區", "台南市 東區", "高雄市 三民區",
    ),
    "VN": (
        "Hà Nội Cầu Giấy", "TP. Hồ Chí Minh Quận 7", "Đà Nẵng Hải Châu", "Cần Thơ Ninh Kiều",
        "Hải Phòng Lê Chân",
    ),
    "MY": (
        "Selangor Petaling Jaya", "Johor Johor Bahru", "Pulau Pinang George Town", "Perak Ipoh",
        "Sabah Kota Kinabalu",
    ),
}  # fmt: skip

COURIERS = {
    "taobao": (("中通快递", "78"), ("圆通速递", "YT"), ("韵达快递", "43"), ("顺丰速运", "SF")),
    "tmall": (("中通快递", "78"), ("申通快递", "77"), ("顺丰速运", "SF")),
    "jd": (("京东快递", "JDV"),),
    "TW": (("7-ELEVEN", "TW71"), ("全家", "TWFM"), ("蝦皮店到店", "TWSP")),
    "VN": (("Nhanh-SPX Express", "SPXVN"), ("Tiết kiệm-Giao Hàng Nhanh", "GHN")),
    "MY": (("Standard Delivery-SPX Express", "SPXMY"), ("Standard Delivery-J&T Express", "JTMY")),
}

REASONS = {
    "simplified": (
        ("quality", "质量问题"), ("quality", "商品破损/少件"), ("buyer", "7天无理由退换货"),
        ("buyer", "不喜欢/不想要"),
        ("buyer", "拍错/多拍/不想要"), ("description", "尺寸与描述不符"),
        ("description", "颜色/图案与描述不符"),
        ("logistics", "快递一直未送到"), ("logistics", "未按约定时间发货"), ("agent", "卖家发错货"),
    ),
    "taiwan": (
        ("quality", "商品有瑕疵"), ("buyer", "改變心意"), ("description", "商品與描述不符"),
        ("logistics", "未收到商品"),
        ("agent", "寄錯商品"),
    ),
    "vietnamese": (
        ("quality", "Hàng bị lỗi"), ("buyer", "Không còn nhu cầu"), ("description", "Khác với mô tả"),
        ("logistics", "Chưa nhận được hàng"), ("agent", "Người bán gửi sai hàng"),
    ),
    "english": (
        ("quality", "Defective item"), ("buyer", "Change of mind"), ("description", "Not as described"),
        ("logistics", "Did not receive the order"), ("agent", "Wrong product sent"),
    ),
}  # fmt: skip
