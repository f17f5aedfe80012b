"""Genuine agents' and buyers' sentences rendered in both chat-log formats; skipped where they are absent.

994 sessions, 6,107 messages of buyers and 6,029 of agents, without names or times: those are made here.
"""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.stores.platforms.made_files import JD, TAOBAO, read, write_text

DIALOGUES = Path(__file__).resolve().parents[4] / "shared" / "data" / "dialogues" / "jddc_chat_0.1per.txt"
pytestmark = pytest.mark.skipif(
    not DIALOGUES.is_file(),
    reason="the genuine dialogues are not beside the repository (../shared/data/dialogues)",
)


def sessions():
    """(buyer's number, [(written by the agent, time, text)]) of each session, a minute between messages."""
    at = datetime(2026, 1, 1, 9)
    found: dict[str, list[tuple[bool, datetime, str]]] = {}
    for line in DIALOGUES.read_text(encoding="utf-8").splitlines():
        session, _user, by_agent, _transfer, _repeat, _sku, text = line.split("\t")
        at += timedelta(seconds=60)
        found.setdefault(session, []).append((by_agent == "1", at, text))
    return list(enumerate(found.values()))


def as_dongdong():
    stars = "*" * 17
    for number, messages in sessions():
        yield f"/{stars}以下为一通会话{stars}*/\t"
        for by_agent, at, text in messages:
            sender = f"小美{number % 6}" if by_agent else f"b****{number:03}"
            yield f"{sender} {at:%Y-%m-%d %H:%M:%S}\t\n{text}\t"
        yield f"/{stars}会话结束_时间:{messages[-1][1]:%Y-%m-%d %H:%M:%S}{stars}*/"


def as_wangwang(seat):
    yield f"{seat}\n\n{'=' * 64}\n{'单聊':>32}\n{'=' * 64}"
    for number, messages in sessions():
        yield f"{'-' * 28}b{number:03}{'-' * 28}"
        for by_agent, at, text in messages:
            yield f"{seat if by_agent else f'b{number:03}'}({at:%Y-%m-%d %H:%M:%S}):  {text}"
    yield "=" * 64


@pytest.mark.parametrize(
    ("store", "lines", "encoding"),
    [(JD, as_dongdong, "utf-8"), (TAOBAO, lambda: as_wangwang("店:小美"), "gb18030")],
)
def test_every_message_comes_back_with_its_writer_time_and_text(tmp_path, store, lines, encoding):
    path = write_text(tmp_path, "\n".join(lines()) + "\n", encoding, "chat.txt")
    records, refusals = read(path, store)
    assert refusals == []
    assert Counter(record.direction for record in records) == {"in": 6107, "out": 6029}
    assert len({record.buyer or record.masked_buyer for record in records}) == 994
    printed = [
        (by_agent, text.strip()) for _number, messages in sessions() for by_agent, _at, text in messages
    ]
    assert [(record.direction == "out", record.text) for record in records] == printed
    first, last = records[0].sent_at, records[-1].sent_at
    assert last - first == timedelta(minutes=6107 + 6029 - 1)
