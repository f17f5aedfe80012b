"""How risky a buyer is (R16): the weights of the signs that still count, in one SQL that pages, hints and preview share.

A sign that was known when the buyer was cleared counts no more; new facts of it do.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import TextChoices
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from policies.risk_kinds import DEFAULT_DAYS, DEFAULT_THRESHOLD, DEFAULT_WEIGHTS, KINDS, MOST_SCORE, in_words
from policies.risk_models import RiskSettings, RiskSignal, RiskStanding, Standing


class Level(TextChoices):
    """Where a buyer stands: what people decided, else what the sum says."""

    NONE = "none", pgettext_lazy("risk", "Nothing known")
    HINT = "hint", pgettext_lazy("risk", "Some signs")
    PROPOSED = "proposed", _("Proposed to be watched")
    WATCHED = Standing.WATCHED.value, Standing.WATCHED.label
    ASKED = Standing.ASKED.value, Standing.ASKED.label
    CONFIRMED = Standing.CONFIRMED.value, Standing.CONFIRMED.label
    CLEARED = Standing.CLEARED.value, Standing.CLEARED.label


class Weighing(NamedTuple):
    """What holds in the organization: {kind: weight}, {kind: days}, and from which sum on a buyer is proposed."""

    weights: Mapping[str, int]
    days: Mapping[str, int]
    threshold: int

    @property
    def hint(self) -> int:
        """From which sum on the card gives a hint."""
        return -(-self.threshold // 2)

    def params(self) -> dict[str, Any]:
        """What SCORED asks for, but for `now`."""
        return {
            "weights": json.dumps(dict(self.weights)), "days": json.dumps(dict(self.days)), "threshold": self.threshold,
            "hint": self.hint, "most": MOST_SCORE,
        }  # fmt: skip


class Crossed(NamedTuple):
    """A buyer proposed to be watched. latest_at: of the newest fact that counts."""

    store_id: int
    buyer_id: int
    score: int
    latest_at: datetime


def weighing(row: RiskSettings | None = None) -> Weighing:
    """What holds in the scope's organization; row: instead of the stored one. One statement at most."""
    row = row or RiskSettings.objects.first() or RiskSettings()
    return Weighing(
        {kind: row.weights.get(kind, weight) for kind, weight in DEFAULT_WEIGHTS.items()},
        {kind: row.days.get(kind, days) for kind, days in DEFAULT_DAYS.items()},
        row.threshold or DEFAULT_THRESHOLD,
    )


# (store_id, buyer_id, score, latest_at, kinds, state, level) of every buyer with a live sign or a standing. The weights
# are the arguments, so that other ones can be tried. {where}: SQL of conditions on signs `s` and standings `k`.
SCORED = """
    SELECT q.*, CASE WHEN q.state <> '' AND NOT (q.state = 'cleared' AND q.score >= %(threshold)s) THEN q.state
        WHEN q.score >= %(threshold)s THEN 'proposed' WHEN q.score >= %(hint)s THEN 'hint' ELSE 'none' END AS level
    FROM (
        SELECT coalesce(s.store_id, k.store_id) AS store_id, coalesce(s.buyer_id, k.buyer_id) AS buyer_id,
            least(coalesce(sum(s.weight) FILTER (WHERE NOT s.items <@ coalesce(k.cleared -> s.kind, '[]'::jsonb)), 0),
                %(most)s)::integer AS score,
            max(s.fact_at) FILTER (WHERE s.weight > 0 AND NOT s.items <@ coalesce(k.cleared -> s.kind, '[]'::jsonb)) AS latest_at,
            array_remove(array_agg(s.kind ORDER BY s.weight DESC, s.kind), NULL) AS kinds, coalesce(max(k.state), '') AS state
        FROM (
            SELECT s.store_id, s.buyer_id, s.kind, s.fact_at, s.evidence -> 'items' AS items,
                coalesce((%(weights)s::jsonb ->> s.kind)::integer, 0) AS weight
            FROM policies_risksignal s {touched}
            WHERE s.fact_at + make_interval(days => coalesce((%(days)s::jsonb ->> s.kind)::integer, 0)) > %(now)s
                AND {signs}
        ) AS s
        FULL JOIN (SELECT * FROM policies_riskstanding k WHERE {standings}) AS k
            ON k.store_id = s.store_id AND k.buyer_id = s.buyer_id
        GROUP BY 1, 2
    ) AS q
"""
OF_STORES = {
    "touched": "", "signs": "s.store_id = ANY(%(stores)s)", "standings": "k.store_id = ANY(%(stores)s)",
}  # fmt: skip
OF_BUYERS = {
    "touched": "", "signs": "s.buyer_id = ANY(%(buyers)s)", "standings": "k.buyer_id = ANY(%(buyers)s)",
}  # fmt: skip
_OF_TOUCHED = {
    "touched": "JOIN risk_touched t ON t.store_id = s.store_id AND t.buyer_id = s.buyer_id", "signs": "true",
    "standings": "EXISTS (SELECT 1 FROM risk_touched t WHERE t.store_id = k.store_id AND t.buyer_id = k.buyer_id)",
}  # fmt: skip


