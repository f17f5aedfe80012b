"""JD: the order export of the seller back office, 咚咚 chat logs and session lists."""

from stores.platforms.jd.chats import DONGDONG
from stores.platforms.jd.orders import ORDERS
from stores.platforms.jd.sessions import SESSIONS

CHATS = (DONGDONG,)
FORMATS = (ORDERS, SESSIONS)

__all__ = ["CHATS", "FORMATS"]
