"""The agents' pages: figures of tests/kpis/day_of_chats.py, files, sorting, who may see what."""

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from kpis.refresh import refresh_store
from team.models import Agent
from tenants.scope import organization_scope
from tests.kpis.day_of_chats import PERIOD, at, make_day_of_chats
from tests.kpis.piecewise import write
from tests.make import make_member, make_store
from tests.reference.model import Message


@pytest.fixture
def day(organization):
    return make_day_of_chats(organization)


@pytest.fixture
def lead(client, supervisor):
    client.force_login(supervisor)
    client.cookies["django_language"] = "en"
    return client


TABLE = f"/yunfan/kpis/agents/?{PERIOD}"


def lines_of(page: str) -> list[list[str]]:
    """The cells' texts of the figures table's body, row by row."""
    body = re.search(r"<tbody data-rows>(.*?)</tbody>", page, re.S)[1]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.S)
    return [
        [re.sub(r"<[^>]+>|\s+", " ", cell).split() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)]
        for row in rows
    ]


def test_the_table_shows_figures_worked_out_by_hand(lead, day):
    rows = lines_of(lead.get(TABLE).content.decode())
    mei, qiang = ([" ".join(cell) for cell in row] for row in rows)
    # inquiries, final conversion, not converted, sales, share, per buyer, refund rate, first response
    assert mei[:9] == ["王小美", "2", "50.0%", "1", "CN¥300", "60.0%", "CN¥300", "0.0%", "30 s"]
    assert qiang[:9] == ["周强", "1", "0.0%", "1", "CN¥0", "0.0%", "—", "—", "5 min"]


def test_the_page_says_rule_version_and_maturity(lead, day):
    page = lead.get(TABLE).content.decode()
    assert "Rule v1" in page
    assert ">Final<" in page
    assert "Data to Mar 10" in page


def test_where_sales_come_from_adds_up_to_all_sales(lead, day):
    composition = lead.get(TABLE).context["composition"]
    assert [(share.key, str(share.amount)) for share in composition] == [
        ("agents", "300.00"),
        ("silent", "200.00"),
    ]
    assert lead.get(TABLE).context["composition_total"] == 500


def test_the_address_sorts_the_table_and_unknown_figures_come_last(lead, day):
    by_refunds = lines_of(lead.get(f"{TABLE}&sort=refund_rate").content.decode())
    assert [row[0] for row in by_refunds] == [["王小美"], ["周强"]]
    by_response = lines_of(lead.get(f"{TABLE}&sort=-average_first_response_seconds").content.decode())
    assert [row[0] for row in by_response] == [["周强"], ["王小美"]]


def test_the_csv_holds_the_rows_of_the_page_unrounded(lead, day):
    answer = lead.get(f"{TABLE}&file=csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:6] == [
        "Agent",
        "Inquiries",
        "Final conversion",
        "Not converted",
        "Sales (CNY)",
        "Sales share",
    ]
    assert rows[0][-3:] == ["currency", "rule version", "maturity"]
    assert rows[1][:5] == ["王小美", "2", "0.500000", "1", "300.00"]
    assert rows[1][-3:] == ["CNY", "1", "final"]
    assert [row[0] for row in rows[1:]] == ["王小美", "周强"]


def test_the_xlsx_holds_numbers_with_formats(lead, day):
    sheet = load_workbook(io.BytesIO(lead.get(f"{TABLE}&file=xlsx").content)).active
    assert sheet["A2"].value == "王小美"
    assert (sheet["C2"].value, sheet["C2"].number_format) == (0.5, "0.0%")
    assert sheet["E2"].value == 300


def test_a_name_that_looks_like_a_formula_is_escaped_in_the_csv(lead, day):
    with organization_scope(day.organization.pk):
        Agent.objects.filter(pk=day.mei.pk).update(name="=1+1")
    rows = csv.reader(io.StringIO(lead.get(f"{TABLE}&file=csv").content.decode("utf-8-sig")))
    assert [row[0] for row in rows] == ["Agent", "'=1+1", "周强"]


def test_a_period_before_is_compared_if_figures_began_before_it(lead, day):
    """
    The figures begin on 10 March.
    | asked     | compared with | sales before                   |
    | 11 March  | 10 March      | 500.00                         |
    | 10 March  | 9 March       | none: nothing is known of it   |
    | 10–11     | 8–9 March     | none                           |
    | 12–14     | 9–11 March    | none: a part is no period      |
    """
    address, answer = "/yunfan/kpis/agents/?since=2025-03-{}&until=2025-03-{}", {}
    for since, until in ((11, 11), (10, 10), (10, 11), (12, 14)):
        page = lead.get(address.format(since, until), headers={"accept-language": "en"})
        (sales,) = [tile for tile in page.context["tiles"] if tile.measure.key == "store_paid_amount"]
        answer[since, until] = (sales.before_text, "Not compared: figures begin on" in page.content.decode())
    assert answer[11, 11][0].replace(",", "").endswith("500")
    assert not answer[11, 11][1]
    assert answer[10, 10][1]
    assert answer[10, 11][1]
    assert answer[12, 14][1]
    assert {answer[key][0] for key in ((10, 10), (10, 11), (12, 14))} == {"—"}


def test_an_agent_is_sent_to_the_own_figures(client, organization, day):
    client.force_login(make_member(organization, "agent", agent_id=day.mei.pk))
    answer = client.get(TABLE)
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"/yunfan/kpis/agents/{day.mei.pk}/?since=2025-03-01")


