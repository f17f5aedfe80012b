"""The pages behind an invitation's link, and founding an organization where that is allowed."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tenants.account_forms import NewPersonForm, OrganizationForm
from tenants.accounts import come_in
from tenants.audit import record
from tenants.founding import create
from tenants.invitations import Gone, accept, open_invitation, organization_of_link
from tenants.models import Invitation, User
from tenants.scope import organization_scope


@require_http_methods(["GET", "POST"])
@never_cache
def accept_invitation(request, slug, secret):
    """A known person joins after signing in; a new one chooses a name and a password."""
    try:
        organization_id = organization_of_link(slug)
        with organization_scope(organization_id):
            invitation = open_invitation(secret, lock=request.method == "POST")
            known = User.objects.filter(email=invitation.email).first()
            if request.user.is_authenticated:
                return _join(request, invitation)
            if known is not None and known.has_usable_password():
                return redirect_to_login(request.path)
            form = NewPersonForm(invitation.email, request.POST if request.method == "POST" else None)
            if not form.is_valid():
                return render(request, "account/invitation.html", {"invitation": invitation, "form": form})
            user = _with_password(known, form)
            record(None, "member_joined", accept(invitation, user), by=user)
    except Gone:
        return render(request, "tenants/link_used.html", status=410)
    return come_in(request, user, reverse("organization_home", args=[slug]))


def _join(request, invitation: Invitation):
    is_theirs = request.user.email == invitation.email
    if request.method == "POST" and is_theirs:
        record(request, "member_joined", accept(invitation, request.user))
        return redirect("organization_home", invitation.organization.slug)
    context = {"invitation": invitation, "is_theirs": is_theirs}
    return render(request, "account/invitation.html", context)


def _with_password(known: User | None, form: NewPersonForm) -> User:
    """The invited person's account; the link has shown that the address is theirs."""
    name, password = form.cleaned_data["name"], form.cleaned_data["password"]
    if known is None:
        return User.objects.create_user(form.email, password, name=name)
    known.name = known.name or name
    known.set_password(password)
    known.save(update_fields=["name", "password"])
    known.vouch_for_email()
    return known


@require_http_methods(["GET", "POST"])
@login_required
def organization_new(request):
    """Found an organization and own it. Only where people may sign up; else the operator does it."""
    if not settings.SIGN_UP_ALLOWED:
        raise Http404
    form = OrganizationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        create(form.organization, request.user.email, None)
        messages.success(request, _("The organization is there. You are its owner."))
        return redirect("organization_home", form.organization.slug)
    return render(request, "account/organization_new.html", {"form": form})
