"""千牛/旺旺 chat logs and what is pasted out of a chat window."""

import pytest

from stores.platforms.recognise import recognise
from stores.platforms.records import FileRefused, MessageRecord
from stores.platforms.taobao.clipboard import parse_clipboard
from tests.stores.platforms.made_files import JD, TAOBAO, read, said, utc, write_text

SEAT, COLLEAGUE = "铁皮旗舰店:小美", "铁皮旗舰店:阿强"
DASHES, EQUALS = "-" * 28, "=" * 64
BY_BUYER = f"""{SEAT}
导出时间 2017-04-02

{EQUALS}
                               单聊
{EQUALS}
{DASHES}买家甲{DASHES}
买家甲(2017-04-01 10:00:00):  有货吗
{SEAT}(2017-04-01 10:00:30):  有的
今天发货

明天到
系统提示(2017-04-01 10:00:31):  对方已离线
{SEAT}(2017-04-01 10:00:32):  系统提醒：请注意
{SEAT}(2017-04-01 10:00:40):  小美 撤回了一条消息
买家甲(2017-04-01 10:00:50):  由 服务助手 转交给 阿强
{COLLEAGUE}(2017-04-01 10:01:00):  我来接待
铁皮旗舰店(2017-04-01 10:02:00):  欢迎
{EQUALS}
{DASHES}t******7{DASHES}
cntaobaot******7(2017-04-01 11:00:00):  在吗
{EQUALS}
                               群聊
{EQUALS}
{DASHES}老客群{DASHES}
买家甲(2017-04-01 12:00:00):  群里说的
"""


def message(buyer, seat, direction, sent_at, text, masked=None):
    return MessageRecord(None, buyer, seat, direction, False, sent_at, text, masked)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_log_by_buyer(tmp_path, encoding, ending):
    path = write_text(tmp_path, BY_BUYER.replace("\n", ending), encoding, "chat.txt")
    assert recognise(path, path.name, TAOBAO).format == "wangwang.chat"
    records, refusals = read(path)
    assert refusals == []
    assert records == [
        message("买家甲", SEAT, "in", utc(2017, 4, 1, 2), "有货吗"),
        message("买家甲", SEAT, "out", utc(2017, 4, 1, 2, 0, 30), "有的\n今天发货\n\n明天到"),
        message("买家甲", COLLEAGUE, "out", utc(2017, 4, 1, 2, 1), "我来接待"),
        message("买家甲", "铁皮旗舰店", "out", utc(2017, 4, 1, 2, 2), "欢迎"),
        message(None, SEAT, "in", utc(2017, 4, 1, 3), "在吗", "t******7"),
    ]


def test_rows_are_the_lines_messages_begin_on(tmp_path):
    path = write_text(tmp_path, BY_BUYER, "gb18030", "chat.txt")
    rows = [item[0] for item in recognise(path, path.name, TAOBAO).parse()]
    assert rows == [8, 9, 17, 18, 21]


def test_an_undecodable_line_is_refused_and_takes_no_other_message_with_it(tmp_path):
    broken = BY_BUYER.encode("gb18030").replace("我来接待".encode("gb18030"), b"\xce\xff\xff\n continued")
    path = tmp_path / "chat.txt"
    path.write_bytes(broken)
    records, refusals = read(path)
    assert [(refusal.row, said(refusal)) for refusal in refusals] == [
        (17, "the line holds bytes that are no text")
    ]
    assert [record.text for record in records] == ["有货吗", "有的\n今天发货\n\n明天到", "欢迎", "在吗"]


def test_a_time_in_the_future_refuses_the_message(tmp_path):
    text = BY_BUYER.replace("2017-04-01 10:01:00", "2999-04-01 10:01:00")
    records, refusals = read(write_text(tmp_path, text, "gb18030", "chat.txt"))
    assert len(records) == 4
    assert [(refusal.row, said(refusal)) for refusal in refusals] == [
        (17, "the time 2999-04-01 10:01:00 lies in the future")
    ]


LISTED = f"""{SEAT}
2017-04-01 至 2017-04-02
即时消息

2017-04-01
2017-04-01 10:00:00 {SEAT}: 您好
请问需要什么
2017-04-01 10:00:20 买家甲: 有货吗
2017-04-01 10:00:30 {COLLEAGUE}: 有的: 两件
2017-04-01 10:00:31 买家甲: 系统提示 已转接
2017-04-02
2017-04-02 09:00:00 {SEAT}: 发货了
"""


