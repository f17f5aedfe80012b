"""Buyers with signs of risk or a standing, of the stores one may see: filters, order and pages in one statement (R16)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.core.paginator import Paginator
from django.db import connection
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from policies.risk_kinds import KINDS, in_words
from policies.risk_models import RiskSignal
from policies.risk_scores import OF_STORES, SCORED, Level, weighing
from stores.forms import StyledForm
from stores.models import Buyer, Store
from tenants.models import Membership

ROWS_PER_PAGE = 50
DECIDE, EVERY = "decide", "all"
STATES = [
    (DECIDE, _("To decide")), (Level.PROPOSED, Level.PROPOSED.label), (Level.ASKED, Level.ASKED.label),
    (Level.WATCHED, Level.WATCHED.label), (Level.CONFIRMED, Level.CONFIRMED.label), (Level.HINT, Level.HINT.label),
    (Level.CLEARED, Level.CLEARED.label), (EVERY, _("All")),
]  # fmt: skip
_LEVELS = {DECIDE: [Level.PROPOSED, Level.ASKED], EVERY: [level for level in Level if level != Level.NONE]}
# Who waits for a second person first, then the highest sum.
PAGE = f"""
    SELECT p.store_id, p.buyer_id, p.score, p.level, p.latest_at, count(*) OVER ()
    FROM ({SCORED.format(**OF_STORES)}) AS p
    WHERE p.level = ANY(%(levels)s) AND (%(kind)s = '' OR %(kind)s = ANY(p.kinds))
    ORDER BY p.level <> 'asked', p.score DESC, p.latest_at DESC NULLS LAST, p.buyer_id LIMIT %(limit)s OFFSET %(offset)s
"""


@dataclass(frozen=True)
class Row:
    """One buyer as the list shows them. words: the signs that count, heaviest first; latest_at: the newest of them."""

    buyer: Buyer
    store: Store
    score: int
    level: Level
    latest_at: datetime | None
    words: list[str]

    @property
    def sentence(self) -> str:
        return gettext("; ").join(self.words)


class RiskFilters(StyledForm):
    """What the address asks for; a wrong value falls back to the default."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)
    store = forms.ChoiceField(label=_("Store"), required=False)
    sign = forms.ChoiceField(label=_("Sign"), required=False)

    def __init__(self, data, stores: list[Store]):
        super().__init__(data)
        self.fields["store"].choices = [("", _("All stores")), *((one.code, one.name) for one in stores)]
        self.fields["sign"].choices = [
            ("", _("All signs")),
            *((k, gettext(s.label)) for k, s in KINDS.items()),
        ]
        self.data = self.data.copy()
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = field.label
            if self.data.get(name) not in dict(field.choices):
                self.data.pop(name, None)
        self.data.setdefault("state", DECIDE)


class RiskPages(Paginator):
    """Reads page and count together."""

    def __init__(self, listed: "RiskList", number: str | None):
        wanted = int(number) if number and number.isdecimal() and 0 < int(number) < 10**6 else 1
        rows, count = listed.read(ROWS_PER_PAGE, (wanted - 1) * ROWS_PER_PAGE)
        if not rows and wanted > 1:
            wanted, (rows, count) = 1, listed.read(ROWS_PER_PAGE, 0)
        super().__init__(range(count), ROWS_PER_PAGE)
        self.rows, self.wanted = rows, wanted


class RiskList:
    """What the filters of an address choose; five statements however many rows."""

    def __init__(self, membership: Membership, asked, now: datetime):
        self.now, self.weighs = now, weighing()
        self.stores = {store.pk: store for store in Store.objects.open_to(membership)}
        self.form = RiskFilters(asked, list(self.stores.values()))
        self.form.is_valid()
        chosen = self.form.cleaned_data
        self.kind, self.code, self.state = chosen["sign"], chosen["store"], chosen["state"] or DECIDE

    def read(self, limit: int, offset: int) -> tuple[list[Row], int]:
        """(rows of a page, how many in all)."""
        ids = [pk for pk, store in self.stores.items() if self.code in ("", store.code)]
        params = self.weighs.params() | {
            "now": self.now, "stores": ids, "levels": [str(level) for level in _LEVELS.get(self.state, [self.state])],
            "kind": self.kind, "limit": limit, "offset": offset,
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(PAGE, params)
            found = cursor.fetchall()
        return self._rows(found), found[0][5] if found else 0

    def _rows(self, found: list[tuple]) -> list[Row]:
        ids = [row[1] for row in found]
        buyers, words = Buyer.objects.in_bulk(ids), self._words(ids)
        return [
            Row(buyers[buyer_id], self.stores[store_id], score, Level(level), latest_at, words[buyer_id])
            for store_id, buyer_id, score, level, latest_at, _count in found
            if buyer_id in buyers
        ]

    def _words(self, buyer_ids: list[int]) -> dict[int, list[str]]:
        """{buyer: live signs in words, heaviest first}."""
        found = defaultdict(list)
        signals = RiskSignal.objects.filter(buyer_id__in=buyer_ids, expires_at__gt=self.now)
        for signal in sorted(signals, key=lambda one: (-self.weighs.weights.get(one.kind, 0), one.kind)):
            if self.weighs.weights.get(signal.kind):
                found[signal.buyer_id].append(in_words(signal.kind, signal.evidence))
        return found
