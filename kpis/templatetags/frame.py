"""What the frame of every page needs: a block shown twice, icons, addresses that keep the filters."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils.html import format_html, strip_tags
from django.utils.translation import get_language

from kpis.navigation import ALL_STORES, WORKING, offered
from tenants.models import Role

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
@lru_cache(512)  # a page has forty
def icon(name: str, classes: str = "icon") -> str:
    """A drawing of static/icons.svg. It is decoration: the text beside it says the same."""
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        classes,
        static("icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def navigation_items(context) -> str:
    """The entries of the left navigation, of the organization and for the member that the context names."""
    membership, match = context["membership"], context["request"].resolver_match
    granted = {name for name, may in context["can"].items() if may}
    if membership and (membership.agent_id or membership.role == Role.AGENT):
        granted.add(WORKING)
    if not (membership and membership.store_ids):
        granted.add(ALL_STORES)
    return _items(
        context["organization"].slug,
        get_language(),
        membership.role if membership else None,
        frozenset(granted),
        match.url_name if match else None,
    )


# A third of a light page's time, and always the same: kept by all that it is made of, and made of nothing else.
@lru_cache(1024)
def _items(
    slug: str, language: str | None, role: str | None, granted: frozenset[str], page: str | None
) -> str:
    sections = offered(role, set(granted), page)
    return render_to_string("_navigation_items.html", {"slug": slug, "sections": sections})


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
