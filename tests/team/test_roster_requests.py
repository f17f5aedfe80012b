"""Leave, swaps and wishes: asked, answered, decided, written into the roster, told to people."""

from datetime import date

import pytest

from team.models import Agent
from team.notice_models import Notice
from team.roster import code_of, publish
from team.roster_models import RosterEntry, RosterRequest
from team.roster_requests import NotWaiting, answer_swap, ask, decide, withdraw
from tenants.scope import organization_scope
from tests.make import make_member
from tests.team.roster_world import NOVEMBER, moment, put, three_shifts

NOW = moment("2026-10-28 12:00")


@pytest.fixture
def cast(organization, scope):
    """(Ann, Bob, their users, the supervisor, codes of shifts) with a published November: Ann 3 day, Bob 3 night and 5 day."""
    codes = three_shifts(organization)
    ann, bob = (Agent.objects.create(organization=organization, name=name) for name in ("Ann", "Bob"))
    users = [
        make_member(organization, "agent", f"{one.name}@x.example", agent_id=one.pk) for one in (ann, bob)
    ]
    boss = make_member(organization, "supervisor")
    put(organization, ann, {3: codes["day"], 5: "rest"})
    put(organization, bob, {3: codes["night"], 5: codes["day"]})
    publish(organization, NOVEMBER, boss, NOW)
    Notice.objects.all().delete()
    return ann, bob, users, boss, codes


def day(number: int) -> date:
    return NOVEMBER.replace(day=number)


def standing(agent) -> dict[int, str]:
    return {entry.day.day: code_of(entry) for entry in RosterEntry.objects.filter(agent=agent)}


def told() -> list[tuple[int, str]]:
    found = [(one.user_id, one.text % one.params) for one in Notice.objects.order_by("pk")]
    Notice.objects.all().delete()
    return found


def test_leave_is_asked_of_the_supervisors_and_stands_in_the_roster_once_approved(organization, cast):
    ann, _bob, users, boss, codes = cast
    request = ask(organization, ann, "leave", day(3), day(4), NOW, entry_kind="annual", reason="wedding")
    assert told() == [(boss.pk, "Ann asks for leave: 11-03, 11-04")]
    assert standing(ann) == {3: codes["day"], 5: "rest"}
    decide(organization, request.pk, True, boss, NOW, "have fun")
    assert standing(ann) == {3: "annual", 4: "annual", 5: "rest"}
    assert set(RosterEntry.objects.values_list("published", flat=True)) == {True}
    assert told() == [(users[0].pk, "Your leave is approved: 11-03, 11-04")]
    with pytest.raises(NotWaiting):
        decide(organization, request.pk, False, boss, NOW)


def test_a_refused_request_changes_nothing_and_says_why(organization, cast):
    ann, _bob, users, boss, codes = cast
    request = ask(organization, ann, "leave", day(3), day(3), NOW, entry_kind="sick")
    told()
    assert decide(organization, request.pk, False, boss, NOW, "no").decision == "no"
    assert standing(ann)[3] == codes["day"]
    assert told() == [(users[0].pk, "Your leave is refused: 11-03")]


def test_a_swap_is_agreed_by_the_colleague_first_then_decided(organization, cast):
    ann, bob, users, boss, codes = cast
    request = ask(organization, ann, "swap", day(3), day(5), NOW, colleague=bob)
    assert told() == [(users[1].pk, "Ann asks you to swap shifts: 11-03, 11-05")]
    with pytest.raises(NotWaiting):
        decide(organization, request.pk, True, boss, NOW)
    with pytest.raises(NotWaiting):
        answer_swap(organization, request.pk, ann.pk, True, NOW)
    answer_swap(organization, request.pk, bob.pk, True, NOW)
    assert told() == [
        (boss.pk, "Ann and Bob ask to swap shifts: 11-03, 11-05"),
        (users[0].pk, "Bob agrees to swap shifts: 11-03, 11-05"),
    ]
    decide(organization, request.pk, True, boss, NOW)
    # Each takes over what the other had on both days.
    assert standing(ann) == {3: codes["night"], 5: codes["day"]}
    assert standing(bob) == {3: codes["day"], 5: "rest"}
    assert sorted(told()) == sorted(
        (user.pk, "Your swap of shifts is approved: 11-03, 11-05") for user in users
    )


