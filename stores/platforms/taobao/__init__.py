"""Taobao and Tmall: one family, one seller back office (千牛), the same exports."""

from stores.platforms.taobao.chats import WANGWANG
from stores.platforms.taobao.orders import FORMATS as ORDER_FORMATS
from stores.platforms.taobao.refunds import REFUNDS

CHATS = (WANGWANG,)
FORMATS = (*ORDER_FORMATS, REFUNDS)

__all__ = ["CHATS", "FORMATS"]
