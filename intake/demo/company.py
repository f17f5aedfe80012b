"""The demo company: who it is, what it sells where, and who answers its buyers.

Everything here is invented. Dates are days before `today`, so that the demo never grows old;
the functions at the end turn them into dates.
"""

from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from typing import NamedTuple

PERIOD_DAYS = 60
SLUG = "demo"
NAME = "云帆电商"
CURRENCY = "CNY"


class Store(NamedTuple):
    """One store. `share` is its part of the company's messages, `goods` a line of demo/catalogue.py."""

    code: str
    name: str
    platform: str
    kind: str
    country: str
    currency: str
    time_zone: str
    language: str
    goods: str
    share: float
    auto_texts: tuple[str, ...] = ()
    day_cut: time = time(0)
    memo_signature: str = ""


class Agent(NamedTuple):
    """One person. `conversion` and `refund_factor` are what the simulated world lets them achieve.

    `reply_seconds` is the usual first response in a quiet hour.
    """

    employee_id: str
    name: str
    position: str
    group: str
    grade: str
    conversion: float
    reply_seconds: int
    refund_factor: float = 1.0


class Seat(NamedTuple):
    """An agent account of a store. `holders`: (employee id, first, last day before today); None = open."""

    store: str
    account: str
    holders: tuple[tuple[str, int, int | None], ...]
    duty: bool = False


class User(NamedTuple):
    """A login. `role` owner|supervisor|agent; `stores` empty = all; `employee_id`: whose login it is."""

    email: str
    name: str
    role: str
    stores: tuple[str, ...] = ()
    employee_id: str = ""


class RuleVersion(NamedTuple):
    """An attribution rule valid from a day. `settings` by the keys of `set_rule`; `window` in days."""

    store: str
    since: date
    settings: Mapping[str, int]


SIGNATURE = r"【([^】]{2,20})】"
GREETING_TB = "您好，欢迎光临云帆窗饰，客服正在赶来的路上，请先留下您的问题哦~"
GREETING_TM = "亲，您好！云帆家居旗舰店为您服务，咨询的亲较多，请稍等片刻~"
GREETING_JD = "您好，我是智能助手小帆，请描述您的问题，人工客服马上就来。"
GREETING_TW = "您好，感謝您的訊息！我們會儘快回覆您～（自動回覆）"
GREETING_VN = "Chào bạn, cảm ơn bạn đã nhắn tin cho shop. Nhân viên sẽ trả lời bạn ngay ạ!"
GREETING_MY = "Hi dear, thanks for contacting us! Our team will reply to you shortly. (auto-reply)"
NIGHT_TM = "亲，现在是休息时间（2:00-8:30），留下您的问题，上班后第一时间回复您"

STORES = (
    Store(
        "tb-yunfan", "云帆窗饰定制", "taobao", "c_store", "CN", "CNY", "Asia/Shanghai", "simplified",
        "curtains", 0.15, (GREETING_TB,), time(4), SIGNATURE,
    ),
    Store(
        "tm-yunfan", "云帆家居旗舰店", "tmall", "flagship", "CN", "CNY", "Asia/Shanghai", "simplified",
        "prints", 0.21, (GREETING_TM, NIGHT_TM), time(0), SIGNATURE,
    ),
    Store(
        "tm-qingmu", "青沐服饰旗舰店", "tmall", "flagship", "CN", "CNY", "Asia/Shanghai", "simplified",
        "clothing", 0.19, (), time(0), SIGNATURE,
    ),
    Store(
        "jd-yunfan", "云帆电器京东旗舰店", "jd", "flagship", "CN", "CNY", "Asia/Shanghai", "simplified",
        "appliances", 0.16, (GREETING_JD,), time(0), SIGNATURE,
    ),
    Store(
        "jd-qingmu", "青沐服饰京东专营店", "jd", "franchise", "CN", "CNY", "Asia/Shanghai", "simplified",
        "clothing", 0.08, (), time(0), SIGNATURE,
    ),
    Store(
        "sp-tw", "雲帆生活館", "shopee", "mall", "TW", "TWD", "Asia/Taipei", "taiwan",
        "clothing", 0.08, (GREETING_TW,),
    ),
    Store(
        "sp-vn", "Yunfan Home VN", "shopee", "cross_border", "VN", "VND", "Asia/Ho_Chi_Minh", "vietnamese",
        "appliances", 0.07, (GREETING_VN,),
    ),
    Store(
        "sp-my", "Yunfan Living MY", "shopee", "cross_border", "MY", "MYR", "Asia/Kuala_Lumpur", "english",
        "prints", 0.06, (GREETING_MY,),
    ),
)  # fmt: skip

