"""The pages of follow-ups, detectors and return visits, in the roles that use them."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from desk.follow_ups import close, make_by_hand
from desk.models import DetectorSetting, FollowUp, FollowUpEvent, State
from stores.models import Buyer, ChangeCursor
from team.notice_models import Notice
from tenants.scope import organization_scope
from tests.make import at, make_agent, make_member, make_store

NOW = at("2026-11-02 10:00:00")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def people(organization, store):
    return [make_agent(organization, name, (store, f"s:{name}")) for name in ("王小美", "周强")]


@pytest.fixture
def mei(organization, people):
    return make_member(organization, "agent", agent_id=people[0].pk)


@pytest.fixture
def matters(organization, store, people, owner):
    """One overdue of 王小美, one of 周强's, one in the pool, one counted, one not open yet."""
    with organization_scope(organization.pk):
        buyer = Buyer.objects.create(organization=organization, store=store, name="阿月")
        hours = timedelta(hours=1)
        made = {
            name: FollowUp.objects.create(
                organization=organization, store=store, kind=kind, subject=name, buyer=buyer, order_id=f"O-{name}",
                facts={"courier": "顺丰"}, opens_at=NOW + opens * hours, due_at=NOW + due * hours,
                free_at=None, agent_id=agent and agent.pk, state=state, made_at=NOW, worth=88,
            )
            for name, kind, agent, opens, due, state in (
                ("own", "unpaid", people[0], -9, -1, State.OPEN),
                ("other", "unpaid", people[1], -9, 2, State.OPEN),
                ("pool", "not_arrived", None, -9, 3, State.OPEN),
                ("old", "unpaid", people[0], -900, -800, State.COUNTED),
                ("coming", "unpaid", None, 5, 6, State.OPEN),
            )
        }  # fmt: skip
    return made


def get(client, organization, name, *args, **query):
    return client.get(reverse(name, args=[organization.slug, *args]), query)


def act(client, organization, matter, deed, **fields):
    address = reverse("follow_up_act", args=[organization.slug, matter.pk])
    answer = client.post(address, {"act": deed, **fields})
    with organization_scope(organization.pk):
        matter.refresh_from_db()
    return answer


def listed(page) -> set[str]:
    return {row.follow_up.subject for row in page.context["rows"]}


def test_a_supervisor_sees_what_is_open_by_kind_and_state(client, organization, supervisor, matters):
    client.force_login(supervisor)
    page = get(client, organization, "follow_up_list")
    assert listed(page) == {"own", "other", "pool"}
    overview = {
        row["kind"]: (row["open"], row["overdue"], row["closed"], row["counted"])
        for row in page.context["overview"]
    }
    assert overview == {"unpaid": (2, 1, 0, 1), "not_arrived": (1, 0, 0, 0)}
    assert listed(get(client, organization, "follow_up_list", show="overdue")) == {"own"}
    assert listed(get(client, organization, "follow_up_list", show="pool")) == {"pool"}
    assert listed(get(client, organization, "follow_up_list", show="counted", kind="unpaid")) == {"old"}
    assert listed(get(client, organization, "follow_up_list", kind="no-such", agent="0")) == {
        "own",
        "other",
        "pool",
    }


def test_an_agent_sees_the_own_and_the_pools(client, organization, mei, matters):
    client.force_login(mei)
    assert listed(get(client, organization, "follow_up_list")) == {"own", "pool"}
    assert get(client, organization, "follow_up_detail", matters["other"].pk).status_code == 404
    assert get(client, organization, "follow_up_detail", matters["pool"].pk).status_code == 200


