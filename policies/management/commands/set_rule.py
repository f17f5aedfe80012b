"""`set_rule --organization SLUG --store CODE [--from D] key=value…`: how a store's figures are worked out."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, no_translations

from policies.management.commands.create_store import in_words
from policies.rule_arguments import RULE_KEYS, STORE_KEYS, Arguments, parse_arguments
from policies.store_changes import apply_arguments
from stores.models import Store
from tenants.scope import organization_id_of, organization_scope


class Command(BaseCommand):
    help = (
        "Makes a new version of a store's rules, valid from a business day on, and changes undated settings."
        f" Dated: {', '.join(RULE_KEYS)}. Undated: {', '.join(STORE_KEYS)}."
        " The figures follow with the next refresh."
    )

    def add_arguments(self, parser):
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--store", required=True, metavar="CODE")
        parser.add_argument(
            "--from", dest="since", metavar="D", help="business day the dated rules are valid from"
        )
        parser.add_argument("arguments", nargs="+", metavar="key=value")

    @no_translations
    def handle(self, organization, store, since, arguments, **options):
        try:
            parsed = parse_arguments(arguments)
            day = checked_day(since, parsed)
            organization_id = organization_id_of(organization)
            if organization_id is None:
                raise ValidationError(f"{organization}: no such organization.")
            with organization_scope(organization_id):
                found = Store.objects.filter(code=store).first()
                if found is None:
                    raise ValidationError(f"{store}: {organization} has no store of this code.")
                rule = apply_arguments(found, day, parsed)
        except ValidationError as error:
            raise CommandError(f"{in_words(error)} Nothing was changed.", returncode=2) from error
        if rule:
            self.stdout.write(f"{store}: rules v{rule.number} valid from {rule.since}.")
        if parsed.store:
            self.stdout.write(f"{store}: {', '.join(parsed.store)} set.")


def checked_day(since: str | None, arguments: Arguments) -> date | None:
    """`--from` as a date. Raises ValidationError where it is none, or missing for a dated rule."""
    if since is None:
        if arguments.rule:
            raise ValidationError(f"--from: give the day from which {', '.join(arguments.rule)} is valid.")
        return None
    try:
        return date.fromisoformat(since)
    except ValueError as error:
        raise ValidationError(f"--from {since}: give a day such as 2026-11-01.") from error