def test_a_list_of_one_buyers_messages(tmp_path):
    records, refusals = read(write_text(tmp_path, LISTED, "gb18030", "chat.txt"))
    assert refusals == []
    assert records == [
        message("买家甲", SEAT, "out", utc(2017, 4, 1, 2), "您好\n请问需要什么"),
        message("买家甲", SEAT, "in", utc(2017, 4, 1, 2, 0, 20), "有货吗"),
        message("买家甲", COLLEAGUE, "out", utc(2017, 4, 1, 2, 0, 30), "有的: 两件"),
        message("买家甲", SEAT, "out", utc(2017, 4, 2, 1), "发货了"),
    ]


def test_in_a_list_of_several_buyers_a_day_without_one_is_refused(tmp_path):
    text = LISTED.replace("系统提示 已转接", "好").replace("10:00:31 买家甲", "10:00:31 买家乙")
    records, refusals = read(write_text(tmp_path, text, "gb18030", "chat.txt"))
    assert [record.buyer for record in records] == ["买家甲", "买家甲", "买家甲", "买家乙"]
    assert [refusal.row for refusal in refusals] == [12]
    assert "which buyer" in said(refusals[0])


def test_a_taobao_chat_is_refused_for_a_jd_store(tmp_path):
    path = write_text(tmp_path, BY_BUYER, "gb18030", "chat.txt")
    with pytest.raises(FileRefused, match="is an export of Taobao/Tmall, but the store is one of JD"):
        recognise(path, path.name, JD)


def test_a_megabyte_of_dashes_ends(tmp_path):
    text = BY_BUYER.replace("我来接待", "-" * 1_000_000)
    records, _refusals = read(write_text(tmp_path, text, "gb18030", "chat.txt"))
    assert len(records) == 5


PASTED = """买家甲2026-1-2 9:05:03
有货吗
已读
铁皮旗舰店:小美
2026-1-2 9:05:40
有的
未读
小美 撤回了一条消息
买家甲 --> 铁皮旗舰店:阿强 2026-1-2 9:06:00
第一行
第二行
发送中
买家甲2026-1-2 9:06:10
由 服务助手 转交给 阿强
阿强2026-1-2 9:06:30
在的
"""


def test_a_pasted_chat_is_read_in_all_its_forms():
    parsed = list(parse_clipboard(PASTED, SEAT, "买家甲", TAOBAO))
    assert parsed == [
        (1, message("买家甲", SEAT, "in", utc(2026, 1, 2, 1, 5, 3), "有货吗")),
        (4, message("买家甲", SEAT, "out", utc(2026, 1, 2, 1, 5, 40), "有的")),
        (9, message("买家甲", SEAT, "in", utc(2026, 1, 2, 1, 6), "第一行\n第二行")),
        (15, message("买家甲", COLLEAGUE, "out", utc(2026, 1, 2, 1, 6, 30), "在的")),
    ]


def test_a_pasted_chat_with_two_strangers_needs_the_buyer_named():
    text = "tb123452026-1-2 9:05:03\n在\n阿强2026-1-2 9:05:09\n在的\n"
    with pytest.raises(FileRefused, match="several buyers: tb12345, 阿强"):
        list(parse_clipboard(text, SEAT, None, TAOBAO))
    with pytest.raises(FileRefused, match="several buyers"):
        list(parse_clipboard(text, SEAT, "somebody else", TAOBAO))
    records = [item[1] for item in parse_clipboard(text, SEAT, "tb12345", TAOBAO)]
    assert [(record.buyer, record.seat, record.direction) for record in records] == [
        ("tb12345", SEAT, "in"),
        ("tb12345", COLLEAGUE, "out"),
    ]


def test_a_buyer_given_by_name_may_be_printed_masked():
    ((_row, record),) = parse_clipboard("t******72026-1-2 9:05:03\n在\n", SEAT, "tb12347", TAOBAO)
    assert (record.buyer, record.masked_buyer, record.direction) == ("tb12347", None, "in")


def test_a_masked_buyer_in_a_pasted_chat_stays_unresolved():
    ((_row, record),) = parse_clipboard("t******72026-1-2 9:05:03\n在\n", SEAT, None, TAOBAO)
    assert (record.buyer, record.masked_buyer) == (None, "t******7")


def test_pasted_text_without_a_message_is_refused():
    with pytest.raises(FileRefused, match="no message"):
        list(parse_clipboard("随便什么", SEAT, None, TAOBAO))
