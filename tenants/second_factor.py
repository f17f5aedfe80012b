"""Second factors: how their secrets are kept, and whether a session has passed one."""

import base64

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from tenants.encryption import decrypt, encrypt

# People belong to no organization: their secrets have a key of their own, derived like an organization's.
NO_ORGANIZATION, FIELD = 0, "second_factor"
SECRETS = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets are encrypted at rest; keys are counted by name until their owner names them."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(encrypt(NO_ORGANIZATION, FIELD, text)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(NO_ORGANIZATION, FIELD, base64.b64decode(encrypted_text)) or ""

    def generate_authenticator_name(self, user, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user=user, type=type).count()
        return _("Key %(number)s") % {"number": count + 1}


def reencrypt_secrets() -> int:
    """Write every secret anew under the newest key of FIELD_KEYS; how many. May be repeated."""
    adapter = SecondFactorAdapter()
    found = Authenticator.objects.filter(type__in=SECRETS)
    with transaction.atomic():
        for authenticator in found.select_for_update():
            name = SECRETS[authenticator.type]
            authenticator.data[name] = adapter.encrypt(adapter.decrypt(authenticator.data[name]))
            authenticator.save(update_fields=["data"])
    return len(found)


def session_has_passed(request) -> bool:
    """Whether this session showed a second factor that its person still has."""
    if not any(record["method"] == "mfa" for record in get_authentication_records(request, request.user)):
        return False
    return has_second_factor(request.user)


def has_second_factor(user) -> bool:
    return Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def where_to_pass(request) -> str:
    """The name of the page where this session can show a second factor, or where one is set up."""
    kinds = set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    if Authenticator.Type.TOTP in kinds:
        return "mfa_reauthenticate"
    return "mfa_reauthenticate_webauthn" if Authenticator.Type.WEBAUTHN in kinds else "mfa_index"


def remember_new_factor(sender, request, user, authenticator, **kwargs) -> None:
    """Setting a factor up shows that one has it. Connected to allauth's signal by tenants.apps."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
