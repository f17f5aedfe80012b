"""How rules read a text: one writing of it, and where a place of it lies in the original."""

import pytest

from policies.detection.folding import fold, original_span


@pytest.mark.parametrize(
    ("text", "squeezed"),
    [
        ("這款是高仿嗎", "这款是高仿吗"),
        ("Ａ貨！１：１", "a货!1:1"),
        ("是 高 . 仿 的", "是高仿的"),
        ("g a o f a n g 吗", "gaofang吗"),
        ("n.m.s.l", "nmsl"),
        ("高\u200b仿", "高仿"),
        # Words of a Latin script stay words, whatever accents they have; sentence marks stay.
        ("gao fang 吗", "gao fang 吗"),
        ("Dạ có gì bạn cứ nhắn shop nhé", "dạ có gì bạn cứ nhắn shop nhé"),
        ("is it A or B", "is it a or b"),
        ("你好，在吗", "你好,在吗"),
    ],
)
def test_one_writing_of_a_text(text, squeezed):
    folded = fold(text)
    assert folded.squeezed == squeezed
    assert len(folded.text) == len(text)


def test_a_place_leads_back_to_the_text_itself():
    text = "親，這是 高 . 仿 的"
    start = fold(text).squeezed.index("高仿")
    begin, end = original_span(text, start, start + 2)
    assert text[begin:end] == "高 . 仿"
    assert original_span("好", 1, 1) == (0, 0)
    with pytest.raises(ValueError, match="no place"):
        original_span("好", 0, 2)
