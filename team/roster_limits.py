"""What a roster must keep to: rest between shifts, rest days, and how late anybody works."""

from dataclasses import dataclass

from django.apps import apps


@dataclass(frozen=True)
class Limits:
    """rest_days: a month. rest_hours: between two shifts. latest_end_minutes: after midnight of the shift's day."""

    rest_days: int = 4
    rest_hours: int = 11
    latest_end_minutes: int = 1620


def limits_of(organization_id: int) -> Limits:
    """The organization's own limits, the defaults where it set none.

    They are kept with the other figures of the working day, in a room above this one, and so are asked for by name.
    """
    names = tuple(Limits.__dataclass_fields__)
    settings = apps.get_model("desk", "DeskSettings").objects.filter(pk=organization_id)
    return Limits(**(settings.values(*names).first() or {}))
