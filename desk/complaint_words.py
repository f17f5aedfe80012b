"""The lines of the dossiers of complaints, reviews and feedback in the reader's words."""

from collections.abc import Mapping

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

from orders import case_words, complaints, feedback, reviews
from orders.complaint_levels import LEVELS, PLACES
from orders.dossiers import Line
from orders.remark_models import About
from orders.review_grades import GRADES
from orders.service_models import Fault
from tenants.masking import masked_text

# What other dossiers say in the same words.
SHARED = {
    name: text
    for name, text in case_words.EVENTS.items()
    if name.startswith("compensation_") or name in ("attached", "attachment_removed")
}
EVENTS = {
    About.COMPLAINT: {
        "opened": _("opened, from: %(source)s, level: %(level)s"),
        "answered": _("answered"),
        "note": _("note"),
        "given": _("given to %(agent)s"),
        "judged": _("judged: %(fault)s"),
        "level": _("level changed from %(before)s to %(level)s"),
        "escalated": _("unanswered: told to %(to)s"),
        "closed": _("closed: %(outcome)s"),
        "reopened": _("opened again"),
        "not_closed": _("closing taken back"),
    },
    About.REVIEW: {
        "drafted": _("reply written"),
        "published": _("reply put on the platform"),
        "contacted": _("buyer contacted"),
        "settled": _("outcome: %(outcome)s"),
        "judged": _("judged: %(fault)s"),
        "given": _("given to %(agent)s"),
        "graded": _("class by hand: %(grade)s"),
        "evidence": _("evidence file saved"),
    },
    About.FEEDBACK: {
        "given": _("written down"),
        "moved": _("%(state)s"),
    },
}
EVENTS[About.COMPLAINT]["evidence"] = EVENTS[About.REVIEW]["evidence"]


def lines_in_words(about: About, lines: list[Line], agents: Mapping[int, str]) -> list[dict]:
    """[{at, who, what, note}], newest first. agents: {id: name}. Personal data in notes is hidden."""
    return [
        {
            "at": line.at,
            "who": line.who or gettext("by itself"),
            "what": what_in_words(about, line, agents),
            "note": masked_text(line.note),
        }
        for line in reversed(lines)
    ]


def what_in_words(about: About, line: Line, agents: Mapping[int, str]) -> str:
    """One line without its note; an unknown code is shown as it is."""
    if line.what in SHARED:
        return case_words.lines_in_words([line], agents)[0]["what"]
    text = EVENTS.get(about, {}).get(line.what)
    if text is None:
        return case_words.lines_in_words([line], agents)[0]["what"] if about == About.CASE else line.what
    said = line.details
    outcomes = reviews.OUTCOMES if about == About.REVIEW else complaints.OUTCOMES
    places = {
        "source": complaints.SOURCES.get(said.get("source"), ""),
        "level": LEVELS.get(said.get("level"), said.get("level", "")),
        "before": LEVELS.get(said.get("before"), ""),
        "agent": agents.get(said.get("agent_id")) or gettext("nobody"),
        "fault": ", ".join(_judged(said)),
        "to": PLACES.get(said.get("to"), ""),
        "outcome": outcomes.get(said.get("outcome")) or gettext("none any more"),
        "grade": GRADES[said["grade"]] if said.get("grade") else gettext("by stars and words"),
        "state": feedback.STATES.get(said.get("state"), ""),
    }
    words = gettext(text) % places
    if minutes := said.get("late_minutes"):
        late = ngettext("%(count)s minute late", "%(count)s minutes late", minutes) % {"count": minutes}
        words = f"{words} ({late})"
    return words


def _judged(said: dict) -> list[str]:
    parts = [str(dict(Fault.choices).get(said.get("fault"), ""))]
    if said.get("rating"):
        parts.append(gettext("buyer %(rating)s of 5") % {"rating": said["rating"]})
    if said.get("malicious"):
        parts.append(gettext("malicious"))
    if said.get("product"):
        parts.append(said["product"])
    return [part for part in parts if part]
