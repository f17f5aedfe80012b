"""Figures of docs/policies.md. Shown by `python -m pytest tests/policies/test_risk_figures.py -s`."""

import shutil
from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import call_command

from orders.models import Order
from policies.risk_names import machine_like
from stores.models import Buyer
from tenants.scope import organization_scope
from tests.make import make_organization, make_store
from tests.policies import risk_figures as figures

genuine = pytest.mark.skipif(
    not (figures.ORDERS.is_dir() and figures.REGISTRATIONS.is_file()),
    reason="the genuine orders and registration days are not beside the repository (../shared/data)",
)


@pytest.fixture
def shop(committed, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return make_store(make_organization("yunfan"), "tb1")


def test_there_are_enough_made_up_buyers_and_no_name_twice():
    told = figures.cases()
    assert Counter(case["risky"] for case in told) == {True: 25, False: 36, None: 3}
    assert len({case["nick"] for case in told}) == len(told)
    assert all(case["who"] for case in told)


def test_precision_and_recall_on_buyers_made_by_hand(shop, english):
    figures.load_cases(shop)
    told = figures.judged_cases(shop)
    precision, recall = figures.precision_and_recall(told)
    print(f"\nmade by hand: {len(told)} buyers, precision {precision:.3f}, recall {recall:.3f}")
    for one in told:
        if one.risky != one.flagged:
            print(f"  {'missed' if one.risky else 'wrongly'} {one.score:3d} {one.name}: {one.sentence}")
    assert precision >= 0.9
    assert recall >= 0.8


@genuine
def test_how_many_of_a_genuine_shops_buyers_would_be_flagged(committed, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    shop = make_store(
        make_organization("yunfan"), "vn1", platform="shopee", time_zone="Asia/Ho_Chi_Minh", currency="VND"
    )
    for path in sorted(figures.ORDERS.glob("*.xlsx")):
        # Refused rows are written beside the file.
        call_command(
            "import_file", shutil.copy(path, tmp_path), organization="yunfan", store="vn1", verbosity=0
        )
    buyers = figures.attach_registrations(shop)
    with organization_scope(shop.organization_id):
        now = Order.objects.latest("created_at").created_at + timedelta(days=1)
        names = list(Buyer.objects.values_list("name", flat=True))
    plain = figures.flagged(shop, now)
    cancelled = figures.cancelled_as_refunds(shop)
    assembled = figures.flagged(shop, now)
    odd = sum(machine_like(name, "shopee") for name in names)
    print(
        f"\nassembled, {buyers} buyers: as they are {plain}; {cancelled} cancelled orders as refunds: {assembled}"
    )
    print(f"machine-like pseudonyms {odd}")
    assert plain.get("proposed", 0) == 0
    assert assembled.get("proposed", 0) / buyers < 0.01
