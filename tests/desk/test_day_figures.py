"""What the next threshold of the answer rate asks for, worked out by hand."""

from fractions import Fraction

import pytest

from desk.day_figures import Rate, late_to_spare, next_target, replies_to_reach

NINETY = Fraction(9, 10)


@pytest.mark.parametrize(
    ("answered", "rounds", "wanted"),
    [
        (24, 27, 3),  # 27 of 30 is 90 %; 26 of 29 is 89.7 %
        (9, 10, 0),
        (8, 10, 10),  # 18 of 20
        (0, 1, 9),  # 9 of 10
        (0, 0, 0),
        (89, 99, 1),  # 90 of 100
    ],
)
def test_how_many_replies_in_time_reach_ninety_percent(answered, rounds, wanted):
    assert replies_to_reach(answered, rounds, NINETY) == wanted
    assert answered + wanted >= NINETY * (rounds + wanted)
    assert wanted == 0 or answered + wanted - 1 < NINETY * (rounds + wanted - 1)


def test_everything_in_time_is_out_of_reach_once_one_was_late():
    assert replies_to_reach(9, 10, Fraction(1)) is None
    assert replies_to_reach(10, 10, Fraction(1)) == 0


@pytest.mark.parametrize(
    ("answered", "rounds", "spare"),
    [(9, 10, 0), (18, 20, 0), (19, 20, 1), (27, 28, 2), (8, 10, 0), (100, 100, 11)],  # 100 of 111 is 90.09 %
)
def test_how_many_may_come_late_before_ninety_percent_is_lost(answered, rounds, spare):
    assert late_to_spare(answered, rounds, NINETY) == spare
    if answered >= NINETY * rounds:
        assert answered >= NINETY * (rounds + spare)
        assert answered < NINETY * (rounds + spare + 1)


def test_the_next_threshold_is_the_first_not_reached_yet():
    assert next_target(8, 10) == Fraction(9, 10)
    assert next_target(9, 10) == Fraction(95, 100)
    assert next_target(97, 100) == Fraction(98, 100)
    assert next_target(100, 100) == Fraction(98, 100)
    assert next_target(0, 0) == Fraction(9, 10)
    # A target of the organization's own comes first; what is below it is not worked for.
    assert next_target(80, 100, Fraction(85, 100)) == Fraction(85, 100)
    assert next_target(91, 100, Fraction(93, 100)) == Fraction(93, 100)
    assert next_target(94, 100, Fraction(93, 100)) == Fraction(95, 100)


def test_the_sentence_says_it(settings):
    from django.utils.translation import override

    with override("en"):
        assert Rate(180, 24, 27, NINETY).sentence() == "3 more replies within 3 min reach 90%."
        assert Rate(30, 89, 99, NINETY).sentence() == "1 more reply within 30 s reaches 90%."
        assert Rate(180, 99, 100, Fraction(98, 100)).sentence() == (
            "1 reply may come later than 3 min and 98% is kept."
        )
        assert "cannot be reached" in Rate(180, 9, 10, Fraction(1)).sentence()
