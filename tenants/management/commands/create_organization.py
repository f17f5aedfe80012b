"""`create_organization SLUG --name N --owner EMAIL`: a new organization and the person who owns it."""

import os
import sys

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.core.validators import RegexValidator, validate_email
from django.db import IntegrityError, connection
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from tenants.models import Membership, Organization, Role, User
from tenants.scope import organization_id_of, organization_scope

# First parts of addresses that are not an organization's.
RESERVED = {
    "admin", "api", "healthz", "language", "login", "logout", "media", "metrics", "readyz", "static",
    "welcome",
}  # fmt: skip


class Command(BaseCommand):
    help = "Makes an organization and its owner. Prints a one-time link where the owner has no password yet."

    def add_arguments(self, parser):
        parser.add_argument("slug", help="short name in the addresses: letters, digits, - and _")
        parser.add_argument("--name", required=True, help="name as people read it")
        parser.add_argument("--owner", required=True, metavar="EMAIL", help="who owns it; made if unknown")
        parser.add_argument("--currency", default="CNY", help="currency its stores are compared in (CNY)")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read a new owner's password from standard input"
        )

    @no_translations
    def handle(self, slug, name, owner, currency, password_stdin, **options):
        password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
        try:
            organization = checked_organization(slug, name, currency)
            validate_email(owner)
            user, already = create(organization, owner, password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=2) from error
        self.stdout.write(f"Organization {slug} ({organization.name}) made; {user.email} is its owner.")
        if user.has_usable_password():
            if already and password_stdin:
                self.stderr.write(f"{user.email} had an account already and keeps its password.")
            self.stdout.write(f"Sign in at {public_url()}{reverse('login')}")
        else:
            self.stdout.write(f"One-time link to choose a password: {welcome_link(user)}")


def checked_organization(slug: str, name: str, currency: str) -> Organization:
    """An organization not yet saved. Raises ValidationError naming the field that is wrong."""
    organization = Organization(slug=slug, name=name.strip(), currency=currency.upper())
    if slug.lower() in RESERVED:
        raise ValidationError(f"{slug}: this short name is taken by the product itself. Choose another.")
    # Uniqueness is asked below: outside its scope an organization cannot be seen.
    try:
        organization.clean_fields()
        RegexValidator(r"^[A-Z]{3}$")(organization.currency)
    except ValidationError as error:
        fields = getattr(error, "message_dict", {"currency": error.messages})
        raise ValidationError([f"{key}: {' '.join(words)}" for key, words in fields.items()]) from error
    if organization_id_of(slug) is not None:
        raise ValidationError(
            f"{slug}: an organization of this short name exists already. Nothing was changed."
        )
    return organization


def create(organization: Organization, email: str, password: str | None) -> tuple[User, bool]:
    """Save the organization with its owner; (user, whether the user was there before). All or nothing."""
    with connection.cursor() as cursor:
        # The number must be known first: the row may only be written inside its own scope.
        cursor.execute("SELECT nextval(pg_get_serial_sequence('tenants_organization', 'id'))")
        organization.pk = cursor.fetchone()[0]
    try:
        with organization_scope(organization.pk):
            user = User.objects.filter(email=email.lower()).first()
            already = user is not None
            if user is None:
                user = User(email=email.lower())
                user.set_unusable_password()
            if password is not None and not user.has_usable_password():
                validate_password(password, user)
                user.set_password(password)
            user.save()
            organization.save(force_insert=True)
            Membership.objects.create(organization=organization, user=user, role=Role.OWNER)
    except IntegrityError as error:
        # Two commands with one slug (or one new owner) at the same time: the other one was first.
        raise ValidationError(
            f"{organization.slug}: just made by somebody else. Nothing was changed."
        ) from error
    return user, already


def public_url() -> str:
    """Where people reach the product, without a final slash."""
    return os.environ.get("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")


def welcome_link(user: User) -> str:
    """The address where this person chooses a password, once. The token dies with the first use."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return public_url() + reverse("welcome", args=[uid, default_token_generator.make_token(user)])