def test_an_agent_may_not_see_a_colleague(client, organization, day):
    client.force_login(make_member(organization, "agent", agent_id=day.mei.pk))
    assert client.get(f"/yunfan/kpis/agents/{day.mei.pk}/?{PERIOD}").status_code == 200
    assert client.get(f"/yunfan/kpis/agents/{day.qiang.pk}/?{PERIOD}").status_code == 403
    assert client.get(f"/yunfan/kpis/agents/{day.qiang.pk}/2025-03-10/").status_code == 403


def test_an_agent_without_a_person_is_told_what_to_do(client, agent_member, day):
    client.force_login(agent_member)
    assert "linked" in client.get(TABLE, headers={"accept-language": "en"}).content.decode()


def test_a_member_limited_to_another_store_sees_nothing_of_this_one(client, organization, day):
    other = make_store(organization, "jd1", platform="jd")
    client.force_login(make_member(organization, "supervisor", "one@yunfan.example", store_ids=[other.pk]))
    page = client.get(f"{TABLE}&store=tb1")
    assert page.status_code == 200
    assert page.context["table"].rows == []
    assert page.context["data_until"] is None
    assert page.context["filters"].errors


def test_another_organization_does_not_exist(client, outsider, day):
    client.force_login(outsider)
    assert client.get(TABLE).status_code == 404


def test_the_agents_page_asks_a_fixed_number_of_queries(lead, day, django_assert_max_num_queries):
    lead.get(TABLE)
    with django_assert_max_num_queries(32):
        lead.get(TABLE)


def test_one_agent_by_day_links_to_the_facts_of_the_day(lead, day):
    page = lead.get(f"/yunfan/kpis/agents/{day.mei.pk}/?{PERIOD}").content.decode()
    assert f"/yunfan/kpis/agents/{day.mei.pk}/2025-03-10/?since=2025-03-01" in page
    assert "Against the team" in page


def test_a_day_lists_chats_orders_and_rounds_that_make_its_figures(lead, day):
    answer = lead.get(f"/yunfan/kpis/agents/{day.mei.pk}/2025-03-10/?{PERIOD}")
    (part,) = answer.context["store_days"]
    assert part.counts == {
        "sessions": 2, "received": 2, "inquiries": 2, "converted": 1, "orders": 1, "answered": 4, "unanswered": 0,
    }  # fmt: skip
    assert [line["result"] for line in part.sessions] == ["converted", "lost"]
    assert "/yunfan/kpis/stores/tb1/orders/O-1/" in answer.content.decode()


def test_a_day_of_many_rounds_counts_all_and_lists_the_slowest_until_asked_for_all(lead, day):
    # On the 11th one buyer asks 60 times, a minute apart; the n-th is answered after n seconds.
    asked = Message("q", "阿满", "tb1:mei", "in", False, at("10:00:00") + timedelta(days=1), "在吗")
    for n in range(1, 61):
        minute = asked.sent_at + timedelta(minutes=n)
        question = replace(asked, message_id=f"q{n}", sent_at=minute)
        reply = replace(asked, message_id=f"a{n}", direction="out", sent_at=minute + timedelta(seconds=n))
        write(day.store, question, reply)
    with organization_scope(day.organization.pk):
        refresh_store(day.store, whole=True)
    path, section = f"/yunfan/kpis/agents/{day.mei.pk}/2025-03-11/?{PERIOD}", f"rounds-{day.store.pk}"
    answer = lead.get(path)
    (part,) = answer.context["store_days"]
    assert (part.counts["answered"], part.cut) == (60, {"rounds": 60})
    assert [line["after"] for line in part.rounds] == [f"{n} s" for n in range(60, 10, -1)]
    page = answer.content.decode()
    assert page.count("Show all 60") == 1
    assert f'href="?{PERIOD.replace("&", "&amp;")}&amp;all={section}#{section}"' in page
    assert f'id="{section}"' in page
    (whole,) = lead.get(f"{path}&all={section}").context["store_days"]
    assert [line["after"] for line in whole.rounds] == [f"{n} s" for n in range(60, 0, -1)]
    assert whole.cut == {}
    (other,) = lead.get(f"{path}&all=sessions-{day.store.pk}").context["store_days"]
    assert len(other.rounds) == 50


def test_an_impossible_day_is_404(lead, day):
    assert lead.get(f"/yunfan/kpis/agents/{day.mei.pk}/2025-02-30/").status_code == 404


def test_a_wrong_period_is_said_and_the_default_shown(lead, day):
    page = lead.get("/yunfan/kpis/agents/?since=2025-03-31&until=2025-03-01").content.decode()
    assert "The period begins after it ends." in page


def test_an_empty_period_offers_the_latest_month_with_data(lead, day):
    page = lead.get("/yunfan/kpis/agents/?since=2024-01-01&until=2024-01-31").content.decode()
    assert "?since=2025-03-01&amp;until=2025-03-10" in page


def test_an_organization_without_stores_is_told_what_comes_first(client, owner):
    client.force_login(owner)
    page = client.get(TABLE, headers={"accept-language": "en"}).content.decode()
    assert "There is no store you may see yet." in page
    assert "/yunfan/stores/" in page


def test_what_if_another_rule_judged_is_marked(lead, day):
    page = lead.get(f"{TABLE}&rule=payment").content.decode()
    assert "what if" in page
    assert [row[0] for row in lines_of(page)] == [["王小美"], ["周强"]]
