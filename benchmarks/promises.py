"""How well promises are found in genuine chats: `python -m benchmarks.promises [--misses tune]`.

The messages are the 6,029 of agents in the JDDC slice beside the repository; none of their text is kept here. 300 were
drawn by a fixed seed, half where a loose net of words catches, half from the rest, and labelled by hand before
the patterns were tuned (tests/orders/jddc_promise_labels.csv: line, stratum, half, kinds). The half `tune` was looked
at while tuning, the half `test` was not. A drawn message stands for as many of its stratum as were drawn from it:
precision and recall are of the whole file.
"""

import argparse
import csv
import random
import re
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from orders.promise_patterns import promises_in

ROOT = Path(__file__).resolve().parents[1]
DIALOGUES = ROOT.parent / "shared" / "data" / "dialogues" / "jddc_chat_0.1per.txt"
LABELS = ROOT / "tests" / "orders" / "jddc_promise_labels.csv"
SEED = 20261122
DRAWN = 150  # of each stratum; the first half of each is `tune`
# The net the strata were drawn with. It is no part of the product and must not change: the labels hang on it.
NET = re.compile(
    "顺丰|德邦|圆通|中通|申通|韵达|邮政|送[您你]|赠|补发|补寄|京豆|优惠券|礼品|发货|发出|出库|寄出|送到|送达|[保价]价|[价价]保"
    "|差价|补差|保证|保障|承诺|肯定|绝对|放心|回电|回复您|反馈|联系您|致电|通知您|[给为帮][您你].{0,4}(?:退|补|换|回|赔)"
    "|小时内|小时之内|工作日|天[之以]?内|[点号前]之?前|尽快|明天|后天|今天|今晚|会.{0,8}(?:联系|处理|退|补|发|送|赔)"
)
# What the data masks: read as one number, hour, day …, so that times are times.
MASKS = {
    "[数字x]": "2", "[时间x]": "14:00", "[日期x]": "11月5日", "[金额x]": "20", "[地址x]": "某地", "[站点x]": "某站",
    "[姓名x]": "某某", "[订单x]": "某单", "[链接x]": "某处",
}  # fmt: skip
ANY = "any"  # a message with at least one promise, of whichever kind


@dataclass
class Score:
    """Messages found rightly, found wrongly, and missed, drawn and (`w_`) standing for the whole file."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    w_right: float = 0
    w_wrong: float = 0
    w_missed: float = 0

    def add(self, wanted: bool, found: bool, weight: float) -> None:
        for name, applies in (
            ("right", wanted and found),
            ("wrong", found and not wanted),
            ("missed", wanted and not found),
        ):
            if applies:
                setattr(self, name, getattr(self, name) + 1)
                setattr(self, f"w_{name}", getattr(self, f"w_{name}") + weight)

    @property
    def precision(self) -> float | None:
        return self.w_right / (self.w_right + self.w_wrong) if self.right + self.wrong else None

    @property
    def recall(self) -> float | None:
        return self.w_right / (self.w_right + self.w_missed) if self.right + self.missed else None


def messages() -> dict[int, str]:
    """{line number from 1: text} of the agents' messages, masks replaced. FileNotFoundError where the data is not."""
    found = {}
    for number, line in enumerate(DIALOGUES.read_text(encoding="utf-8").split("\n"), 1):
        parts = line.split("\t")
        if len(parts) == 7 and parts[2] == "1":
            found[number] = parts[6]
    return found


def unmasked(text: str) -> str:
    text = text.replace("[数字x]月", "11月")
    for mask, stands_for in MASKS.items():
        text = text.replace(mask, stands_for)
    return text


def strata(texts: dict[int, str]) -> dict[str, list[int]]:
    net = [number for number, text in texts.items() if NET.search(text)]
    caught = set(net)
    return {"net": net, "rest": [number for number in texts if number not in caught]}


def drawn(texts: dict[int, str]) -> list[tuple[int, str, str]]:
    """(line, stratum, half) of the sample, by line."""
    rng = random.Random(SEED)
    sample = []
    for name, numbers in strata(texts).items():
        for place, number in enumerate(rng.sample(numbers, DRAWN)):
            sample.append((number, name, "tune" if place < DRAWN // 2 else "test"))
    return sorted(sample)


def labels() -> list[dict]:
    """[{line, stratum, half, kinds}]; kinds: a set, empty for no promise."""
    with LABELS.open(encoding="utf-8", newline="") as file:
        return [
            {**row, "line": int(row["line"]), "kinds": set(row["kinds"].split())}
            for row in csv.DictReader(file)
        ]


def scores(half: str) -> dict[str, Score]:
    """{kind or ANY: its score} of one half."""
    texts = messages()
    weights = {name: len(numbers) / (DRAWN / 2) for name, numbers in strata(texts).items()}
    result: dict[str, Score] = defaultdict(Score)
    for row in labels():
        if row["half"] != half:
            continue
        found = {one.kind for one in promises_in(unmasked(texts[row["line"]]))}
        weight = weights[row["stratum"]]
        result[ANY].add(bool(row["kinds"]), bool(found), weight)
        for kind in row["kinds"] | found:
            result[kind].add(kind in row["kinds"], kind in found, weight)
    return dict(result)


def table(half: str) -> list[str]:
    """The figures of a half as lines of a Markdown table."""
    lines = [
        f"| {half} | right | wrong | missed | precision | recall |",
        "|---|---|---|---|---|---|",
    ]
    for kind, score in sorted(scores(half).items(), key=lambda item: (item[0] != ANY, item[0])):
        share = [f"{value:.0%}" if value is not None else "–" for value in (score.precision, score.recall)]
        lines.append(f"| {kind} | {score.right} | {score.wrong} | {score.missed} | {share[0]} | {share[1]} |")
    return lines


def misses(half: str) -> list[str]:
    """What is found wrongly or missed, to look at while tuning. Only the tuned half is meant to be looked at."""
    texts = messages()
    lines = []
    for row in labels():
        text = unmasked(texts[row["line"]])
        found = {one.kind for one in promises_in(text)}
        if row["half"] == half and found != row["kinds"]:
            lines.append(f"{row['line']}: labelled {sorted(row['kinds'])}, found {sorted(found)}: {text}")
    return lines


def speed() -> str:
    """Microseconds a message: the median of all, and the mean."""
    spans = []
    for text in messages().values():
        begun = time.perf_counter()
        promises_in(text)
        spans.append((time.perf_counter() - begun) * 1e6)
    spans.sort()
    return f"{len(spans)} messages: median {spans[len(spans) // 2]:.1f} µs, mean {sum(spans) / len(spans):.1f} µs"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--misses", choices=["tune", "test"], help="also print what is found wrongly or missed"
    )
    asked = parser.parse_args()
    for half in ("tune", "test"):
        print("\n".join(table(half)), end="\n\n")
    print(speed())
    if asked.misses:
        print("\n".join(misses(asked.misses)))


if __name__ == "__main__":
    main()
