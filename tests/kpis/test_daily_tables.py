"""The daily tables hold every inquiry, deal and refund, and add up to the figures of the pages."""

import csv
import io
import random
import re
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from intake.writers import WRITERS
from kpis import daily
from kpis.daily_report import report_of
from kpis.figures import Query, agent_rows
from kpis.models import STORE
from kpis.refresh import refresh_store
from kpis.target_models import AgentTarget, StoreTarget
from policies.fault_models import RefundFault
from stores.platforms.records import MessageRecord, OrderLineRecord, OrderRecord, RefundRecord
from tenants.scope import organization_scope
from tests.kpis.against_reference import import_data, make_reference_store, refresh
from tests.kpis.day_of_chats import DAY, at, make_day_of_chats
from tests.make import make_member, make_store
from tests.reference.random_store import random_store

PAGE = f"/yunfan/kpis/daily/?day={DAY}"
FIGURES = ("inquiries", "converted_same_day", "converted_final", "orders", "buyers", "items", "paid_amount",
           "refunds_completed")  # fmt: skip


@pytest.fixture
def day(organization):
    return make_day_of_chats(organization)


@pytest.fixture
def lead(client, supervisor):
    client.force_login(supervisor)
    client.cookies["django_language"] = "en"
    return client


def added_up(query: Query) -> dict[tuple, dict[str, object]]:
    """{(day, agent or STORE): figures} worked out from the lines alone."""
    found: dict[tuple, dict] = defaultdict(lambda: dict.fromkeys(FIGURES, 0))
    asked, buyers = defaultdict(set), defaultdict(set)
    for line in daily.inquiry_lines(query):
        row = found[line.day, line.agent_id]
        row["inquiries"] += 1
        row["converted_same_day"] += line.same_day
        row["converted_final"] += line.converted
        asked[line.day].add(line.buyer)
    for day, names in asked.items():
        found[day, STORE]["inquiries"] = len(names)
    for line in daily.deal_lines(query):
        for key in {(line.day, STORE), (line.day, line.owner_id)}:
            row = found[key]
            row["orders"] += 1
            row["items"] += line.items
            row["paid_amount"] += line.amount
            if line.buyer:
                buyers[key].add(line.buyer)
    for key, names in buyers.items():
        found[key]["buyers"] = len(names)
    return found


@pytest.mark.parametrize("seed", range(8))
def test_the_lines_of_each_day_add_up_to_the_figures_of_each_agent_and_store(organization, tmp_path, seed):
    data = random_store(random.Random(seed))
    store = make_reference_store(organization, data)
    import_data(store, data, tmp_path)
    refresh(store)
    with organization_scope(organization.pk):
        every = Query(date(2000, 1, 1), date(2040, 1, 1), (store.pk,))
        rows = {(row.day, row.agent_id): row for row in agent_rows(every, "agent-day")}
        found = added_up(every)
        for key in {*rows, *(key for key in found if key[1] is not None)}:
            row = rows.get(key)
            told = {name: getattr(row, name) if row else 0 for name in FIGURES}
            # Refunds, and the store's own conversions, are told by the sums of the day.
            query = Query(key[0], key[0], (store.pk,), None if key[1] == STORE else (key[1],))
            lines = found[key] | {"refunds_completed": daily.return_sums(query).completed}
            if key[1] == STORE:
                sums = daily.inquiry_sums(query)
                assert sums.of_stores == told["inquiries"]
                lines["converted_final"] = sums.stores_converted
                told["converted_same_day"] = 0
                lines["converted_same_day"] = 0
            assert lines == told, key


@pytest.mark.parametrize("seed", [3, 5])
def test_the_days_of_a_month_add_up_to_the_months_figures(organization, tmp_path, seed):
    data = random_store(random.Random(seed))
    store = make_reference_store(organization, data)
    import_data(store, data, tmp_path)
    refresh(store)
    with organization_scope(organization.pk):
        months = agent_rows(Query(date(2000, 1, 1), date(2040, 1, 1), (store.pk,)), "store-month")
        assert months
        for row in months:
            last = (row.month + timedelta(days=31)).replace(day=1)
            days = [row.month + timedelta(days=n) for n in range((last - row.month).days)]
            queries = [Query(each, each, (store.pk,)) for each in days]
            asked = [daily.inquiry_sums(query) for query in queries]
            dealt = [daily.deal_sums(query) for query in queries]
            assert sum(sums.of_stores for sums in asked) == row.inquiries
            assert sum(sums.stores_converted for sums in asked) == row.converted_final
            assert sum(sums.lines for sums in dealt) == row.orders
            assert sum(sums.buyers for sums in dealt) == row.buyers
            assert sum(sums.items for sums in dealt) == row.items
            assert sum(money.amount for sums in dealt for money in sums.money) == row.paid_amount
            assert sum(daily.return_sums(query).completed for query in queries) == row.refunds_completed


