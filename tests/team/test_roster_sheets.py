"""The roster as a workbook and as the neutral table: out, in, twice, and what is refused."""

import io
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from intake.direct import load_directly
from intake.models import State
from stores.platforms.records import FileRefused
from team.models import Agent
from team.roster import code_of, publish
from team.roster_models import RosterEntry
from team.roster_sheets import as_workbook, read_workbook
from tenants.scope import organization_scope
from tests.team.roster_world import NOVEMBER, grid_of, moment, put, three_shifts

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def people(organization):
    with organization_scope(organization.pk):
        made = [
            Agent.objects.create(organization=organization, name=name, employee_id=number)
            for name, number in (("=Ann", ""), ("Bob", "E1"), ("Bob", "E2"))
        ]
    return made


@pytest.fixture
def codes(organization):
    with organization_scope(organization.pk):
        return three_shifts(organization)


def workbook(*rows) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell in (cell for row in book.active for cell in row if isinstance(cell.value, str)):
        cell.data_type = "s"  # text, though it begins like a formula
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def standing(organization) -> dict[tuple[int, int], str]:
    with organization_scope(organization.pk):
        return {(one.agent_id, one.day.day): code_of(one) for one in RosterEntry.objects.all()}


def test_what_is_saved_reads_back_as_the_same_cells(organization, people, codes, scope):
    put(organization, people[0], {1: codes["day"], 2: "rest", 30: codes["night"]})
    put(organization, people[2], {15: "annual"})
    grid = grid_of()
    content = as_workbook(grid)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet["A2"].value == "=Ann"
    assert sheet["A2"].data_type == "s"
    assert sheet["C1"].value.date() == NOVEMBER
    assert sheet["AF2"].value == "night"
    reading = read_workbook(content, "x.xlsx", grid)
    assert reading.refusals == []
    assert reading.cells == {
        (people[0].pk, date(2026, 11, 1)): codes["day"],
        (people[0].pk, date(2026, 11, 2)): "rest",
        (people[0].pk, date(2026, 11, 30)): codes["night"],
        (people[2].pk, date(2026, 11, 15)): "annual",
    }


def test_unknown_people_and_words_are_refused_with_row_and_column_and_the_rest_is_kept(
    organization, people, codes, scope
):
    content = workbook(
        ["排班表"],
        ["姓名", "工号", date(2026, 11, 1), "2026-11-02", date(2026, 12, 1)],
        ["=Ann", None, "DAY", "lunch", "day"],
        ["Bob", None, "day", None, None],
        ["Bob", "E2", None, "休", None],
        ["Bob", "E9", "day", None, None],
        [None, None, None, None, None],
        ["Zoe", None, "day", None, None],
        ["=Ann", "E2", "day", None, None],
    )
    reading = read_workbook(content, "x.xlsx", grid_of())
    assert reading.cells == {
        (people[0].pk, date(2026, 11, 1)): codes["day"],
        (people[2].pk, date(2026, 11, 2)): "rest",
    }
    found = [(one.row, one.column, one.params) for one in reading.refusals]
    assert found == [
        (3, "11-02", {"value": "lunch"}),
        (4, "Name", {"name": "Bob"}),
        (6, "Name", {"name": "Bob"}),
        (8, "Name", {"name": "Zoe"}),
        (9, "Name", {"name": "=Ann"}),
    ]


@pytest.mark.parametrize(
    "content",
    [b"", b"name,2026-11-01\n", b"PK\x03\x04broken", workbook(["Name", date(2026, 12, 1)], ["Bob", "day"])],
)
def test_what_is_no_workbook_of_the_month_is_refused_whole(organization, people, codes, scope, content):
    with pytest.raises(FileRefused):
        read_workbook(content, "x.xlsx", grid_of())


def test_a_workbook_is_shown_first_and_written_when_confirmed(
    client, organization, supervisor, people, codes
):
    client.force_login(supervisor)
    with organization_scope(organization.pk):
        put(organization, people[0], {1: "rest"})
    content = workbook(
        ["Name", date(2026, 11, 1), date(2026, 11, 2)], ["=Ann", "day", "rest"], ["Zoe", "day", None]
    )
    path = "/yunfan/roster/upload/?month=2026-11"
    page = client.post(
        path, {"file": SimpleUploadedFile("r.xlsx", content)}, headers={"Accept-Language": "en"}
    )
    assert [(one[0], one[1].day, one[2], one[3]) for one in page.context["changes"]] == [
        ("=Ann", 1, "Rest day", "day"), ("=Ann", 2, "–", "Rest day"),
    ]  # fmt: skip
    assert page.context["refused"] == 1
    assert standing(organization) == {(people[0].pk, 1): "rest"}
    token = page.context["token"]
    client.post("/yunfan/roster/upload/apply/", {"token": token + "x"})
    assert standing(organization) == {(people[0].pk, 1): "rest"}
    client.post("/yunfan/roster/upload/apply/", {"token": token})
    assert standing(organization) == {(people[0].pk, 1): codes["day"], (people[0].pk, 2): "rest"}


def load(organization, store, tmp_path, text: str):
    path = tmp_path / "roster.csv"
    path.write_text(text)
    (job,) = load_directly(store, path)
    return job


TABLE = "name,employee_id,day,shift\n=Ann,,2026-11-01,day\nBob,E2,2026-11-02,annual\n,E1,2026-11-03,NIGHT\n"


def test_the_neutral_table_comes_in_as_a_draft_and_twice_changes_nothing(
    organization, store, people, codes, tmp_path
):
    job = load(organization, store, tmp_path, TABLE + "Zoe,,2026-11-01,day\nBob,E2,2026-11-04,lunch\n")
    assert (job.state, job.kind, job.counts) == (
        State.DONE, "roster", {"roster": {"new": 3, "changed": 0, "unchanged": 0, "rejected": 2}}
    )  # fmt: skip
    expected = {
        (people[0].pk, 1): codes["day"],
        (people[2].pk, 2): "annual",
        (people[1].pk, 3): codes["night"],
    }
    assert standing(organization) == expected
    with organization_scope(organization.pk):
        assert not RosterEntry.objects.filter(published=True).exists()
        assert [(one.row, one.column) for one in job.refused_rows.order_by("row")] == [
            (5, "name"),
            (6, "shift"),
        ]
    again = load(organization, store, tmp_path, TABLE)
    assert again.counts == {"roster": {"new": 0, "changed": 0, "unchanged": 3, "rejected": 0}}
    assert standing(organization) == expected


def test_into_a_published_month_it_comes_as_changes(organization, store, people, codes, tmp_path):
    load(organization, store, tmp_path, TABLE)
    with organization_scope(organization.pk):
        publish(organization, NOVEMBER, None, moment("2026-10-25 12:00"))
    job = load(organization, store, tmp_path, TABLE.replace("annual", "rest"))
    assert job.counts == {"roster": {"new": 0, "changed": 1, "unchanged": 2, "rejected": 0}}
    with organization_scope(organization.pk):
        assert set(RosterEntry.objects.values_list("published", flat=True)) == {True}
        assert Agent.objects.count() == 3
