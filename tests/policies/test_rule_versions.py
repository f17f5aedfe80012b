"""Which version judges an event, worked out by hand; what versions say in words; the library's newer editions."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from policies.attribution_rules import ALWAYS
from policies.inspection_models import Violation
from policies.rule_list import rule_lines
from policies.rule_models import PolicyRule, PolicyVersion
from policies.rule_versions import Entry, RuleBook, ensure_library, new_version
from policies.rule_words import (
    changes_between,
    consequence_of,
    present_version,
    told_versions,
    valid_spans,
    wordings_of,
)
from stores.models import Store
from tenants.scope import organization_scope
from tests.make import make_store

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
NOVEMBER = Entry(
    "abuse-taobao", "Abuse of a buyer", "chat", "abuse", since=date(2026, 11, 1), points=Decimal(12), source="000"
)  # fmt: skip


@pytest.fixture
def rule(organization, scope) -> PolicyRule:
    """A library rule, valid from November 1st on for every store."""
    assert ensure_library(organization.pk, [NOVEMBER], NOW) == 1
    return PolicyRule.objects.get()


def judging(store, *days: str) -> list[int | None]:
    """The number of the version that judges each day of November; None: none does."""
    book = RuleBook()
    found = [book.valid("abuse-taobao", store, date(2026, 11, int(day))) for day in days]
    return [one and one.number for one in found]


def change(rule, since: str, **values) -> PolicyVersion:
    return new_version(rule, date.fromisoformat(since), user=None, now=NOW, **values)


def test_a_rule_of_the_first_half_of_november_judges_its_two_ends_and_no_day_outside(rule, store):
    change(rule, "2026-11-01", until=date(2026, 11, 15))
    # Version 1 stays behind it: from the 16th on it judges again.
    assert judging(store, "1", "15", "16") == [2, 2, 1]
    with_first = RuleBook().valid("abuse-taobao", store, date(2026, 10, 31))
    assert with_first is None


def test_a_later_version_with_an_earlier_beginning_judges_the_days_it_names(rule, store):
    change(rule, "2026-11-10", points=Decimal(6))
    change(rule, "2026-11-05", points=Decimal(3))
    # Version 3 is the newest and open, so version 2 judges nothing any more.
    assert judging(store, "4", "5", "10", "30") == [1, 3, 3, 3]


def test_a_version_with_an_end_leaves_the_days_after_it_to_the_one_before(rule, store):
    change(rule, "2026-11-03", until=date(2026, 11, 4), enabled=False)
    change(rule, "2026-11-08", until=date(2026, 11, 8), enabled=True)
    # A version that is not in use covers its days too: on the 3rd and 4th nothing judges.
    assert judging(store, "2", "3", "4", "5", "8", "9") == [1, None, None, 1, 3, 1]


def test_platform_kind_and_country_decide_where_a_version_holds(organization, rule, store):
    change(rule, "2026-11-01", platforms=["shopee"], countries=["TW", "MY"])
    shops = {
        "tw": make_store(organization, "tw", platform="shopee", country="TW"),
        "vn": make_store(organization, "vn", platform="shopee", country="VN"),
        "nowhere": make_store(organization, "no", platform="shopee"),
        "taobao": store,
    }
    found = {name: judging(shop, "2")[0] for name, shop in shops.items()}
    # Outside its places the older version does not come back: the newest one says where the rule holds.
    assert found == {"tw": 2, "vn": None, "nowhere": None, "taobao": None}
    change(rule, "2026-11-01", platforms=[], countries=[], kinds=["enterprise"])
    enterprise = make_store(organization, "co", kind="enterprise")
    assert [judging(shop, "2")[0] for shop in (enterprise, store)] == [3, None]


def test_other_figures_are_unverified_until_somebody_says_so_again_and_other_words_are_not(rule, owner):
    checked = {"verified_on": date(2026, 11, 20), "verified_by_id": owner.pk}
    assert change(rule, "2026-11-20", **checked).verified_on == date(2026, 11, 20)
    assert change(rule, "2026-11-20", wording="亲").verified_on == date(2026, 11, 20)
    assert change(rule, "2026-11-20", points=Decimal(12)).verified_on == date(2026, 11, 20)
    for figures in ({"points": Decimal(6)}, {"money": Decimal(50)}, {"source": "b"}, {"takes_credit": True}):
        change(rule, "2026-11-20", **checked)
        changed = change(rule, "2026-11-20", **figures)
        assert (changed.verified_on, changed.verified_by_id) == (None, None), figures


def test_an_unknown_value_is_an_error_and_one_out_of_range_is_refused_in_words(rule):
    with pytest.raises(TypeError, match="pionts"):
        change(rule, "2026-11-20", pionts=6)
    with pytest.raises(ValidationError) as refused:
        change(rule, "2026-11-20", points=Decimal("12345.678"))
    assert "points" in refused.value.message_dict
    assert rule.versions.count() == 1


def test_a_newer_edition_replaces_what_nobody_has_touched_and_leaves_what_somebody_wrote(organization, scope):
    privacy = replace(NOVEMBER, code="privacy-taobao", points=None)
    ensure_library(organization.pk, [NOVEMBER, privacy], NOW)
    touched = PolicyRule.objects.get(code="privacy-taobao")
    change(touched, "2026-11-02", points=Decimal(4))
    newer = [replace(one, edition=2, points=Decimal(24)) for one in (NOVEMBER, privacy)]
    assert ensure_library(organization.pk, newer, NOW) == 1
    newest = {
        rule.code: rule.versions.latest("number") for rule in PolicyRule.objects.prefetch_related("versions")
    }
    told = {code: (v.number, v.points, v.edition) for code, v in newest.items()}
    assert told == {"abuse-taobao": (2, Decimal(24), 2), "privacy-taobao": (2, Decimal(4), None)}
    assert ensure_library(organization.pk, newer, NOW) == 0
    assert PolicyVersion.objects.count() == 4


def test_bringing_the_library_again_asks_one_question_and_makes_nothing(organization, rule):
    with CaptureQueriesContext(connection) as asked:
        assert ensure_library(organization.pk, [NOVEMBER], NOW) == 0
    assert len([query for query in asked if "SAVEPOINT" not in query["sql"]]) == 1


def test_each_organization_has_a_library_of_its_own(organization, other_organization, rule):
    with organization_scope(other_organization.pk):
        assert PolicyRule.objects.count() == 0
        ensure_library(other_organization.pk, [NOVEMBER], NOW)
        new_version(PolicyRule.objects.get(), date(2026, 11, 1), user=None, now=NOW, points=Decimal(1))
    assert rule.versions.latest("number").points == Decimal(12)


def versions_of(*days: tuple[int, int | None]) -> list[PolicyVersion]:
    """Versions that begin and end on these days of November, numbered from 1."""
    return [
        PolicyVersion(number=n, since=date(2026, 11, a), until=b and date(2026, 11, b))
        for n, (a, b) in enumerate(days, 1)
    ]


def test_the_days_each_version_judges_are_told_as_the_rule_book_judges_them():
    # Every way three versions of a week can lie to each other, against asking day by day.
    ends = [(a, b) for a, b in product((1, 3, 5), (None, 2, 4, 6)) if b is None or a <= b]
    for days in product(ends, repeat=3):
        versions = versions_of(*days)
        spans = valid_spans(versions)
        for day in (date(2026, 11, n) for n in range(1, 9)):
            judges = [v.number for v in versions if v.since <= day and (v.until is None or day <= v.until)]
            told = [n for n, own in spans.items() if any(a <= day <= b for a, b in own)]
            assert told == judges[-1:], (days, day)


def test_the_days_are_told_without_ends_that_nobody_set():
    first, second = versions_of((1, None), (10, 12))
    first.since, first.rule = ALWAYS, PolicyRule(from_library=True)
    second.rule = first.rule
    told = told_versions([second, first], date(2026, 11, 11))
    assert [one.spans for one in told] == [
        [(date(2026, 11, 10), date(2026, 11, 12))],
        [(None, date(2026, 11, 9)), (date(2026, 11, 13), None)],
    ]
    assert [one.valid_now for one in told] == [True, False]
    assert present_version([second, first], date(2026, 11, 13)) is first
    # Where none judges today, the newest is shown.
    assert present_version([second], date(2026, 11, 13)) is second


def test_what_a_version_changed_is_told_setting_by_setting(rule, owner):
    before = rule.versions.select_related("rule").get()
    after = change(
        rule, "2026-11-20", platforms=["taobao", "tmall"], points=Decimal("0.5"), grave=True,
        verified_on=date(2026, 11, 20), verified_by_id=owner.pk,
    )  # fmt: skip
    with translation.override("en"):
        told = [(one.label, one.before, one.value) for one in changes_between(before, after)]
    assert told == [
        ("platforms", "all platforms", "Taobao, Tmall"),
        ("grave: two people confirm", "off", "on"),
        ("points", "12", "0.5"),
        ("figures", "unverified", "verified on 2026-11-20 Owner"),
    ]


def test_the_phrases_a_version_changed_are_told_part_by_part():
    rule = PolicyRule(from_library=False)
    spec = {"phrases": ["私聊", "加我"], "except": [], "asked": [], "speaker": "agent", "in_remarks": False,
            "certainty": "likely"}  # fmt: skip
    one = PolicyVersion(rule=rule, number=1, since=ALWAYS, spec=spec)
    two = PolicyVersion(
        rule=rule, number=2, since=ALWAYS, spec=spec | {"phrases": ["私聊"], "in_remarks": True}
    )
    with translation.override("en"):
        told = [(change.label, change.before, change.value) for change in changes_between(one, two)]
    assert told == [("Phrases", "私聊 · 加我", "私聊"), ("Remarks too", "off", "on")]


def test_several_wordings_are_parted_by_a_blank_line():
    assert wordings_of(PolicyVersion(wording="第一\r\n还是第一\r\n\r\n\r\n第二\n")) == [
        "第一\n还是第一",
        "第二",
    ]
    assert wordings_of(PolicyVersion(wording="")) == []


def test_a_consequence_of_the_library_is_read_in_ones_language_and_ones_own_as_written():
    of_library = PolicyVersion(rule=PolicyRule(from_library=True), consequence="Store")
    own = PolicyVersion(rule=PolicyRule(from_library=False), consequence="Store")
    with translation.override("zh-hans"):
        assert (consequence_of(of_library), consequence_of(own)) == ("店铺", "Store")
        of_library.consequence = ""
        assert consequence_of(of_library) == ""


def test_stores_see_their_own_platforms_rules_on_the_day_they_were_valid(organization, rule, store):
    """The business day decides, not the clock: 03:00 with a day cut at 04:00 belongs to the day before."""
    late = make_store(organization, "late", day_cut_minutes=240)
    change(rule, "2026-11-16", enabled=False)
    said = datetime(2026, 11, 15, 19, 0, tzinfo=UTC)  # 03:00 on the 16th in Shanghai
    days = [shop.business_day(said) for shop in (store, late)]
    assert days == [date(2026, 11, 16), date(2026, 11, 15)]
    book = RuleBook()
    assert [v and v.number for v in (book.valid("abuse-taobao", s, d) for s, d in zip((store, late), days, strict=True))] == [
        None, 1,
    ]  # fmt: skip
    assert Store.objects.count() == 2
    assert days[0] - days[1] == timedelta(days=1)


def test_what_was_found_of_late_is_counted_by_rule_without_what_is_gone_by_itself(organization, rule, store):
    """Five in 30 days of which one lapsed, two were dismissed or revoked; one older; one in a store not one's own."""
    elsewhere, version, today = make_store(organization, "tb9"), rule.versions.get(), date(2026, 11, 20)
    found = [
        (store, "found", 0), (store, "final", 29), (store, "dismissed", 1), (store, "revoked", 2), (store, "lapsed", 3),
        (store, "found", 30), (elsewhere, "found", 0),
    ]  # fmt: skip
    Violation.objects.bulk_create(
        Violation(
            organization=organization, store=shop, rule=rule, version=version, source_key=f"message:{n}", state=state,
            said_at=NOW, day=today - timedelta(days=ago), found_at=NOW,
        )
        for n, (shop, state, ago) in enumerate(found)
    )  # fmt: skip
    line = next(line for line in rule_lines([store], NOW) if line.rule == rule)
    assert (line.hits, line.dismissed, line.state) == (4, 2, "use")
    assert rule_lines([], NOW)[0].hits == 0