AGENTS = (
    Agent("YF001", "林晓薇", "both", "淘系一组", "senior", 0.62, 16),
    Agent("YF002", "周启明", "pre_sales", "淘系一组", "middle", 0.46, 38),
    Agent("YF003", "何佳琪", "pre_sales", "淘系一组", "junior", 0.41, 55),
    Agent("YF004", "孙丽萍", "after_sales", "售后组", "middle", 0.38, 48),
    Agent("YF005", "陈雨桐", "pre_sales", "淘系一组", "senior", 0.56, 22),
    Agent("YF006", "高子昂", "pre_sales", "淘系一组", "middle", 0.45, 41),
    Agent("YF007", "罗诗涵", "both", "淘系一组", "junior", 0.43, 35),
    Agent("YF008", "唐美玲", "after_sales", "售后组", "senior", 0.40, 33),
    Agent("YF009", "许静怡", "pre_sales", "淘系二组", "senior", 0.54, 25),
    Agent("YF010", "马俊杰", "pre_sales", "淘系二组", "middle", 0.47, 36),
    Agent("YF011", "董思远", "pre_sales", "淘系二组", "junior", 0.30, 120, 1.1),
    Agent("YF012", "冯婉清", "after_sales", "售后组", "middle", 0.39, 44),
    Agent("YF013", "于晨曦", "pre_sales", "淘系二组", "junior", 0.37, 68),
    Agent("YF014", "曹文博", "pre_sales", "京东组", "senior", 0.55, 15),
    Agent("YF015", "彭雅楠", "pre_sales", "京东组", "middle", 0.48, 24),
    Agent("YF016", "蒋志鹏", "both", "京东组", "middle", 0.52, 30, 2.3),
    Agent("YF017", "潘素芬", "after_sales", "售后组", "middle", 0.40, 29),
    Agent("YF018", "吴梦洁", "both", "京东组", "junior", 0.42, 42),
    Agent("YF019", "蔡宜蓁", "both", "海外组", "senior", 0.53, 34),
    Agent("YF020", "赖冠廷", "both", "海外组", "middle", 0.44, 57),
    Agent("YF021", "陆小燕", "both", "海外组", "middle", 0.46, 52),
    Agent("YF022", "韦明辉", "both", "海外组", "junior", 0.38, 88),
    Agent("YF023", "李慧敏", "both", "海外组", "middle", 0.49, 40),
    Agent("YF024", "郑婷婷", "both", "海外组", "junior", 0.40, 62),
)


def _held(employee_id: str) -> tuple[tuple[str, int, int | None], ...]:
    return ((employee_id, 400, None),)


