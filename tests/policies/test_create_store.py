"""`create_store`: the store, the rules it begins with, and what is refused."""

import io
from datetime import date

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from policies.models import AttributionRule
from stores.models import Store
from tenants.scope import organization_scope

USUAL = ("--name", "旗舰店", "--time-zone", "Asia/Shanghai", "--currency", "CNY")


def create(organization, code, *arguments, platform="taobao"):
    out = io.StringIO()
    call_command(
        "create_store",
        code,
        "--organization",
        organization,
        "--platform",
        platform,
        *USUAL,
        *arguments,
        stdout=out,
    )
    return out.getvalue()


def refusal(*arguments, **options):
    with pytest.raises(CommandError) as caught:
        create(*arguments, **options)
    assert caught.value.returncode == 2
    return str(caught.value)


def test_it_makes_the_store_and_its_first_rules(organization, scope):
    create("yunfan", "tm1", "--kind", "flagship", "--country", "tw", "--day-cut", "04:30", platform="tmall")
    store = Store.objects.get()
    assert (store.code, store.platform, store.kind, store.country) == ("tm1", "tmall", "flagship", "TW")
    assert (store.time_zone, store.currency, store.day_cut_minutes) == ("Asia/Shanghai", "CNY", 270)
    rule = AttributionRule.objects.get()
    assert (rule.number, rule.since, rule.judgement, rule.cancel_days) == (
        1,
        date(1, 1, 1),
        "order_first",
        None,
    )


def test_only_jd_takes_cancelled_sales_back(organization, scope):
    create("yunfan", "jd1", platform="jd")
    create("yunfan", "sp1", platform="shopee")
    found = dict(AttributionRule.objects.values_list("store__code", "cancel_days"))
    assert found == {"jd1": 15, "sp1": None}


def test_a_code_in_use_is_refused(organization, scope):
    create("yunfan", "tm1")
    assert "exists already" in refusal("yunfan", "tm1")
    assert Store.objects.count() == 1


def test_two_organizations_may_use_one_code(organization, other_organization):
    create("yunfan", "tm1")
    create("beihai", "tm1")
    for one in (organization, other_organization):
        with organization_scope(one.pk):
            assert Store.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--time-zone", "Asia/Shangha"], "time_zone"),
        (["--time-zone", "+08:00"], "time_zone"),
        (["--currency", "yuan"], "currency"),
        (["--day-cut", "06:01"], "day cut"),
        (["--day-cut", "4"], "day cut"),
        (["--name", ""], "name"),
    ],
)
def test_bad_values_are_named_and_nothing_is_made(organization, scope, arguments, named):
    assert named in refusal("yunfan", "tm1", *arguments)
    assert not Store.objects.exists()


def test_an_unknown_organization_is_refused(db):
    assert "no such organization" in refusal("nobody", "tm1")
