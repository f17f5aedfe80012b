"""Invented buyers and receivers.

Phones lie in ranges that no operator has (12… in mainland China, 0900000… in Taiwan, +84 00…, +60 10-000…).
"""

from random import Random
from typing import NamedTuple

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛"
_GIVEN = "晓雨婷佳慧欣悦梓涵浩宇轩博文俊凯雅诗琪瑶思远明辉丽娟芳燕建国志强小红玉兰春梅雪晴子墨一诺安然"
_NICK_HEADS = (
    "小鱼儿", "爱吃糖的猫", "大白兔", "阳光下的我", "半夏微凉", "柠檬不酸", "奔跑的蜗牛", "云淡风轻",
    "豆豆妈妈", "幸福一家人",
    "橘子汽水", "慢慢来", "北方的狼", "晴天娃娃", "木木", "果果爸", "南山南", "一米阳光", "海边的风",
    "麦子熟了",
    "小確幸", "七月流火", "胖胖的熊猫", "青青草原", "旧时光", "清风徐来", "萌萌哒", "咖啡不加糖", "花开半夏",
    "时光旅人",
)  # fmt: skip
_TW_HEADS = (
    "mia",
    "yuting",
    "chloe",
    "ivy",
    "jason",
    "peggy",
    "wei",
    "amber",
    "nini",
    "hsuan",
    "kiki",
    "leo",
)
_VN_HEADS = (
    "thao.nguyen",
    "minhanh",
    "linhtran",
    "hoangpham",
    "ngocle",
    "thuyvo",
    "quangdo",
    "maihuong",
    "tuanbui",
)
_MY_HEADS = (
    "siti_aminah",
    "weiling",
    "farah",
    "jason.tan",
    "nurul",
    "kavitha",
    "meiyee",
    "hafiz",
    "rajesh",
    "cheryl",
)
_TW_GIVEN = "怡君雅婷家豪志明淑芬俊宏美玲冠宇欣怡承恩宜庭柏翰詩涵品妤"
_VN_NAMES = (
    "Nguyễn Thu Thảo",
    "Trần Minh Anh",
    "Lê Ngọc Lan",
    "Phạm Văn Hoàng",
    "Võ Thị Thúy",
    "Đỗ Quang Huy",
)
_MY_NAMES = ("Siti Aminah", "Tan Wei Ling", "Farah Nadia", "Kavitha R.", "Hafiz Rahman", "Lim Mei Yee")


class Buyer(NamedTuple):
    """A buyer of one store. `risky`: shows several of the signals of a malicious buyer.

    `registered` is in days before today, `good_rate` in hundredths.
    """

    nick: str
    receiver: str
    phone: str
    address: str
    registered: int
    credit: int
    good_rate: int
    risky: bool


def _nick(rng: Random, platform: str, country: str, number: int, risky: bool) -> str:
    if risky:
        return "".join(rng.choices("abcdefghjkmnpqrstuvwxyz23456789", k=14)) + f"{number:04d}"
    if platform == "jd":
        return (
            f"jd_{rng.randrange(16**8):08x}{number:04x}"
            if number % 3
            else f"{rng.choice(_NICK_HEADS)}{number}"
        )
    if platform == "shopee":
        heads = {"TW": _TW_HEADS, "VN": _VN_HEADS, "MY": _MY_HEADS}[country]
        return f"{rng.choice(heads)}{rng.choice('._')}{number:04d}"
    return (
        f"tb{rng.randrange(10**5):05d}{number:05d}"
        if number % 4 == 0
        else f"{rng.choice(_NICK_HEADS)}{number:04d}"
    )


def _receiver(rng: Random, country: str) -> str:
    if country == "VN":
        return rng.choice(_VN_NAMES)
    if country == "MY":
        return rng.choice(_MY_NAMES)
    given = _TW_GIVEN if country == "TW" else _GIVEN
    return rng.choice(_SURNAMES) + "".join(rng.choices(given, k=rng.choice((1, 2, 2))))


def _phone(rng: Random, country: str) -> str:
    tail = rng.randrange(10**9)
    formats = {
        "TW": f"0900000{tail % 1000:03d}",
        "VN": f"8400{tail % 10**7:07d}",
        "MY": f"6010000{tail % 10**4:04d}",
    }
    return formats.get(country, f"12{tail:09d}")


def make_buyer(rng: Random, platform: str, country: str, cities: tuple[str, ...], number: int) -> Buyer:
    """The `number`-th buyer of a store; nicks never repeat within it."""
    risky = rng.random() < 0.005
    street = {"VN": "Số {} Đường Demo", "MY": "No {}, Jalan Demo", "TW": "示範路{}號"}.get(
        country, "示范路{}号"
    )
    return Buyer(
        _nick(rng, platform, country, number, risky),
        ("收货人" if country == "CN" else "Customer") if risky else _receiver(rng, country),
        _phone(rng, country),
        f"{rng.choice(cities)} {street.format(rng.randrange(1, 400))}",
        rng.randrange(3, 50) if risky else rng.randrange(90, 4200),
        rng.randrange(0, 12) if risky else int(rng.lognormvariate(4.6, 1.1)),
        rng.randrange(45, 79) if risky else rng.randrange(93, 101),
        risky,
    )
