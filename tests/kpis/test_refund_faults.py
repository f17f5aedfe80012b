"""Refunds by fault over agents' orders, worked out by hand; and refund exports whenever they come in."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest

from kpis.models import OrderFact
from kpis.refresh import refresh_store
from kpis.refund_faults import FaultRow, faults_by_agent
from orders.imports import write_refunds
from orders.models import Refund
from orders.service_models import Case, ProcedureVersion
from policies.refund_faults import set_faults
from stores.models import Store
from stores.platforms.records import RefundRecord
from tenants.scope import organization_scope
from tests.kpis.against_reference import import_paths
from tests.make import make_agent, make_store, write_chat, write_order
from tests.stores.platforms.made_files import write_text

NOV = (date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def sales(organization):
    """Ann owns o1–o3 of November and o4 of December; nobody owns o5."""
    store = make_store(organization, "tb1")
    ann = make_agent(organization, "Ann", (store, "s:ann"))
    for month, day in ((11, "02"), (12, "02")):
        write_chat(
            store,
            "mai",
            "s:ann",
            ("in", f"2026-{month}-{day} 10:00:00", "hi"),
            ("out", f"2026-{month}-{day} 10:01:00", "yes"),
        )
    for number, month, buyer in (
        (1, 11, "mai"),
        (2, 11, "mai"),
        (3, 11, "mai"),
        (4, 12, "mai"),
        (5, 11, "else"),
    ):
        at = f"2026-{month}-02 10:0{number}:30"
        write_order(store, f"o{number}", buyer=buyer, created_at=at, paid_at=at, paid_amount="100")
    refund = RefundRecord("", "", "refund_only", "completed", created_at=datetime(2026, 11, 9, tzinfo=UTC))
    told = [
        ("r1", "o1", "20", "质量问题"), ("r2", "o1", "10", "7天无理由退换货"), ("r3", "o2", "5", "天气"),
        ("r4", "o2", None, "天气"), ("r5", "o3", "3", "卖家发错货"), ("r6", "o4", "50", "7天无理由退换货"),
        ("r7", "o5", "60", "7天无理由退换货"),
    ]  # fmt: skip
    records = [
        refund._replace(refund_id=pk, order_id=order, amount=amount and D(amount), reason=reason)
        for pk, order, amount, reason in told
    ]
    records += [
        refund._replace(refund_id="r8", order_id="o3", amount=D(9), kind="exchange", reason="质量问题"),
        refund._replace(refund_id="r9", order_id="o3", amount=D(9), status="open", reason="质量问题"),
    ]
    with organization_scope(organization.pk):
        write_refunds(store, list(enumerate(records)))
    refresh_store(store, whole=True)
    return store, ann


def rows(store: Store, *period: date, **wanted) -> list[tuple]:
    with organization_scope(store.organization_id):
        return [
            (r.agent_id, r.fault, r.refunds, r.orders, r.amount, r.without_amount)
            for r in faults_by_agent([store], *period, **wanted)
        ]


def test_by_fault_worked_out_by_hand(sales):
    """o1: quality 20, buyer 10; o2: unknown 5 and one without amount; o3: logistics 3. Deducted: r2, r3, r4 of two orders."""
    store, ann = sales
    assert rows(store, *NOV) == [
        (ann.pk, "buyer", 1, 1, 10, 0),
        (ann.pk, "deducted", 3, 2, 15, 1),
        (ann.pk, "logistics", 1, 1, 3, 0),
        (ann.pk, "quality", 1, 1, 20, 0),
        (ann.pk, "unknown", 2, 1, 5, 1),
    ]
    assert rows(store, date(2026, 12, 1), date(2026, 12, 31)) == [
        (ann.pk, "buyer", 1, 1, 50, 0),
        (ann.pk, "deducted", 1, 1, 50, 0),
    ]
    assert rows(store, *NOV, agent_ids=[ann.pk + 1]) == []


def test_what_a_case_judged_stands_over_the_reason(sales, organization):
    store, ann = sales
    with organization_scope(organization.pk):
        set_faults(organization.pk, [("taobao", "天气")], "description")
        procedure = ProcedureVersion.objects.create(
            organization=organization,
            kind="quality",
            number=1,
            steps=[],
            made_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        for refund_id, fault in (("r2", "logistics"), ("r1", "unknown")):
            Case.objects.create(
                organization=organization, store=store, kind="quality", procedure=procedure, order_id="o1",
                refund_id=refund_id, fault=fault, opened_at=datetime(2026, 11, 9, tzinfo=UTC),
            )  # fmt: skip
    assert rows(store, *NOV) == [
        (ann.pk, "deducted", 2, 1, 5, 1),
        (ann.pk, "description", 2, 1, 5, 1),
        (ann.pk, "logistics", 2, 2, 13, 0),
        (ann.pk, "quality", 1, 1, 20, 0),
    ]


def test_another_store_of_another_currency_is_apart(sales, organization):
    store, ann = sales
    other = make_store(organization, "sp1", platform="shopee", currency="VND")
    with organization_scope(organization.pk):
        found = faults_by_agent([store, other], *NOV)
        assert {row.currency for row in found} == {"CNY"}
        assert faults_by_agent([other], *NOV) == []
        assert found[0] == FaultRow(ann.pk, "CNY", "buyer", 1, 1, D(10), 0)


REPORT = "订单编号,总金额,买家实际支付金额,收货地址 ,订单创建时间,订单付款时间 ,退款金额\r\n" \
    "2001,80.00,59.50,浙江省,2026-11-02 10:00:00,2026-11-02 10:01:00,20.50\r\n" \
    "2002,30.00,0.00,浙江省,2026-11-02 10:00:00,2026-11-02 10:01:00,30.00\r\n"  # fmt: skip
EXPORT = "订单编号,退款编号,售后类型,买家退款金额,退款状态,买家退款原因,退款的申请时间,退款完结时间\r\n" \
    "2001,77001,退货退款,15.00,退款成功,质量问题,2026-11-03 09:00:00,2026-11-05 10:00:00\r\n" \
    "2001,77002,仅退款,5.50,退款成功,质量问题,2026-11-03 09:00:00,2026-11-06 10:00:00\r\n"  # fmt: skip


@pytest.mark.parametrize("places", [(0, 1), (1, 0), (0, 1, 0), (1, 0, 1)])
def test_refund_export_and_order_report_leave_the_same_in_whatever_order(organization, tmp_path, places):
    """The report says 20.50 and 30.00 refunded; the export tells the first as two refunds of the same sum."""
    store = make_store(organization, "tm1", platform="tmall")
    files = [write_text(tmp_path, text, "gb18030", f"{n}.csv") for n, text in enumerate((REPORT, EXPORT))]
    for place in places:
        import_paths(store, [files[place]])
    refresh_store(store, whole=True)
    with organization_scope(organization.pk):
        assert sorted(Refund.objects.values_list("refund_id", "kind", "amount", "from_report")) == [
            ("77001", "return_refund", D("15.00"), False),
            ("77002", "refund_only", D("5.50"), False),
            ("report:2002", "refund_only", D("30.00"), True),
        ]
        facts = OrderFact.objects.order_by("order__order_id").values_list("amount", "refunded_amount")
        assert list(facts) == [(D("80.00"), D("20.50")), (D("30.00"), D("30.00"))]