def test_on_one_day_they_change_places(organization, cast):
    ann, bob, _users, boss, codes = cast
    request = ask(organization, ann, "swap", day(3), day(3), NOW, colleague=bob)
    answer_swap(organization, request.pk, bob.pk, True, NOW)
    decide(organization, request.pk, True, boss, NOW)
    assert standing(ann) == {3: codes["night"], 5: "rest"}
    assert standing(bob) == {3: codes["day"], 5: codes["day"]}


def test_a_colleague_may_decline_and_who_asked_may_withdraw(organization, cast):
    ann, bob, _users, _boss, _codes = cast
    first, second = (ask(organization, ann, "swap", day(3), day(3), NOW, colleague=bob) for _time in "ab")
    assert answer_swap(organization, first.pk, bob.pk, False, NOW).state == "refused"
    with pytest.raises(NotWaiting):
        withdraw(second.pk, bob.pk)
    assert withdraw(second.pk, ann.pk).state == "withdrawn"
    with pytest.raises(NotWaiting):
        answer_swap(organization, second.pk, bob.pk, True, NOW)


def test_a_granted_wish_is_written_too(organization, cast):
    from team.roster_models import ShiftKind

    ann, _bob, _users, boss, codes = cast
    evening = ShiftKind.objects.get(name="evening")
    for number, shift in ((10, None), (11, evening)):
        request = ask(organization, ann, "wish", day(number), day(number), NOW, shift=shift)
        decide(organization, request.pk, True, boss, NOW)
    assert standing(ann) == {3: codes["day"], 5: "rest", 10: "rest", 11: codes["evening"]}


# The pages


def sent(**fields) -> dict:
    return {"kind": "leave", "entry_kind": "annual", "since": "2026-11-03", "until": "", **fields}


def test_an_agent_asks_on_the_page_and_the_supervisor_decides_there(client, organization, cast, time_machine):
    ann, bob, users, boss, _codes = cast
    time_machine.move_to(NOW, tick=False)
    client.force_login(users[0])
    path = "/yunfan/roster/requests/"
    assert client.post(path, sent(reason="wedding")).status_code == 302
    # Bob has nothing to give on the 4th; a past day is over; a swap needs somebody.
    wrong = (
        ({"kind": "swap", "colleague": bob.pk, "until": "2026-11-04"}, "until"),
        ({"kind": "swap", "colleague": bob.pk, "since": "2026-10-20", "until": "2026-11-03"}, "since"),
        ({"kind": "swap"}, "colleague"),
        ({"until": "2026-11-01"}, "until"),
        ({"until": "2027-12-01"}, "until"),
        ({"entry_kind": "rest"}, "entry_kind"),
    )
    for fields, field in wrong:
        assert field in client.post(path, sent(**fields)).context["form"].errors, fields
    assert client.post(path, sent(kind="swap", colleague=bob.pk, until="2026-11-05")).status_code == 302
    swap, leave = RosterRequest.objects.order_by("-pk")
    for action in ("decide", "answer"):
        answer = client.post(f"{path}{swap.pk}/{action}/", {"answer": "yes"})
        assert answer.status_code == (403 if action == "decide" else 302)
    swap.refresh_from_db()
    assert swap.state == "asked"
    client.force_login(users[1])
    assert [one.pk for one in client.get(path).context["waiting"]] == [swap.pk]
    client.post(f"{path}{swap.pk}/answer/", {"answer": "yes"})
    client.force_login(boss)
    assert {one.pk for one in client.get(path).context["waiting"]} == {swap.pk, leave.pk}
    client.post(f"{path}{leave.pk}/decide/", {"answer": "yes", "decision": "fine"})
    assert standing(ann)[3] == "annual"
    # Decided twice: nothing more happens.
    client.post(f"{path}{leave.pk}/decide/", {"answer": "no"})
    leave.refresh_from_db()
    assert (leave.state, leave.decision, leave.decided_by_id) == ("approved", "fine", boss.pk)
    client.force_login(users[0])
    page = client.get(path).content.decode()
    assert "fine" in page


def test_agents_see_no_requests_of_others(client, organization, cast):
    _ann, bob, users, _boss, _codes = cast
    with organization_scope(organization.pk):
        ask(organization, bob, "leave", day(3), day(3), NOW, entry_kind="sick", reason="a bad cold")
        other = RosterRequest.objects.get()
    client.force_login(users[0])
    assert "a bad cold" not in client.get("/yunfan/roster/requests/").content.decode()
    for action in ("answer", "withdraw"):
        assert client.post(f"/yunfan/roster/requests/{other.pk}/{action}/").status_code == 404
