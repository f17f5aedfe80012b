"""Fines in the reader's words: the lines of their dossiers, and what stands behind them."""

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from orders.dossiers import Line
from tenants.masking import masked_text

EVENTS = {
    "proposed": _("proposed: %(amount)s"),
    "proposed_by_hand": _("written down: %(amount)s"),
    "from_violation": _("fined for a confirmed violation: %(amount)s"),
    "asked_second": _("confirmed by one; a second person must agree"),
    "second_refused": _("the second person did not agree"),
    "confirmed": _("confirmed, the agent is told"),
    "changed": _("amount changed from %(before)s to %(amount)s"),
    "dismissed": _("dismissed"),
    "appealed": _("appealed"),
    "upheld": _("appeal refused: the fine is final"),
    "final": _("final: the time to appeal has passed"),
    "final_with_violation": _("final with its violation"),
    "lifted": _("lifted"),
    "lapsed": _("the facts no longer say it"),
    "found_again": _("the facts say it again"),
    "credit_taken": _("the order’s credit was taken away"),
    "credit_given_back": _("the order’s credit was given back"),
}
# What facts are called, in the order they are shown; %(n)s is the fact's number.
FACTS = {
    "minutes": _("%(n)s minutes after the payment"),
    "missing": _("no remark to this day"),
    "waited": _("waited %(n)s minutes while the agent was on line"),
    "hours": _("%(n)s times two hours"),
    "misses": _("%(n)s slow answers in the month"),
    "late_minutes": _("%(n)s minutes late"),
    "stars": _("%(n)s of 5 stars"),
    "number": _("version %(n)s of the remark"),
    "overdue_hours": _("%(n)s hours overdue"),
}
CAME_OF = {"review": _("a bad review"), "complaint": _("a complaint"), "refund": _("a refund")}


def lines_in_words(lines: list[Line]) -> list[dict]:
    """[{at, who, what, note}], newest first; personal data in notes is hidden."""
    return [
        {
            "at": line.at,
            "who": line.who or gettext("by itself"),
            "what": gettext(EVENTS[line.what]) % _places(line) if line.what in EVENTS else line.what,
            "note": masked_text(line.note),
        }
        for line in reversed(lines)
    ]


def facts_in_words(facts: Mapping) -> list[str]:
    """What a fine's facts say, each a phrase."""
    found = [gettext(text) % {"n": facts[name]} for name, text in FACTS.items() if facts.get(name)]
    if came := facts.get("came_of"):
        found.append(gettext("what came of it: %(what)s") % {"what": gettext(CAME_OF[came])})
    return found


def _places(line: Line) -> dict:
    return {"amount": "", "before": "", **line.details}
