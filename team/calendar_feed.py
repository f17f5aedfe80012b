"""An agent's published shifts as an iCalendar feed behind a secret address, for the calendar of their phone.

Only the secret's hash is kept. The address works while it is not revoked and somebody is a member as this agent.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from team.models import Agent
from team.roster_models import CalendarLink, EntryKind, RosterEntry
from tenants.models import Membership, Organization

PAST_DAYS = 62


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def make_link(organization: Organization, agent: Agent, now: datetime) -> str:
    """A new secret for the agent's feed; the one before opens nothing from now on."""
    revoke_links(agent, now)
    secret = secrets.token_urlsafe(32)
    CalendarLink.objects.create(organization=organization, agent=agent, digest=_digest(secret), made_at=now)
    return secret


def revoke_links(agent: Agent, now: datetime) -> int:
    """Whoever knows an address of this agent's feed gets nothing more; how many there were."""
    return CalendarLink.objects.filter(agent=agent, revoked_at=None).update(revoked_at=now)


def open_link(agent: Agent) -> CalendarLink | None:
    return CalendarLink.objects.filter(agent=agent, revoked_at=None).first()


def agent_of_secret(secret: str) -> Agent | None:
    """Whose feed a secret of the scope's organization opens, None for one that opens nothing (any more)."""
    links = CalendarLink.objects.filter(digest=_digest(secret), revoked_at=None).select_related("agent")
    link = links.first()
    if link is None or not Membership.objects.filter(agent_id=link.agent_id).exists():
        return None
    return link.agent


def feed_of(organization: Organization, agent: Agent, now: datetime) -> bytes:
    """The agent's published shifts from two months ago on, as an RFC 5545 calendar; instants in UTC."""
    calendar = Calendar()
    calendar.add("prodid", "-//Kefudesk//Roster//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Shifts of %(name)s") % {"name": agent.name})
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    since = (now - timedelta(days=PAST_DAYS)).date()
    shifts = RosterEntry.objects.filter(
        agent=agent, day__gte=since, published=True, kind=EntryKind.WORK
    ).select_related("shift")
    for entry in shifts.order_by("day"):
        event = Event()
        # The same day of the same person is the same event, whatever shift it becomes.
        event.add("uid", f"shift-{agent.pk}-{entry.day:%Y%m%d}@{organization.slug}.kefudesk")
        event.add("dtstamp", now)
        event.add("dtstart", entry.starts_at)
        event.add("dtend", entry.ends_at)
        event.add("summary", entry.shift.name)
        event.add("categories", [organization.name])
        if entry.note:
            event.add("description", entry.note)
        calendar.add_component(event)
    return calendar.to_ical()
