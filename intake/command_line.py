"""What the import commands share: organization and store, the reader's language, figures."""

import os

from django.conf import settings
from django.core.management import CommandError, CommandParser, call_command
from django.utils.translation import gettext

from stores.models import Store
from tenants.scope import organization_id_of, organization_scope

NOTHING_DONE = 2
_LANGUAGES = {"zh_cn": "zh-hans", "zh_sg": "zh-hans", "zh": "zh-hans", "zh_tw": "zh-hant", "zh_hk": "zh-hant"}


def add_common_arguments(parser: CommandParser) -> None:
    parser.add_argument("--organization", required=True, metavar="SLUG")
    parser.add_argument("--language", help="language of the messages, such as zh-hans, zh-hant or en")
    parser.add_argument("--no-refresh", action="store_true", help="leave the figures to the next refresh")


def language_of(asked: str | None) -> str:
    """The language asked for, else the environment's (LANGUAGE, as gettext reads it), else the product's."""
    for name in (asked, *os.environ.get("LANGUAGE", "").split(":")):
        known = _known_language(name or "")
        if known:
            return known
    return settings.LANGUAGE_CODE


def _known_language(name: str) -> str | None:
    bare = name.partition(".")[0].lower()
    codes = dict(settings.LANGUAGES)
    for code in (bare.replace("_", "-"), _LANGUAGES.get(bare.replace("-", "_"), ""), bare[:2]):
        if code in codes:
            return code
    return None


def find_organization(slug: str) -> int:
    """The organization's id. Errors: CommandError with exit code 2."""
    organization_id = organization_id_of(slug)
    if organization_id is None:
        raise CommandError(
            gettext("there is no organization “%(slug)s”") % {"slug": slug}, returncode=NOTHING_DONE
        )
    return organization_id


def find_store(organization_id: int, code: str) -> Store | None:
    with organization_scope(organization_id):
        return Store.objects.filter(code=code).first()


def refresh_figures(organization: str, store: Store) -> None:
    """Rebuild the figures the import has touched.

    By the command's name, because figures are a room above this one.
    """
    call_command("refresh_kpis", organization=organization, store=store.code)
