"""Sessions the buyer was not content with (R41)."""

from django.utils.translation import gettext_noop as _

from desk.detector import Detector, Option, touched

DETECTOR = Detector(
    name="low_rating",
    label=_("Dissatisfied buyer"),
    sentence=_("The buyer gave the chat %(rating)s of 5: ask what was wrong."),
    outcomes=(
        ("settled", _("Settled with the buyer")),
        ("unfounded", _("Unfounded")),
        ("no_answer", _("No answer")),
    ),
    options={
        "stars": Option(_("At most so many stars"), 2),
        "due_hours": Option(_("Due after so many hours"), 24),
    },
    columns={
        "subject": "g.id",
        "buyer_id": "g.buyer_id",
        "order_id": "NULL::text",
        "opens_at": "g.at",
        "due_at": "g.at + make_interval(hours => %(due_hours)s)",
        "worth": "NULL::numeric",
        "facts": "jsonb_build_object('rating', g.rating)",
    },
    # A sheet of ratings and a session list may tell of the same session: one matter.
    source=f"""(
        SELECT DISTINCT ON (id) * FROM (
            SELECT rating_id AS id, buyer_id, rating, rated_at AS at, 1 AS rank FROM conversations_rating r
            WHERE r.store_id = %(store)s AND r.rating <= %(stars)s AND r.rated_at IS NOT NULL
                AND {touched("r.buyer_id")}
            UNION ALL
            SELECT session_id, buyer_id, rating, coalesce(ended_at, started_at), 2
            FROM conversations_exportedsession e
            WHERE e.store_id = %(store)s AND e.rating <= %(stars)s AND {touched("e.buyer_id")}
        ) AS told ORDER BY id, rank
    ) AS g""",
)
