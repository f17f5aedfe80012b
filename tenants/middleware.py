"""Finds the organization a page belongs to and answers the page inside its scope."""

import uuid
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tenants import logs
from tenants.audit import record_entry
from tenants.history import acting
from tenants.models import ApiKey, Membership, Organization
from tenants.scope import organization_id_of, organization_scope, user_scope
from tenants.second_factor import session_has_passed, where_to_pass


class OrganizationMiddleware:
    """`/<organization>/…` → request.organization, request.membership, and the view called inside the scope.

    Last in the list: `process_view` answers the view itself. Whoever is no member gets 404, as if the
    organization did not exist.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.organization = request.membership = request.api_key = None
        tokens = (logs.request_id.set(uuid.uuid4().hex[:12]), logs.organization.set(""))
        try:
            self._speak_the_users_language(request)
            response = self.get_response(request)
        finally:
            logs.request_id.reset(tokens[0])
            logs.organization.reset(tokens[1])
        if request.headers.get("HX-Request"):
            response.headers["Vary"] = ", ".join(filter(None, [response.headers.get("Vary"), "HX-Request"]))
        return response

    def process_view(self, request, view, args, kwargs):
        if "organization" not in kwargs:
            return None
        slug = kwargs.pop("organization")
        logs.organization.set(slug)
        key = _bearer(request)
        if key is not None:
            return self._answer_connector(request, view, args, kwargs, organization_id_of(slug), key)
        if not request.user.is_authenticated:
            return _ask_to_sign_in(request)
        request.memberships = self._memberships(request.user.pk)
        membership = next((m for m in request.memberships if m.organization.slug == slug), None)
        if membership is None:
            raise Http404
        request.membership, request.organization = membership, membership.organization
        if membership.organization.require_mfa and not session_has_passed(request):
            return _ask_for_second_factor(request)
        with organization_scope(membership.organization_id, acting(request)):
            record_entry(request)
            return _rendered(view(request, *args, **kwargs))

    def _answer_connector(self, request, view, args, kwargs, organization_id, secret):
        """A connector shows an API key instead of signing in. Only views marked `takes_api_keys` see one."""
        if organization_id is None or not getattr(view, "takes_api_keys", False):
            return JsonResponse({"detail": "API key not accepted here."}, status=401)
        with organization_scope(organization_id):
            key = ApiKey.objects.usable().filter(digest=ApiKey.digest_of(secret)).first()
            if key is None:
                return JsonResponse({"detail": "API key unknown or revoked."}, status=401)
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=timezone.now())
            request.api_key = key
            request.organization = Organization.objects.get(pk=organization_id)
            return _rendered(view(request, *args, **kwargs))

    @staticmethod
    def _memberships(user_id: int) -> list[Membership]:
        with user_scope(user_id):
            mine = Membership.objects.select_related("organization").filter(user_id=user_id)
            return list(mine.order_by("organization__name", "pk"))

    @staticmethod
    def _speak_the_users_language(request):
        language = request.user.is_authenticated and request.user.language
        if language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language()


def _bearer(request) -> str | None:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" and secret else None


def _ask_to_sign_in(request) -> HttpResponse:
    if "/api/" in request.path:
        return JsonResponse({"detail": "Sign in or send an API key."}, status=401)
    from django.contrib.auth.views import redirect_to_login

    response = redirect_to_login(request.get_full_path())
    if request.headers.get("HX-Request"):
        # A fragment must not swallow the sign-in page: htmx goes there as a whole page.
        return HttpResponse(status=204, headers={"HX-Redirect": response.url})
    return response


def _ask_for_second_factor(request) -> HttpResponse:
    """The organization asks for a second factor: to where it is shown or, by who has none, set up."""
    said = _("%(organization)s asks its members for a second factor when they sign in.") % {
        "organization": request.organization.name
    }
    # The page it leads to belongs to no organization.
    request.organization = request.membership = None
    if "/api/" in request.path:
        return JsonResponse({"detail": said}, status=403)
    messages.warning(request, said)
    going = reverse(where_to_pass(request)) + "?" + urlencode({"next": request.get_full_path()})
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": going})
    return redirect(going)


def _rendered(response):
    """Answer in full while the scope is open: a lazy template would be rendered outside of it."""
    if hasattr(response, "render") and not response.is_rendered:
        response.render()
    return response
