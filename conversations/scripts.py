"""Quick replies and scripts (R39): which ones a member may use, how one is found, what stands in for its places.

A script is found by its words, written in Traditional or Simplified characters alike, and by the first letters of its
title's pinyin. `Script.initials` holds what is looked through: the letters in the first line, the words behind.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _
from opencc import OpenCC
from pypinyin import Style, lazy_pinyin

from conversations.script_models import Script, ScriptFolder, ScriptUse
from stores.models import Buyer, Store
from tenants.models import Membership

# What a text may name between braces, and what that is to people.
PLACES = {
    "buyer": _("the buyer’s name"),
    "order": _("the order’s number"),
    "store": _("the store’s name"),
    "agent": _("your name"),
    "courier": _("the courier"),
    "tracking_no": _("the parcel’s number"),
}
_PLACE = re.compile(r"\{([a-z_]+)\}")
MOST_WORDS = 5  # of a search; more narrow nothing further


class Piece(NamedTuple):
    """A part of a script's text. kind: "text", "filled" (a place with its value) or "open" (one that has none)."""

    text: str
    kind: str


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")  # reads its dictionaries, which takes a tenth of a second


def simplified(text: str) -> str:
    """The text as it is compared: Simplified characters, small letters."""
    return _converter().convert(text).lower()


def initials_of(title: str) -> str:
    """The first letters of the title's pinyin: 正品保证 → zpbz. Letters and digits stay, all else goes."""
    letters = lazy_pinyin(simplified(title), style=Style.FIRST_LETTER)
    return "".join(character for character in "".join(letters) if character.isalnum())


def searched(title: str, text: str) -> str:
    """What Script.initials holds for a script."""
    return "\n".join((initials_of(title), simplified(title), simplified(text)))


def open_to(membership: Membership, store: Store | None = None) -> QuerySet[Script]:
    """The scripts in use for the stores of this member, or for one of them; each with its folder."""
    stores = Store.objects.filter(pk=store.pk) if store else Store.objects.open_to(membership)
    return Script.objects.filter(
        Q(folder__store=None) | Q(folder__store__in=stores),
        Q(folder__platform="") | Q(folder__platform__in=stores.values("platform")),
        active=True,
    ).select_related("folder")


def narrowed(scripts: QuerySet[Script], asked: str) -> QuerySet[Script]:
    """Those in which every word of `asked` is found; titles whose initials begin so come first."""
    words = simplified(asked).split()[:MOST_WORDS]
    for word in words:
        scripts = scripts.filter(Q(initials__contains=word) | Q(folder__name__icontains=word))
    if not words:
        return scripts.order_by("folder__name", "title", "pk")
    first = Case(
        When(initials__startswith=words[0], then=Value(0)),
        When(title__icontains=words[0], then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return scripts.order_by(first, "title", "pk")


def unknown_places(text: str) -> list[str]:
    """Names between braces that nothing stands for, each once, in their order."""
    return [name for name in dict.fromkeys(_PLACE.findall(text)) if name not in PLACES]


def pieces(text: str, values: Mapping[str, str | None]) -> list[Piece]:
    """The text with its places filled. values: by the names of PLACES; None or "" leaves a place open."""
    found, at = [], 0
    for place in _PLACE.finditer(text):
        if place.start() > at:
            found.append(Piece(text[at : place.start()], "text"))
        value = values.get(place[1])
        found.append(Piece(value, "filled") if value else Piece(place[0], "open"))
        at = place.end()
    if at < len(text):
        found.append(Piece(text[at:], "text"))
    return found


def save_script(script: Script) -> Script:
    """Save with what it is found by."""
    script.initials = searched(script.title, script.text)
    script.save()
    return script


def folder_named(
    organization_id: int, name: str, store: Store | None, platform: str, situation: str
) -> ScriptFolder:
    """The folder of this name, store, platform and situation, made if there is none."""
    wanted = {"name": name, "store": store, "platform": platform, "situation": situation}
    found = ScriptFolder.objects.filter(**wanted).first()
    return found or ScriptFolder.objects.create(organization_id=organization_id, **wanted)


def note_use(
    script: Script, store: Store | None, buyer: Buyer | None, agent_id: int | None, now: datetime
) -> ScriptUse:
    """Somebody copied the script, for a buyer if one is known."""
    return ScriptUse.objects.create(
        organization_id=script.organization_id, script_id=script.pk, store=store, buyer=buyer, agent_id=agent_id,
        used_at=now,
    )  # fmt: skip


def uses_since(script_ids: Iterable[int], since: datetime) -> dict[int, int]:
    """{script id: how often it was used since}; those never used are left out."""
    uses = ScriptUse.objects.filter(script_id__in=list(script_ids), used_at__gte=since)
    return dict(uses.order_by().values_list("script_id").annotate(n=Count("pk")))
