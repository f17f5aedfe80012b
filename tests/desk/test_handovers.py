"""Duties and handover: every open matter on exactly one list, whatever is done and however often."""

import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from desk.duties import duty_of, ends_of, make_duties, sign_in, sign_out
from desk.follow_ups import assign, close, take
from desk.handover_book import clocks_of
from desk.handovers import (
    OwnerMissing,
    accept,
    close_duty,
    close_overdue_duties,
    hand_over,
    offer,
    return_line,
)
from desk.models import Duty, FollowUp, HandoverLine
from kpis.models import ChatSession
from stores.models import Buyer
from team.models import Seat
from team.notice_models import Notice
from team.roster_models import RosterEntry
from tenants.scope import organization_scope
from tests.desk.two_shifts import events, make_two_shifts, noted, on_lists, rostered, unanswered
from tests.make import at

EVENING = at("2026-11-02 17:20:00")


@pytest.fixture
def world(db):
    world = make_two_shifts()
    with organization_scope(world.organization.pk):
        yield world


@pytest.fixture
def duty(world) -> Duty:
    return duty_of(world.ann.pk, at("2026-11-02 16:00:00"))


def lists(world, now=EVENING) -> dict[int, str]:
    found = on_lists(world, now)
    assert all(len(names) == 1 for names in found.values())
    return {pk: names[0] for pk, names in found.items()}


def test_a_duty_comes_with_the_hour_of_its_published_shift_and_only_once(world):
    assert duty_of(world.ann.pk, at("2026-11-02 08:29:59")) is None
    duty = duty_of(world.ann.pk, at("2026-11-02 08:30:00"))
    assert (duty.day, duty.ends_at) == (date(2026, 11, 2), at("2026-11-02 17:30:00"))
    assert make_duties(at("2026-11-02 09:00:00")) == 0
    assert duty_of(world.ann.pk, at("2026-11-02 16:00:00")).pk == duty.pk
    assert make_duties(at("2026-11-02 17:00:00")) == 1
    # The night shift belongs to the day it begins on.
    assert duty_of(world.bea.pk, at("2026-11-03 01:00:00")).day == date(2026, 11, 2)


def test_a_draft_makes_no_duty_and_a_changed_shift_moves_it(world, duty):
    rostered(world.cai, world.day, date(2026, 11, 2), published=False)
    assert duty_of(world.cai.pk, at("2026-11-02 09:00:00")) is None
    RosterEntry.objects.filter(pk=duty.entry_id).update(ends_at=at("2026-11-02 15:00:00"))
    make_duties(at("2026-11-02 16:00:00"))
    duty.refresh_from_db()
    assert duty.ends_at == at("2026-11-02 15:00:00")
    RosterEntry.objects.filter(pk=duty.entry_id).update(kind="rest", shift=None, starts_at=None, ends_at=None)
    make_duties(at("2026-11-02 16:00:00"))
    assert duty_of(world.ann.pk, at("2026-11-02 16:00:00")) is None


def test_signing_in_early_late_twice_and_without_a_roster(world):
    early = sign_in(world.ann.pk, world.organization.pk, at("2026-11-02 08:10:00"))
    again = sign_in(world.ann.pk, world.organization.pk, at("2026-11-02 08:40:00"))
    assert (early.pk, again.signed_in_at) == (again.pk, at("2026-11-02 08:10:00"))
    assert sign_out(again, at("2026-11-02 17:31:00")) is True
    assert sign_out(again, at("2026-11-02 17:40:00")) is False
    free = sign_in(world.cai.pk, world.organization.pk, at("2026-11-02 10:00:00"))
    assert (free.entry, free.ends_at) == (None, at("2026-11-02 19:00:00"))
    assert duty_of(world.cai.pk, at("2026-11-02 11:00:00")).pk == free.pk
    close_duty(free, world.cai_user, at("2026-11-02 12:00:00"))
    back = sign_in(world.cai.pk, world.organization.pk, at("2026-11-02 14:00:00"))
    assert (back.pk, back.closed_at, back.ends_at) == (free.pk, None, at("2026-11-02 23:00:00"))