def cells(page: str) -> list[list[str]]:
    body = re.search(r"<tbody data-rows>(.*?)</tbody>", page, re.S)[1]
    return [
        [
            " ".join(re.sub(r"<[^>]+>", " ", cell).split())
            for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)
        ]
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.S)
    ]


def test_the_inquiries_say_with_whom_how_long_and_what_became_of_them(lead, day):
    page = lead.get(f"{PAGE}&table=inquiries").content.decode()
    assert cells(page) == [
        ["阿月", "王小美", "03-10 10:00", "03-10 10:00", "1", "1 / 1", "bought", "O-1", "CN¥300.00"],
        ["小北", "王小美", "03-10 11:00", "03-10 11:03", "3", "3 / 3", "bought nothing", "", ""],
        ["大刘", "周强", "03-10 12:00", "03-10 12:05", "1", "1 / 1", "ordered, not paid", "O-2", "CN¥88.00"],
    ]
    assert "3 inquiries · converted: 1 (33.3%), the same day: 1" in page


def test_who_bought_elsewhere_is_said_so(lead, day, organization):
    later = [
        # 小北 asks Qiang too and buys after it: Mei's inquiry went to him.
        MessageRecord("m20", "小北", "tb1:qiang", "in", False, at("13:00:00"), "还在吗"),
        MessageRecord("m21", "小北", "tb1:qiang", "out", False, at("13:00:30"), "在"),
    ]
    order = OrderRecord(
        "O-4", "小北", "paid", at("13:05:00"), at("13:06:00"), paid_amount=Decimal(50), items=1
    )
    with organization_scope(organization.pk):
        for rows in (later, [order]):
            WRITERS[type(rows[0])](day.store, list(enumerate(rows, 2)), None)
        refresh_store(day.store, whole=True)
    page = lead.get(f"{PAGE}&table=inquiries").content.decode()
    told = {(row[0], row[1]): row[6] for row in cells(page)}
    assert told["小北", "王小美"] == "went to 周强"
    assert told["小北", "周强"] == "bought"
    # Two lines, and one inquiry of the store.
    assert "4 inquiries" in page
    assert "of the stores: 3 inquiries, 2 converted" in page


def test_the_deals_name_owner_reason_products_and_remark(lead, day, organization):
    line = OrderLineRecord("O-1", 1, "P1", "窗帘", None, 2, Decimal(150))
    memo = OrderRecord("O/3", seller_memo="急")
    with organization_scope(organization.pk):
        WRITERS[OrderLineRecord](day.store, [(2, line)], None)
        WRITERS[OrderRecord](day.store, [(2, memo)], None)
    page = lead.get(f"{PAGE}&table=deals").content.decode()
    assert cells(page) == [
        ["O-1", "阿月", "王小美 the agent whose chat led to the order", "03-10 10:06", "窗帘 × 2", "2", "CN¥300.00", "none"],
        ["O/3", "老陈", "nobody no chat led to it: a silent sale", "03-10 15:00", "", "1", "CN¥200.00", "yes"],
    ]  # fmt: skip
    assert "2 deals · 2 paying buyers · CN¥500.00" in page


def write_refunds(day, organization, *records: RefundRecord) -> None:
    with organization_scope(organization.pk):
        WRITERS[RefundRecord](day.store, list(enumerate(records, 2)), None)
        refresh_store(day.store, whole=True)


