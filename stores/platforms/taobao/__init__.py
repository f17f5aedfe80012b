"""Taobao and Tmall: one family, one seller back office (千牛), the same exports."""

from stores.platforms.taobao.chats import WANGWANG
from stores.platforms.taobao.orders import FORMATS

CHATS = (WANGWANG,)

__all__ = ["CHATS", "FORMATS"]