def test_offered_accepted_and_returned(world, duty):
    one = noted(world, "call back", world.ann, "2026-11-02 15:00:00", "2026-11-02 18:00:00")
    two = noted(world, "send pictures", world.ann, "2026-11-02 15:00:00", "2026-11-02 19:00:00")
    first = offer(duty, one, world.bea.pk, world.ann_user, EVENING, "waits for a call")
    second = offer(duty, two, None, world.ann_user, EVENING)
    assert lists(world) == {one.pk: "offered Bea", two.pk: "offered pool"}
    assert first.decrypted("remark") == "waits for a call"
    assert offer(duty, one, world.bea.pk, world.ann_user, EVENING).pk == first.pk
    assert accept(first, world.bea_user, EVENING) is True
    assert accept(first, world.bea_user, EVENING) is False
    assert lists(world) == {one.pk: "Bea", two.pk: "offered pool"}
    assert return_line(second, world.bea_user, EVENING, "not my buyer") is True
    assert return_line(second, world.bea_user, EVENING, "again") is False
    assert accept(second, world.bea_user, EVENING) is False
    assert lists(world) == {one.pk: "Bea", two.pk: "Ann"}
    assert events(one) == ["made", "offered", "accepted"]
    assert events(two) == ["made", "offered", "returned"]
    told = Notice.objects.values_list("user_id", "key")
    assert set(told) == {
        (user.pk, f"line-returned:{second.pk}") for user in (world.supervisor, world.ann_user)
    }


def test_offers_that_cannot_be(world, duty):
    mine = noted(world, "x", world.ann, "2026-11-02 15:00:00", "2026-11-02 18:00:00")
    hers = noted(world, "y", world.bea, "2026-11-02 15:00:00", "2026-11-02 18:00:00")
    with pytest.raises(ValueError, match="themselves"):
        offer(duty, mine, world.ann.pk, world.ann_user, EVENING)
    with pytest.raises(ValueError, match="not on the list"):
        offer(duty, hers, world.cai.pk, world.ann_user, EVENING)
    with pytest.raises(ValueError, match="why"):
        return_line(offer(duty, mine, None, world.ann_user, EVENING), world.bea_user, EVENING, "  ")
    assert lists(world) == {mine.pk: "offered pool", hers.pk: "Bea"}


def test_a_receiver_can_be_changed_while_nobody_answered(world, duty):
    one = noted(world, "x", world.ann, "2026-11-02 15:00:00", "2026-11-02 18:00:00")
    line = offer(duty, one, world.bea.pk, world.ann_user, EVENING)
    again = offer(duty, one, world.cai.pk, world.ann_user, EVENING)
    assert (again.pk, lists(world)) == (line.pk, {one.pk: "offered Cai"})
    assert hand_over(duty, {one.pk: (None, "")}, world.ann_user, EVENING) == 0


def test_the_database_refuses_a_second_open_line(world, duty):
    one = noted(world, "x", world.ann, "2026-11-02 15:00:00", "2026-11-02 18:00:00")
    line = offer(duty, one, None, world.ann_user, EVENING)
    with pytest.raises(IntegrityError, match="one_open_line_each"), transaction.atomic():
        HandoverLine.objects.create(
            organization=world.organization, duty=duty, follow_up=one, offered_at=line.offered_at
        )


def test_a_shift_is_not_closed_while_an_unanswered_buyer_has_nobody(world, duty):
    buyer = unanswered(world, world.ann, "2026-11-02 17:00:00")
    other = noted(world, "x", world.ann, "2026-11-02 15:00:00", "2026-11-04 18:00:00")
    with pytest.raises(OwnerMissing) as missing:
        close_duty(duty, world.ann_user, EVENING)
    assert missing.value.follow_ups == [buyer]
    duty.refresh_from_db()
    assert duty.closed_at is None
    hand_over(duty, {buyer.pk: (None, "")}, world.ann_user, EVENING)
    assert close_duty(duty, world.ann_user, EVENING) is True
    assert close_duty(duty, world.ann_user, EVENING) is False
    # What need not have an owner stays where it was.
    assert lists(world) == {buyer.pk: "offered pool", other.pk: "Ann"}