def test_returns_say_reason_fault_products_and_agent_and_count_what_was_completed(lead, day, organization):
    write_refunds(
        day, organization,
        RefundRecord("R1", "O-1", "refund_only", "completed", Decimal(30), 1, "质量问题", at("18:00:00"), at("19:00:00")),
        RefundRecord("R2", "O-1", "exchange", "open", None, 1, "尺码", at("18:30:00")),
        RefundRecord("R3", "O/3", "return_refund", "completed", None, 1, None, at("18:40:00"), at("20:00:00")),
        RefundRecord("R4", "O/3", "refund_only", "open", Decimal(9), 1, None, at("09:00:00") - timedelta(days=3)),
    )  # fmt: skip
    with organization_scope(organization.pk):
        RefundFault.objects.create(organization=organization, reason="质量问题", fault="quality")
    page = lead.get(f"{PAGE}&table=returns").content.decode()
    rows = cells(page)
    assert [row[:3] + row[5:] for row in rows] == [
        ["O-1", "Exchange open", "尺码", "王小美", "03-10 18:30", "—", "—"],
        ["O-1", "Refund only completed", "质量问题", "王小美", "03-10 18:00", "03-10 19:00", "CN¥30.00"],
        ["O/3", "Return and refund completed", "—", "nobody", "03-10 18:40", "03-10 20:00", "—"],
    ]
    assert rows[1][3] == "Quality"
    assert "3 returns and refunds" in page
    assert "refunds completed: 2 (1 without a known amount) · CN¥30.00" in page


