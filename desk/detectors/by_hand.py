"""What a person wrote down to be done: no facts make it and none end it."""

from django.utils.translation import gettext_noop as _

from desk.detector import Detector

DETECTOR = Detector(
    name="by_hand",
    label=_("Noted by hand"),
    sentence=_("Written down by hand."),
    outcomes=(("done", _("Done")), ("not_needed", _("Not needed any more")), ("no_answer", _("No answer"))),
)
