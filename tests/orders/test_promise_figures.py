"""How well promises are found in genuine chats, where these are beside the repository; and that the labels hold no text."""

import csv

import pytest

from benchmarks import promises

there = pytest.mark.skipif(
    not promises.DIALOGUES.is_file(),
    reason="the genuine dialogues are not beside the repository (../shared/data/dialogues)",
)


def test_the_labels_are_numbers_and_codes_and_no_text():
    with promises.LABELS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["line", "stratum", "half", "kinds"]
    assert len(rows) == 301
    kinds = {"courier", "gift", "ship_date", "price", "effect", "other"}
    for line, stratum, half, labels in rows[1:]:
        assert line.isdigit()
        assert (stratum, half) in {(s, h) for s in ("net", "rest") for h in ("tune", "test")}
        assert set(labels.split()) <= kinds


def test_a_score_weighs_each_message_by_what_it_stands_for():
    score = promises.Score()
    for wanted, found, weight in ((1, 1, 10), (1, 1, 10), (0, 1, 20), (1, 0, 60), (0, 0, 99)):
        score.add(bool(wanted), bool(found), weight)
    assert (score.right, score.wrong, score.missed) == (2, 1, 1)
    assert (score.precision, score.recall) == (0.5, 0.25)  # 20 of 40, 20 of 80
    assert promises.Score().precision is None
    assert promises.Score().recall is None


@there
def test_the_labelled_lines_are_the_ones_the_seed_draws():
    texts = promises.messages()
    assert len(texts) == 6029
    drawn = promises.drawn(texts)
    assert [(row["line"], row["stratum"], row["half"]) for row in promises.labels()] == drawn


@there
@pytest.mark.parametrize(("half", "precision", "recall"), [("tune", 0.85, 0.85), ("test", 0.8, 0.75)])
def test_proposals_are_as_good_as_the_documentation_says(half, precision, recall):
    score = promises.scores(half)[promises.ANY]
    assert score.precision >= precision
    assert score.recall >= recall
