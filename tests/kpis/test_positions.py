"""After-sales people have no conversion rate, and people are compared with those of their own position (R42)."""

import csv
import io
import re
from datetime import date
from decimal import Decimal

import pytest

from kpis.definitions import NO_CONVERSION
from kpis.target_models import Division
from kpis.target_progress import progress_of
from kpis.targets import set_targets
from team.models import Group, Position
from tenants.scope import organization_scope
from tests.kpis.day_of_chats import PERIOD, at, make_day_of_chats

TABLE, API = f"/yunfan/kpis/agents/?{PERIOD}", "/yunfan/api/v1"
EVER = date(2020, 1, 1)


@pytest.fixture
def day(organization):
    return make_day_of_chats(organization)


@pytest.fixture
def lead(client, supervisor):
    client.force_login(supervisor)
    client.cookies["django_language"] = "en"
    return client


def holds(
    agent, kind: str, since: date = EVER, until: date | None = None, group: Group | None = None
) -> None:
    with organization_scope(agent.organization_id):
        Position.objects.create(
            organization_id=agent.organization_id,
            agent=agent,
            kind=kind,
            since=since,
            until=until,
            group=group,
        )


def row_of(table, name: str) -> dict:
    """{figure: cell} of the row of that name."""
    (row,) = [row for row in table.rows if row.name == name]
    return dict(zip((column.key for column in table.columns), row.cells, strict=True))


def test_after_sales_people_have_no_conversion_and_the_page_says_why(lead, day):
    """王小美 converts 1 of 2; 周强, now after-sales, had 0 of 1. The store's own 1 of 3 stays."""
    holds(day.qiang, "after_sales")
    answer = lead.get(TABLE)
    mei, qiang = (row_of(answer.context["table"], name) for name in ("王小美", "周强"))
    assert (mei["conversion_final"].text, qiang["conversion_final"].text) == ("50.0%", "—")
    assert [qiang[key].value for key in ("conversion_same_day", "lost_inquiries", "inquiries")] == [
        None,
        None,
        1,
    ]
    assert qiang["conversion_final"].why == NO_CONVERSION
    assert answer.content.decode().count(f'<td title="{NO_CONVERSION}">') == 3
    total = dict(
        zip(
            (c.key for c in answer.context["table"].columns), answer.context["table"].total.cells, strict=True
        )
    )
    assert total["conversion_final"].text == "33.3%"
    # Nor is there a line of theirs in the chart, though there is one of their sales.
    assert [line["name"] for line in answer.context["chart"]["series"]] == ["王小美"]
    sales = lead.get(f"{TABLE}&trend=paid_amount").context["chart"]["series"]
    assert sorted(line["name"] for line in sales) == ["周强", "王小美"]


def test_files_and_the_api_know_none_either(lead, day):
    holds(day.qiang, "after_sales")
    rows = list(csv.reader(io.StringIO(lead.get(f"{TABLE}&file=csv").content.decode("utf-8-sig"))))
    place = rows[0].index("Final conversion")
    assert {row[0]: row[place] for row in rows[1:]} == {"王小美": "0.500000", "周强": ""}
    for path in (f"agents?{PERIOD}", f"days?{PERIOD}"):
        told = lead.get(f"{API}/{path}").json()
        found = {row["agent_id"]: row for row in (told if isinstance(told, list) else told["rows"])}
        assert (found[day.qiang.pk]["conversion_final"], found[day.qiang.pk]["conversion_same_day"]) == (
            None,
            None,
        )
        assert (found[day.mei.pk]["conversion_final"], found[day.qiang.pk]["inquiries"]) == (0.5, 1)
        assert round(found[-1]["conversion_final"], 4) == 0.3333


@pytest.mark.parametrize(
    ("positions", "text"),
    [
        ([("after_sales", EVER, None)], "—"),
        ([("both", EVER, None)], "0.0%"),
        ([("pre_sales", EVER, date(2025, 3, 20)), ("after_sales", date(2025, 3, 21), None)], "0.0%"),
        ([("pre_sales", EVER, date(2025, 2, 28)), ("after_sales", date(2025, 3, 1), None)], "—"),
        ([("after_sales", EVER, date(2025, 3, 31)), ("pre_sales", date(2025, 4, 1), None)], "—"),
        ([], "0.0%"),
    ],
)
def test_only_who_held_no_other_position_in_the_period_has_none(lead, day, positions, text):
    """The period is March 2025, both ends included."""
    for kind, since, until in positions:
        holds(day.qiang, kind, since, until)
    assert row_of(lead.get(TABLE).context["table"], "周强")["conversion_final"].text == text


def test_the_own_page_of_somebody_in_after_sales(lead, day):
    holds(day.qiang, "after_sales")
    answer = lead.get(f"/yunfan/kpis/agents/{day.qiang.pk}/?{PERIOD}")
    tile = answer.context["tiles"][0]
    assert (tile.measure.key, tile.text, tile.why, tile.href) == ("conversion_final", "—", NO_CONVERSION, "")
    assert f'<span class="tile-value" title="{NO_CONVERSION}">—</span>' in answer.content.decode()
    table = answer.context["table"]
    place = [column.key for column in table.columns].index("conversion_final")
    assert [row.cells[place].text for row in (*table.rows, table.total)] == ["—", "—"]
    assert answer.context["chart"]["measure"] == "paid_amount"
    assert "conversion_final" not in [measure.key for measure in answer.context["chart_measures"]]


