"""One day judged from its roster and signs of presence; every expected figure is worked out by hand."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from desk.attendance_rules import Active, Planned, Seen, Status, judge, late_marks
from desk.models import DeskSettings

CN = ZoneInfo("Asia/Shanghai")
DAY = Planned("work", datetime(2026, 11, 3, 8, 30, tzinfo=CN), datetime(2026, 11, 3, 17, 30, tzinfo=CN))
NIGHT = Planned("work", datetime(2026, 11, 3, 17, tzinfo=CN), datetime(2026, 11, 4, 2, tzinfo=CN))
LATER = datetime(2026, 11, 5, tzinfo=UTC)
FIGURES = DeskSettings()


def at(clock: str, day: int = 3) -> datetime:
    return datetime.combine(date(2026, 11, day), datetime.strptime(clock, "%H:%M").time(), CN)


def chat(begins: str, ends: str, messages: int = 10, day: int = 3, end_day: int | None = None) -> Active:
    return Active(at(begins, day), at(ends, end_day or day), messages)


def judged(planned, now=LATER, **seen):
    return judge(planned, Seen(**seen), FIGURES, now)


def test_who_writes_from_before_the_start_to_the_end_was_present():
    found = judged(DAY, active=[chat("08:25", "12:00"), chat("12:40", "17:29")])
    assert (found.status, found.late_minutes, found.left_early_minutes, found.idle_minutes) == (
        "present",
        0,
        0,
        0,
    )
    assert (found.own_messages, found.first_at, found.last_at) == (20, at("08:25"), at("17:29"))


def test_late_is_from_the_start_to_the_first_sign_in_whole_minutes():
    late = Active(at("08:41") + timedelta(seconds=50), at("17:30"), 3)
    assert judge(DAY, Seen([late]), FIGURES, LATER).late_minutes == 11
    signed = judged(DAY, active=[chat("08:41", "17:30")], signed_in=at("08:29"))
    assert (signed.late_minutes, signed.status, signed.facts["seen_by"]) == (0, "present", "sign_in")
    online = judged(DAY, active=[chat("08:41", "17:30")], online=[(at("08:35"), at("17:30"))])
    assert (online.late_minutes, online.facts["seen_by"]) == (5, "presence")


def test_leaving_early_is_exact_by_signing_out_and_tolerant_by_messages():
    assert judged(DAY, active=[chat("08:30", "17:01")]).left_early_minutes == 0  # 29 of 30 minutes
    assert judged(DAY, active=[chat("08:30", "17:00")]).left_early_minutes == 30
    out = judged(DAY, active=[chat("08:30", "17:01")], signed_in=at("08:30"), signed_out=at("17:20"))
    assert (out.left_early_minutes, out.status) == (10, "left_early")


def test_a_midnight_shift_is_judged_across_midnight():
    seen = [chat("17:05", "23:50"), Active(at("00:10", 4), at("01:58", 4), 7)]
    found = judged(NIGHT, active=seen)
    assert (found.late_minutes, found.left_early_minutes, found.extended_minutes) == (5, 0, 0)
    assert (found.status, found.own_messages, found.last_at) == ("late", 17, at("01:58", 4))


def test_a_shift_is_extended_while_buyers_are_served_and_no_longer():
    # 02:00 is the end; 02:12 and 02:25 follow within 15 minutes of the last message, 02:41 does not.
    seen = [
        Active(at("17:00"), at("01:58", 4), 50),
        Active(at("02:12", 4), at("02:12", 4), 1),
        Active(at("02:25", 4), at("02:25", 4), 1),
        Active(at("02:41", 4), at("02:50", 4), 4),
    ]
    assert judged(NIGHT, active=seen).extended_minutes == 25
    assert judged(NIGHT, active=[Active(at("17:00"), at("02:31", 4), 50)]).extended_minutes == 31
    # Silent since 01:00: what comes at 02:05 extends nothing.
    alone = [Active(at("17:00"), at("01:00", 4), 9), Active(at("02:05", 4), at("02:06", 4), 2)]
    assert judged(NIGHT, active=alone).extended_minutes == 0


def test_two_silent_hours_on_line_are_idle_and_less_is_not():
    found = judged(DAY, active=[chat("08:30", "10:00"), chat("12:00", "14:00"), chat("15:59", "17:30")])
    assert (found.idle_minutes, found.facts["gaps"]) == (
        120,
        [[at("10:00").isoformat(), at("12:00").isoformat()]],
    )
    # Signed in at the start, the first message after 3 hours: idle from the start on.
    assert judged(DAY, active=[chat("11:30", "17:30")], signed_in=at("08:30")).idle_minutes == 180


def test_silence_off_line_is_not_idle():
    online = [(at("08:30"), at("10:30")), (at("13:00"), at("17:30"))]
    seen = [chat("08:30", "10:00"), chat("13:10", "17:30")]
    assert judged(DAY, active=seen, online=online).idle_minutes == 0
    assert judged(DAY, active=seen, online=[(at("08:30"), at("17:30"))]).idle_minutes == 190


def test_nothing_seen_for_four_hours_is_absence_and_not_before():
    assert judged(DAY, now=at("12:29")).status == Status.PLANNED
    gone = judged(DAY, now=at("12:30"))
    assert (gone.status, gone.absent, gone.late_minutes) == ("absent", True, 0)
    assert judged(DAY, active=[chat("12:31", "17:30")]).absent
    assert judged(DAY, active=[chat("12:29", "17:30")]).late_minutes == 239


def test_chats_before_the_shift_are_no_presence_in_it():
    found = judged(NIGHT, active=[chat("14:00", "16:50")])
    assert (found.status, found.own_messages, found.left_early_minutes) == ("absent", 10, 0)
    assert judged(NIGHT, active=[chat("14:00", "17:01")]).status == "left_early"


def test_a_shift_that_is_not_over_is_not_judged_to_its_end():
    found = judged(DAY, now=at("13:00"), active=[chat("08:30", "12:00")])
    assert (found.status, found.left_early_minutes, found.idle_minutes) == ("on_shift", 0, 0)


@pytest.mark.parametrize("kind", ["rest", "annual", "sick", "personal", "holiday"])
def test_leave_and_rest_are_what_the_roster_says_even_with_chats(kind):
    found = judged(Planned(kind), active=[chat("10:00", "10:30", 3)])
    assert (found.status, found.own_messages, found.late_minutes, found.absent) == (kind, 3, 0, False)


def test_chats_without_a_roster_are_told_as_such():
    assert judged(None, active=[chat("10:00", "10:30", 3)]).status == "extra"


def test_a_shift_through_the_change_of_clocks_is_as_long_as_it_was():
    # London, 25 October 2026: 22:00 BST (21:00 UTC) to 06:00 GMT (06:00 UTC) are nine hours.
    london = ZoneInfo("Europe/London")
    shift = Planned(
        "work", datetime(2026, 10, 24, 22, tzinfo=london), datetime(2026, 10, 25, 6, tzinfo=london)
    )
    seen = [Active(datetime(2026, 10, 24, 21, 7, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC), 5),
            Active(datetime(2026, 10, 25, 4, 30, tzinfo=UTC), datetime(2026, 10, 25, 5, 10, tzinfo=UTC), 5)]  # fmt: skip
    found = judge(shift, Seen(seen), FIGURES, LATER)
    # 01:30 to 04:30 UTC are three hours; by the wall clock they look like 01:30 to 04:30 too, in another hour.
    assert (found.late_minutes, found.idle_minutes, found.left_early_minutes) == (7, 180, 50)


def test_ten_minutes_late_are_free_twice_a_month_and_more_never():
    late = [(date(2026, 11, day), minutes) for day, minutes in ((2, 10), (3, 11), (9, 3), (12, 1), (5, 0))]
    assert late_marks(late, FIGURES) == {
        date(2026, 11, 2): "free", date(2026, 11, 3): "counted", date(2026, 11, 9): "free", date(2026, 11, 12): "counted",
    }  # fmt: skip
