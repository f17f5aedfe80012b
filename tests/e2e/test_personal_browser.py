"""A receiver's data in a real browser: masked, revealed for a reason, hidden again."""

from stores.models import Store
from tenants.audit_models import AuditEntry
from tenants.models import Organization
from tenants.scope import organization_id_of, organization_scope
from tests.make import write_order

PHONE, NAME = "13812345678", "王小明"


def test_a_receivers_phone_is_masked_until_somebody_says_why(open_page):
    page = open_page("/yunfan/kpis/agents/")
    number = organization_id_of("yunfan")
    with organization_scope(number):
        assert Organization.objects.get().slug == "yunfan"
        store = Store.objects.get(code="tb1")
    write_order(
        store, "P1", buyer="阿月", created_at="2025-03-10 17:00:00", paid_at="2025-03-10 17:01:00", paid_amount="10",
        receiver_name=NAME, receiver_phone=PHONE,
    )  # fmt: skip
    page.goto("/yunfan/kpis/stores/tb1/orders/P1/")
    page.wait_for_selector("#order-personal form")
    assert PHONE not in page.content()
    assert "138****5678" in page.inner_text("#order-personal")
    page.fill("#order-personal input[name=reason]", "the courier asks for the door number")
    page.click("#order-personal form button")
    page.wait_for_selector("#order-personal [data-revealed]")
    assert PHONE in page.inner_text("#order-personal")
    page.click("#order-personal [data-hide-now]")
    page.wait_for_selector("#order-personal form")
    assert PHONE not in page.content()
    with organization_scope(number):
        entry = AuditEntry.objects.order_by("-pk").first()
        assert "the courier asks for the door number" in str(entry.details)