def test_the_sales_report_stands_beside_target_yesterday_and_last_week(day, organization):
    earlier = [
        OrderRecord(f"E{back}", "老陈", "paid", when, when, paid_amount=Decimal(10 * back), items=1)
        for back in (1, 7, 9)
        for when in [at("15:00:00") - timedelta(days=back)]
    ]
    with organization_scope(organization.pk):
        WRITERS[OrderRecord](day.store, list(enumerate(earlier, 2)), None)
        refresh_store(day.store, whole=True)
        month = DAY.replace(day=1)
        StoreTarget.objects.create(
            organization=organization, store=day.store, month=month, sales=Decimal(2000)
        )
        AgentTarget.objects.create(
            organization=organization, store=day.store, month=month, agent_id=day.mei.pk, sales=Decimal(600)
        )
        now = datetime(2025, 3, 11, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
        report = report_of([day.store], DAY, now)
        whole, mei, qiang = report.lines
        # Orders of 10 the day before, 70 a week ago, 90 nine days ago: the month has 500 + 10 + 70 + 90.
        assert [r.paid_amount for r in (whole.of_day, whole.day_before, whole.week_ago, whole.so_far)] == [
            500, 10, 70, 670,
        ]  # fmt: skip
        assert (whole.of_day.inquiries, whole.of_day.conversion_same_day) == (3, pytest.approx(1 / 3))
        assert whole.reached == pytest.approx(670 / 2000)
        assert (mei.agent_id, mei.of_day.paid_amount, mei.reached) == (day.mei.pk, 300, 0.5)
        assert (mei.day_before, mei.week_ago) == (None, None)
        assert (qiang.of_day.inquiries, qiang.target, qiang.reached) == (1, None, None)


def test_the_report_page_shows_the_store_and_its_people(lead, day):
    page = lead.get(f"{PAGE}&table=report").content.decode()
    rows = cells(page)
    assert [row[0] for row in rows] == ["TB1 the whole store", "王小美 TB1", "周强 TB1"]
    assert rows[0][1:6] == ["3", "33.3%", "33.3%", "2", "CN¥500"]


def test_agents_see_their_own_lines_and_no_reports(day, organization):
    client = Client()
    client.force_login(make_member(organization, "agent", agent_id=day.qiang.pk))
    client.cookies["django_language"] = "en"
    page = client.get(f"{PAGE}&table=inquiries&agent={day.mei.pk}").content.decode()
    assert [row[0] for row in cells(page)] == ["大刘"]
    # What they may not see is answered with the first table they may.
    hidden = client.get(f"{PAGE}&table=report").content.decode()
    assert [row[0] for row in cells(hidden)] == ["大刘"]
    assert "No deal on this day." in client.get(f"{PAGE}&table=deals").content.decode()
    book = load_workbook(io.BytesIO(client.get(f"{PAGE}&file=xlsx").content))
    assert book.sheetnames == ["Inquiries of the day", "Deals of the day"]
    assert [row[4].value for row in list(book["Inquiries of the day"].rows)[1:-1]] == ["大刘"]
    nobody = Client()
    nobody.force_login(make_member(organization, "agent", email="new@yunfan.example"))
    nobody.cookies["django_language"] = "en"
    assert "No inquiry on this day." in nobody.get(PAGE).content.decode()


def test_a_member_of_other_stores_sees_nothing_of_this_one(day, organization):
    other = make_store(organization, "tb2")
    client = Client()
    client.force_login(make_member(organization, "supervisor", store_ids=[other.pk]))
    client.cookies["django_language"] = "en"
    page = client.get(f"{PAGE}&store=tb1").content.decode()
    assert "阿月" not in page


def test_the_workbook_has_a_sheet_for_each_table_with_its_sums(lead, day):
    book = load_workbook(io.BytesIO(lead.get(f"{PAGE}&file=xlsx").content))
    assert book.sheetnames == [
        "Inquiries of the day", "Deals of the day", "Returns and refunds of the day", "Sales report of the day",
    ]  # fmt: skip
    deals = [[cell.value for cell in row] for row in book["Deals of the day"].rows]
    assert [row[3] for row in deals[1:3]] == ["O-1", "O/3"]
    assert (deals[3][0], deals[3][9], deals[3][10]) == ("Sum", 3, 500)


def test_the_csv_holds_all_lines_of_the_table_shown_without_sums(lead, day):
    answer = lead.get(f"{PAGE}&table=deals&file=csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[3] for row in rows] == ["Order", "O-1", "O/3"]
    assert rows[1][10] == "300.00"


def make_busy(day, organization, count: int) -> None:
    """So many more buyers who ask and buy, and have a refund."""
    messages, orders, refunds = [], [], []
    for n in range(count):
        asked = at("13:00:00") + timedelta(seconds=n)
        messages += [
            MessageRecord(f"b{n}i", f"b{n}", "tb1:mei", "in", False, asked, "?"),
            MessageRecord(f"b{n}o", f"b{n}", "tb1:mei", "out", False, asked + timedelta(seconds=9), "!"),
        ]
        paid = asked + timedelta(minutes=20)
        orders.append(OrderRecord(f"B{n}", f"b{n}", "paid", paid, paid, paid_amount=Decimal(1), items=1))
        refunds.append(
            RefundRecord(f"R{n}", f"B{n}", "refund_only", "completed", Decimal(1), 1, "r", paid, paid)
        )
    with organization_scope(organization.pk):
        for rows in (messages, orders, refunds):
            WRITERS[type(rows[0])](day.store, list(enumerate(rows, 2)), None)
        refresh_store(day.store, whole=True)


@pytest.mark.parametrize("table", ["inquiries", "deals", "returns", "report"])
def test_a_page_has_fifty_lines_a_file_all_and_either_as_few_queries_as_for_one(
    lead, day, organization, table
):
    write_refunds(
        day, organization, RefundRecord("R", "O-1", "refund_only", "completed", Decimal(3), 1, "r", at("10:30:00"), at("10:30:00"))
    )  # fmt: skip
    address = f"{PAGE}&table={table}"
    lead.get(address)
    with CaptureQueriesContext(connection) as few:
        lead.get(address)
    make_busy(day, organization, 60)
    with CaptureQueriesContext(connection) as many:
        page = lead.get(address)
    assert len(many) == len(few) <= 30
    if table == "report":
        return
    total = {"inquiries": 63, "deals": 62, "returns": 61}[table]
    assert len(cells(page.content.decode())) == 50
    assert len(cells(lead.get(f"{address}&page=2").content.decode())) == total - 50
    assert len(cells(lead.get(f"{address}&print=1").content.decode())) == total
    answer = lead.get(f"{address}&file=csv").content.decode("utf-8-sig")
    assert len(answer.strip().splitlines()) == total + 1


def test_a_day_without_anything_says_so_and_leads_to_the_latest_day(lead, day):
    page = lead.get("/yunfan/kpis/daily/?day=2025-03-12").content.decode()
    assert "No inquiry on this day." in page
    assert "day=2025-03-10" in page
    assert "Mar 10" in lead.get("/yunfan/kpis/daily/?day=nonsense").content.decode()