def test_a_shift_nobody_hands_over_closes_itself_half_an_hour_after_its_end(world, duty):
    one = noted(world, "x", world.ann, "2026-11-02 15:00:00", "2026-11-02 18:00:00")
    later = noted(world, "y", world.ann, "2026-11-02 15:00:00", "2026-11-05 18:00:00")
    assert close_overdue_duties(at("2026-11-02 17:59:59"))["closed"] == 0
    told = close_overdue_duties(at("2026-11-02 18:00:00"))
    assert told == {"made": 0, "closed": 1}
    assert lists(world) == {one.pk: "offered pool", later.pk: "offered pool"}
    assert close_overdue_duties(at("2026-11-02 18:03:00"))["closed"] == 0
    duty.refresh_from_db()
    assert (duty.closed_at, duty.closed_by) == (at("2026-11-02 18:00:00"), None)
    notice = Notice.objects.get()
    assert (notice.user_id, notice.params["count"]) == (world.supervisor.pk, 2)
    assert accept(HandoverLine.objects.get(follow_up=one), world.bea_user, at("2026-11-02 18:10:00"))
    assert lists(world)[one.pk] == "Bea"


def served(world, agent, began: str, ended: str) -> None:
    with organization_scope(world.organization.pk):
        buyer, _ = Buyer.objects.get_or_create(organization=world.organization, store=world.store, name="b")
        ChatSession.objects.create(
            organization=world.organization, store=world.store, buyer=buyer, seat=Seat.objects.first(), agent_id=agent.pk,
            started_at=at(began), ended_at=at(ended), served_at=at(began), day=at(began).date(), in_messages=1,
            human_replies=1, rounds=1, exported=False,
        )  # fmt: skip


def test_a_shift_goes_on_while_a_buyer_is_served(world, duty):
    # Served until 17:40: with 15 minutes the shift lasts to 17:55, with 30 of grace it closes itself at 18:25.
    served(world, world.ann, "2026-11-02 17:10:00", "2026-11-02 17:40:00")
    end = ends_of([duty], at("2026-11-02 17:50:00"))[duty.pk]
    assert (end.at, end.extended) == (at("2026-11-02 18:25:00"), True)
    assert close_overdue_duties(at("2026-11-02 18:24:59"))["closed"] == 0
    assert close_overdue_duties(at("2026-11-02 18:25:00"))["closed"] == 1


def test_nobody_is_kept_beyond_three_in_the_morning(world):
    duty = duty_of(world.bea.pk, at("2026-11-03 01:00:00"))
    served(world, world.bea, "2026-11-03 01:30:00", "2026-11-03 02:55:00")
    end = ends_of([duty], at("2026-11-03 02:56:00"))[duty.pk]
    assert end.at == at("2026-11-03 03:30:00")


def test_what_was_offered_to_somebody_who_said_nothing_goes_on_to_the_next_shift(world, duty):
    one = noted(world, "x", world.ann, "2026-11-02 15:00:00", "2026-11-02 18:00:00")
    offer(duty, one, world.bea.pk, world.ann_user, EVENING)
    close_duty(duty, world.ann_user, EVENING)
    close_overdue_duties(at("2026-11-02 18:00:00"))
    assert lists(world, at("2026-11-02 18:00:00")) == {one.pk: "offered Bea"}
    close_overdue_duties(at("2026-11-03 02:30:00"))
    assert lists(world, at("2026-11-03 02:30:00")) == {one.pk: "offered pool"}
    assert events(one) == ["made", "offered", "offered"]


def test_what_is_meant_for_the_next_shift_is_not_passed_on_with_the_last(world, duty):
    bea = duty_of(world.bea.pk, at("2026-11-02 18:00:00"))
    cai = sign_in(world.cai.pk, world.organization.pk, at("2026-11-03 02:10:00"))
    one = noted(world, "x", world.cai, "2026-11-03 02:10:00", "2026-11-03 18:00:00")
    # Bea's shift ended at 02:00 and is not closed yet.
    offer(cai, one, world.bea.pk, world.cai_user, at("2026-11-03 02:11:00"))
    close_duty(bea, None, at("2026-11-03 02:30:00"))
    assert lists(world, at("2026-11-03 02:30:00")) == {one.pk: "offered Bea"}


