"""Orders, unconverted buyers, response figures and months, over tests/kpis/day_of_chats.py."""

import csv
import io
from datetime import date

import pytest

from kpis.models import STORE, AgentDay
from tenants.scope import organization_scope
from tests.kpis.day_of_chats import DAY, PERIOD, PHONE, make_day_of_chats
from tests.make import make_member


@pytest.fixture
def day(organization):
    return make_day_of_chats(organization)


@pytest.fixture
def lead(client, supervisor):
    client.force_login(supervisor)
    client.cookies["django_language"] = "en"
    return client


ORDERS = "/yunfan/kpis/stores/tb1/orders"
LOST = f"/yunfan/kpis/unconverted/?{PERIOD}"


def test_an_order_says_in_words_why_it_is_whose(lead, day):
    page = lead.get(f"{ORDERS}/O-1/").content.decode()
    assert "CN¥300.00 for 王小美" in page
    assert "Created 03-10 10:05, paid 03-10 10:06, so rule v1 applies" in page
    assert (
        "王小美&#x27;s chat of 03-10 10:00 – 03-10 10:00 is the one that counts: it ended 4 min 40 s before creation."
        in page
    )


def test_the_three_judgements_stand_side_by_side(lead, day):
    judgements = lead.get(f"{ORDERS}/O-1/").context["judgements"]
    assert [(one["owner"], one["in_force"]) for one in judgements] == [
        ("王小美", False),
        ("王小美", True),
        ("王小美", False),
    ]


def test_an_order_id_with_a_slash_has_a_page(lead, day):
    page = lead.get(f"{ORDERS}/O/3/").content.decode()
    assert "Nobody's order" in page
    assert "a silent sale" in page


def test_an_unpaid_order_is_no_sale(lead, day):
    assert "nobody owns it" in lead.get(f"{ORDERS}/O-2/").content.decode()


def test_an_unknown_order_is_404(lead, day):
    assert lead.get(f"{ORDERS}/O-9/").status_code == 404
    assert lead.get("/yunfan/kpis/stores/nowhere/orders/O-1/").status_code == 404


def test_an_agent_sees_the_orders_of_buyers_they_served_only(client, organization, day):
    client.force_login(make_member(organization, "agent", agent_id=day.qiang.pk))
    assert client.get(f"{ORDERS}/O-2/").status_code == 200
    assert client.get(f"{ORDERS}/O-1/").status_code == 403
    assert client.get(f"{ORDERS}/O/3/").status_code == 403


def test_unconverted_buyers_are_those_who_asked_and_did_not_buy(lead, day):
    answer = lead.get(LOST)
    assert [(line.inquiry.buyer, line.agent) for line in answer.context["lines"]] == [
        ("大刘", "周强"),
        ("小北", "王小美"),
    ]
    assert "1–2 of" not in answer.content.decode()  # one page needs no pager


def test_their_last_words_hide_phone_numbers_on_page_and_in_file(lead, day):
    page = lead.get(LOST).content.decode()
    assert PHONE not in page
    assert "收到138****5678" in page
    file = lead.get(f"{LOST}&file=csv").content.decode("utf-8-sig")
    assert PHONE not in file
    rows = list(csv.reader(io.StringIO(file)))
    assert [row[0] for row in rows[1:]] == ["大刘", "小北"]


def test_they_are_filtered_by_length_and_by_unpaid_order(lead, day):
    # 大刘 chatted 300 s and left an order unpaid; 小北 190 s.
    assert [line.inquiry.buyer for line in lead.get(f"{LOST}&unpaid=1").context["lines"]] == ["大刘"]
    assert lead.get(f"{LOST}&length=short").context["lines"] == []
    assert len(lead.get(f"{LOST}&length=middle").context["lines"]) == 2


def test_an_agent_sees_the_own_lost_buyers_only(client, organization, day):
    client.force_login(make_member(organization, "agent", agent_id=day.mei.pk))
    lines = client.get(f"{LOST}&agent={day.qiang.pk}").context["lines"]
    assert [line.inquiry.buyer for line in lines] == ["小北"]


