"""In whose shift a matter lay open, worked out by hand."""

from desk.clocks import Shift, Step, laps
from tests.make import at

# Ann 08:30–17:30, Bea 17:00–02:00.
SHIFTS = [
    Shift(1, 10, at("2026-11-02 08:30:00"), at("2026-11-02 17:30:00")),
    Shift(2, 20, at("2026-11-02 17:00:00"), at("2026-11-03 02:00:00")),
]


def minutes(steps: list[Step], ended: str) -> list[tuple]:
    return [
        (lap.agent_id, lap.waiting, lap.shift, lap.minutes)
        for lap in laps(steps, at(f"2026-11-{ended}"), SHIFTS)
    ]


def test_held_offered_and_accepted():
    steps = [
        Step(at("2026-11-02 16:00:00"), 10),
        Step(at("2026-11-02 17:20:00"), 20, waiting=True),
        Step(at("2026-11-02 18:00:00"), 20),
    ]
    # Ann 16:00–17:20; waiting for Bea 17:20–18:00, within her shift; hers until 19:30.
    assert minutes(steps, "02 19:30:00") == [(10, False, 1, 80), (20, True, 2, 40), (20, False, 2, 90)]


def test_what_stays_with_somebody_who_went_home_counts_outside_of_the_shift():
    # Ann's from 17:00 on; her shift ends at 17:30, closed at 20:00.
    assert minutes([Step(at("2026-11-02 17:00:00"), 10)], "02 20:00:00") == [
        (10, False, 1, 30),
        (10, False, None, 150),
    ]


def test_what_opens_before_the_shift_waits_for_it():
    assert minutes([Step(at("2026-11-02 08:00:00"), 10)], "02 09:00:00") == [
        (10, False, None, 30),
        (10, False, 1, 30),
    ]


def test_the_next_shift_s_pool_is_nobody_s_time():
    steps = [Step(at("2026-11-02 17:30:00"), None, waiting=True), Step(at("2026-11-02 17:45:00"), 20)]
    assert minutes(steps, "02 18:00:00") == [(None, True, None, 15), (20, False, 2, 15)]


def test_a_matter_closed_before_a_later_step_ends_there():
    steps = [Step(at("2026-11-02 10:00:00"), 10), Step(at("2026-11-02 12:00:00"), 20)]
    assert minutes(steps, "02 11:00:00") == [(10, False, 1, 60)]
