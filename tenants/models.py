"""Who uses Kefudesk: organizations (the tenants), people, and what a person may do in an organization."""

import hashlib
import secrets

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Django finds a room's models through this module.
from tenants.audit_models import AuditEntry, Upkeep  # noqa: F401
from tenants.history import kept_history


class UserManager(BaseUserManager):
    """People are known by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        """A person whose address somebody vouches for: the operator, or an invitation sent to it."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        user.vouch_for_email()
        return user

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email=email.lower())


class User(AbstractUser):
    """A person. One person may be a member of several organizations."""

    username = None
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []
    objects = UserManager()

    def __str__(self) -> str:
        return self.name or self.email

    def vouch_for_email(self) -> None:
        """The address counts as confirmed: no mail with a link stands between this person and signing in."""
        from allauth.account.models import EmailAddress

        EmailAddress.objects.update_or_create(
            user=self, email=self.email, defaults={"verified": True, "primary": True}
        )


class Organization(models.Model):
    """A seller company: the tenant. Visible inside its scope and to its own members."""

    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=200)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    # Members without a second factor are led to set one up before any page opens.
    require_mfa = models.BooleanField(_("every member needs a second factor"), default=False)
    agents_see_names = models.BooleanField(_("agents see each other's figures by name"), default=False)
    # None: for ever. Shorter than this, figures of the days concerned would not be final yet (kpis/retention.py).
    personal_data_days = models.PositiveIntegerField(
        _("personal data of finished orders is kept for (days)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(30)],
    )
    message_days = models.PositiveIntegerField(
        _("chat messages are kept for (days)"), null=True, blank=True, validators=[MinValueValidator(60)]
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    SUPERVISOR = "supervisor", _("Supervisor")
    AUDITOR = "auditor", _("Auditor")
    AGENT = "agent", _("Agent")


@kept_history
class Membership(models.Model):
    """What one person may do in one organization. No stores named: all of them."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    store_ids = models.JSONField(default=list, blank=True)
    agent_id = models.IntegerField(null=True, blank=True)  # team.Agent this person is, if any
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint("organization", "user", name="one_membership_each")]

    def __str__(self) -> str:
        return f"{self.user} · {self.role}"


class InvitationQuerySet(models.QuerySet):
    def open(self) -> "InvitationQuerySet":
        """Those that can still be accepted."""
        return self.filter(used_at=None, withdrawn_at=None, expires_at__gt=timezone.now())


class Invitation(models.Model):
    """Somebody is asked by e-mail to become a member. The link's secret is kept as its hash only."""

    organization = models.ForeignKey(Organization, models.CASCADE)
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    store_ids = models.JSONField(default=list, blank=True)
    agent_id = models.IntegerField(null=True, blank=True)
    digest = models.CharField(max_length=64)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("organization", "digest", name="one_invitation_each")]

    def __str__(self) -> str:
        return f"{self.email} · {self.role}"


class ApiKeyQuerySet(models.QuerySet):
    def usable(self) -> "ApiKeyQuerySet":
        return self.filter(revoked_at=None)


class ApiKey(models.Model):
    """A connector's key for one store. Only its hash is kept; `prefix` lets people recognise it."""

    organization = models.ForeignKey(Organization, models.CASCADE)
    store_id = models.IntegerField()
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("organization", "digest", name="one_api_key_each")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @staticmethod
    def digest_of(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()

    @classmethod
    def issue(
        cls, organization: Organization, store_id: int, name: str, user: User | None
    ) -> tuple["ApiKey", str]:
        """A new key and its secret, which can be shown this once only."""
        secret = "kfd_" + secrets.token_urlsafe(32)
        key = cls.objects.create(
            organization=organization,
            store_id=store_id,
            name=name,
            prefix=secret[:12],
            digest=cls.digest_of(secret),
            created_by=user,
        )
        return key, secret