SEATS = (
    Seat("tb-yunfan", "云帆窗饰定制:小薇", _held("YF001")),
    Seat("tb-yunfan", "云帆窗饰定制:小明", _held("YF002")),
    Seat("tb-yunfan", "云帆窗饰定制:佳佳", _held("YF003")),
    Seat("tb-yunfan", "云帆窗饰定制:售后丽萍", _held("YF004")),
    Seat("tm-yunfan", "云帆家居旗舰店:雨桐", _held("YF005")),
    Seat("tm-yunfan", "云帆家居旗舰店:雨桐2", _held("YF005")),
    Seat("tm-yunfan", "云帆家居旗舰店:子昂", _held("YF006")),
    Seat("tm-yunfan", "云帆家居旗舰店:诗诗", _held("YF007")),
    Seat("tm-yunfan", "云帆家居旗舰店:售后玲玲", _held("YF008")),
    # A spare account that whoever is free uses on the peak day: nobody is entered as its holder.
    Seat("tm-yunfan", "云帆家居旗舰店:大促值班", (), duty=True),
    # Handed from an experienced agent to a newcomer in the middle of the period.
    Seat("tm-qingmu", "青沐服饰旗舰店:静静", (("YF009", 400, 31), ("YF013", 30, None))),
    Seat("tm-qingmu", "青沐服饰旗舰店:金牌导购", (("YF009", 30, None),)),
    Seat("tm-qingmu", "青沐服饰旗舰店:阿杰", _held("YF010")),
    Seat("tm-qingmu", "青沐服饰旗舰店:思远", _held("YF011")),
    Seat("tm-qingmu", "青沐服饰旗舰店:售后婉清", _held("YF012")),
    Seat("jd-yunfan", "云帆电器-文博", _held("YF014")),
    Seat("jd-yunfan", "云帆电器-雅楠", _held("YF015")),
    Seat("jd-yunfan", "云帆电器-志鹏", _held("YF016")),
    Seat("jd-yunfan", "云帆电器-售后素芬", _held("YF017")),
    Seat("jd-qingmu", "青沐京东-梦洁", _held("YF018")),
    Seat("jd-qingmu", "青沐京东-志鹏", _held("YF016")),
    Seat("jd-qingmu", "青沐京东-售后", _held("YF017")),
    Seat("sp-tw", "yunfan_tw:yichen", _held("YF019")),
    Seat("sp-tw", "yunfan_tw:kevin", _held("YF020")),
    Seat("sp-vn", "yunfan_vn:yen", _held("YF021")),
    Seat("sp-vn", "yunfan_vn:minh", _held("YF022")),
    Seat("sp-my", "yunfan_my:huimin", _held("YF023")),
    Seat("sp-my", "yunfan_my:tina", _held("YF024")),
)

SHOPEE_STORES = tuple(store.code for store in STORES if store.platform == "shopee")

USERS = (
    User("owner@demo.example", "沈云帆", "owner"),
    User("supervisor@demo.example", "梁主管", "supervisor"),
    User("overseas@demo.example", "海外主管", "supervisor", SHOPEE_STORES),
    User("agent@demo.example", "林晓薇", "agent", (), "YF001"),
)

_MONTHLY_RATES = {
    "TWD": ("0.2240", "0.2228", "0.2251", "0.2236"),
    "VND": ("0.000278", "0.000276", "0.000279", "0.000275"),
    "MYR": ("1.6850", "1.6920", "1.7010", "1.6960"),
}


def period(today: date) -> tuple[date, date]:
    """First and last local day of the demo's facts, both included; the last one is unfinished."""
    return today - timedelta(days=PERIOD_DAYS - 1), today


def seat_assignments(store: str, today: date) -> list[tuple[str, Agent, date, date | None]]:
    """(account, agent, from, to) of a store, both days included; `to` None = until further notice."""
    agents = {agent.employee_id: agent for agent in AGENTS}
    return [
        (
            seat.account,
            agents[employee_id],
            today - timedelta(days=since),
            None if until is None else today - timedelta(days=until),
        )
        for seat in SEATS
        if seat.store == store
        for employee_id, since, until in seat.holders
    ]


def rule_versions(today: date) -> list[RuleVersion]:
    """Every store's first version, and one store that widens its window in the middle of the period."""
    first, _ = period(today)
    since = first - timedelta(days=365)
    versions = [
        RuleVersion(
            store.code, since, {"window": 2} | ({"cancel_days": 15} if store.platform == "jd" else {})
        )
        for store in STORES
    ]
    return [*versions, RuleVersion("tb-yunfan", today - timedelta(days=28), {"window": 3})]


def exchange_rates(currency: str, today: date) -> list[tuple[date, Decimal]]:
    """(first of month, CNY for one unit) for each month the period touches and the one before it."""
    month = period(today)[0].replace(day=1)
    months = [(month - timedelta(days=1)).replace(day=1)]
    while month <= today:
        months.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    rates = _MONTHLY_RATES[currency]
    return [(day, Decimal(rates[day.month % len(rates)])) for day in months]