def test_a_page_behind_the_last_shows_the_first(lead, day):
    assert len(lead.get(f"{LOST}&page=9").context["lines"]) == 2


def test_response_figures_count_unanswered_rounds_in_every_share(lead, day):
    table = lead.get(f"/yunfan/kpis/response/?{PERIOD}").context["table"]
    figures = {
        row.name: dict(zip([c.key for c in table.columns], row.cells, strict=True)) for row in table.rows
    }
    # 周强: one round answered after 300 s, one never.
    assert figures["周强"]["within_300s_rate"].value == 0.5
    assert figures["周强"]["within_180s_rate"].value == 0
    # 王小美: 20, 40, 30 and 10 s.
    assert figures["王小美"]["within_30s_rate"].value == 0.75
    assert figures["王小美"]["unanswered_rounds"].value == 0


def test_an_agent_sees_no_colleagues_response_figures(client, organization, day):
    client.force_login(make_member(organization, "agent", agent_id=day.mei.pk))
    answer = client.get(f"/yunfan/kpis/response/?{PERIOD}")
    assert [row.name for row in answer.context["table"].rows] == ["王小美"]
    assert answer.context["table"].total is None
    assert "周强" not in answer.content.decode()


def test_months_show_stores_in_one_currency(lead, day):
    answer = lead.get("/yunfan/kpis/months/?month=2025-03")
    (row,) = answer.context["table"].rows
    assert (row.name, row.cells[0].value) == ("TB1", 500)


def test_a_month_whose_predecessor_is_not_whole_has_no_change(lead, day):
    answer = lead.get("/yunfan/kpis/months/?month=2025-03")
    cells = dict(
        zip(
            [c.key for c in answer.context["table"].columns],
            answer.context["table"].rows[0].cells,
            strict=True,
        )
    )
    assert cells["month_over_month"].value is None
    assert "Not every store has a whole month before" in answer.content.decode()


def copy_store_day(day, to: date) -> None:
    """The store's row of the tenth once more, on another day: 500 of sales there too."""
    with organization_scope(day.organization.pk):
        row = AgentDay.objects.get(store=day.store, agent_id=STORE, day=DAY)
        row.day = to
        row.save(force_insert=True)


def test_a_month_is_compared_with_whole_months_only(lead, day):
    def change():
        table = lead.get("/yunfan/kpis/months/?month=2025-03").context["table"]
        return table.rows[0].cells[[column.key for column in table.columns].index("month_over_month")].value

    copy_store_day(day, date(2025, 2, 20))
    assert change() is None  # the data begins on the twentieth
    copy_store_day(day, date(2025, 2, 1))
    assert change() == -0.5  # 500 after 1,000


def test_a_store_without_an_exchange_rate_has_unknown_sales(lead, organization, day):
    make_day_of_chats(organization, "sp1", "台", currency="TWD", platform="shopee", name="TW")
    table = lead.get("/yunfan/kpis/months/?month=2025-03").context["table"]
    assert {row.name: row.cells[0].text for row in table.rows} == {"TB1": "CN¥500", "TW": "—"}
    assert table.total.cells[0].text == "—"


def test_an_agent_may_not_see_the_months(client, organization, day):
    client.force_login(make_member(organization, "agent", agent_id=day.mei.pk))
    assert client.get("/yunfan/kpis/months/").status_code == 403


@pytest.mark.parametrize(
    "address", [LOST, f"/yunfan/kpis/response/?{PERIOD}", "/yunfan/kpis/months/?month=2025-03"]
)
def test_each_page_asks_a_bounded_number_of_queries(lead, day, django_assert_max_num_queries, address):
    lead.get("/yunfan/")  # the first visit of a session is written down
    with django_assert_max_num_queries(28):
        assert lead.get(address).status_code == 200
