"""Taobao's 订单报表 and 宝贝报表, and Tmall's anonymous order report.

买家实际支付金额 is net of refunds (on every row of real exports 总金额 − 买家实际支付金额 = 退款金额), so
what the buyer paid is rebuilt as 买家实际支付金额 + 退款金额. A report without 退款金额 (2016) leaves it net.
"""

import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

from stores.platforms.columns import Row, TableFormat, row_by_row
from stores.platforms.marked_text import gettext_noop as _
from stores.platforms.records import OrderLineRecord, OrderRecord, Record, RefundRecord, StoreSettings

FAMILY = frozenset({"taobao", "tmall"})

_STATUSES = {
    "等待买家付款": "unpaid",
    "没有创建支付宝交易": "unpaid",
    "付款确认中": "unpaid",
    "定金已付，等待买家付尾款": "unpaid",
    "买家已付款，等待卖家发货": "paid",
    "卖家部分发货": "paid",
    "卖家已发货，等待买家确认": "shipped",
    "卖家已发货，等待买家确认收货": "shipped",
    "买家已签收": "shipped",
    "交易成功": "completed",
    "交易关闭": "closed",
    "付款以后用户退款成功，交易自动关闭": "closed",
    "付款以前，卖家或买家主动关闭交易": "closed",
}
_FLAGS = {"灰": 0, "红": 1, "黄": 2, "绿": 3, "蓝": 4, "紫": 5, "粉": 5}
_NOT_CLOSED = "订单未关闭"
_PUNCTUATION = re.compile(r"\s*[,，、]\s*")

_ORDER_ALIASES = {
    "order_id": ("订单编号", "主订单编号"),
    "buyer": ("买家会员名", "买家会员名称", "买家昵称"),
    "status": ("订单状态",),
    "total_amount": ("总金额",),
    "paid_net": ("买家实际支付金额", "买家实付金额"),
    "refund_amount": ("退款金额",),
    "postage": ("买家应付邮费",),
    "created_at": ("订单创建时间",),
    "paid_at": ("订单付款时间",),
    "shipped_at": ("发货时间",),
    "completed_at": ("确认收货时间",),
    "close_reason": ("订单关闭原因",),
    "items": ("宝贝总数量",),
    "flag": ("卖家备注旗帜", "备注旗帜", "旗帜", "插旗"),
    "seller_memo": ("订单备注", "商家备注", "卖家备注"),
    "buyer_message": ("买家留言",),
    "receiver_name": ("收货人姓名",),
    "receiver_mobile": ("联系手机",),
    "receiver_phone": ("联系电话",),
    "receiver_address": ("收货地址",),
    "changed_address": ("修改后的收货地址",),
    "delivery": ("运送方式",),
    "courier": ("物流公司",),
    "tracking_no": ("物流单号",),
}
_REPORT_ALIASES = {
    "order_id": ("订单编号",),
    "total_amount": ("总金额",),
    "paid_net": ("买家实际支付金额",),
    "province": ("收货地址",),
    "created_at": ("订单创建时间",),
    "paid_at": ("订单付款时间",),
    "refund_amount": ("退款金额",),
}
_LINE_ALIASES = {
    "order_id": ("主订单编号", "订单编号"),
    "title": ("标题", "商品标题", "宝贝标题"),
    "price": ("价格", "商品价格"),
    "quantity": ("购买数量",),
    "product_code": ("商家编码", "外部系统编号"),
    "outer_code": ("外部系统编号",),
    "sku": ("商品属性",),
}


def _status(row: Row) -> str:
    # A blank one is refused: the row is a sum below the table, or cells have moved.
    text = row.need("status", row.text("status"))
    known = _STATUSES.get(_PUNCTUATION.sub("，", text))
    if known is None:
        raise row.refused("status", _("the order status %(value)s is not known"), value=text)
    return known


def _flag(row: Row) -> int | None:
    text = row.text("flag")
    if text is not None and text[:1] in _FLAGS:
        return _FLAGS[text[0]]
    return row.count("flag")


def _amounts(row: Row, status: str | None) -> tuple[Decimal | None, Decimal | None]:
    """(what the buyer paid before refunds, refunded) of a paid order; both None for one not paid."""
    if row.instant("paid_at") is None:
        return None, None
    net, refunded = row.money("paid_net"), row.money("refund_amount")
    if net is None:
        if status != "closed":
            raise row.refused("paid_net", _("a paid order needs an amount"))
        return None, refunded
    return net + (refunded or 0), refunded


