"""JD: the order export, one row per SKU, every line ending in a comma."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from intake.demo.company import Store
from intake.demo.files_neutral import product_code, write_csv
from intake.demo.sales import Order
from intake.demo.wallclock import Stamp, money
from intake.demo.world import StoreFacts

ORDER_HEADER = (
    "订单号", "商品ID", "商品名称", "订购数量", "支付方式", "下单时间", "京东价", "订单金额", "结算金额",
    "余额支付", "应付金额", "订单状态",
    "订单类型", "下单帐号", "客户姓名", "客户地址", "联系电话", "订单备注", "发票类型", "发票抬头",
    "发票内容", "商家备注",
    "商家备注等级（等级1-5为由高到低）", "运费金额", "付款确认时间", "增值税发票", "货号", "订单完成时间",
    "订单来源", "订单渠道", "",
)  # fmt: skip
STATUSES = {"unpaid": "等待付款", "paid": "等待出库", "shipped": "等待确认收货", "completed": "完成"}


def _status(order: Order) -> str:
    if order.status != "closed":
        return STATUSES[order.status]
    return "(删除)等待出库" if order.paid is not None else "(删除)等待付款"


def _rows(order: Order, store: Store, stamp: Stamp) -> Iterator[Sequence[object]]:
    for line in order.lines:
        yield (
            order.order_id, product_code(store, line.product), f"{line.product.title} {line.sku}",
            line.quantity, "在线支付",
            stamp(order.created), money(line.price), money(order.total + order.discount), money(order.total),
            "0.00",
            money(order.total), _status(order), "POP", order.buyer.nick, order.buyer.receiver,
            order.buyer.address,
            order.buyer.phone, order.buyer_message, "电子发票", "个人", "明细", order.memo, order.flag or "",
            money(order.postage), stamp(order.paid), "", line.product.code, stamp(order.completed),
            "手机订单", "京东APP", "",
        )  # fmt: skip


def write_orders(path: Path, facts: StoreFacts, stamp: Stamp) -> Path:
    rows = (row for order in facts.orders for row in _rows(order, facts.store, stamp))
    return write_csv(path, ORDER_HEADER, rows, "gbk")
