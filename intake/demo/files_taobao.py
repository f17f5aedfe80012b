"""Taobao and Tmall: the two order exports and the Wangwang chat text, as the seller's desk writes them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from intake.demo.company import Store
from intake.demo.files_neutral import write_csv
from intake.demo.sales import Order
from intake.demo.talk import Message
from intake.demo.wallclock import Stamp, money
from intake.demo.world import StoreFacts
from stores.platforms.records import OUT

# Trailing blanks are the platform's own.
ORDER_HEADER = (
    "订单编号", "买家会员名", "买家支付宝账号", "买家应付货款", "买家应付邮费", "买家支付积分", "总金额",
    "返点积分", "买家实际支付金额",
    "买家实际支付积分", "订单状态", "买家留言", "收货人姓名", "收货地址 ", "运送方式", "联系电话 ",
    "联系手机", "订单创建时间",
    "订单付款时间 ", "宝贝标题 ", "宝贝种类", "物流单号 ", "物流公司", "订单备注", "宝贝总数量", "店铺Id",
    "店铺名称", "订单关闭原因",
    "卖家服务费", "买家服务费", "发票抬头", "是否手机订单", "分阶段订单信息", "特权订金订单id",
    "是否上传合同照片", "是否上传小票",
    "是否代付", "定金排名", "修改后的sku", "修改后的收货地址", "异常信息", "天猫卡券抵扣", "集分宝抵扣",
    "是否是O2O交易", "退款金额",
    "预约门店",
)  # fmt: skip
LINE_HEADER = (
    "订单编号", "标题", "价格", "购买数量", "外部系统编号", "商品属性", "套餐信息", "备注", "订单状态",
    "商家编码",
)  # fmt: skip
STATUSES = {
    "unpaid": "等待买家付款",
    "paid": "买家已付款，等待卖家发货",
    "shipped": "卖家已发货，等待买家确认",
    "completed": "交易成功",
    "closed": "交易关闭",
}
DASHES, EQUALS = "-" * 28, "=" * 64


def _order_row(order: Order, store: Store, stamp: Stamp) -> Sequence[object]:
    """One order; 买家实际支付金额 is net of refunds, as in real exports."""
    paid = order.paid is not None
    refunded = order.refunded if paid else 0
    items = sum(line.quantity for line in order.lines)
    return (
        f'="{order.order_id}"', order.buyer.nick, "", money(order.goods), money(order.postage), 0,
        money(order.total),
        0, money(order.total - refunded if paid else 0), 0, STATUSES[order.status], order.buyer_message,
        order.buyer.receiver, order.buyer.address, "快递", "", f"'{order.buyer.phone}", stamp(order.created),
        stamp(order.paid), "，".join(line.product.title for line in order.lines), len(order.lines),
        f"No:{order.tracking}" if order.shipped else "", order.courier if order.shipped else "",
        f"'{order.memo}" if order.memo else "", items, 0, store.name, order.close_reason or "订单未关闭", 0,
        "0元", "",
        "手机订单", "", "", "否", "否", "否", "", "", "", "", "", "", "", money(refunded), "",
    )  # fmt: skip


def write_orders(path: Path, facts: StoreFacts, stamp: Stamp) -> Path:
    rows = (_order_row(order, facts.store, stamp) for order in facts.orders)
    return write_csv(path, ORDER_HEADER, rows, "gb18030")


def write_order_lines(path: Path, facts: StoreFacts) -> Path:
    rows = (
        (
            f'="{order.order_id}"', line.product.title, money(line.price), line.quantity, line.product.code,
            f"颜色分类：{line.sku}", "", "", STATUSES[order.status], line.product.code,
        )
        for order in facts.orders
        for line in order.lines
    )  # fmt: skip
    return write_csv(path, LINE_HEADER, rows, "gb18030")


def _chat_lines(seat: str, by_buyer: dict[str, list[Message]], stamp: Stamp) -> Iterator[str]:
    yield f"{seat}\r\n\r\n{EQUALS}\r\n{'单聊':>32}\r\n{EQUALS}\r\n\r\n\r\n"
    for buyer, messages in by_buyer.items():
        yield f"{DASHES}{buyer}{DASHES}\r\n"
        for said in messages:
            sender = seat if said.direction == OUT else buyer
            yield f"{sender}({stamp(said.sent)}):  {said.text}\r\n"
        yield "\r\n"
    yield f"\r\n\r\n{EQUALS}\r\n{'群聊':>32}\r\n{EQUALS}\r\n"


def write_chats(directory: Path, facts: StoreFacts, stamp: Stamp) -> Iterator[Path]:
    """One text per account, buyers in the order in which they first wrote to it."""
    seats: dict[str, dict[str, list[Message]]] = {}
    for said in facts.messages:
        seats.setdefault(said.seat, {}).setdefault(said.buyer, []).append(said)
    for seat, by_buyer in seats.items():
        path = directory / f"{seat.replace(':', '_')}.txt"
        with path.open("w", encoding="gbk", newline="") as target:
            target.writelines(_chat_lines(seat, by_buyer, stamp))
        yield path
