"""How cases of a kind are handled: the present version of each procedure, and how a new one comes to be (R32).

Versions are only added. A store may have its own; a version of a store without steps says that the store goes by the
common one again. What nobody has written yet is as delivered (orders/procedure_defaults.py): number 1, made_by None.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from difflib import SequenceMatcher
from typing import NamedTuple
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.procedure_defaults import FREIGHT, default_steps
from orders.service_models import CaseKind, ProcedureVersion
from stores.models import Store

WHO = {
    "agent": gettext_lazy("Agent"),
    "supervisor": gettext_lazy("Supervisor"),
    "warehouse": gettext_lazy("Warehouse"),
}
PAYS = {
    "by_fault": gettext_lazy("By fault: the buyer only where the fault is the buyer's"),
    "buyer": gettext_lazy("The buyer"),
    "seller": gettext_lazy("We"),
}
LONGEST_TITLE, LONGEST_SCRIPT, MOST_STEPS, MOST_HOURS = 200, 2000, 20, 2000


class Step(NamedTuple):
    """One step of a procedure. who: key of WHO; hours: due so long after the step began; script: to say to the buyer."""

    key: str
    title: str
    who: str
    hours: int
    evidence: bool
    script: str


def steps_of(version: ProcedureVersion) -> list[Step]:
    return [Step(**step) for step in version.steps]


def newest_versions(store_ids: Iterable[int] | None = None) -> dict[tuple[int | None, str], ProcedureVersion]:
    """{(store id, None for the common ones; kind): its newest version}; one statement. store_ids: of these only."""
    rows = (
        ProcedureVersion.objects.order_by("store_id", "kind", "-number")
        .distinct("store_id", "kind")
        .select_related("made_by")
    )
    wanted = None if store_ids is None else {None, *store_ids}
    return {(row.store_id, row.kind): row for row in rows if wanted is None or row.store_id in wanted}


def as_delivered(organization_id: int, kind: str) -> ProcedureVersion:
    """The version an organization begins with, not stored yet, in the active language."""
    return ProcedureVersion(
        organization_id=organization_id,
        kind=CaseKind(kind),
        number=1,
        steps=default_steps(kind),
        freight=FREIGHT.get(kind, "by_fault"),
    )


def present_procedure(organization_id: int, store: Store | None, kind: str) -> ProcedureVersion:
    """What holds for new cases of a kind in a store (None: in stores that have none of their own)."""
    newest = newest_versions([store.pk] if store else [])
    own = newest.get((store.pk, kind)) if store else None
    if own and own.steps:
        return own
    return newest.get((None, kind)) or as_delivered(organization_id, kind)


def kept_procedure(store: Store, kind: str, now: datetime) -> ProcedureVersion:
    """The same, stored: the first case of a kind makes its first version."""
    present = present_procedure(store.organization_id, store, kind)
    if present.pk is None:
        present = _kept(present, now)
    return present


def _kept(delivered: ProcedureVersion, now: datetime) -> ProcedureVersion:
    delivered.made_at = now
    # Two may be the first at once.
    ProcedureVersion.objects.bulk_create([delivered], ignore_conflicts=True)
    return ProcedureVersion.objects.get(store=None, kind=delivered.kind, number=1)


@transaction.atomic
def save_version(
    organization_id: int,
    store: Store | None,
    kind: str,
    *,
    steps: list[dict],
    agent_limit: Decimal | None,
    supervisor_limit: Decimal | None,
    freight: str,
    text: str,
    based_on: int,
    user,
    now: datetime,
) -> tuple[ProcedureVersion, bool]:
    """(the version that holds now, whether it is new): what changes nothing makes none.

    based_on: the number of the newest version the writer has seen, 0 where the store has none of its own. ValueError in
    words: no step, a wrong one, or somebody else was quicker.
    """
    newest = newest_versions([store.pk] if store else []).get((store.pk if store else None, kind))
    if store is None and newest is None:
        newest = _kept(as_delivered(organization_id, kind), now)
    if based_on != (newest.number if newest else 0):
        raise ValueError(_("Somebody else has changed this procedure meanwhile. Load the page again."))
    written = ProcedureVersion(
        organization_id=organization_id,
        store=store,
        kind=CaseKind(kind),
        number=based_on + 1,
        steps=checked_steps(steps),
        agent_limit=agent_limit,
        supervisor_limit=supervisor_limit,
        freight=freight,
        text=text.strip(),
        made_by=user,
        made_at=now,
    )
    if newest and newest.steps and not changes_between(newest, written):
        return newest, False
    return _added(written), True


@transaction.atomic
def follow_common(
    organization_id: int, store: Store, kind: str, *, based_on: int, user, now: datetime
) -> None:
    """The store goes by the common procedure again. ValueError as of save_version, or where it does already."""
    newest = newest_versions([store.pk]).get((store.pk, kind))
    if newest is None or not newest.steps or newest.number != based_on:
        raise ValueError(_("Somebody else has changed this procedure meanwhile. Load the page again."))
    _added(
        ProcedureVersion(
            organization_id=organization_id, store=store, kind=CaseKind(kind), number=based_on + 1, steps=[],
            made_by=user, made_at=now,
        )
    )  # fmt: skip


def _added(version: ProcedureVersion) -> ProcedureVersion:
    try:
        with transaction.atomic():
            version.save(force_insert=True)
    except IntegrityError as error:
        if "one_procedure_per_number" not in str(error):
            raise
        raise ValueError(
            _("Somebody else has changed this procedure meanwhile. Load the page again.")
        ) from error
    return version


def checked_steps(steps: list[dict]) -> list[dict]:
    """The steps with a key each. ValueError in words where one is no step."""
    if not steps:
        raise ValueError(_("A procedure has at least one step."))
    if len(steps) > MOST_STEPS:
        raise ValueError(_("A procedure has at most %(count)s steps.") % {"count": MOST_STEPS})
    keys, checked = set(), []
    for step in steps:
        title, hours = step["title"].strip(), step["hours"]
        if not title or step["who"] not in WHO or not 1 <= hours <= MOST_HOURS:
            raise ValueError(_("A step has a title, somebody who does it, and hours."))
        key = step.get("key") or f"s{uuid4().hex[:12]}"
        if key in keys:
            raise ValueError(_("Two steps have the same key."))
        keys.add(key)
        checked.append(
            {
                "key": key[:30],
                "title": title[:LONGEST_TITLE],
                "who": step["who"],
                "hours": hours,
                "evidence": bool(step["evidence"]),
                "script": step["script"].strip()[:LONGEST_SCRIPT],
            }
        )
    return checked


def changes_between(before: ProcedureVersion, after: ProcedureVersion) -> list[str]:
    """What the later version says otherwise, in sentences; empty where nothing is."""
    old, new = ({step.key: step for step in steps_of(version)} for version in (before, after))
    said = [_("Step added: %(step)s") % {"step": new[key].title} for key in new if key not in old]
    said += [_("Step removed: %(step)s") % {"step": old[key].title} for key in old if key not in new]
    for key in new:
        if key in old and old[key] != new[key]:
            said.append(_step_change(old[key], new[key]))
    kept_old, kept_new = ([key for key in one if key in other] for one, other in ((old, new), (new, old)))
    if kept_old != kept_new:
        said.append(_("Steps in another order"))
    pairs = (
        (_("Agent's limit"), before.agent_limit, after.agent_limit),
        (_("Supervisor's limit"), before.supervisor_limit, after.supervisor_limit),
        (_("Way back paid by"), PAYS[before.freight], PAYS[after.freight]),
        (_("Notes"), before.text, after.text),
    )
    none = _("none")
    said += [f"{name}: {_shown(a, none)} → {_shown(b, none)}" for name, a, b in pairs if a != b]
    return said


def _shown(value, none: str) -> str:
    return none if value in (None, "") else str(value)


def _step_change(old: Step, new: Step) -> str:
    parts = []
    if old.title != new.title:
        parts.append(f"{old.title} → {new.title}")
    if old.who != new.who:
        parts.append(f"{WHO[old.who]} → {WHO[new.who]}")
    if old.hours != new.hours:
        parts.append(_("%(before)s h → %(after)s h") % {"before": old.hours, "after": new.hours})
    if old.evidence != new.evidence:
        parts.append(_("evidence asked for") if new.evidence else _("no evidence asked for"))
    if old.script != new.script:
        alike = SequenceMatcher(None, old.script, new.script).ratio()
        parts.append(_("script changed by %(percent)s %%") % {"percent": max(1, round((1 - alike) * 100))})
    return f"{new.title}: {'; '.join(parts)}"
