"""What a return visit may find (R38); the revisit table counts these by month."""

from django.utils.translation import gettext_noop as _

OUTCOMES = (
    ("content", _("Content")),
    ("complaint", _("Complains")),
    ("wants_to_buy", _("Wants to buy")),
    ("no_answer", _("No answer")),
)
VISITS = ("return_visit", "content_visit")
