"""How well negative words tell bad reviews: `python -m benchmarks.review_words`.

The reviews are public sets beside the repository (online_shopping_10_cats: 62,774 labelled good or bad;
jd_reviews_with_time: 590 with 1 or 3 of 3); none of their text is kept here. Words were chosen on the even lines only;
the odd lines were never looked at, of them the totals alone are told.
"""

import csv
import io
import time
import zipfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from orders.review_words import word_list

REVIEWS = Path(__file__).resolve().parents[2] / "shared" / "data" / "reviews"


def shopping() -> Iterable[tuple[str, str, bool]]:
    """(category, text, whether it is bad)."""
    with (
        zipfile.ZipFile(REVIEWS / "online_shopping_10_cats.zip") as book,
        book.open(book.namelist()[0]) as file,
    ):
        for row in csv.DictReader(io.TextIOWrapper(file, "utf-8-sig")):
            yield row["cat"], row["review"] or "", row["label"] == "0"


def jd() -> Iterable[tuple[str, str, bool]]:
    with open(REVIEWS / "jd_reviews_with_time.csv", encoding="utf-8-sig", newline="") as file:
        for row in csv.reader(file):
            yield "jd", row[1], row[2] == "1"


def told(name: str, counts: Counter) -> str:
    right, wrong, missed = counts[True, True], counts[True, False], counts[False, True]
    good = wrong + counts[False, False]

    def share(part: int, whole: int) -> str:
        return f"{100 * part / whole:.1f}%" if whole else "–"

    return (
        f"| {name} | {sum(counts.values())} | {share(right, right + wrong)} | {share(right, right + missed)}"
        f" | {share(wrong, good)} |"
    )


def main() -> None:
    words, began, read = word_list(), time.perf_counter(), 0
    halves: dict[str, Counter] = {"even lines": Counter(), "odd lines (held out)": Counter()}
    categories: dict[str, Counter] = {}
    for number, (category, text, is_bad) in enumerate(shopping()):
        found = bool(words.found(text)), is_bad
        halves["odd lines (held out)" if number % 2 else "even lines"][found] += 1
        if number % 2:
            categories.setdefault(category, Counter())[found] += 1
        read += 1
    spent = time.perf_counter() - began
    other = Counter((bool(words.found(text)), is_bad) for _category, text, is_bad in jd())
    print("| reviews | number | precision | recall | good ones taken for bad |\n|---|---|---|---|---|")
    for name, counts in (
        halves | {"jd": other} | {f"held out: {c}": n for c, n in categories.items()}
    ).items():
        print(told(name, counts))
    print(f"{read / spent:.0f} reviews a second")


if __name__ == "__main__":
    main()
