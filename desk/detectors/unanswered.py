"""Buyers who asked and were not answered: while somebody is on line, and what was left overnight (R22).

A round ends with its business day (docs/kpis.md §3), the buyer's waiting does not: one matter from the first question
nobody answered until the next reply of a person.
"""

from django.utils.translation import gettext_noop as _

from desk.detector import Detector, Option, touched

OPENS = "(q.started_at + make_interval(mins => %(wait_minutes)s))"
NEXT_REPLY = (
    "(SELECT m.sent_at FROM conversations_message m WHERE m.store_id = %(store)s AND m.buyer_id = {round}.buyer_id"
    " AND m.sent_at >= {round}.started_at AND m.kind + 0 = 1 ORDER BY m.sent_at LIMIT 1)"
)

DETECTOR = Detector(
    name="unanswered",
    label=_("Unanswered buyer"),
    sentence=_("The buyer waits for an answer."),
    outcomes=(("no_need", _("Needs no answer")), ("called", _("Called the buyer"))),
    options={
        "wait_minutes": Option(_("Waits for so many minutes"), 3),
        "due_minutes": Option(_("Answered at the latest after (minutes)"), 30),
    },
    needs_owner=True,
    columns={
        "subject": "q.buyer_id::text",
        "occasion": "extract(epoch FROM q.started_at)::bigint::text",
        "buyer_id": "q.buyer_id",
        "order_id": "NULL::text",
        "agent_id": "CASE WHEN q.seconds IS NULL AND q.agent_id > 0 THEN q.agent_id END",
        "opens_at": OPENS,
        "due_at": "q.started_at + make_interval(mins => %(due_minutes)s)",
        "worth": "NULL::numeric",
        "ended_at": "q.answered_at",
        "outcome": "CASE WHEN q.answered_at IS NULL THEN '' ELSE 'answered' END",
    },
    source=f"""(
        SELECT r.*, CASE WHEN r.seconds IS NULL THEN {NEXT_REPLY.format(round="r")}
            ELSE r.started_at + make_interval(secs => r.seconds) END AS answered_at
        FROM kpis_round r WHERE r.store_id = %(store)s AND {touched("r.buyer_id")}
            AND (r.seconds IS NULL OR r.seconds > %(wait_minutes)s * 60)
            AND NOT EXISTS (
                SELECT 1 FROM kpis_round p WHERE p.store_id = %(store)s AND p.buyer_id = r.buyer_id
                    AND p.started_at < r.started_at AND p.seconds IS NULL
                    AND coalesce({NEXT_REPLY.format(round="p")}, 'infinity') >= r.started_at)
    ) AS q""",
)
