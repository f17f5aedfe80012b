"""`create_organization SLUG --name N --owner EMAIL`: a new organization and the person who owns it."""

import os
import sys

from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.core.validators import validate_email
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from tenants.founding import checked_organization, create
from tenants.models import User


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


def public_url() -> str:
    """Where people reach the product, without a final slash."""
    return (os.environ.get("PUBLIC_URL") or "http://127.0.0.1:8000").rstrip("/")


def welcome_link(user: User) -> str:
    """The address where this person chooses a password, once. The token dies with the first use."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return public_url() + reverse("welcome", args=[uid, default_token_generator.make_token(user)])
