"""Founding an organization: what may be its short name, and the rows it begins with."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import IntegrityError, connection
from django.utils.translation import gettext as _

from tenants.models import Membership, Organization, Role, User
from tenants.scope import organization_id_of, organization_scope

# First parts of addresses that are not an organization's.
RESERVED = {
    "account", "admin", "api", "calendar", "healthz", "language", "login", "logout", "media", "metrics", "readyz",
    "static", "welcome",
}  # fmt: skip


def checked_organization(slug: str, name: str, currency: str) -> Organization:
    """An organization not yet saved. Raises ValidationError naming the field that is wrong."""
    organization = Organization(slug=slug, name=name.strip(), currency=currency.upper())
    if slug.lower() in RESERVED:
        raise ValidationError(
            _("%(slug)s: this short name is taken by the product itself. Choose another.") % {"slug": slug}
        )
    # Uniqueness is asked below: outside its scope an organization cannot be seen.
    try:
        organization.clean_fields()
        RegexValidator(r"^[A-Z]{3}$")(organization.currency)
    except ValidationError as error:
        fields = getattr(error, "message_dict", {"currency": error.messages})
        raise ValidationError([f"{key}: {' '.join(words)}" for key, words in fields.items()]) from error
    if organization_id_of(slug) is not None:
        raise ValidationError(
            _("%(slug)s: an organization of this short name exists already. Nothing was changed.")
            % {"slug": slug}
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
            if not already:
                user.vouch_for_email()
            organization.save(force_insert=True)
            Membership.objects.create(organization=organization, user=user, role=Role.OWNER)
    except IntegrityError as error:
        # Two commands with one slug (or one new owner) at the same time: the other one was first.
        raise ValidationError(
            _("%(slug)s: just made by somebody else. Nothing was changed.") % {"slug": organization.slug}
        ) from error
    return user, already
