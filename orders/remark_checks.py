"""What is looked at before a remark is saved: errors stop it, warnings may be overridden and are recorded.

The mistakes are those the documents name: 「尺寸寫錯:如1.24米*2米寫成1.42米乘2米」, 「發貨時間寫錯:如11月2日發貨寫成11月20日
發貨」, and whatever does not fit the platform.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from orders.models import Order
from orders.remark_formats import (
    MOST_CHARACTERS,
    FieldKind,
    Format,
    RemarkField,
    colours_of,
    most_bytes,
    plain,
)
from orders.service_models import Promise, PromiseKind, PromiseState
from stores.models import Store

FAR_DAYS = 15
SHORTEST, LONGEST = Decimal("0.1"), Decimal(10)  # metres
_METRES = {
    "米": 1, "m": 1, "公尺": 1, "metre": 1, "meter": 1,
    "厘米": Decimal("0.01"), "公分": Decimal("0.01"), "cm": Decimal("0.01"),
    "毫米": Decimal("0.001"), "公厘": Decimal("0.001"), "mm": Decimal("0.001"),
}  # fmt: skip
_UNITS = "|".join(sorted(map(re.escape, _METRES), key=len, reverse=True))
_LENGTH = rf"(\d{{1,5}}(?:\.\d{{1,3}})?)\s*({_UNITS})?"
_SIZE = re.compile(rf"{_LENGTH}\s*[*×xX乘]\s*{_LENGTH}", re.IGNORECASE)

MESSAGES = {
    "missing": _("%(label)s is missing."),
    "empty": _("The remark says nothing."),
    "too_long": _("The text takes %(used)s bytes; the platform holds %(most)s."),
    "too_many": _("The text has %(used)s characters; at most %(most)s are kept."),
    "no_such_flag": _("The platform knows no such flag."),
    "size_swapped": _("The buyer's message or memo says %(told)s, you typed %(typed)s: are digits swapped?"),
    "size_turned": _("The buyer's message or memo says %(told)s, you typed %(typed)s: are width and height swapped?"),
    "size_unit": _("%(typed)s looks like centimetres; the unit here is %(unit)s."),
    "size_range": _("%(typed)s is out of the ordinary: longer than 10 m or shorter than 0.1 m."),
    "date_past": _("The day %(day)s is over."),
    "date_far": _("The day %(day)s is %(days)s days away from %(other)s, which is promised or today."),
}  # fmt: skip
ERRORS = {"missing", "empty", "too_long", "too_many", "no_such_flag"}


@dataclass(frozen=True)
class Finding:
    """One thing a check found. code: key of MESSAGES; where: key of the field it is about, "" for the whole."""

    code: str
    where: str = ""
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_error(self) -> bool:
        return self.code in ERRORS

    def __str__(self) -> str:
        return gettext(MESSAGES[self.code]) % self.params


def findings(
    order: Order,
    fmt: Format,
    values: Mapping,
    text: str,
    flag: int | None,
    now: datetime,
    *,
    composed: bool = True,
) -> list[Finding]:
    """What is wrong or suspicious with a remark that is about to be saved, errors first.

    composed: False for a text taken over from the platform, which has no fields to be looked at. Two statements at most.
    """
    found = list(_of_text(order.store, text, flag))
    if composed:
        found += _missing(fmt, values)
        told = sizes_in(" ".join(filter(None, map(order.decrypted, ("buyer_message", "seller_memo")))))
        for one in fmt.of_kind(FieldKind.SIZE):
            found += _of_size(one, values.get(one.key) or {}, told)
        days = [(one, day) for one in fmt.of_kind(FieldKind.DATE) if (day := values.get(one.key))]
        if days:
            promised = promised_days(order)
            for one, day in days:
                found += _of_day(one, date.fromisoformat(day), promised, _today(order.store, now))
    return sorted(found, key=lambda finding: not finding.is_error)


def promised_days(order: Order) -> list[date]:
    """The days shipping is promised for: the order's own, and open promises of a ship date."""
    due = Promise.objects.filter(
        store=order.store_id, order_id=order.order_id, kind=PromiseKind.SHIP_DATE, state=PromiseState.OPEN
    ).values_list("due_at", flat=True)
    zone = ZoneInfo(order.store.time_zone)
    return sorted(
        {instant.astimezone(zone).date() for instant in filter(None, [order.promised_ship_at, *due])}
    )