def test_who_has_begun_the_next_shift_keeps_their_list(world, duty):
    one = noted(world, "x", world.ann, "2026-11-02 15:00:00", "2026-11-04 18:00:00")
    late = at("2026-11-03 09:00:00")
    sign_in(world.ann.pk, world.organization.pk, late)
    assert close_overdue_duties(late)["closed"] == 2
    assert lists(world, late) == {one.pk: "Ann"}


def test_closed_taken_or_assigned_meanwhile_settles_the_line(world, duty):
    made = [noted(world, str(n), world.ann, "2026-11-02 15:00:00", "2026-11-02 18:00:00") for n in range(3)]
    lines = [offer(duty, one, world.bea.pk, world.ann_user, EVENING) for one in made]
    close(made[0], "done", world.supervisor, EVENING)
    assign(made[1], world.cai.pk, world.supervisor, EVENING)
    with translation.override("en"), pytest.raises(ValueError, match="handed over"):
        take(made[2], world.cai.pk, world.cai_user, EVENING)
    assert [HandoverLine.objects.get(pk=line.pk).state for line in lines] == ["settled", "settled", "offered"]
    assert accept(lines[0], world.bea_user, EVENING) is False
    assert lists(world) == {made[1].pk: "Cai", made[2].pk: "offered Bea"}


def test_clocks_of_the_book_tell_in_whose_shift_time_went(world, duty):
    one = noted(world, "x", world.ann, "2026-11-02 15:00:00", "2026-11-02 18:00:00")
    line = offer(duty, one, world.bea.pk, world.ann_user, at("2026-11-02 17:00:00"))
    make_duties(at("2026-11-02 18:00:00"))
    accept(line, world.bea_user, at("2026-11-02 17:45:00"))
    close(one, "done", world.bea_user, at("2026-11-02 20:00:00"))
    one.refresh_from_db()
    told = clocks_of([one], at("2026-11-03 12:00:00"), {world.ann.pk: "Ann", world.bea.pk: "Bea"})[one.pk]
    found = [(t.name, t.lap.waiting, t.at_work, t.lap.minutes) for t in told]
    assert found == [("Ann", False, True, 120), ("Bea", True, True, 45), ("Bea", False, True, 135)]


def test_two_who_accept_at_once_get_it_once(committed):
    world = make_two_shifts()
    with organization_scope(world.organization.pk):
        duty = duty_of(world.ann.pk, at("2026-11-02 16:00:00"))
        one = noted(world, "x", world.ann, "2026-11-02 15:00:00", "2026-11-02 18:00:00")
        line = offer(duty, one, None, world.ann_user, EVENING)
    together, answers = threading.Barrier(2), []

    def press(user):
        try:
            with organization_scope(world.organization.pk):
                together.wait(10)
                answers.append(accept(line, user, EVENING))
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[user]) for user in (world.bea_user, world.cai_user)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == [False, True]
    with organization_scope(world.organization.pk):
        assert lists(world)[one.pk] in ("Bea", "Cai")
        assert events(one).count("accepted") == 1


def test_a_beat_that_stood_still_makes_the_shifts_of_the_last_day_only(world):
    assert make_duties(at("2026-11-03 17:00:00")) == 3
    assert set(Duty.objects.values_list("agent__name", "day")) == {
        ("Ann", date(2026, 11, 2)), ("Bea", date(2026, 11, 2)), ("Ann", date(2026, 11, 3)),
    }  # fmt: skip
    assert make_duties(at("2026-11-03 17:00:00") + timedelta(days=30)) == 0


def test_what_opens_after_the_next_shift_is_handed_over_to_nobody(world, duty):
    made = [noted(world, str(n), world.ann, "2026-11-02 15:00:00", "2026-11-14 18:00:00") for n in range(2)]
    for matter, opens in zip(made, ("2026-11-03 05:59:00", "2026-11-03 06:01:00"), strict=True):
        FollowUp.objects.filter(pk=matter.pk).update(opens_at=at(opens))
    # The day shift of the 2nd closes itself at 18:00; twelve hours later it is six.
    close_overdue_duties(at("2026-11-02 18:00:00"))
    lists = on_lists(world, at("2026-11-02 18:00:00"))
    assert [lists[matter.pk] for matter in made] == [["offered pool"], ["Ann"]]
