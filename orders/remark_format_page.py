"""A store's own way to write remarks: the form's fields, what its flags mean, and when a remark is late."""

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from orders.remark_formats import (
    FieldKind,
    Format,
    RemarkField,
    as_json,
    colours_of,
    compose,
    dated,
    format_of,
    most_bytes,
)
from orders.remark_models import RemarkFormat
from stores.forms import StyledForm, posted
from stores.models import ChangeCursor, Store
from tenants.access import permission_required
from tenants.audit import changes, record

MOST_FIELDS = 20
# The reader of the change log that makes follow-ups; by name, because it is a room above this one.
_DESK = "desk"


class FieldForm(StyledForm):
    """One field of a store's remark form. A line without a name is none."""

    key = forms.CharField(required=False, max_length=30, widget=forms.HiddenInput)
    label = forms.CharField(label=_("Field name"), required=False, max_length=40)
    kind = forms.ChoiceField(label=_("Kind"), choices=FieldKind.choices)
    unit = forms.CharField(label=_("Unit or wording"), required=False, max_length=40)
    choices = forms.CharField(label=_("Choices"), required=False, max_length=400)
    required = forms.BooleanField(label=_("Required"), required=False)
    personal = forms.BooleanField(label=_("Somebody’s name"), required=False)
    place = forms.IntegerField(label=_("Line number"), required=False, min_value=1, max_value=99)

    def clean(self):
        told = super().clean()
        if told.get("kind") == FieldKind.DATE and told.get("unit"):
            try:
                dated(told["unit"], timezone.now().date())
            except (ValueError, KeyError, IndexError, AttributeError):
                self.add_error("unit", gettext("Write {y}, {m} and {d} where year, month and day belong."))
        if (
            told.get("kind") == FieldKind.CHOICE
            and told.get("label")
            and not _choices(told.get("choices", ""))
        ):
            self.add_error("choices", gettext("Name what may be chosen, divided by commas."))
        return told


class FieldFormSet(forms.BaseFormSet):
    def clean(self):
        if not any(form.cleaned_data.get("label") for form in self.forms if hasattr(form, "cleaned_data")):
            raise forms.ValidationError(gettext("A remark has at least one field."))


FieldForms = forms.formset_factory(
    FieldForm, formset=FieldFormSet, extra=2, max_num=MOST_FIELDS, absolute_max=30
)


