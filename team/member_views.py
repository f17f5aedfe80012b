"""Members of the organization: who may come in, as what, and what that asks of them."""

from django.contrib import messages
from django.contrib.auth import logout
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from stores.forms import posted
from stores.models import Store
from team.member_forms import InviteForm, MemberForm, RequirementsForm
from team.models import Agent
from tenants.access import permission_required
from tenants.audit import changes, record
from tenants.invitations import invite, mail_after_commit
from tenants.members import LastOwner, change_member, remove_member
from tenants.models import Invitation, Membership

REQUIREMENTS = ("require_mfa", "agents_see_names")


@require_http_methods(["GET", "POST"])
@never_cache
@permission_required("see_members", change="manage_members")
def member_list(request):
    """Who belongs to the organization and who is invited; a form that invites."""
    form = InviteForm(posted(request))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        invitation, secret = invite(request.organization, said["email"], by=request.user, **form.wanted())
        record(request, "member_invited", invitation, **form.wanted())
        mail_after_commit(request, invitation, secret)
        return redirect("member_list", request.organization.slug)
    members = list(Membership.objects.select_related("user").order_by("role", "user__name", "user__email"))
    invitations = list(Invitation.objects.open().order_by("-created_at"))
    _name(request, [*members, *invitations])
    current = {name: getattr(request.organization, name) for name in REQUIREMENTS}
    context = {"members": members, "invitations": invitations, "form": form}
    return render(
        request, "team/member_list.html", {**context, "requirements": RequirementsForm(initial=current)}
    )


def _name(request, rows: list) -> None:
    """Write `store_names`, those open to who asks, and `agent_name` to memberships and invitations."""
    stores = {store.pk: store.name for store in Store.objects.open_to(request.membership)}
    people = dict(Agent.objects.values_list("pk", "name"))
    for row in rows:
        row.store_names = [stores[pk] for pk in row.store_ids if pk in stores]
        row.agent_name = people.get(row.agent_id, "")


@require_http_methods(["GET", "POST"])
@never_cache
@permission_required("manage_members")
def member_edit(request, member_id):
    """One member's role, stores and person of the team."""
    member = get_object_or_404(Membership.objects.select_related("user"), pk=member_id)
    form = MemberForm.about(member, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            changed = change_member(member, **form.wanted())
        except LastOwner:
            form.add_error("role", _("Somebody must own the organization: make another member owner first."))
        else:
            old = {name: values[0] for name, values in changed.items()}
            new = {name: values[1] for name, values in changed.items()}
            if changed:
                record(request, "role_changed", member, old=old, new=new)
            messages.success(request, _("Saved."))
            return redirect("member_list", request.organization.slug)
    return render(request, "team/member_edit.html", {"member": member, "form": form})


@require_POST
@permission_required("manage_members")
def remove_membership(request, member_id):
    """A member leaves: at once, with the keys they issued."""
    member = get_object_or_404(Membership.objects.select_related("user"), pk=member_id)
    if _end(request, member) and member.user_id == request.user.pk:
        return redirect("home")
    return redirect("member_list", request.organization.slug)


@require_POST
@permission_required("see_own_figures")
def leave_organization(request):
    """Anybody may leave, but for the last owner."""
    return redirect("home" if _end(request, request.membership) else "organization_list")


def _end(request, member: Membership) -> bool:
    """Whether the membership could be ended; says so on the next page."""
    name = str(member.user)
    try:
        left = remove_member(member)
    except LastOwner:
        messages.error(request, _("The last owner cannot leave: make another member owner first."))
        return False
    record(
        request,
        "member_removed",
        member,
        api_keys=left.api_keys,
        invitations=left.invitations,
        sessions=left.sessions,
    )
    if left.sessions and member.user_id == request.user.pk:
        # This request's session has ended too, and must not be saved again.
        logout(request)
    messages.success(request, _("%(name)s is no longer a member.") % {"name": name})
    return True


@require_POST
@permission_required("manage_members")
def withdraw_invitation(request, invitation_id):
    """From now on the link opens nothing."""
    invitation = get_object_or_404(Invitation, pk=invitation_id)
    Invitation.objects.open().filter(pk=invitation.pk).update(withdrawn_at=timezone.now())
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("member_list", request.organization.slug)


@require_POST
@permission_required("manage_members")
def set_requirements(request):
    """What the organization asks of its members."""
    form = RequirementsForm(request.POST)
    if form.is_valid():
        organization = request.organization
        before = {name: getattr(organization, name) for name in REQUIREMENTS}
        for name in REQUIREMENTS:
            setattr(organization, name, form.cleaned_data[name])
        organization.save(update_fields=REQUIREMENTS)
        record(request, "settings_changed", organization, **changes(before, form.cleaned_data))
        messages.success(request, _("Saved."))
    return redirect("member_list", request.organization.slug)
