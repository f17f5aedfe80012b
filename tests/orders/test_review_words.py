"""Negative words of reviews, in the languages buyers write."""

import pytest

from orders.review_words import WordList, word_list


@pytest.mark.parametrize(
    "text",
    [
        "有色差，跟图片不一样", "客服太差劲了，问什么都不理", "给五星是怕被打电话，东西很一般", "用了两天就坏了",
        "品質很爛，懶得退", "客服態度很差，不會再來", "收到就壞了，退貨", "Bad quality, not worth it",
        "Seller did not reply", "The zip is BROKEN", "Hàng tệ, không nên mua", "Shop không trả lời tin nhắn",
        "没有好评返现，质量差",
    ],
)  # fmt: skip
def test_these_say_the_buyer_is_not_content(text):
    assert word_list().found(text)


@pytest.mark.parametrize(
    "text",
    [
        "没有色差", "完全沒有色差", "不会掉色", "一点不掉色，很满意", "颜色好看，没有异味", "质量不错", "和图片差不多",
        "一点都不失望", "没有想象的那么差劲", "客服态度好，没毛病", "I was not disappointed", "Not bad at all",
        "came without any damaged parts", "hàng không tệ", "a badge of honour", "", None,
        "担心会掉色，洗了没掉", "与描述一致，好评",
    ],
)  # fmt: skip
def test_these_do_not(text):
    assert word_list().found(text) == []


def test_own_words_are_added_and_change_the_lists_name():
    own = WordList(["甲醛超标", "Not my style"])
    assert own.found("甲醛超標！") == ["甲醛超标"]
    assert own.found("没有甲醛超标") == []
    assert own.found("It is not my style") == ["not my style"]
    assert word_list().found("甲醛超标") == []
    assert own.name != word_list().name
    assert WordList(["Not my style", "甲醛超标"]).name == own.name


def test_an_own_word_counts_even_where_the_program_finds_it_harmless():
    assert word_list().found("味道不错") == []
    assert WordList(["不错"]).found("味道不错") == ["不错"]