@pytest.fixture
def six(lead, organization, day):
    """Three of each position, in three stores. Each 王小美 converts 1 of 2 and answers after 20 s and 40 s, each 周强
    0 of 1 and after 300 s.

    | pre-sales   | 王小美, 乙王小美, 周强     | 2 of 5 inquiries, 420 s / 5 = 84 s  |
    | after-sales | 乙周强, 丙王小美, 丙周强   | 660 s / 4 = 165 s                   |
    | everybody   |                            | 3 of 9 inquiries, 1080 s / 9 = 120 s |
    """
    second, third = (make_day_of_chats(organization, *other) for other in (("jd1", "乙"), ("tb2", "丙")))
    for agent in (day.mei, second.mei, day.qiang):
        holds(agent, "pre_sales")
    for agent in (second.qiang, third.mei, third.qiang):
        holds(agent, "after_sales")
    return day, third


def test_people_are_compared_with_those_of_their_position(lead, six):
    day, third = six
    mei = row_of(lead.get(TABLE).context["table"], "王小美")["conversion_final"]
    assert (mei.bar, round(mei.mark, 1)) == (50.0, 40.0)
    answer = lead.get(f"/yunfan/kpis/agents/{day.mei.pk}/?{PERIOD}")
    lines = {line["measure"].key: (line["own"], line["team"]) for line in answer.context["comparison"]}
    assert lines["conversion_final"] == ("50.0%", "40.0%")
    assert lines["average_first_response_seconds"] == ("30 s", "84 s")
    assert "Against the team: Pre-sales" in answer.content.decode()
    after = lead.get(f"/yunfan/kpis/agents/{third.mei.pk}/?{PERIOD}").context["comparison"]
    assert {line["measure"].key: line["team"] for line in after}[
        "average_first_response_seconds"
    ] == "2 min 45 s"
    assert "conversion_final" not in {line["measure"].key for line in after}


def test_who_is_alone_in_a_position_is_compared_with_nobody(lead, day):
    holds(day.mei, "pre_sales")
    holds(day.qiang, "after_sales")
    assert lead.get(f"/yunfan/kpis/agents/{day.mei.pk}/?{PERIOD}").context["comparison"] == []


def test_whose_position_is_not_known_is_compared_with_everybody(lead, day):
    """(20 + 40 + 300) / 3 = 120 s."""
    lines = lead.get(f"/yunfan/kpis/agents/{day.mei.pk}/?{PERIOD}").context["comparison"]
    assert {line["measure"].key: line["team"] for line in lines}["average_first_response_seconds"] == "2 min"


@pytest.mark.parametrize("page", ["agents", "response"])
@pytest.mark.parametrize("by", ["group", "position"])
def test_a_filter_by_group_or_position_holds_on_every_page_and_goes_along(lead, day, organization, page, by):
    with organization_scope(organization.pk):
        group = Group.objects.create(organization=organization, name="晚班")
    holds(day.qiang, "pre_sales", group=group)
    holds(day.mei, "both")
    asked = f"group={group.pk}" if by == "group" else "position=pre_sales"
    answer = lead.get(f"/yunfan/kpis/{page}/?{PERIOD}&{asked}")
    names = {row.name for row in answer.context["table"].rows}
    # Who does both is among the pre-sales people too.
    assert names == ({"周强"} if by == "group" else {"周强", "王小美"})
    links = re.findall(r'href="([^"]*/kpis/agents/\d+/[^"]*)"', answer.content.decode())
    assert links
    assert all(asked in link for link in links)


def test_unconverted_buyers_of_a_group(lead, day, organization):
    with organization_scope(organization.pk):
        group = Group.objects.create(organization=organization, name="晚班")
    holds(day.qiang, "pre_sales", group=group)
    lines = lead.get(f"/yunfan/kpis/unconverted/?{PERIOD}&group={group.pk}").context["lines"]
    assert [line.inquiry.buyer for line in lines] == ["大刘"]


def test_a_target_of_conversion_asks_nothing_of_after_sales_people(lead, day):
    holds(day.qiang, "after_sales")
    month = date(2025, 3, 1)
    with organization_scope(day.organization.pk):
        set_targets(
            day.store,
            month,
            sales=None,
            service={"conversion_final": Decimal("0.3")},
            division=Division.EQUAL,
        )
        found = {line.agent_id: line for line in progress_of([day.store], month, at("20:00:00"), None)}
    assert [found[pk].meets("conversion_final") for pk in (day.mei.pk, day.qiang.pk)] == [True, None]
    assert str(NO_CONVERSION) in lead.get("/yunfan/targets/tb1/?month=2025-03").content.decode()
