"""JD's 订单导出: one row per SKU, the order's own values repeated on each.

Money: 订单金额 is the goods at list price; 应付金额 is what is left to pay after discounts and after what
the buyer paid from the balance (余额支付); 结算金额 is settled with the seller. So the buyer paid
应付金额 + 余额支付.
"""

import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

from stores.platforms.columns import Row, TableFormat, row_by_row
from stores.platforms.marked_text import gettext_noop as _
from stores.platforms.records import OrderLineRecord, OrderRecord, Record, StoreSettings

_STATUSES = {
    **dict.fromkeys(("等待付款", "未付款", "待付款", "等待付款确认", "新订单"), "unpaid"),
    **dict.fromkeys(("等待出库", "等待发货", "待出库", "暂停", "锁定", "等待厂商处理", "已付款"), "paid"),
    **dict.fromkeys(("等待确认收货", "等待收货", "已出库", "已发货", "配送中", "等待自提"), "shipped"),
    **dict.fromkeys(("已完成", "完成"), "completed"),
    **dict.fromkeys(("已取消", "取消", "订单取消", "配送退货", "已删除", "删除"), "closed"),
}
# `(删除)等待出库`: the order was cancelled while it waited for dispatch; `(锁定)…` is held, not cancelled.
_MARK = re.compile(r"[(（](.+?)[)）]\s*")
_CANCELLED_MARKS = ("删除", "取消", "退款")
_CASH_ON_DELIVERY = "货到付款"

_ALIASES = {
    "order_id": ("订单号", "订单编号"),
    "product_code": ("商品ID",),
    "title": ("商品名称",),
    "quantity": ("订购数量",),
    "payment_method": ("支付方式",),
    "created_at": ("下单时间",),
    "price": ("京东价",),
    "total_amount": ("订单金额",),
    "balance_paid": ("余额支付",),
    "payable": ("应付金额",),
    "status": ("订单状态",),
    "buyer": ("下单帐号", "下单账号"),
    "receiver_name": ("客户姓名",),
    "receiver_address": ("客户地址",),
    "receiver_phone": ("联系电话",),
    "buyer_message": ("订单备注",),
    "seller_memo": ("商家备注",),
    "flag": ("商家备注等级（等级1-5为由高到低）", "商家备注等级"),
    "postage": ("运费金额",),
    "paid_at": ("付款确认时间",),
    "sku": ("货号",),
    "seller_sku": ("商家SKUID",),
    "completed_at": ("订单完成时间",),
    "courier": ("承运商", "物流公司"),
    "tracking_no": ("运单号", "物流单号"),
}


def _status(row: Row) -> str:
    text = row.need("status", row.text("status"))
    marks, bare = _MARK.findall(text), _MARK.sub("", text).strip()
    if any(mark.startswith(_CANCELLED_MARKS) for mark in marks):
        return "closed"
    status = _STATUSES.get(bare) or (_STATUSES.get(marks[0]) if marks and not bare else None)
    if status is None:
        raise row.refused("status", _("the order status %(value)s is not known"), value=text)
    return status


def _paid_amount(row: Row, status: str) -> Decimal | None:
    """What the buyer paid; None for an order not paid."""
    if row.instant("paid_at") is None:
        return None
    payable, balance = row.money("payable"), row.money("balance_paid")
    if payable is None:
        if status != "closed":
            raise row.refused("payable", _("a paid order needs an amount"))
        return None
    return payable + (balance or 0)


def _order(row: Row, order_id: str) -> OrderRecord:
    status, method = _status(row), row.text("payment_method")
    return OrderRecord(
        order_id=order_id,
        buyer=row.text("buyer"),
        status=status,
        created_at=row.instant("created_at"),
        paid_at=row.instant("paid_at"),
        completed_at=row.instant("completed_at"),
        total_amount=row.money("total_amount"),
        paid_amount=_paid_amount(row, status),
        postage=row.money("postage"),
        flag=row.count("flag"),
        seller_memo=row.text("seller_memo"),
        buyer_message=row.text("buyer_message"),
        receiver_name=row.text("receiver_name"),
        receiver_phone=row.text("receiver_phone"),
        receiver_address=row.text("receiver_address"),
        cod=None if method is None else _CASH_ON_DELIVERY in method,
        courier=row.text("courier"),
        tracking_no=row.tracking_number("tracking_no"),
        raw=row.raw(),
    )


def _rows(_store: StoreSettings) -> Callable[[Row], list[Record]]:
    lines_seen: Counter[str] = Counter()
    orders_made: set[str] = set()

    def make(row: Row) -> list[Record]:
        order_id = row.need("order_id", row.identifier("order_id"))
        lines_seen[order_id] += 1
        records: list[Record] = [] if order_id in orders_made else [_order(row, order_id)]
        line = OrderLineRecord(
            order_id=order_id,
            line_no=lines_seen[order_id],
            product_code=row.identifier("product_code"),
            title=row.text("title"),
            sku=row.text("sku") or row.text("seller_sku"),
            quantity=row.count("quantity"),
            price=row.money("price"),
        )
        orders_made.add(order_id)
        return [*records, line]

    return make


ORDERS = TableFormat(
    name="jd.orders",
    kind="orders",
    aliases=_ALIASES,
    required=frozenset({"order_id", "product_code", "created_at", "payable", "status"}),
    parse=row_by_row(_rows),
    platforms=frozenset({"jd"}),
)
