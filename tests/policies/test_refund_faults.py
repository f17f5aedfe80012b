"""Whose fault refunds are: defaults, the organization's mapping, and the page that sets it."""

from datetime import UTC, datetime
from decimal import Decimal as D

import pytest
from django.db import connection
from django.urls import reverse

from orders.imports import write_refunds
from orders.service_models import Fault
from policies.fault_models import RefundFault
from policies.refund_fault_page import reasons_seen
from policies.refund_faults import DEFAULTS, fault_sql, set_faults
from stores.models import Store
from stores.platforms.records import RefundRecord
from tenants.audit_models import AuditEntry
from tenants.scope import organization_scope
from tests.make import make_member, make_store, write_order

ADDRESS = "/yunfan/refund-faults/"


def fault_of(reason: str | None, platform: str) -> str:
    """The fault of one reason of a platform, as the mapping of the scope's organization has it."""
    with connection.cursor() as cursor:
        asked = f"SELECT {fault_sql('%(reason)s::text', '%(platform)s')}"
        cursor.execute(asked, {"reason": reason, "platform": platform})
        return cursor.fetchone()[0]


def refunds(store, *told: tuple[str | None, str | None]) -> None:
    """Completed refunds of order o1: (reason, amount)."""
    write_order(store, "o1", paid_at="2026-11-02 10:00:00", paid_amount="500")
    known = RefundRecord("", "o1", "refund_only", "completed", created_at=datetime(2026, 11, 3, tzinfo=UTC))
    records = [
        known._replace(refund_id=f"r{n}", reason=reason, amount=None if amount is None else D(amount))
        for n, (reason, amount) in enumerate(told)
    ]
    with organization_scope(store.organization_id):
        write_refunds(store, list(enumerate(records)))


@pytest.mark.parametrize(
    ("reason", "fault"),
    [
        ("质量问题", "quality"),
        (" 质量问题 ", "quality"),
        ("快递/物流一直未送到", "logistics"),
        ("大小/尺寸与商品描述不符", "description"),
        ("7天无理由退换货", "buyer"),
        ("质量", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
        ("50% off 'x' \\ ；", "unknown"),
    ],
)
def test_a_reason_has_its_default_fault_or_none(scope, reason, fault):
    assert fault_of(reason, "taobao") == fault


def test_every_default_is_a_fault_of_the_product():
    assert set(DEFAULTS.values()) <= set(Fault)
    assert all(text == text.strip() for text in DEFAULTS)


def test_the_organizations_line_stands_over_the_default_and_the_platforms_over_any(organization, scope):
    set_faults(organization.pk, [("", "质量问题")], "agent")
    assert (fault_of("质量问题", "taobao"), fault_of("质量问题", "jd")) == ("agent", "agent")
    set_faults(organization.pk, [("jd", "质量问题")], "buyer")
    assert (fault_of("质量问题", "taobao"), fault_of("质量问题", "jd")) == ("agent", "buyer")
    set_faults(organization.pk, [("jd", "质量问题"), ("", "质量问题")], None)
    assert fault_of("质量问题", "jd") == "quality"
    assert not RefundFault.objects.exists()


def test_setting_the_same_again_changes_nothing(organization, scope):
    assert set_faults(organization.pk, [("jd", "a"), ("jd", "b"), ("jd", "a")], "agent") == 2
    assert set_faults(organization.pk, [("jd", "a"), ("jd", "b")], "agent") == 0
    assert AuditEntry.objects.filter(verb="refund_faults_set").count() == 1
    with pytest.raises(ValueError, match="nobody"):
        set_faults(organization.pk, [("jd", "a")], "nobody")


def test_another_organizations_mapping_is_not_seen(organization, other_organization):
    with organization_scope(organization.pk):
        set_faults(organization.pk, [("", "质量问题")], "agent")
    with organization_scope(other_organization.pk):
        assert fault_of("质量问题", "taobao") == "quality"


def test_the_page_lists_all_reasons_unknown_ones_first(organization, store):
    other = make_store(organization, "sp1", platform="shopee", currency="VND")
    refunds(store, ("质量问题", "20"), ("质量问题", "10"), ("天气", "7"), (None, None))
    refunds(other, ("天气", "90000"))
    with organization_scope(organization.pk):
        told = [
            (r.platform, r.text, r.fault, r.refunds, r.amounts)
            for r in reasons_seen(list(Store.objects.all()))
        ]
    assert told == [
        ("shopee", "天气", "unknown", 1, [(D(90000), "VND")]),
        ("taobao", "", "unknown", 1, [(D(0), "CNY")]),
        ("taobao", "天气", "unknown", 1, [(D(7), "CNY")]),
        ("taobao", "质量问题", "quality", 2, [(D(30), "CNY")]),
    ]


def test_several_are_set_at_once_on_the_page(client, organization, store, supervisor):
    refunds(store, ("天气", "7"), ("心情", "8"), ("质量问题", "9"))
    client.force_login(supervisor)
    client.cookies["django_language"] = "en"
    assert "2 reasons of unknown fault" in client.get(ADDRESS).content.decode()
    answer = client.post(
        ADDRESS, {"reason": ["taobao:天气", "taobao:心情", "taobao:never seen"], "fault": "buyer"}
    )
    assert answer.status_code == 302
    with organization_scope(organization.pk):
        assert sorted(RefundFault.objects.values_list("platform", "reason", "fault")) == [
            ("taobao", "天气", "buyer"),
            ("taobao", "心情", "buyer"),
        ]
    client.post(ADDRESS, {"reason": ["taobao:天气"], "fault": "default"})
    client.post(ADDRESS, {"reason": ["taobao:心情"], "fault": "nonsense"})
    client.post(ADDRESS, {"fault": "agent"})
    with organization_scope(organization.pk):
        assert list(RefundFault.objects.values_list("reason", "fault")) == [("心情", "buyer")]


def test_who_may_only_read_changes_nothing(client, organization, store):
    refunds(store, ("天气", "7"))
    client.force_login(make_member(organization, "auditor"))
    assert client.get(reverse("refund_fault_list", args=["yunfan"])).status_code == 200
    assert client.post(ADDRESS, {"reason": ["taobao:天气"], "fault": "buyer"}).status_code == 403
    client.force_login(make_member(organization, "agent"))
    assert client.get(ADDRESS).status_code == 403


def test_who_is_limited_to_some_stores_sets_no_fault_for_all(client, organization, store):
    refunds(store, ("天气", "7"))
    client.force_login(make_member(organization, "supervisor", "one@yunfan.example", store_ids=[store.pk]))
    page = client.get(ADDRESS)
    assert (page.status_code, "<select" in page.content.decode().split("<main")[1]) == (200, False)
    assert client.post(ADDRESS, {"reason": ["taobao:天气"], "fault": "buyer"}).status_code == 403
    with organization_scope(organization.pk):
        assert not RefundFault.objects.exists()
