"""Invited, rated, satisfied: case 22 worked by hand, what comes in out of order, and what pages and API show of it."""

import csv
import io
from dataclasses import replace
from decimal import Decimal

import pytest

from conversations.models import Rating as StoredRating
from conversations.ratings import write_ratings
from kpis.export_rows import COLUMNS as EXPORTED
from kpis.models import AgentDay, Satisfaction
from kpis.refresh import refresh_store
from kpis.retention import delete_chats
from kpis.target_models import Division
from kpis.target_progress import progress_of
from kpis.targets import set_targets
from stores.platforms.records import RatingRecord
from team.models import SeatAssignment
from team.seats import end_assignment
from tenants.scope import organization_scope
from tests.kpis.against_reference import import_data, make_reference_store, refresh
from tests.kpis.day_of_chats import DAY, PERIOD, make_day_of_chats
from tests.kpis.day_of_chats import at as clock
from tests.kpis.imported import Imported, one_chat
from tests.kpis.piecewise import catch_up, differing, write
from tests.make import make_organization
from tests.reference.by_hand import HandStore, at, day, row
from tests.reference.model import Rating, Session

SUMS = (
    "received_sessions",
    "invitations_known",
    "invited_sessions",
    "rated_invited",
    "ratings",
    "satisfied",
)


def case_22() -> HandStore:
    """A: three chats, of which a list tells one (with messages, so its counts stand aside); B: one chat, nothing told."""
    hand = HandStore()
    hand.chat("A", at(1, "10:00"), at(1, "10:20"))
    hand.chat("A", at(1, "12:00"), at(1, "12:20"))
    hand.chat("A", at(1, "14:00"), at(1, "14:20"))
    hand.chat("B", at(1, "16:00"), at(1, "16:20"))
    hand.sessions = [Session("x1", "b", "A", at(1, "10:00"), at(1, "10:20"), 9, 9, invited=True)]
    hand.ratings = [
        Rating("x1", None, None, None, None, 5),
        Rating(None, "b", "A", at(1, "12:19"), False, 2),
        Rating("x9", None, None, None, True, 1),
    ]
    return hand


def test_case_22(organization, tmp_path):
    """
    |       | received | known | invited | rated of them | ratings | of 4 and 5 |
    | A     | 3        | 2     | 1       | 1             | 2       | 1          |
    | B     | 1        | 0     | 0       | 0             | 0       | 0          |
    | store | 4        | 2     | 1       | 1             | 2       | 1          |
    """
    hand = case_22()
    data = hand.store()
    store = make_reference_store(organization, data)
    import_data(store, data, tmp_path)
    refresh(store)
    figures = Imported(store).figures()
    expected = {"A": (3, 2, 1, 1, 2, 1), "B": (1, 0, 0, 0, 0, 0), "": (4, 2, 1, 1, 2, 1)}
    assert {name: tuple(getattr(figures[1, name], sum_) for sum_ in SUMS) for name in expected} == expected
    agent, other, whole = (figures[1, name] for name in ("A", "B", ""))
    assert (agent.invited_rate, agent.rated_rate, agent.satisfaction) == (1 / 3, 1.0, 0.5)
    assert (whole.invited_rate, whole.rated_rate, whole.satisfaction) == (1 / 4, 1.0, 0.5)
    assert (other.invited_rate, other.rated_rate, other.satisfaction) == (None, None, None)


def test_case_22_by_the_reference():
    told = {name: row(case_22().result(), 1, name) for name in ("A", "B", "")}
    assert tuple(told["A"][sum_] for sum_ in SUMS) == (3, 2, 1, 1, 2, 1)
    assert tuple(told["B"][sum_] for sum_ in SUMS) == (1, 0, 0, 0, 0, 0)
    assert tuple(told[""][sum_] for sum_ in SUMS) == (4, 2, 1, 1, 2, 1)


