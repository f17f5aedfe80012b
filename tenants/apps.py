from django.apps import AppConfig
from django.core.checks import Error, Tags, register
from django.utils.translation import gettext_lazy as _


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = _("organizations")

    def ready(self) -> None:
        from allauth.account.signals import password_reset
        from allauth.mfa.signals import authenticator_added

        from tenants.accounts import forget_failures
        from tenants.second_factor import remember_new_factor

        password_reset.connect(forget_failures, dispatch_uid="forget_failures")
        authenticator_added.connect(remember_new_factor, dispatch_uid="remember_new_factor")


@register(Tags.database)
def app_role_cannot_bypass(app_configs=None, databases=None, **kwargs) -> list[Error]:
    """Refuse to start as a role that row-level security does not bind."""
    if not databases or "default" not in databases:
        return []
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls, EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON"
            " n.oid = c.relnamespace WHERE n.nspname = 'public' AND pg_has_role(current_user, c.relowner, 'MEMBER'))"
            " FROM pg_roles WHERE rolname = current_user"
        )
        name, superuser, bypass, owner = cursor.fetchone()
    if superuser or bypass or owner:
        return [
            Error(
                f"The database role {name!r} of DATABASE_URL can bypass row-level security.",
                hint="Connect as the role `app` made by deploy/roles.sql; it owns no table.",
                id="tenants.E001",
            )
        ]
    return []
