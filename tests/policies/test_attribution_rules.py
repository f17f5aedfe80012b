"""Which version of a store's rules is valid on a day, and how versions follow each other."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from policies.attribution_rules import first_version, new_version, store_versions, valid_on
from policies.rule_history import explained_versions
from stores.models import Change

pytestmark = pytest.mark.usefixtures("scope")
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


def test_a_day_is_judged_by_the_latest_version_that_has_begun(store):
    new_version(store, DECEMBER, window_days=5)
    new_version(store, NOVEMBER, window_days=3)
    days = [date(2026, 10, 31), NOVEMBER, date(2026, 11, 30), DECEMBER]
    assert [valid_on(store, day).window_days for day in days] == [2, 3, 3, 5]


def test_of_two_versions_of_one_day_the_higher_number_counts(store):
    new_version(store, NOVEMBER, window_days=3)
    new_version(store, NOVEMBER, window_days=4)
    assert (valid_on(store, NOVEMBER).number, valid_on(store, NOVEMBER).window_days) == (3, 4)


def test_settings_not_named_come_from_the_version_valid_on_that_day(store):
    new_version(store, DECEMBER, judgement="payment", chaser=False)
    new_version(store, NOVEMBER, window_days=3)
    rule = valid_on(store, NOVEMBER)
    assert (rule.judgement, rule.chaser, rule.window_days) == ("order_first", True, 3)


def test_numbers_count_up_for_each_store_by_itself(store, organization):
    from tests.make import make_store

    other = make_store(organization, "tb2")
    new_version(store, DECEMBER)
    new_version(store, NOVEMBER)
    new_version(other, NOVEMBER)
    assert [rule.number for rule in store_versions(store)] == [1, 3, 2]
    assert [rule.number for rule in store_versions(other)] == [1, 2]


def test_a_new_version_marks_the_whole_store_as_changed(store):
    new_version(store, NOVEMBER, window_days=3)
    assert list(Change.objects.values_list("store_id", "buyer_id", "seat_id")) == [(store.pk, None, None)]


@pytest.mark.parametrize(
    "values", [{"window_days": 1}, {"window_days": 16}, {"judgement": "luck"}, {"inquiry_days": 0}]
)
def test_a_value_out_of_range_is_refused(store, values):
    with pytest.raises(ValidationError):
        new_version(store, NOVEMBER, **values)
    assert store_versions(store).count() == 1
    assert not Change.objects.exists()


def test_a_setting_of_unknown_name_is_an_error(store):
    with pytest.raises(TypeError, match="windw"):
        new_version(store, NOVEMBER, windw=3)


def test_the_first_version_of_a_jd_store_takes_cancelled_sales_back(store):
    store_versions(store).delete()
    store.platform = "jd"
    assert first_version(store).cancel_days == 15


def test_the_history_says_from_when_to_when_and_what_changed(store):
    new_version(store, NOVEMBER, window_days=3)
    new_version(store, NOVEMBER, window_days=4, chaser=False)
    third, second, first = explained_versions(store_versions(store), today=NOVEMBER)
    assert (first.since, first.until, first.valid_now) == (None, date(2026, 10, 31), False)
    assert (second.replaced, second.until, second.valid_now) == (True, None, False)
    assert (third.since, third.until, third.valid_now) == (NOVEMBER, None, True)
    assert [(change.before, change.value) for change in second.changes] == [("2", "3")]
    assert third.changes[0].value == "4"
    assert len(third.changes) == 2
