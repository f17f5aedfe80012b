"""Automatic replies: recognised by the store's list, proposed where nobody listed them."""

from conversations.automatic import AutomaticTexts, Proposal, propose_automatic_texts
from conversations.imports import remark_automatic
from conversations.models import Kind, Message
from tests.make import write_chat

GREETING = "您好，客服马上就来"


def test_exact_texts_prefixes_and_senders_match():
    automatic = AutomaticTexts(
        [
            {"kind": "exact", "text": "在"},
            {"kind": "prefix", "text": "您好，"},
            {"kind": "sender", "text": "robot"},
        ]
    )
    assert [
        automatic.match(seat, text)
        for seat, text in (
            ("s:a", "在"),
            ("s:a", "在的"),
            ("s:a", "您好，请说"),
            ("robot", "x"),
            ("s:a", "你好"),
        )
    ] == [True, False, True, True, False]


def test_texts_that_repeat_within_two_seconds_are_proposed(store, scope):
    # Five greetings 2 s after the buyer, one text five times but 3 s after, one quick text only four times.
    for n in range(5):
        day = f"2026-11-0{n + 1}"
        write_chat(
            store, f"b{n}", "s:a", ("in", f"{day} 10:00:00", "在吗"), ("out", f"{day} 10:00:02", GREETING),
            ("in", f"{day} 10:01:00", "有货吗"), ("out", f"{day} 10:01:03", "有的"),
            *([("in", f"{day} 10:02:00", "嗯"), ("out", f"{day} 10:02:01", "好的")] if n < 4 else []),
        )  # fmt: skip
    assert propose_automatic_texts(store) == [Proposal(GREETING, 5, 5)]


def test_a_new_list_marks_stored_messages_and_taking_it_back_unmarks_them(store, scope):
    write_chat(
        store, "ann", "s:a", ("in", "2026-11-01 10:00:00", "在吗"), ("out", "2026-11-01 10:00:01", GREETING)
    )
    store.auto_texts = [{"kind": "prefix", "text": "您好"}]
    assert remark_automatic(store) == 1
    assert Message.objects.get(text=GREETING).kind == Kind.AUTO_BY_TEXT
    assert remark_automatic(store) == 0
    store.auto_texts = []
    assert remark_automatic(store) == 1
    assert Message.objects.get(text=GREETING).kind == Kind.HUMAN