class FormatForm(StyledForm):
    """What is said of a store's remarks beside their fields."""

    late_minutes = forms.IntegerField(
        label=_("A remark is late after so many minutes"), min_value=1, max_value=1440,
        help_text=_("From the payment. Late ones are counted, and become follow-ups."),
    )  # fmt: skip

    def __init__(self, *args, store: Store, fmt: Format, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["late_minutes"].initial = fmt.late_minutes
        self.flag_names = [f"flag_{number}" for number in colours_of(store)]
        for number, (_code, name) in colours_of(store).items():
            self.fields[f"flag_{number}"] = forms.CharField(
                label=gettext(name), required=False, max_length=40, initial=fmt.flags.get(str(number), "")
            )

    def flags(self) -> dict[str, str]:
        told = {name.removeprefix("flag_"): self.cleaned_data[name].strip() for name in self.flag_names}
        return {number: meaning for number, meaning in told.items() if meaning}

    def flag_lines(self) -> list[forms.BoundField]:
        return [self[name] for name in self.flag_names]


@require_http_methods(["GET", "POST"])
@permission_required("see_orders", change="set_remarks")
def remark_format(request):
    """How one store (`store`) writes its remarks; POST sets it, with `look` it only shows what the text would be."""
    stores = list(Store.objects.open_to(request.membership))
    store = next(
        (one for one in stores if one.code == request.GET.get("store")), stores[0] if stores else None
    )
    if store is None:
        return render(request, "orders/remark_format.html", {"stores": []})
    fmt = format_of(store)
    form = FormatForm(posted(request), store=store, fmt=fmt)
    lines = FieldForms(
        posted(request), prefix="field", initial=[_initial(n, one) for n, one in enumerate(fmt.fields, 1)]
    )
    is_valid = request.method == "POST" and form.is_valid() and lines.is_valid()
    fields = _fields_of(lines) if is_valid else fmt.fields
    context = {"stores": stores, "store": store, "form": form, "lines": lines, "stored": fmt.stored}
    context |= {"sample": _sample(fields), "most": most_bytes(store)}
    if request.method == "POST" and "look" in request.POST:
        return render(request, "orders/_remark_sample.html", context)
    if is_valid:
        _save(request, store, fields, form)
        messages.success(request, gettext("Saved. Remarks written before keep their text."))
        return redirect(f"{reverse('remark_format', args=[request.organization.slug])}?store={store.code}")
    return render(request, "orders/remark_format.html", context)


def _save(request, store: Store, fields: tuple[RemarkField, ...], form: FormatForm) -> None:
    values = {
        "fields": as_json(fields),
        "flags": form.flags(),
        "late_minutes": form.cleaned_data["late_minutes"],
    }
    row = RemarkFormat.objects.select_for_update().filter(store=store).first()
    before = {name: getattr(row, name) for name in values} if row else {}
    if row is None:
        # Nobody is late with what was not asked for yet.
        row = RemarkFormat(organization_id=store.organization_id, store=store, since=timezone.now())
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    record(request, "settings_changed", store, **changes(before, values))
    # Follow-ups for missing remarks begin with the settings, and move with them.
    ChangeCursor.objects.filter(store=store, reader=_DESK).update(transaction_no=0)


def _initial(place: int, one: RemarkField) -> dict:
    return {
        "key": one.key, "label": one.label, "kind": one.kind, "unit": one.unit, "choices": "，".join(one.choices),
        "required": one.required, "personal": one.personal, "place": place,
    }  # fmt: skip


def _fields_of(lines) -> tuple[RemarkField, ...]:
    """The formset's fields in their places; a new one gets a key nobody else has."""
    told = [form.cleaned_data for form in lines if form.cleaned_data.get("label", "").strip()]
    told = sorted(told, key=lambda line: line.get("place") or 100)
    taken = {line["key"] for line in told if line["key"]}
    found, number = [], 0
    for line in told:
        key = line["key"]
        while not key or (key in {one.key for one in found}):
            number += 1
            key = f"x{number}" if f"x{number}" not in taken else ""
        kind = line["kind"]
        found.append(
            RemarkField(
                key,
                line["label"].strip(),
                kind,
                unit=line["unit"].strip() if kind in _WITH_UNIT else "",
                required=line["required"],
                personal=line["personal"] and kind == FieldKind.TEXT,
                choices=_choices(line["choices"]) if kind == FieldKind.CHOICE else (),
            )
        )
    return tuple(found)


_WITH_UNIT = (FieldKind.SIZE, FieldKind.DATE)


def _choices(text: str) -> tuple[str, ...]:
    pieces = (
        piece.strip() for piece in text.replace("，", ",").replace("、", ",").replace(";", ",").split(",")
    )
    return tuple(dict.fromkeys(piece for piece in pieces if piece))


def _sample(fields: tuple[RemarkField, ...]) -> str:
    """The documents' own example in this form (刘贺 is theirs)."""
    day = timezone.now().date().isoformat()
    texts = {FieldKind.LONG: "送胶", FieldKind.TEXT: "刘贺"}
    values = {}
    for one in fields:
        if one.kind == FieldKind.SIZE:
            values[one.key] = {"width": "3", "height": "2.4"}
        elif one.kind == FieldKind.DATE:
            values[one.key] = day
        elif one.kind == FieldKind.CHOICE:
            values[one.key] = one.choices[0] if one.choices else ""
        else:
            values[one.key] = (
                texts[FieldKind(one.kind)] if one.personal or one.kind == FieldKind.LONG else one.label
            )
    return compose(fields, values)
