"""How often the rules that read chats cry out in genuine ones: `python -m benchmarks.policy_words --data DIR [--hits NAME]`.

DIR is the folder `data` beside the repository; none of its text is kept here. Read are the 994 conversations of the JDDC
slice (6,029 agents' messages of a courteous shop, so nearly every hit is a false alarm), walked as the inspection walks
them, and 2,500 labelled comments of COLD, which are no chats: what is aimed at an individual there is no insult of a buyer.
"""

import argparse
import csv
import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from benchmarks.promises import unmasked
from policies.detection.detector import Certainty, Detector, Said, Shop
from policies.detection.folding import fold
from policies.detection.reader import Line, Reader
from policies.detection.registry import DETECTORS

CHATS, COMMENTS = "dialogues/jddc_chat_0.1per.txt", "words/cold_first_2500.csv"
AT_AN_INDIVIDUAL = "1"  # COLD's fine-grained label
DEFAULT_LEVEL = Certainty.LIKELY
SHOP = Shop("jd")


@dataclass
class Counted:
    """Of one detector. hits, questions: {reason: how many at the default level}; texts: of the hits; calls and seconds:
    of `find`; asked_calls and asked_seconds: of `asks`."""

    hits: Counter = field(default_factory=Counter)
    questions: Counter = field(default_factory=Counter)
    texts: list[str] = field(default_factory=list)
    calls: int = 0
    seconds: float = 0.0
    asked_calls: int = 0
    asked_seconds: float = 0.0


def conversations(folder: Path) -> list[list[Line]]:
    """The chats of the slice, masks replaced. FileNotFoundError where the data is not."""
    rows = [line.split("\t") for line in (folder / CHATS).read_text(encoding="utf-8").split("\n")]
    rows = [row for row in rows if len(row) == 7]
    return [
        [Line(unmasked(row[6]), by_buyer=row[2] == "0") for row in group]
        for _, group in groupby(rows, key=lambda row: row[0])
    ]


def timed(detector: Detector, counted: Counted) -> Detector:
    """The same detector, whose calls are counted and timed."""

    def find(*arguments):
        begun = time.thread_time()
        match = detector.find(*arguments)
        counted.seconds += time.thread_time() - begun
        counted.calls += 1
        return match

    def asks(*arguments):
        begun = time.thread_time()
        match = asks_itself(*arguments)
        counted.asked_seconds += time.thread_time() - begun
        counted.asked_calls += 1
        return match

    asks_itself: Callable | None = detector.asks
    return replace(detector, find=find, asks=asks if asks_itself else None)


def read_chats(chats: Iterable[list[Line]]) -> tuple[dict[str, Counted], int]:
    """({detector: what it found}, agents' messages with any hit)."""
    counted: dict[str, Counted] = defaultdict(Counted)
    reader = Reader([timed(detector, counted[name]) for name, detector in DETECTORS.items()])
    together = 0
    for lines in chats:
        places = set()
        for found in reader.read(lines, SHOP):
            of = counted[found.detector]
            if found.match.certainty < DEFAULT_LEVEL:
                continue
            if found.question:
                of.questions[found.match.reason] += 1
                continue
            of.hits[found.match.reason] += 1
            of.texts.append(f"{found.match.reason}: {lines[found.place].text}")
            places.add(found.place)
        together += len(places)
    return counted, together


def chats_table(counted: dict[str, Counted], together: int, messages: int) -> list[str]:
    """The figures of the chats as lines of a Markdown table."""
    lines = [
        "| rule | hits | per 1,000 | by reason | buyers' questions | lines read | µs a line |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, of in sorted(counted.items()):
        hits, calls = sum(of.hits.values()), of.calls + of.asked_calls
        reasons = ", ".join(f"{reason} {count}" for reason, count in of.hits.most_common()) or "–"
        spent = f"{(of.seconds + of.asked_seconds) / calls * 1e6:.0f}" if calls else "–"
        lines.append(
            f"| {name} | {hits} | {hits / messages * 1000:.2f} | {reasons} | {sum(of.questions.values())} "
            f"| {of.calls / messages:.1%} | {spent} |"
        )
    lines.append(f"| any | {together} | {together / messages * 1000:.2f} | | | | |")
    return lines


def comments_score(folder: Path) -> str:
    """Recall and precision of abuse over the comments, as they are."""
    detector, right, found, meant = DETECTORS["abuse"], 0, 0, 0
    with (folder / COMMENTS).open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            match = detector.find(Said(False, fold(row["TEXT"])), (), None, SHOP)
            hit = match is not None and match.certainty >= DEFAULT_LEVEL
            aimed = row["fine-grained-label"] == AT_AN_INDIVIDUAL
            right, found, meant = right + (hit and aimed), found + hit, meant + aimed
    return f"abuse on comments aimed at an individual: recall {right}/{meant} = {right / meant:.2f}, precision {right}/{found} = {right / max(found, 1):.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--data", type=Path, required=True, help="the folder that holds dialogues/ and words/"
    )
    parser.add_argument("--hits", help="also print the messages this rule finds")
    asked = parser.parse_args()
    chats = conversations(asked.data)
    messages = sum(not line.by_buyer for lines in chats for line in lines)
    counted, together = read_chats(chats)
    print(
        f"{len(chats)} conversations, {messages} agents' messages, hits at {DEFAULT_LEVEL.name} and above\n"
    )
    print("\n".join(chats_table(counted, together, messages)), end="\n\n")
    print(comments_score(asked.data))
    if asked.hits:
        print("\n".join(counted[asked.hits].texts))


if __name__ == "__main__":
    main()
