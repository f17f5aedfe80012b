"""The lines of a case's dossier in the reader's words."""

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from orders import compensations, returned
from orders.cases import OUTCOMES
from orders.dossiers import Line
from orders.service_models import CaseKind, Fault
from tenants.masking import masked_text

EVENTS = {
    "opened": _("opened as “%(kind)s”, version %(version)s"),
    "step_done": _("done: %(title)s"),
    "step_skipped": _("passed over: %(title)s"),
    "restarted": _("from “%(before)s” to “%(kind)s”, version %(version)s: the steps begin anew"),
    "assigned": _("given to %(agent)s"),
    "judged": _("judged: %(judged)s"),
    "noted": _("note"),
    "closed": _("closed: %(outcome)s"),
    "reopened": _("opened again"),
    "compensation_asked": _("compensation of %(amount)s (%(gift)s): %(state)s"),
    "compensation_approved": _("compensation of %(amount)s (%(gift)s) approved"),
    "compensation_refused": _("compensation of %(amount)s (%(gift)s) refused"),
    "compensation_paid": _("compensation of %(amount)s (%(gift)s) paid"),
    "goods_expected": _("goods expected back: %(product_code)s × %(quantity)s"),
    "goods_arrived": _("goods arrived"),
    "goods_inspected": _("goods inspected: %(condition)s"),
    "goods_decided": _("goods: %(decision)s"),
    "attached": _("picture or paper added"),
    "attachment_removed": _("picture or paper removed"),
}
STATES = {"asked": _("waits for approval"), "approved": _("within the limit, approved")}


def lines_in_words(lines: list[Line], agents: Mapping[int, str]) -> list[dict]:
    """[{at, who, what, note}], newest first. agents: {id: name}. Personal data in notes is hidden."""
    return [
        {
            "at": line.at,
            "who": line.who or gettext("by itself"),
            "what": _what(line, agents),
            "note": masked_text(line.note),
        }
        for line in reversed(lines)
    ]


def _what(line: Line, agents: Mapping[int, str]) -> str:
    if line.what not in EVENTS:
        return line.what
    said = line.details
    kinds, faults = dict(CaseKind.choices), dict(Fault.choices)
    judged = [str(faults.get(said.get("fault"), "")), said.get("reason"), said.get("product_code")]
    places = {
        **said,
        "kind": kinds.get(said.get("kind"), ""),
        "before": kinds.get(said.get("before"), ""),
        "agent": agents.get(said.get("agent_id")) or gettext("nobody"),
        "outcome": OUTCOMES.get(said.get("outcome"), ""),
        "gift": compensations.KINDS.get(said.get("kind"), ""),
        "state": gettext(STATES.get(said.get("state"), "")) if said.get("state") in STATES else "",
        "condition": returned.CONDITIONS.get(said.get("condition"), ""),
        "decision": returned.DECISIONS.get(said.get("decision"), ""),
        "judged": "; ".join(part for part in judged if part),
    }
    return gettext(EVENTS[line.what]) % places