def test_the_file_holds_the_chosen_rows(client, organization, supervisor, matters):
    client.force_login(supervisor)
    answer = get(client, organization, "follow_up_list", kind="unpaid", file="csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[4] for row in rows[1:]] == ["O-own", "O-other"]
    assert rows[1][7] == "2026-11-02 09:00:00"


def test_an_agent_takes_and_closes_with_an_outcome(client, organization, people, mei, matters):
    client.force_login(mei)
    matter = matters["pool"]
    act(client, organization, matter, "take")
    assert matter.agent_id == people[0].pk
    answer = act(client, organization, matter, "close", outcome="nonsense")
    assert (answer.status_code, matter.state) == (200, State.OPEN)
    act(client, organization, matter, "close", outcome="courier_asked", note="明天到")
    assert (matter.state, matter.outcome, matter.closed_by) == (State.CLOSED, "courier_asked", mei)
    page = get(client, organization, "follow_up_detail", matter.pk)
    assert "明天到" in page.content.decode()
    act(client, organization, matter, "reopen")
    assert matter.state == State.OPEN


def test_an_agent_gives_nothing_to_others(client, organization, people, mei, matters):
    client.force_login(mei)
    answer = act(client, organization, matters["own"], "assign", agent=people[1].pk)
    assert (answer.status_code, matters["own"].agent_id) == (403, people[0].pk)


def test_who_is_given_one_is_told(client, organization, people, supervisor, mei, matters):
    client.force_login(supervisor)
    act(client, organization, matters["pool"], "assign", agent=people[0].pk)
    assert matters["pool"].agent_id == people[0].pk
    with organization_scope(organization.pk):
        notice = Notice.objects.get()
        assert (notice.user, notice.link) == (
            mei,
            reverse("follow_up_detail", args=[organization.slug, matters["pool"].pk]),
        )


def test_a_due_time_is_read_on_the_stores_clock(client, organization, supervisor, matters):
    client.force_login(supervisor)
    act(client, organization, matters["own"], "due", due_at="2026-11-03T09:30")
    assert matters["own"].due_at == at("2026-11-03 09:30:00")


def test_a_question_tells_the_supervisors_and_is_kept(client, organization, mei, supervisor, matters):
    client.force_login(mei)
    act(client, organization, matters["own"], "ask", question="仓库没货？")
    with organization_scope(organization.pk):
        assert FollowUpEvent.objects.get().what == "asked"
        assert [n.user for n in Notice.objects.all()] == [supervisor]


def test_one_is_written_down_by_hand(client, organization, store, people, mei, matters):
    client.force_login(mei)
    address = reverse("follow_up_new", args=[organization.slug])
    fields = {
        "store": store.pk,
        "text": "回电",
        "due_at": "2026-11-02T18:00",
        "agent": people[0].pk,
        "buyer": "阿月",
    }
    assert (
        "no buyer"
        in client.post(
            address, fields | {"buyer": "nobody"}, headers={"accept-language": "en"}
        ).content.decode()
    )
    assert client.post(address, fields | {"agent": people[1].pk}).status_code == 200
    assert client.post(address, fields).status_code == 302
    with organization_scope(organization.pk):
        made = FollowUp.objects.get(kind="by_hand")
        assert (made.due_at, made.buyer.name, made.made_by) == (at("2026-11-02 18:00:00"), "阿月", mei)


def test_a_detector_is_set_for_all_and_for_one_store(client, organization, store, supervisor):
    other = make_store(organization, "tb2")
    with organization_scope(organization.pk):
        for one in (store, other):
            ChangeCursor.objects.create(organization=organization, store=one, reader="desk", transaction_no=7)
    client.force_login(supervisor)
    address = reverse("detector_edit", args=[organization.slug, "unpaid"])
    figures = {"enabled": "on", "open_hours": 6, "free_hours": 24, "again_hours": 24, "again_days": 7}
    assert client.post(address + f"?store={store.code}", figures | {"own": "on"}).status_code == 302
    with organization_scope(organization.pk):
        row = DetectorSetting.objects.get()
        assert (row.store, row.enabled, row.options) == (store, True, {"open_hours": 6})
        # Its store is looked at whole the next time.
        places = dict(ChangeCursor.objects.values_list("store__code", "transaction_no"))
        assert places == {"tb1": 0, "tb2": 7}
    page = get(client, organization, "detector_list", store="tb1")
    (told,) = [d for d in page.context["detectors"] if d["name"] == "unpaid"]
    assert (told["own"], told["options"][0][1]) == (True, 6)
    client.post(address + f"?store={store.code}", figures)
    with organization_scope(organization.pk):
        assert not DetectorSetting.objects.exists()


def test_a_supervisor_of_some_stores_sets_nothing_for_all(client, organization, store):
    other = make_store(organization, "tb2")
    limited = make_member(organization, "supervisor", "limited@yunfan.example", store_ids=[other.pk])
    client.force_login(limited)
    address = reverse("detector_edit", args=[organization.slug, "cod_call"])
    client.post(address, {"own": "on"})
    with organization_scope(organization.pk):
        assert DetectorSetting.objects.get().store == other
    assert client.post(address + "?store=tb1", {"own": "on"}).status_code == 404


def test_return_visits_are_counted_by_month_and_outcome(client, organization, store, supervisor):
    with organization_scope(organization.pk):
        for number, outcome in enumerate(("content", "content", "complaint", "")):
            matter = FollowUp.objects.create(
                organization=organization, store=store, kind="return_visit", subject=str(number), occasion="2026-08",
                opens_at=at("2026-10-20 10:00:00"), due_at=at("2026-10-31 23:59:00"), made_at=NOW,
            )  # fmt: skip
            if outcome:
                close(matter, outcome, supervisor, NOW)
        make_by_hand(store, kind_text="x", due_at=NOW, agent_id=None, user=supervisor, now=NOW)
    client.force_login(supervisor)
    (row,) = get(client, organization, "visit_list").context["rows"]
    assert (row["month"].isoformat(), row["due"], row["visited"], row["counts"], row["open"]) == (
        "2026-10-01",
        4,
        3,
        [2, 1, 0, 0],
        1,
    )
    answer = get(client, organization, "visit_list", file="csv").content.decode("utf-8-sig").splitlines()
    assert answer[1].split(",")[0] == "2026-10"
    assert answer[1].split(",")[2:] == ["4", "3", "2", "1", "0", "0", "0", "1", "0"]


def test_a_time_of_day_is_given_as_one(client, organization, supervisor):
    client.force_login(supervisor)
    address = reverse("detector_edit", args=[organization.slug, "bad_review"])
    assert 'value="12:00"' in client.get(address).content.decode()
    wrong = client.post(address, {"enabled": "on", "stars": 2, "due_minutes": "25:00"})
    assert wrong.status_code == 200
    client.post(address, {"enabled": "on", "stars": 2, "due_minutes": "09:30"})
    with organization_scope(organization.pk):
        assert DetectorSetting.objects.get().options == {"stars": 2, "due_minutes": 570}
    (told,) = [
        d
        for d in get(client, organization, "detector_list").context["detectors"]
        if d["name"] == "bad_review"
    ]
    assert told["options"][1][1] == "09:30"
