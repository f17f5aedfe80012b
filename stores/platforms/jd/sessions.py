"""JD's 会话记录: one row per 咚咚 session, with the buyer's real account, which the chat logs mask."""

from datetime import timedelta

from stores.platforms import cells
from stores.platforms.columns import Row, TableFormat, row_by_row
from stores.platforms.marked_text import gettext_noop as _
from stores.platforms.records import Record, SessionRecord

_RATINGS = {
    **dict.fromkeys(("非常满意", "很满意"), 5),
    "满意": 4,
    "一般": 3,
    **dict.fromkeys(("不满意", "不满"), 2),
    **dict.fromkeys(("非常不满意", "很不满意", "很不满"), 1),
}
_NOT_RATED = frozenset({"未评价", "未评", "无", "无评价", "未参评"})

_ALIASES = {
    "started_at": ("咨询时间",),
    "buyer": ("顾客",),
    "seat": ("客服",),
    "transferred_to": ("转接后客服",),
    "minutes": ("会话时长(M)",),
    "buyer_messages": ("客户消息数",),
    "agent_messages": ("客服消息数",),
    "satisfaction": ("满意度",),
    "session_id": ("cid",),
}


def _rating(row: Row) -> int | None:
    text = row.text("satisfaction")
    if text is None or text in _NOT_RATED:
        return None
    if text in _RATINGS:
        return _RATINGS[text]
    if text.isdecimal() and 1 <= int(text) <= 5:
        return int(text)
    raise row.refused("satisfaction", _("%(value)s is not a rating from 1 to 5"), value=text)


def _session(row: Row) -> list[Record]:
    """The invitation to rate is not printed. A session without a cid is named by what it prints."""
    started_at = row.need("started_at", row.instant("started_at"))
    buyer, seat = row.need("buyer", row.text("buyer")), row.need("seat", row.text("seat"))
    minutes = row.read("minutes", cells.number)
    session = SessionRecord(
        session_id=row.identifier("session_id") or f"{started_at:%Y%m%dT%H%M%SZ}:{buyer}:{seat}",
        buyer=buyer,
        seat=seat,
        started_at=started_at,
        ended_at=None if minutes is None else started_at + timedelta(seconds=round(minutes * 60)),
        buyer_messages=row.count("buyer_messages"),
        agent_messages=row.count("agent_messages"),
        rating=_rating(row),
        transferred_to=row.text("transferred_to"),
    )
    return [session]


SESSIONS = TableFormat(
    name="dongdong.sessions",
    kind="sessions",
    aliases=_ALIASES,
    required=frozenset({"started_at", "buyer", "seat"}),
    parse=row_by_row(lambda _store: _session),
    platforms=frozenset({"jd"}),
)
