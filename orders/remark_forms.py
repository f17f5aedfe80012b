"""The form of a remark, made of the store's fields."""

from datetime import date
from decimal import Decimal, InvalidOperation

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orders.remark_formats import FieldKind, Format, RemarkField, colours_of
from orders.remark_seals import Contents
from stores.forms import DayField, StyledForm
from stores.models import Store
from team.seats import agents_open_to
from tenants.models import Membership, Role

LONGEST = 2000


class RemarkForm(StyledForm):
    """One version of a remark: f_KEY for each field of the format (sizes: f_KEY_width, f_KEY_height), flag, agent.

    What is missing or suspicious is said by orders/remark_checks.py, not here: half a remark can be looked at too.
    """

    based_on = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args, store: Store, fmt: Format, membership: Membership, current_agent: int | None, **kwargs
    ):
        super().__init__(*args, **kwargs)
        self.fmt = fmt
        for one in fmt.fields:
            self.fields.update(_inputs(one, self.initial))
        if colours := colours_of(store):
            self.fields["flag"] = forms.TypedChoiceField(
                label=_("Flag"), required=False, coerce=int, empty_value=None, widget=forms.RadioSelect,
                choices=[("", gettext("say nothing")), *((n, _flag_label(fmt, n, name)) for n, (_c, name) in colours.items())],
            )  # fmt: skip
            self.fields["agent"] = forms.TypedChoiceField(
                label=_("Flagged by"), required=False, coerce=int, empty_value=None,
                choices=[("", gettext("say nothing")), *_agents(membership, current_agent)],
                help_text=_("Whose sale the flag says it is, as the store's rule has it."),
            )  # fmt: skip

    def lines(self) -> list[tuple[RemarkField, list[forms.BoundField]]]:
        """(field of the format, its inputs) in the order of the form."""
        return [(one, [self[name] for name in _names(one)]) for one in self.fmt.fields]

    def flag_fields(self) -> list[forms.BoundField]:
        """Flag and who flagged; none where the platform knows no flags."""
        return [self[name] for name in ("flag", "agent") if name in self.fields]

    def values(self) -> dict:
        """The fields as write_remark takes them. Call after is_valid; what is wrong is left out."""
        told = {}
        for one in self.fmt.fields:
            values = [self.cleaned_data.get(name) for name in _names(one)]
            if one.kind == FieldKind.SIZE:
                sides = {
                    side: str(v) for side, v in zip(("width", "height"), values, strict=True) if v is not None
                }
                told[one.key] = sides
            else:
                told[one.key] = (
                    values[0].isoformat() if isinstance(values[0], date) else (values[0] or "").strip()
                )
        return {key: value for key, value in told.items() if value}

    @property
    def flag(self) -> int | None:
        return self.cleaned_data.get("flag")

    @property
    def agent_id(self) -> int | None:
        """Who flagged; without a flag nobody did, and whoever flagged on the platform keeps it."""
        return None if self.flag is None else self.cleaned_data.get("agent")


def initial_of(fmt: Format, contents: Contents | None) -> dict:
    """What the form begins with to change a version."""
    if contents is None:
        return {}
    told: dict = {}
    for one in fmt.fields:
        value = contents.fields.get(one.key)
        if not value:
            continue
        if one.kind == FieldKind.SIZE and isinstance(value, dict):
            told |= {f"f_{one.key}_{side}": length for side, length in value.items()}
        elif one.kind == FieldKind.DATE:
            told[f"f_{one.key}"] = date.fromisoformat(value)
        elif isinstance(value, str):
            told[f"f_{one.key}"] = value
    return told


def _names(one: RemarkField) -> list[str]:
    if one.kind == FieldKind.SIZE:
        return [f"f_{one.key}_width", f"f_{one.key}_height"]
    return [f"f_{one.key}"]


def _inputs(one: RemarkField, initial: dict) -> dict[str, forms.Field]:
    shared = {"label": one.label, "required": False}
    if one.kind == FieldKind.SIZE:
        names = zip(_names(one), (_("Width"), _("Height")), strict=True)
        return {name: _Length(label=label, required=False) for name, label in names}
    if one.kind == FieldKind.DATE:
        return {f"f_{one.key}": DayField(**shared)}
    if one.kind == FieldKind.CHOICE:
        # What was written before the choices changed can still be kept.
        offered = [*one.choices, *({initial.get(f"f_{one.key}")} - {None, "", *one.choices})]
        return {f"f_{one.key}": forms.ChoiceField(choices=[("", "—"), *((c, c) for c in offered)], **shared)}
    widget = forms.Textarea(attrs={"rows": 3}) if one.kind == FieldKind.LONG else forms.TextInput()
    return {f"f_{one.key}": forms.CharField(max_length=LONGEST, widget=widget, **shared)}


class _Length(forms.DecimalField):
    """A length as it is typed, kept as typed: 2.40 stays 2.40 until it is told."""

    def __init__(self, **kwargs):
        super().__init__(min_value=Decimal("0.001"), max_value=Decimal(99999), decimal_places=3, **kwargs)
        self.widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 7})

    def to_python(self, value):
        try:
            return super().to_python(
                value.replace("，", ".").replace(",", ".") if isinstance(value, str) else value
            )
        except InvalidOperation as error:
            raise forms.ValidationError(gettext("Enter a number.")) from error


def _flag_label(fmt: Format, number: int, name: str) -> str:
    meaning = fmt.flags.get(str(number), "")
    return f"{gettext(name)} · {meaning}" if meaning else gettext(name)


def _agents(membership: Membership, current: int | None) -> list[tuple[int, str]]:
    """Whom the member may name: leads everybody, an agent themselves and whoever is named already."""
    agents = agents_open_to(membership)
    if membership.role == Role.AGENT:
        agents = agents.filter(pk__in=[one for one in (membership.agent_id, current) if one])
    return list(agents.order_by("name").values_list("pk", "name"))
