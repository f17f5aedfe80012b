"""The library every organization begins with: what it states, and that it states nothing without a source."""

import re
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from conversations.script_start import CHINESE
from policies.library import LIBRARY
from policies.rule_library import ENTRIES
from policies.rule_models import PolicyRule, PolicyVersion, Reads
from policies.rule_versions import RuleBook, ensure_library
from policies.rule_words import SUBJECTS
from stores.models import Platform
from tests.make import make_store

CHATS = ("counterfeit", "invoice", "privacy", "abuse", "off_platform", "paid_reviews", "superlatives")
CONDUCT = ("refusing", "quarrelling", "evasive", "too_short")


def test_no_two_entries_share_a_code_and_each_fits_its_columns():
    assert [code for code, n in Counter(entry.code for entry in LIBRARY).items() if n > 1] == []
    for entry in LIBRARY:
        assert re.fullmatch(r"[a-z_-]{1,50}", entry.code), entry.code
        assert len(entry.title) <= 200, entry.code
        assert len(entry.detector) <= 50, entry.code
        assert len(entry.source) <= 500
        assert len(entry.wording) <= 2000
        assert len(entry.consequence) <= 1000
        assert entry.code.split("-")[0] in SUBJECTS, entry.code
        assert set(entry.platforms) <= set(Platform.values), entry.code


def test_every_figure_names_its_source_and_none_counts_before_it_is_verified():
    for entry in LIBRARY:
        assert entry.source, entry.code
        assert entry.verified_on is None, entry.code
        # What is third-hand says so where the figure stands or where it comes from.
        if re.search(r"\d", entry.consequence) and entry.reads == Reads.HAND:
            assert re.search("Third-hand|within 12 hours|48 hours|7 days", entry.consequence), entry.code


def test_the_points_of_the_documents_are_there_and_no_others():
    points = {entry.code: entry.points for entry in LIBRARY if entry.points is not None}
    assert points == {
        "invoice-tmall": Decimal(6),  # seed 000, note 1
        "invoice-enterprise": Decimal(6),
        "abuse-taobao": Decimal(12),  # note 3, with 7 days without marketing
        "abuse-shopee": Decimal(2),  # the first two of a quarter
        "promise-taobao": Decimal(6),  # note 4
    }
    sources = {entry.code: entry.source for entry in LIBRARY}
    assert "000" in sources["abuse-taobao"]
    assert "seller.shopee.tw" in sources["abuse-shopee"]


def test_every_chat_rule_is_there_for_every_platform_once():
    by_detector = Counter()
    for entry in ENTRIES:
        if entry.reads == Reads.CHAT:
            for platform in entry.platforms or Platform.values:
                by_detector[entry.detector, platform, entry.kinds] += 1
    assert set(by_detector.values()) == {1}
    platforms = {}
    for name, platform, _kinds in by_detector:
        platforms.setdefault(name, set()).add(platform)
    assert set(platforms) == {*CHATS, *CONDUCT}
    # Invoices: Taobao's own stores need not, unless they are enterprises; elsewhere nothing is known.
    assert {name for name, those in platforms.items() if those != set(Platform.values)} == {"invoice"}
    assert platforms["invoice"] == {"taobao", "tmall", "jd", "shopee"}


@pytest.mark.parametrize(
    ("platform", "kind", "expected"),
    [
        ("tmall", "", "invoice-tmall"),
        ("taobao", "", None),
        ("taobao", "enterprise", "invoice-enterprise"),
        ("tmall", "enterprise", "invoice-tmall"),
        ("jd", "", "invoice-jd"),
        ("shopee", "", "invoice-shopee"),
        ("other", "", None),
    ],
)
def test_one_rule_about_invoices_judges_a_store_by_its_kind(organization, scope, platform, kind, expected):
    ensure_library(organization.pk, LIBRARY, timezone.now())
    store = make_store(organization, "s1", platform=platform, kind=kind)
    found = [
        v.rule.code for v in RuleBook().judging(store, date(2026, 11, 1)) if v.rule.detector == "invoice"
    ]
    assert found == ([expected] if expected else [])


def test_the_safe_wordings_are_those_of_the_scripts():
    scripts = {text for _folder, _situation, _title, text in CHINESE}
    for entry in ENTRIES:
        if entry.detector in ("counterfeit", "invoice", "privacy", "abuse"):
            for wording in entry.wording.split("\n\n"):
                assert wording in scripts or wording.replace("平台", "天猫", 1) in scripts, entry.code
    # Only Tmall is called so: other platforms' agents do not speak for it.
    assert {e.code for e in ENTRIES if "天猫" in e.wording} == {"privacy-taobao"}


def test_the_whole_library_comes_in_and_every_title_is_unverified(organization, scope):
    assert ensure_library(organization.pk, LIBRARY, timezone.now()) == len(LIBRARY)
    assert (
        PolicyRule.objects.count() == len(LIBRARY) == PolicyVersion.objects.filter(verified_on=None).count()
    )
    for version in PolicyVersion.objects.all():
        version.full_clean(exclude=["organization", "made_by", "verified_by", "verified_on"])


def test_titles_and_consequences_are_sentences_of_the_program():
    with translation.override("en"):
        assert not [e.code for e in LIBRARY if not e.title.strip() or re.search(r"[一-鿿]", e.title)]
