"""What agents ask of the roster: made, answered by the colleague, decided, and written into the roster.

A swap waits for the colleague (asked), then for a supervisor (open); leave and wishes are open at once. Each step
locks the request, so that it is taken once.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from team.models import Agent
from team.notices import notify, supervisors_of, users_of_agents
from team.roster import Cell, code_of, days_in_brief, write_cells
from team.roster_models import EntryKind, RequestKind, RequestState, RosterEntry, RosterRequest, ShiftKind
from tenants.models import Organization, User

ASKS = {
    RequestKind.LEAVE: _("%(name)s asks for leave: %(days)s"),
    RequestKind.SWAP: _("%(name)s and %(colleague)s ask to swap shifts: %(days)s"),
    RequestKind.WISH: _("%(name)s has a wish for the roster: %(days)s"),
}
APPROVED = {
    RequestKind.LEAVE: _("Your leave is approved: %(days)s"),
    RequestKind.SWAP: _("Your swap of shifts is approved: %(days)s"),
    RequestKind.WISH: _("Your wish for the roster is granted: %(days)s"),
}
REFUSED = {
    RequestKind.LEAVE: _("Your leave is refused: %(days)s"),
    RequestKind.SWAP: _("Your swap of shifts is refused: %(days)s"),
    RequestKind.WISH: _("Your wish for the roster is not granted: %(days)s"),
}


class NotWaiting(Exception):
    """The request was answered, decided or withdrawn meanwhile."""


@transaction.atomic
def ask(
    organization: Organization,
    agent: Agent,
    kind: str,
    since: date,
    until: date,
    now: datetime,
    *,
    entry_kind: str = "",
    shift: ShiftKind | None = None,
    colleague: Agent | None = None,
    reason: str = "",
) -> RosterRequest:
    """Make a request and tell who answers it: the colleague of a swap, else the supervisors.

    kind and the days: as RosterRequest has them. entry_kind: the leave; a wish is for `shift`, or for rest.
    """
    swap = kind == RequestKind.SWAP
    if kind == RequestKind.WISH:
        entry_kind = EntryKind.WORK if shift else EntryKind.REST
    request = RosterRequest.objects.create(
        organization=organization,
        kind=kind,
        agent=agent,
        since=since,
        until=until,
        entry_kind="" if swap else entry_kind,
        shift=shift if kind == RequestKind.WISH else None,
        colleague=colleague if swap else None,
        reason=reason,
        state=RequestState.ASKED if swap else RequestState.OPEN,
        made_at=now,
    )
    if swap:
        text = _("%(name)s asks you to swap shifts: %(days)s")
        _tell_agents(organization, request, [colleague.pk], "asked", text, now)
    else:
        _tell_supervisors(organization, request, now)
    return request


@transaction.atomic
def answer_swap(
    organization: Organization, request_id: int, agent_id: int, accepted: bool, now: datetime
) -> RosterRequest:
    """The colleague agrees, and supervisors decide; or not, and it ends. NotWaiting: not this agent's to answer now."""
    request = _waiting(request_id, RequestState.ASKED, colleague_id=agent_id)
    request.state = RequestState.OPEN if accepted else RequestState.REFUSED
    request.save(update_fields=["state"])
    if accepted:
        _tell_supervisors(organization, request, now)
        text = _("%(colleague)s agrees to swap shifts: %(days)s")
    else:
        text = _("%(colleague)s does not want to swap shifts: %(days)s")
    _tell_agents(organization, request, [request.agent_id], "answered", text, now)
    return request


@transaction.atomic
def decide(
    organization: Organization, request_id: int, approved: bool, user: User, now: datetime, words: str = ""
) -> RosterRequest:
    """A supervisor's decision, written into the roster and told to the agent and the colleague. Raises NotWaiting."""
    request = _waiting(request_id, RequestState.OPEN)
    request.state = RequestState.APPROVED if approved else RequestState.REFUSED
    request.decided_by, request.decided_at, request.decision = user, now, words
    request.save(update_fields=["state", "decided_by", "decided_at", "decision"])
    if approved:
        # Whose days change learn it with the decision.
        write_cells(organization, cells_of(request), now, tell=False)
    text = (APPROVED if approved else REFUSED)[RequestKind(request.kind)]
    concerned = [request.agent_id, *([request.colleague_id] if request.colleague_id else [])]
    _tell_agents(organization, request, concerned, "decided", text, now)
    return request


@transaction.atomic
def withdraw(request_id: int, agent_id: int) -> RosterRequest:
    """Who asked takes it back while nobody has decided. Raises NotWaiting."""
    request = _waiting(request_id, RequestState.OPEN, RequestState.ASKED, agent_id=agent_id)
    request.state = RequestState.WITHDRAWN
    request.save(update_fields=["state"])
    return request


def cells_of(request: RosterRequest) -> Mapping[Cell, str]:
    """What approving it writes. A swap changes both people's days `since` and `until`, as they stand now."""
    if request.kind == RequestKind.SWAP:
        return _swapped(request)
    code = f"s{request.shift_id}" if request.shift_id else request.entry_kind
    if code == EntryKind.WORK:  # the wished shift is there no more
        return {}
    count = (request.until - request.since).days + 1
    return {(request.agent_id, request.since + timedelta(days=number)): code for number in range(count)}


def _swapped(request: RosterRequest) -> dict[Cell, str]:
    pair, days = (request.agent_id, request.colleague_id), {request.since, request.until}
    entries = RosterEntry.objects.filter(agent_id__in=pair, day__in=days)
    found = {(entry.agent_id, entry.day): code_of(entry) for entry in entries}
    one, other = pair
    return {
        cell: found.get(from_cell, "")
        for day in days
        for cell, from_cell in (((one, day), (other, day)), ((other, day), (one, day)))
    }


def _waiting(request_id: int, *states: str, **owner: int) -> RosterRequest:
    rows = RosterRequest.objects.select_for_update(of=("self",)).select_related("agent", "colleague")
    request = rows.filter(pk=request_id, state__in=states, **owner).first()
    if request is None:
        raise NotWaiting
    return request


def days_of_request(request: RosterRequest) -> list[date]:
    if request.kind == RequestKind.SWAP:
        return sorted({request.since, request.until})
    return [request.since + timedelta(days=n) for n in range((request.until - request.since).days + 1)]


def _params(request: RosterRequest) -> dict[str, str]:
    return {
        "name": request.agent.name,
        "colleague": request.colleague.name if request.colleague else "",
        "days": days_in_brief(days_of_request(request)),
    }


def _tell_agents(
    organization: Organization,
    request: RosterRequest,
    agent_ids: list[int],
    step: str,
    text: str,
    now: datetime,
) -> None:
    user_ids = list(users_of_agents(agent_ids).values())
    _tell(organization, request, user_ids, step, text, now)


def _tell_supervisors(organization: Organization, request: RosterRequest, now: datetime) -> None:
    _tell(organization, request, supervisors_of(), "open", ASKS[RequestKind(request.kind)], now)


def _tell(
    organization: Organization,
    request: RosterRequest,
    user_ids: list[int],
    step: str,
    text: str,
    now: datetime,
) -> None:
    notify(
        organization,
        user_ids,
        key=f"roster-request {request.pk} {step}",
        kind="request",
        text=text,
        params=_params(request),
        link=reverse("roster_requests", args=[organization.slug]),
        now=now,
    )
