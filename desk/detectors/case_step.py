"""The open step of an after-sales case: the case's agent sees to it, whoever has to do it (R32).

Supervisors are told of their steps when these begin (orders/cases.py); that they are done stays the agent's matter.
"""

from django.utils.translation import gettext_noop as _

from desk.detector import Detector

BUYERS = "(%(everybody)s OR c.buyer_id = ANY(%(buyers)s) OR (%(nobody)s AND c.buyer_id IS NULL))"

DETECTOR = Detector(
    name="case_step",
    label=_("After-sales case"),
    sentence=_("After-sales case %(case)s, next step: %(step)s"),
    outcomes=(("noted", _("Noted in the case")),),
    needs_owner=True,
    columns={
        "subject": "q.id::text",
        "occasion": "q.occasion",
        "buyer_id": "q.buyer_id",
        "order_id": "q.order_id",
        "agent_id": "q.agent_id",
        "opens_at": "q.since",
        "due_at": "q.due_at",
        "worth": "(SELECT coalesce(o.paid_amount, o.total_amount) FROM orders_order o"
        " WHERE o.store_id = %(store)s AND o.order_id = q.order_id)",
        "facts": "jsonb_build_object('case', q.id, 'step', q.title)",
        "ended_at": "q.ended_at",
        "outcome": "CASE WHEN q.ended_at IS NULL THEN '' ELSE 'step_done' END",
    },
    # The step that stands, and from the dossier those that are over; each has an occasion of its own.
    source=f"""(
        SELECT c.id, c.buyer_id, c.order_id, c.agent_id, c.step || '-' || c.restarts AS occasion, c.step_since AS since,
            c.step_due_at AS due_at, NULL::timestamptz AS ended_at, (
                SELECT s.step->>'title' FROM orders_procedureversion p
                CROSS JOIN LATERAL jsonb_array_elements(p.steps) AS s(step)
                WHERE p.id = c.procedure_id AND s.step->>'key' = c.step) AS title
        FROM orders_case c WHERE c.store_id = %(store)s AND c.closed_at IS NULL AND {BUYERS}
        UNION ALL
        SELECT c.id, c.buyer_id, c.order_id, c.agent_id, e.details->>'occasion', (e.details->>'since')::timestamptz,
            (e.details->>'due_at')::timestamptz, e.at, e.details->>'title'
        FROM orders_case c JOIN orders_dossierevent e ON e.about = 'case' AND e.about_id = c.id
            AND e.organization_id = c.organization_id
        WHERE c.store_id = %(store)s AND {BUYERS} AND e.details->>'occasion' IS NOT NULL
    ) AS q""",
)