def sizes_in(text: str) -> list[tuple[Decimal, Decimal]]:
    """The sizes a text names, (width, height) in metres. A length without unit has the other's, else metres."""
    found = []
    for width, unit, height, other in _SIZE.findall(text):
        scales = [_METRES[one.lower()] if one else None for one in (unit, other)]
        first, second = scales[0] or scales[1] or 1, scales[1] or scales[0] or 1
        found.append((Decimal(width) * first, Decimal(height) * second))
    return found


def _of_text(store: Store, text: str, flag: int | None) -> Iterable[Finding]:
    used, most = len(text.encode()), most_bytes(store)
    if not text.strip():
        yield Finding("empty")
    if most is not None and used > most:
        yield Finding("too_long", params={"used": used, "most": most})
    elif len(text) > MOST_CHARACTERS:
        yield Finding("too_many", params={"used": len(text), "most": MOST_CHARACTERS})
    if flag is not None and flag not in colours_of(store):
        yield Finding("no_such_flag", "flag")


def _missing(fmt: Format, values: Mapping) -> Iterable[Finding]:
    for one in fmt.fields:
        value = values.get(one.key)
        complete = value and (one.kind != FieldKind.SIZE or (value.get("width") and value.get("height")))
        half = one.kind == FieldKind.SIZE and value and bool(value.get("width")) != bool(value.get("height"))
        if (one.required and not complete) or half:
            yield Finding("missing", one.key, {"label": one.label})


def _of_size(one: RemarkField, value: Mapping, told: list[tuple[Decimal, Decimal]]) -> Iterable[Finding]:
    lengths = [Decimal(value[side]) for side in ("width", "height") if value.get(side)]
    scale = _METRES.get(one.unit.strip().lower(), 1)
    metres = [length * scale for length in lengths]
    typed = "*".join(f"{plain(str(length))}{one.unit}" for length in lengths)
    if any(length > LONGEST for length in metres):
        # 240 typed where metres are asked for.
        meant = [length * Decimal("0.01") for length in lengths]
        is_unit = scale == 1 and all(SHORTEST <= length <= LONGEST for length in meant)
        yield Finding("size_unit" if is_unit else "size_range", one.key, {"typed": typed, "unit": one.unit})
    elif any(length < SHORTEST for length in metres):
        yield Finding("size_range", one.key, {"typed": typed})
    if len(metres) == 2 and told and tuple(metres) not in told:
        yield from _against(one, tuple(metres), typed, told)


def _against(
    one: RemarkField, typed: tuple, shown: str, told: list[tuple[Decimal, Decimal]]
) -> Iterable[Finding]:
    for size in told:
        params = {"told": "*".join(f"{plain(str(length))}m" for length in size), "typed": shown}
        if typed == size[::-1]:
            yield Finding("size_turned", one.key, params)
            return
        if all(a == b or _same_digits(a, b) for a, b in zip(typed, size, strict=True)):
            yield Finding("size_swapped", one.key, params)
            return


def _same_digits(one: Decimal, other: Decimal) -> bool:
    return sorted(plain(str(one))) == sorted(plain(str(other)))


def _of_day(one: RemarkField, day: date, promised: list[date], today: date) -> Iterable[Finding]:
    if day < today:
        yield Finding("date_past", one.key, {"day": day.isoformat()})
        return
    nearest = min(promised or [today], key=lambda other: abs(day - other))
    if (days := abs(day - nearest).days) > FAR_DAYS:
        yield Finding(
            "date_far", one.key, {"day": day.isoformat(), "days": days, "other": nearest.isoformat()}
        )


def _today(store: Store, now: datetime) -> date:
    return now.astimezone(ZoneInfo(store.time_zone)).date()
