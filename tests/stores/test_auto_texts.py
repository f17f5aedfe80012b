"""Settings written as text."""

import pytest
from django.core.exceptions import ValidationError

from stores.auto_texts import checked_auto_texts, parse_auto_texts
from stores.settings_text import a_signature, minutes_of, parse_flags, time_of


def test_a_beginning_keeps_its_blank_at_the_end_and_a_text_does_not():
    assert checked_auto_texts([("prefix", " Hi "), ("exact", " Hi ")]) == [
        {"kind": "prefix", "text": "Hi "},
        {"kind": "exact", "text": "Hi"},
    ]


def test_texts_are_normalised_as_messages_are():
    # e with a combining acute accent, as some platforms write Vietnamese.
    assert parse_auto_texts("Cha\u0300o") == [{"kind": "exact", "text": "Chào"}]


def test_no_text_is_an_empty_list():
    assert parse_auto_texts(" | \n ") == []


def test_a_text_that_would_fit_every_message_is_refused():
    with pytest.raises(ValidationError):
        checked_auto_texts([("prefix", "  ")])


def test_a_day_cut_is_written_back_as_it_was_read():
    assert [time_of(minutes_of(text)) for text in ("00:00", "4:05", "06:00")] == ["00:00", "04:05", "06:00"]


@pytest.mark.parametrize("text", ["06:01", "-1:00", "04:60", "0400", "", "٠٤:٠٠"])
def test_no_day_cut(text):
    with pytest.raises(ValidationError):
        minutes_of(text)


def test_flags_may_be_separated_by_a_chinese_comma():
    assert parse_flags("3，1,3") == [1, 3]


def test_a_signature_has_exactly_one_group():
    assert a_signature(r" ^(?:客服)?(.+?)：") == r"^(?:客服)?(.+?)："
    for wrong in ("abc", "(a)(b)", "(", "(" + "a" * 200 + ")"):
        with pytest.raises(ValidationError):
            a_signature(wrong)
