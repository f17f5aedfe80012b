"""`create_store --organization SLUG CODE …`: a new store with the rules it begins with."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, no_translations

from policies.store_changes import add_store
from stores.models import Platform, Store
from stores.settings_text import minutes_of, time_of
from tenants.scope import organization_id_of, organization_scope


class Command(BaseCommand):
    help = "Makes a store and its first version of the attribution rules."

    def add_arguments(self, parser):
        parser.add_argument("code", help="short name in addresses: letters, digits, - and _")
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--name", required=True)
        parser.add_argument("--platform", required=True, choices=Platform.values)
        parser.add_argument("--kind", default="", help="kind of store, such as flagship")
        parser.add_argument("--country", default="", help="ISO 3166 code of two letters")
        parser.add_argument("--time-zone", required=True, help="IANA name, such as Asia/Shanghai")
        parser.add_argument("--currency", required=True, help="ISO 4217 code, such as CNY")
        parser.add_argument(
            "--day-cut", default="00:00", metavar="HH:MM", help="when its day begins (00:00–06:00)"
        )

    @no_translations
    def handle(self, organization, code, **options):
        organization_id = organization_id_of(organization)
        if organization_id is None:
            raise CommandError(f"{organization}: no such organization.", returncode=2)
        try:
            with organization_scope(organization_id):
                store = new_store(organization_id, code, options)
                rule = add_store(store)
        except ValidationError as error:
            raise CommandError(in_words(error), returncode=2) from error
        self.stdout.write(
            f"Store {code} ({store.name}) made: {store.platform}, {store.currency}, {store.time_zone},"
            f" day from {time_of(store.day_cut_minutes)}; rules v{rule.number}."
        )


def new_store(organization_id: int, code: str, options: dict) -> Store:
    """The store the options describe, valid but not saved. Raises ValidationError."""
    if Store.objects.filter(code=code).exists():
        raise ValidationError(f"{code}: a store of this code exists already. Nothing was changed.")
    fields = {name: options[name] for name in ("name", "platform", "kind", "time_zone")}
    store = Store(
        organization_id=organization_id,
        code=code,
        country=options["country"].upper(),
        currency=options["currency"].upper(),
        day_cut_minutes=minutes_of(options["day_cut"]),
        **fields,
    )
    store.full_clean(exclude=["organization"])
    return store


def in_words(error: ValidationError) -> str:
    """All messages of an error on one line, each after the name of its field."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return " ".join(f"{field}: {' '.join(messages)}" for field, messages in error.message_dict.items())
