"""`key=value` as `set_rule` takes it, turned into values of dated rules and of undated store settings."""

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError

from policies.models import AgentOpened, FlagRule, Judgement, Ownership
from stores.auto_texts import parse_auto_texts
from stores.models import a_time_zone
from stores.settings_text import a_signature, hour_of, minutes_of, parse_flags

HOURS_PER_DAY = 24


class Arguments(NamedTuple):
    """rule: fields of a new AttributionRule. store: fields of the Store itself, which have no date."""

    rule: dict[str, Any]
    store: dict[str, Any]


def parse_arguments(arguments: Iterable[str]) -> Arguments:
    """`["rule=payment", "window=48h", "day_cut=04:00"]` → Arguments.

    Raises ValidationError with one message per wrong argument, each naming its key and value.
    """
    parsed, errors, seen = Arguments({}, {}), [], set()
    for argument in arguments:
        key, equals, value = argument.partition("=")
        key = ALIASES.get(key, key)
        if not equals or key not in RULE_KEYS | STORE_KEYS:
            errors.append(f"{argument}: no setting of this name. Known: {', '.join(KNOWN)}.")
            continue
        if key in seen:
            errors.append(f"{argument}: {key} is given twice.")
            continue
        seen.add(key)
        field, parse = (RULE_KEYS | STORE_KEYS)[key]
        try:
            (parsed.rule if key in RULE_KEYS else parsed.store)[field] = parse(value.strip())
        except ValidationError as error:
            errors.append(f"{argument}: {' '.join(error.messages)}")
    if errors:
        raise ValidationError(errors)
    return parsed


def one_of(choices) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in choices.values:
            raise ValidationError(f"give one of {', '.join(choices.values)}.")
        return value

    return parse


def on_or_off(value: str) -> bool:
    words = {
        "on": True,
        "true": True,
        "1": True,
        "yes": True,
        "off": False,
        "false": False,
        "0": False,
        "no": False,
    }
    if value.lower() not in words:
        raise ValidationError("give on or off.")
    return words[value.lower()]


def between(least: int, most: int, unit: str) -> Callable[[str], int]:
    """A parser of whole numbers. Days may carry their unit: 2, 2d, 48h."""

    def parse(value: str) -> int:
        match = re.fullmatch(r"(\d{1,6})(d|h)?" if unit == "days" else r"(\d{1,6})(min|m)?", value, re.ASCII)
        number, remainder = (int(match[1]), 0) if match else (-1, 0)
        if match and match[2] == "h":
            number, remainder = divmod(number, HOURS_PER_DAY)
        if remainder or not least <= number <= most:
            raise ValidationError(f"give {least} to {most} {unit}.")
        return number

    return parse


def days_or_none(value: str) -> int | None:
    return None if value.lower() in ("none", "") else between(0, 90, "days")(value)


def zone(value: str) -> str:
    a_time_zone(value)
    return value


ALIASES = {
    "rule": "judgement",
    "judgement_rule": "judgement",
    "window_days": "window",
    "after_sale_horizon_days": "after_sale_horizon",
    "session_gap_minutes": "session_gap",
}
RULE_KEYS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "judgement": ("judgement", one_of(Judgement)),
    "ownership": ("ownership", one_of(Ownership)),
    "window": ("window_days", between(2, 15, "days")),
    "flag_rule": ("flag_rule", one_of(FlagRule)),
    "excluded_flags": ("excluded_flags", parse_flags),
    "chaser": ("chaser", on_or_off),
    "after_sale_horizon": ("after_sale_horizon_days", between(0, 180, "days")),
    "agent_opened": ("agent_opened", one_of(AgentOpened)),
    "inquiry_days": ("inquiry_days", between(1, 15, "days")),
    "cancel_days": ("cancel_days", days_or_none),
    "deduct_postage": ("deduct_postage", on_or_off),
    "deduct_refunds": ("deduct_refunds", on_or_off),
}
STORE_KEYS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "day_cut": ("day_cut_minutes", minutes_of),
    "session_gap": ("session_gap_minutes", between(1, 1440, "minutes")),
    "time_zone": ("time_zone", zone),
    "rate_from": ("rate_from_minutes", hour_of),
    "rate_to": ("rate_to_minutes", hour_of),
    "rate_seconds": ("rate_seconds", between(1, 3600, "seconds")),
    "auto_texts": ("auto_texts", parse_auto_texts),
    "memo_signature": ("memo_signature", a_signature),
}
KNOWN = (*RULE_KEYS, *STORE_KEYS)
