"""What is not the product's own, in its look: fields of others' forms, names of browsers."""

from django import forms, template

from tenants.origin import browser_in_words

register = template.Library()
register.filter("browser", browser_in_words)


@register.simple_tag
def styled(field: forms.BoundField, large: bool = False) -> str:
    """The field's input with Tabler's classes, marked where it is wrong, and tied to its help text."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        look = "form-check-input"
    else:
        look = "form-select" if isinstance(widget, forms.Select) else "form-control"
    attrs = {"class": " ".join(filter(None, [look, large and f"{look}-lg", field.errors and "is-invalid"]))}
    if field.help_text:
        attrs["aria-describedby"] = f"{field.auto_id}_helptext"
    # The label says it; a placeholder that repeats it is gone as soon as one types.
    widget.attrs.pop("placeholder", None)
    return field.as_widget(attrs=attrs)
