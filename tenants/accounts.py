"""How people come in: what django-allauth is told about this product's accounts."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from tenants.models import User
from tenants.origin import client_address


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up only where the operator allows it; failures are counted by tenants.guessing alone."""

    def is_open_for_signup(self, request) -> bool:
        return settings.SIGN_UP_ALLOWED

    def get_client_ip(self, request) -> str:
        return client_address(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """allauth would count per account alone, and so let anybody lock its owner out."""

    def save_user(self, request, user, form, commit=True) -> User:
        user.name = form.cleaned_data.get("name", "")
        return super().save_user(request, user, form, commit)


def come_in(request: HttpRequest, user: User, going: str) -> HttpResponse:
    """Sign in a person who has just chosen a password, as after the sign-in page: second factor included.

    going: the path to go to afterwards.
    """
    login = Login(user=user, redirect_url=going)
    return perform_password_login(request, {"email": user.email}, login)


def forget_failures(sender, request, user, **kwargs) -> None:
    """Whoever could reset the password by mail may try it at once. Connected to allauth by tenants.apps."""
    AxesProxyHandler.reset_attempts(username=user.email, ip_address=client_address(request))
