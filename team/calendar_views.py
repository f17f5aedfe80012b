"""The secret address of one's own shifts: made, revoked, and what is behind it."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from team.calendar_feed import agent_of_secret, feed_of, make_link, revoke_links
from team.models import Agent
from tenants.access import permission_required
from tenants.audit import record
from tenants.models import Organization
from tenants.scope import organization_id_of, organization_scope

# Where the roster's page finds the address it shows once, after it was made.
SHOWN_ONCE = "calendar_address"


def _own_agent(request) -> Agent:
    """The person of the team this member is; 403 for who is none."""
    if request.membership.agent_id is None:
        raise PermissionDenied
    return get_object_or_404(Agent, pk=request.membership.agent_id)


@require_POST
@permission_required("use_roster")
def make_calendar_link(request):
    """A new address, shown once on the roster's page."""
    agent = _own_agent(request)
    secret = make_link(request.organization, agent, timezone.now())
    record(request, "calendar_linked", agent)
    path = reverse("calendar_feed", args=[request.organization.slug, secret])
    request.session[SHOWN_ONCE] = request.build_absolute_uri(path)
    return redirect(reverse("roster", args=[request.organization.slug]) + "#calendar")


@require_POST
@permission_required("use_roster")
def revoke_calendar_link(request):
    agent = _own_agent(request)
    if revoke_links(agent, timezone.now()):
        record(request, "calendar_unlinked", agent)
    return redirect(reverse("roster", args=[request.organization.slug]) + "#calendar")


@require_safe
@never_cache
def calendar_feed(request, slug, calendar_secret):
    """No signing in: calendars of phones cannot. A wrong, old or revoked address is not found."""
    organization_id, now = organization_id_of(slug), timezone.now()
    if organization_id is None:
        raise Http404
    with organization_scope(organization_id):
        agent = agent_of_secret(calendar_secret)
        if agent is None:
            raise Http404
        content = feed_of(Organization.objects.get(pk=organization_id), agent, now)
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'inline; filename="shifts.ics"'
    return answer
