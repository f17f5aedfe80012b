"""What the frame of every page needs: a block shown twice, icons, addresses that keep the filters."""

from django import template
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils.html import format_html, strip_tags

register = template.Library()


@register.simple_tag(takes_context=True)
def block_again(context, name: str) -> str:
    """The text of the block `name` once more, without markup; empty where no page fills it.

    The page's title stands in the window's title and above the page, and a block may be defined only once.
    """
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    block = blocks.get_block(name) if blocks else None
    return strip_tags(block.render(context)).strip() if block else ""


@register.simple_tag
def icon(name: str, classes: str = "icon") -> str:
    """A drawing of static/icons.svg. It is decoration: the text beside it says the same."""
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        classes,
        static("icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def query(context, **changes) -> str:
    """This page's address with some parameters changed; None takes one away. Always begins with "?"."""
    parameters = context["request"].GET.copy()
    parameters.pop("page", None)
    for name, value in changes.items():
        if value is None:
            parameters.pop(name, None)
        else:
            parameters[name] = value
    return f"?{parameters.urlencode()}"


@register.filter
def words(text: str) -> list[str]:
    """A list written as words with blanks between."""
    return text.split()