def test_that_nobody_was_invited_is_known_to_be_none(organization, tmp_path):
    hand = one_chat()
    hand.ratings = [Rating(None, "b", "A", at(1, "10:10"), False, None)]
    data = hand.store()
    store = make_reference_store(organization, data)
    import_data(store, data, tmp_path)
    refresh(store)
    figures = Imported(store).figures()[1, "A"]
    assert (figures.invited_rate, figures.rated_rate, figures.satisfaction) == (0.0, None, None)


@pytest.fixture
def coming(committed):
    """A store whose figures are up to date and which knows two chats of A and none of what was said of them."""
    hand = HandStore()
    hand.chat("A", at(1, "10:00"), at(1, "10:20"))
    hand.chat("A", at(2, "10:00"), at(2, "10:20"))
    data = hand.store()
    store = make_reference_store(make_organization("yunfan"), data)
    write(store, *data.seats)
    write(store, *data.messages)
    catch_up(store)
    return store


def sums(store) -> dict[tuple[int, str], tuple[int, int, int]]:
    """{(day number, agent's name): (invited, ratings, satisfied)} where anything is known."""
    rows = Imported(store).figures().items()
    told = {key: (row.invited_sessions, row.ratings, row.satisfied) for key, row in rows if key[1]}
    return {key: value for key, value in told.items() if any(value)}


def after(store, *things) -> dict[tuple[int, str], tuple[int, int, int]]:
    """`sums` after these came in and only their buyers' facts were derived anew, as a full rebuild has them too."""
    write(store, *things)
    assert all(count["buyers"] >= 0 for count in catch_up(store))
    assert differing(store) == []
    return sums(store)


def test_a_rating_waits_for_its_session_and_lies_on_the_sessions_day(coming):
    rating = Rating("x1", None, None, None, True, 4)
    assert after(coming, rating) == {}
    session = Session("x1", "b", "A", at(1, "10:00"), at(2, "00:30"), 1, 1)
    assert after(coming, session) == {(1, "A"): (1, 1, 1)}
    assert after(coming, replace(rating, rating=3)) == {(1, "A"): (1, 1, 0)}


def test_a_rating_by_itself_moves_to_its_session_when_that_comes_in(coming):
    rating = Rating("x1", "c", "B", at(3, "09:00"), True, 5)
    assert after(coming, rating) == {(3, "B"): (1, 1, 1)}
    session = Session("x1", "b", "A", at(1, "10:00"), at(1, "10:20"), 1, 1)
    assert after(coming, session) == {(1, "A"): (1, 1, 1)}
    # Whose line says another buyer than its session is still the session's.
    assert after(coming, replace(rating, rating=1)) == {(1, "A"): (1, 1, 0)}


def test_the_sheets_word_goes_before_the_session_lists(coming):
    session = Session("x1", "b", "A", at(1, "10:00"), at(1, "10:20"), 1, 1, invited=False, rating=2)
    assert after(coming, session) == {(1, "A"): (0, 1, 0)}
    assert after(coming, Rating("x1", None, None, None, None, 5)) == {(1, "A"): (0, 1, 1)}
    assert after(coming, Rating("x1", None, None, None, True, None)) == {(1, "A"): (1, 1, 1)}


def test_a_seat_handed_over_takes_its_ratings_along(coming):
    assert after(coming, Rating(None, "nobody", "A", at(5, "09:00"), True, 5)) == {(5, "A"): (1, 1, 1)}
    with organization_scope(coming.organization_id):
        end_assignment(SeatAssignment.objects.get(seat__name="A"), day(4))
    catch_up(coming)
    assert differing(coming) == []
    assert sums(coming) == {(5, "unassigned"): (1, 1, 1)}


def test_a_sealed_day_keeps_what_was_said_of_it(coming):
    first = Rating(None, "b", "A", at(1, "10:10"), True, 5)
    assert after(coming, first) == {(1, "A"): (1, 1, 1)}
    assert delete_chats(coming, day(1)) > 0
    write(coming, replace(first, rating=1))
    write(coming, Rating(None, "b", "A", at(1, "10:11"), True, 1))
    catch_up(coming)
    assert sums(coming) == {(1, "A"): (1, 1, 1)}
    with organization_scope(coming.organization_id):
        assert Satisfaction.objects.count() == 1
        assert StoredRating.objects.count() == 2
        assert AgentDay.objects.filter(received_sessions__gt=0).count() == 4


