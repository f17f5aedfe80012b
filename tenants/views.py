"""Pages outside of, or at the door of, an organization."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.tokens import default_token_generator
from django.core.cache import cache
from django.db import connection
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.encoding import force_str
from django.utils.http import url_has_allowed_host_and_scheme, urlsafe_base64_decode
from django.utils.translation import check_for_language
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.accounts import come_in
from tenants.models import Membership, Role, User
from tenants.scope import user_scope


@require_GET
@login_required
def home(request):
    """The only organization at once; the list to choose from where there are several, or none."""
    memberships = _own_memberships(request)
    if len(memberships) == 1:
        return redirect("organization_home", memberships[0].organization.slug)
    return redirect("organization_list")


@require_GET
@login_required
def organization_list(request):
    """The organizations one belongs to: to go there, or to leave."""
    context = {"memberships": _own_memberships(request), "may_found": settings.SIGN_UP_ALLOWED}
    return render(request, "account/organization_list.html", context)


def _own_memberships(request) -> list[Membership]:
    with user_scope(request.user.pk):
        mine = Membership.objects.filter(user=request.user).select_related("organization")
        return list(mine.order_by("organization__name", "pk"))


@require_GET
def organization_home(request):
    """Each role's first page."""
    pages = {Role.OWNER: "store_months", Role.AUDITOR: "store_months", Role.AGENT: "my_day"}
    return redirect(pages.get(request.membership.role, "agent_table"), request.organization.slug)


@require_GET
def healthz(request):
    """The process answers."""
    return JsonResponse({"ok": True})


@require_GET
def readyz(request):
    """Database and broker answer too; 500 with the error otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    cache.set("readyz", 1, 5)
    return JsonResponse({"ok": True})


@require_POST
def set_language(request):
    """Remember the language in a cookie and, when signed in, with the person."""
    language = request.POST.get("language", "")
    going = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(going, {request.get_host()}, request.is_secure()):
        going = "/"
    response = redirect(going)
    if check_for_language(language) and language in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=31_536_000, samesite="Lax")
        if request.user.is_authenticated:
            User.objects.filter(pk=request.user.pk).update(language=language)
    return response


@require_http_methods(["GET", "POST"])
def welcome(request, uidb64, token):
    """The one-time link of `create_organization`: choose a password and come in."""
    try:
        user = User.objects.get(pk=force_str(urlsafe_base64_decode(uidb64)))
    except (ValueError, OverflowError, User.DoesNotExist):
        raise Http404 from None
    if not default_token_generator.check_token(user, token):
        return render(request, "tenants/link_used.html", status=410)
    form = SetPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        user.vouch_for_email()
        return come_in(request, user, reverse("home"))
    return render(request, "tenants/welcome.html", {"form": form})
