"""What buyers write: claims, fishing questions, bargaining."""

from datetime import timedelta

import pytest

from policies.risk_words import Wrote, bargains, claims_in, judged, topics_in
from tests.make import at

THEN = at("2026-11-01 10:00:00")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("这是假货,假一赔十!", "tenfold"), ("要求退一赔三", "tenfold"), ("十倍賠償", "tenfold"), ("赔我三倍", "tenfold"),
        ("我要打12315", "authority"), ("1 2 3 1 5 见", "authority"), ("我去工商局", "authority"), ("市场监管局投诉", "authority"),
        ("不给退就起诉你", "court"), ("法院见", "court"), ("会发律师函", "court"), ("職業打假", "hunter"), ("我是知假买假", "hunter"),
    ],
)  # fmt: skip
def test_claims_are_heard_in_either_script(text, code):
    assert code in claims_in(text)


@pytest.mark.parametrize(
    "text", ["你们假一赔十吗", "工商银行可以付吗", "电话12315678", "我是法院的,开票抬头写法院", "家里的消防栓", "单号123456", "三倍大小"]
)  # fmt: skip
def test_what_only_resembles_a_claim_is_none(text):
    assert claims_in(text) == []


def test_topics_and_bargaining():
    assert topics_in("你確定是專櫃正品嗎") == ["counterfeit", "statement"]
    assert topics_in("能开发票吗") == ["invoice"]
    assert topics_in("什么时候发货") == []
    assert [bargains(text) for text in ("能便宜点吗", "送点小礼物", "包邮吗", "有券吗", "什么材质")] == [
        True
    ] * 4 + [False]


def wrote(*texts: tuple[int, str]) -> list[Wrote]:
    """texts: (days after THEN, text)."""
    return [Wrote(f"m{n}", THEN + timedelta(days=day), text) for n, (day, text) in enumerate(texts)]


def test_two_kinds_of_fishing_without_a_word_about_the_price():
    claims, fishing = judged(wrote((0, "是正品吗"), (1, "能开发票吗"), (2, "好的")))
    assert claims is None
    assert (fishing.codes, fishing.message_ids, fishing.at) == (
        ["counterfeit", "invoice"], ["m0", "m1"], THEN + timedelta(days=1),
    )  # fmt: skip


def test_who_bargains_is_a_customer_and_one_kind_of_question_is_curiosity():
    assert judged(wrote((0, "是正品吗"), (1, "能开发票吗"), (2, "便宜点吧")))[1] is None
    assert judged(wrote((0, "是正品吗"), (1, "真的是正品吗")))[1] is None


def test_questions_a_month_apart_do_not_belong_together():
    assert judged(wrote((0, "是正品吗"), (30, "能开发票吗")))[1] is None
    assert judged(wrote((0, "是正品吗"), (29, "能开发票吗")))[1] is not None
    # What was said about the price long before says nothing of these questions.
    assert judged(wrote((0, "便宜点"), (40, "是正品吗"), (41, "能开发票吗")))[1] is not None


def test_claims_are_those_of_half_a_year_before_the_last():
    claims, _fishing = judged(wrote((0, "我要打12315"), (200, "法院见"), (201, "赔我三倍")))
    assert (claims.codes, claims.message_ids) == (["court", "tenfold"], ["m1", "m2"])