# Pages
TABLE = f"/yunfan/kpis/agents/?{PERIOD}"


@pytest.fixture
def rated(organization):
    """王小美's two chats were invited and one rated with 5; of 周强's one chat: not invited, rated with 3."""
    day = make_day_of_chats(organization)
    said = [
        RatingRecord(None, "阿月", "tb1:mei", clock("10:01:00"), True, 5),
        RatingRecord(None, "小北", "tb1:mei", clock("11:04:00"), True, None),
        RatingRecord(None, "大刘", "tb1:qiang", clock("12:06:00"), False, 3),
    ]
    with organization_scope(organization.pk):
        write_ratings(day.store, list(enumerate(said)))
        refresh_store(day.store, whole=True)
    return day


@pytest.fixture
def lead(client, supervisor):
    client.force_login(supervisor)
    client.cookies["django_language"] = "en"
    return client


def test_the_tables_show_what_was_rated(lead, rated):
    """
    |        | invited | rated | satisfaction | ratings |
    | 王小美 | 2 of 2  | 1 of 2| 1 of 1       | 1       |
    | 周强   | 0 of 1  | —     | 0 of 1       | 1       |
    | store  | 2 of 3  | 1 of 2| 1 of 2       | 2       |
    """
    keys = ("invited_rate", "rated_rate", "satisfaction", "ratings")
    table = lead.get(TABLE).context["table"]
    places = [[column.key for column in table.columns].index(key) for key in keys]
    told = {row.name: [row.cells[place].text for place in places] for row in (*table.rows, table.total)}
    assert list(told.values()) == [
        ["100.0%", "50.0%", "100.0%", "1"],
        ["0.0%", "—", "0.0%", "1"],
        ["66.7%", "50.0%", "50.0%", "2"],
    ]
    own = lead.get(f"/yunfan/kpis/agents/{rated.qiang.pk}/?{PERIOD}").context["table"]
    places = [[column.key for column in own.columns].index(key) for key in (*keys, "received_sessions")]
    assert [own.rows[0].cells[place].text for place in places] == ["0.0%", "—", "0.0%", "1", "1"]
    months = lead.get("/yunfan/kpis/months/?month=2025-03").context["table"]
    place = [column.key for column in months.columns].index("satisfaction")
    assert months.rows[0].cells[place].text == "50.0%"


def test_files_and_the_api_have_them_and_the_fixed_file_has_not(lead, rated):
    rows = list(csv.reader(io.StringIO(lead.get(f"{TABLE}&file=csv").content.decode("utf-8-sig"))))
    place = rows[0].index("Satisfaction")
    assert {row[0]: row[place] for row in rows[1:]} == {"王小美": "1.000000", "周强": "0.000000"}
    told = {row["agent_id"]: row for row in lead.get(f"/yunfan/api/v1/agents?{PERIOD}").json()}
    assert [told[rated.qiang.pk][key] for key in ("satisfaction", "rated_rate", "ratings")] == [0.0, None, 1]
    assert [told[-1][key] for key in ("received_sessions", "invited_sessions")] == [3, 2]
    assert not set(SUMS) & set(EXPORTED)


def test_a_target_of_satisfaction_is_met_or_not(lead, rated):
    with organization_scope(rated.organization.pk):
        set_targets(
            rated.store, DAY.replace(day=1), sales=None, service={"satisfaction": Decimal("0.9")},
            division=Division.EQUAL,
        )  # fmt: skip
        lines = progress_of([rated.store], DAY.replace(day=1), clock("20:00:00"), None)
        found = {line.agent_id: line for line in lines}
    assert [found[agent.pk].meets("satisfaction") for agent in (rated.mei, rated.qiang)] == [True, False]
    page = lead.get("/yunfan/targets/tb1/?month=2025-03")
    assert [line["value"] for line in page.context["service"]] == ["50.0%"]
    assert "100.0% / 90.0%" in page.content.decode()