def _refund(order_id: str, paid: Decimal | None, refunded: Decimal | None) -> list[Record]:
    if not refunded or paid is None:
        return []
    return [
        RefundRecord(f"report:{order_id}", order_id, status="completed", amount=refunded, from_report=True)
    ]


def _order(row: Row) -> list[Record]:
    order_id, status = row.need("order_id", row.identifier("order_id")), _status(row)
    paid_amount, refunded = _amounts(row, status)
    close_reason = row.text("close_reason")
    order = OrderRecord(
        order_id=order_id,
        buyer=row.text("buyer"),
        status=status,
        created_at=row.instant("created_at"),
        paid_at=row.instant("paid_at"),
        shipped_at=row.instant("shipped_at"),
        completed_at=row.instant("completed_at"),
        close_reason=None if close_reason == _NOT_CLOSED else close_reason,
        total_amount=row.money("total_amount"),
        paid_amount=paid_amount,
        postage=row.money("postage"),
        items=row.count("items"),
        flag=_flag(row),
        seller_memo=row.text("seller_memo"),
        buyer_message=row.text("buyer_message"),
        receiver_name=row.text("receiver_name"),
        receiver_phone=row.text("receiver_mobile") or row.text("receiver_phone"),
        receiver_address=row.text("changed_address") or row.text("receiver_address"),
        cod=True if "货到付款" in (row.text("delivery") or "") else None,
        courier=row.text("courier"),
        tracking_no=row.tracking_number("tracking_no"),
        raw=row.raw(),
    )
    return [order, *_refund(order_id, paid_amount, refunded)]


def _report_order(row: Row) -> list[Record]:
    """Tmall's report says neither buyer nor status; its 收货地址 is a province, no address."""
    order_id = row.need("order_id", row.identifier("order_id"))
    created_at = row.instant("created_at")
    if "created_at" in row.columns.index:
        row.need("created_at", created_at)
    paid_amount, refunded = _amounts(row, None)
    province = row.text("province")
    order = OrderRecord(
        order_id=order_id,
        created_at=created_at,
        paid_at=row.instant("paid_at"),
        total_amount=row.money("total_amount"),
        paid_amount=paid_amount,
        raw=None if province is None else {"province": province},
    )
    return [order, *_refund(order_id, paid_amount, refunded)]


def _lines(_store: StoreSettings) -> Callable[[Row], list[Record]]:
    """A line has no number of its own: it is numbered by its place among the order's rows."""
    lines_seen: Counter[str] = Counter()

    def make(row: Row) -> list[Record]:
        order_id = row.need("order_id", row.identifier("order_id"))
        lines_seen[order_id] += 1
        line = OrderLineRecord(
            order_id=order_id,
            line_no=lines_seen[order_id],
            product_code=row.identifier("product_code") or row.identifier("outer_code"),
            title=row.text("title"),
            sku=row.text("sku"),
            quantity=row.count("quantity"),
            price=row.money("price"),
        )
        return [line]

    return make


FORMATS = (
    TableFormat(
        name="taobao.orders",
        kind="orders",
        aliases=_ORDER_ALIASES,
        required=frozenset({"order_id", "status", "paid_net", "created_at"}),
        parse=row_by_row(lambda _store: _order),
        platforms=FAMILY,
        # Newer item reports repeat status and amounts on every item: they are no orders.
        foreign=frozenset({"子订单编号", "价格", "商品价格"}),
    ),
    TableFormat(
        name="tmall.order_report",
        kind="orders",
        aliases=_REPORT_ALIASES,
        required=frozenset({"order_id", "total_amount", "paid_net", "paid_at", "refund_amount"}),
        parse=row_by_row(lambda _store: _report_order),
        platforms=FAMILY,
        foreign=frozenset({"订单状态", "买家会员名"}),
    ),
    TableFormat(
        name="taobao.order_lines",
        kind="order_lines",
        aliases=_LINE_ALIASES,
        required=frozenset({"order_id", "title", "price", "quantity"}),
        parse=row_by_row(_lines),
        platforms=FAMILY,
    ),
)