def crossed(cursor, weighs: Weighing, now: datetime) -> dict[tuple[int, int], Crossed]:
    """Those of the temporary table `risk_touched` who are proposed to be watched."""
    cursor.execute(
        f"SELECT store_id, buyer_id, score, latest_at FROM ({SCORED.format(**_OF_TOUCHED)}) AS p WHERE level = 'proposed'"
        " ORDER BY 1, 2",
        weighs.params() | {"now": now},
    )
    return {row[:2]: Crossed(*row) for row in cursor.fetchall()}


@dataclass(frozen=True)
class Hint:
    """How to meet a buyer, for whoever serves them: the level alone, without what it rests on."""

    level: str
    score: int

    @property
    def label(self) -> str:
        if self.level == Level.CONFIRMED:
            return gettext("Take care: confirmed as a risky buyer")
        if self.level == Level.HINT:
            return gettext("Some signs of risk")
        return gettext("Take care with this buyer")

    @property
    def grave(self) -> bool:
        return self.level == Level.CONFIRMED


# Levels at which whoever serves the buyer is told, and at which a mark stands beside a chat.
HINTED = (Level.HINT, Level.PROPOSED, Level.WATCHED, Level.ASKED, Level.CONFIRMED)


def hints_of(buyer_ids: Iterable[int], now: datetime, *, from_hint: bool = True) -> dict[int, Hint]:
    """{buyer: hint} of those who have one; two statements. from_hint False: without those who show but some signs."""
    ids = sorted({one for one in buyer_ids if one})
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT buyer_id, level, score FROM ({SCORED.format(**OF_BUYERS)}) AS p",
            weighing().params() | {"now": now, "buyers": ids},
        )
        rows = cursor.fetchall()
    shown = HINTED if from_hint else HINTED[1:]
    return {buyer_id: Hint(level, score) for buyer_id, level, score in rows if level in shown}


@dataclass(frozen=True)
class Explained:
    """One sign as its page shows it. counts: False where the buyer was cleared of it; weight: 0 then."""

    signal: RiskSignal
    label: str
    words: str
    weight: int
    counts: bool


@dataclass(frozen=True)
class Judged:
    """A buyer's score with all it rests on, heaviest sign first. standing None: nobody decided."""

    score: int
    level: Level
    signs: list[Explained]
    standing: RiskStanding | None

    @property
    def sentence(self) -> str:
        """The score in words: `refunded without returning 4 of 6 orders; account 12 days old`."""
        return gettext("; ").join(one.words for one in self.signs if one.counts)


def judge(store_id: int, buyer_id: int, now: datetime, weighs: Weighing | None = None) -> Judged:
    """The score of one buyer; three statements."""
    weighs = weighs or weighing()
    standing = RiskStanding.objects.filter(store=store_id, buyer=buyer_id).select_related("asked_by").first()
    cleared = standing.cleared if standing else {}
    signs = []
    for signal in RiskSignal.objects.filter(store=store_id, buyer=buyer_id, expires_at__gt=now):
        if signal.kind in KINDS:
            new = not set(signal.evidence["items"]) <= set(cleared.get(signal.kind, ()))
            weight = weighs.weights[signal.kind]
            counts = new and weight > 0
            words = in_words(signal.kind, signal.evidence)
            signs.append(
                Explained(signal, gettext(KINDS[signal.kind].label), words, weight if counts else 0, counts)
            )
    signs.sort(key=lambda one: (-one.weight, one.signal.kind))
    score = min(MOST_SCORE, sum(one.weight for one in signs))
    return Judged(score, _level(score, standing, weighs), signs, standing)


def _level(score: int, standing: RiskStanding | None, weighs: Weighing) -> Level:
    """As SCORED has it: what people decided stands, but who was cleared is proposed again for new facts."""
    if standing and not (standing.state == Standing.CLEARED and score >= weighs.threshold):
        return Level(standing.state)
    if score >= weighs.threshold:
        return Level.PROPOSED
    return Level.HINT if score >= weighs.hint else Level.NONE
