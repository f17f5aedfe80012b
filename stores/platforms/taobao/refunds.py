"""Tmall's refund exports of 42 and 32 columns: one row per refund.

The headers are those seen in programs that read the real files (docs/imports.md); rows of one were never seen, so a
word that is not known is refused, never guessed.
"""

import re

from stores.platforms.columns import Row, TableFormat, row_by_row
from stores.platforms.marked_text import gettext_noop as _
from stores.platforms.records import Record, RefundRecord

# Words of the status as the platform's open API explains its codes.
_STATUSES = {
    **dict.fromkeys(("退款成功",), "completed"),
    **dict.fromkeys(("退款关闭",), "closed"),
    **dict.fromkeys(
        (
            "买家已经申请退款，等待卖家同意",
            "卖家已经同意退款，等待买家退货",
            "买家已经退货，等待卖家确认收货",
            "卖家拒绝退款",
            "卖家拒绝确认收货",
            "同意退款，待打款",
            "退款中",
        ),
        "open",
    ),
}
# 售后类型 of the newer export. Goods sent once more without money back are no refund: an exchange.
_TYPES = {
    "仅退款": "refund_only",
    "退款": "refund_only",
    "退货退款": "return_refund",
    "退款退货": "return_refund",
    "换货": "exchange",
    "补寄": "exchange",
    "维修": "repair",
}
# 是否需要退货 of the older one.
_RETURNS = {
    **dict.fromkeys(("是", "需要", "需要退货", "退货", "退货退款"), "return_refund"),
    **dict.fromkeys(("否", "不需要", "不需要退货", "无需退货", "不退货", "仅退款"), "refund_only"),
}
_PUNCTUATION = re.compile(r"\s*[,，、]\s*")

_ALIASES = {
    "refund_id": ("退款编号",),
    "order_id": ("订单编号",),
    "amount": ("买家退款金额", "退给买家金额", "退款总额"),
    "after_sales_type": ("售后类型",),
    "needs_return": ("是否需要退货",),
    "created_at": ("退款的申请时间", "退款申请时间"),
    "status": ("退款状态",),
    "reason": ("买家退款原因",),
    "completed_at": ("退款完结时间",),
    "ended_at": ("完结时间",),
}


def _status(row: Row) -> str:
    text = row.need("status", row.text("status"))
    known = _STATUSES.get(_PUNCTUATION.sub("，", text))
    if known is None:
        raise row.refused("status", _("the refund status %(value)s is not known"), value=text)
    return known


def _kind(row: Row) -> str:
    """What the newer export's type says, else the older one's word on the goods; blank: money back alone."""
    for name, words in (("after_sales_type", _TYPES), ("needs_return", _RETURNS)):
        text = row.text(name)
        if text is None:
            continue
        if text not in words:
            raise row.refused(name, _("%(value)s is not a value known for this column"), value=text)
        return words[text]
    return "refund_only"


def _refund(row: Row) -> list[Record]:
    status = _status(row)
    ended_at = row.instant("completed_at") or row.instant("ended_at")
    return [
        RefundRecord(
            refund_id=row.need("refund_id", row.identifier("refund_id")),
            order_id=row.need("order_id", row.identifier("order_id")),
            kind=_kind(row),
            status=status,
            amount=row.money("amount"),
            reason=row.text("reason"),
            created_at=row.instant("created_at"),
            # The end of a closed one is no completion.
            completed_at=ended_at if status == "completed" else None,
        )
    ]


REFUNDS = TableFormat(
    name="tmall.refunds",
    kind="refunds",
    aliases=_ALIASES,
    required=frozenset({"refund_id", "order_id", "amount", "status"}),
    any_of=(frozenset({"after_sales_type", "needs_return"}),),
    parse=row_by_row(lambda _store: _refund),
    platforms=frozenset({"taobao", "tmall"}),
)
