"""Every text of the product is translated: nothing missing, nothing left over, the placeholders the same."""

import re

import pytest
from django.utils import translation

from scripts.extract_messages import LOCALES, read_catalog, wanted_messages

PLACEHOLDER = re.compile(r"%\(\w+\)s|(?<!\{)\{\w+\}(?!\})")


@pytest.fixture(scope="module")
def wanted():
    return wanted_messages()


def keys_of(catalog) -> set[tuple]:
    return {
        (message.id if isinstance(message.id, str) else tuple(message.id), message.context)
        for message in catalog
        if message.id
    }


@pytest.mark.parametrize("locale", LOCALES)
def test_every_text_is_in_the_catalogue_and_none_is_left_over(locale, wanted):
    known = keys_of(read_catalog(locale))
    assert keys_of(wanted) - known == set(), "run scripts/extract_messages.py and translate what is new"
    assert known - keys_of(wanted) == set(), "run scripts/extract_messages.py"


@pytest.mark.parametrize("locale", LOCALES)
def test_every_text_is_translated_and_none_is_fuzzy(locale):
    for message in read_catalog(locale):
        if not message.id:
            continue
        strings = message.string if isinstance(message.string, (tuple, list)) else [message.string]
        assert all(strings), message.id
        assert not message.fuzzy, message.id


@pytest.mark.parametrize("locale", LOCALES)
def test_a_translation_keeps_the_placeholders(locale):
    for message in read_catalog(locale):
        texts = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = message.string if isinstance(message.string, (tuple, list)) else [message.string]
        # A language without plurals may name the number where the English singular leaves it out.
        wanted = set(PLACEHOLDER.findall(texts[-1]))
        for string in strings:
            assert set(PLACEHOLDER.findall(string or "")) == wanted, message.id


def test_traditional_chinese_holds_no_simplified_words():
    for message in read_catalog("zh_Hant"):
        strings = message.string if isinstance(message.string, (tuple, list)) else [message.string]
        for string in strings:
            assert not set(string or "") & set("这为们个时没说会话订单买卖数据务设备导删换页语"), string


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", ("询单最终转化率", "客单价")),
        ("zh-hant", ("詢單最終轉化率", "客單價")),
        ("en", ("Final conversion", "Sales per buyer")),
    ],
)
def test_the_fields_terms_are_used(language, words):
    from kpis.definitions import MEASURES

    with translation.override(language):
        assert (str(MEASURES["conversion_final"].name), str(MEASURES["amount_per_buyer"].name)) == words


def test_what_a_template_says_is_found_with_plural_and_context(wanted):
    assert wanted.get("Agents", context="figures")
    assert wanted.get(("%(n)s store", "%(n)s stores"))
    assert wanted.get("Sign in").locations[0][0].startswith("templates/")
