"""The procedures an organization begins with, one for each kind of case (R32).

The order of the steps follows seeds 001 (listen, judge whose fault it is, apologise and make good), 002 (returns,
wrong items, quality, courier and compensation each need a written procedure) and 004 (slight faults: a suitable
compensation, else exchange or return by the platform's policy and the store's rules; seven-day returns: the buyer
pays the way back, what comes back is looked at and resold; the courier is contacted the same day). None of them
states hours or limits: a step has a neutral day, limits are empty, and the pages say so until somebody fills them in.

Titles and scripts become the organization's own words in the language of whoever opens its first case of the kind.
"""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

AGENT, SUPERVISOR, WAREHOUSE = "agent", "supervisor", "warehouse"
NEUTRAL_HOURS = 24
NO_SCRIPT = ""

# (key, title, who, whether evidence is asked for, script)
_PICTURES = (
    "pictures",
    _("Apologise and ask for pictures of the fault"),
    AGENT,
    True,
    _(
        "I am sorry about this. Please send me a picture of the fault and one of the whole item, and I will settle it for you."
    ),
)
_INSPECT = (
    "inspect",
    _("Inspect what came back: resell, repair or write off"),
    WAREHOUSE,
    False,
    NO_SCRIPT,
)
_REPORT = (
    "report",
    _("Report reason and product model, and close"),
    AGENT,
    False,
    _("Everything is settled now. Thank you for your patience; if anything else comes up, write to us."),
)
_WAY_BACK = (
    "way_back",
    _("Agree on exchange or return by the platform's policy, and who pays the way back"),
    AGENT,
    False,
    _("Please send it back to the address in your order page and put the parcel's number into the request."),
)
STEPS: dict[str, tuple[tuple, ...]] = {
    "quality_slight": (
        _PICTURES,
        (
            "compensate",
            _("Offer a suitable compensation; if the buyer declines, exchange or return"),
            AGENT,
            False,
            _(
                "The fault does not harm its use. May I offer you a compensation for it, so that you can keep it?"
            ),
        ),
        _REPORT,
    ),
    "quality": (
        _PICTURES,
        (
            "judge",
            _("Judge whose fault it is"),
            AGENT,
            False,
            _("Thank you for the pictures. I am checking them with our colleagues and come back to you."),
        ),
        _WAY_BACK,
        _INSPECT,
        _REPORT,
    ),
    "quality_grave": (
        _PICTURES,
        (
            "decide",
            _("Supervisor decides on refund, exchange and compensation"),
            SUPERVISOR,
            False,
            _("I have given this to my supervisor, who will decide on it right away."),
        ),
        _WAY_BACK,
        _INSPECT,
        _REPORT,
    ),
    "no_reason": (
        (
            "in_time",
            _("Check that it is within 7 days of receipt, complete and fit for resale"),
            AGENT,
            False,
            _("Of course you may return it within 7 days. Is it unused and complete with its packing?"),
        ),
        (
            "way_back",
            _("Give the return address; the buyer pays the way back"),
            AGENT,
            False,
            _(
                "The way back is at your cost with a return without a reason; please keep the parcel's number."
            ),
        ),
        _INSPECT,
        (
            "refund",
            _("Agree to the refund on the platform, and close"),
            AGENT,
            False,
            _("Your parcel has arrived and is in order; the refund is on its way to you."),
        ),
    ),
    "wrong_item": (
        (
            "pictures",
            _("Apologise and ask for pictures of what arrived and of the label"),
            AGENT,
            True,
            _("I am sorry. Please send me a picture of what you received and of the parcel's label."),
        ),
        (
            "check",
            _("Compare with the order and with what the warehouse sent"),
            WAREHOUSE,
            False,
            NO_SCRIPT,
        ),
        (
            "resend",
            _("Send what is missing or right, or refund the difference"),
            AGENT,
            False,
            _("It was our mistake. We send you the right one at once and pay the way."),
        ),
        _REPORT,
    ),
    "damaged": (
        (
            "pictures",
            _("Ask for pictures of the parcel and of the damage"),
            AGENT,
            True,
            _("I am sorry. Please send me pictures of the parcel's outside and of the damage."),
        ),
        (
            "courier",
            _("Contact the courier the same day and ask for compensation"),
            AGENT,
            False,
            _("I am asking the courier today and tell you what they say."),
        ),
        (
            "resend",
            _("Send anew or refund"),
            AGENT,
            False,
            _(
                "We do not let you wait for the courier: shall we send it anew, or would you like the money back?"
            ),
        ),
        _REPORT,
    ),
    "repair": (
        (
            "fault",
            _("Ask what does not work, and try to mend it by advice"),
            AGENT,
            False,
            _("What exactly does not work? Let us try two things together first."),
        ),
        _WAY_BACK,
        ("repair", _("Repair it, or say why it cannot be"), WAREHOUSE, False, NO_SCRIPT),
        (
            "return",
            _("Send it back to the buyer and ask whether it works"),
            AGENT,
            False,
            _("It is repaired and on its way to you. Please try it and tell me whether everything works."),
        ),
    ),
    "price": (
        (
            "check",
            _("Check the day of purchase and both prices"),
            AGENT,
            True,
            _("I am checking the price on your day of purchase and today's."),
        ),
        (
            "refund",
            _("Refund the difference as compensation, and close"),
            AGENT,
            False,
            _("The difference is refunded to you; you will see it in your account soon."),
        ),
    ),
    "invoice": (
        (
            "data",
            _("Reimbursement: take the invoice's data at once. Proof for after-sales: explain"),
            AGENT,
            False,
            _(
                "Of course. Please give me title, tax number and e-mail for the invoice. If you need it as proof for"
                " after-sales only: this chat and the purchase record serve just as well."
            ),
        ),
        (
            "issue",
            _("Issue the invoice, send it, and close"),
            AGENT,
            False,
            _("Your invoice is issued and sent. Please check the title and the number."),
        ),
    ),
}
# Seed 004 says who pays for a return without a reason; elsewhere it is whoever's fault it was.
FREIGHT = {"no_reason": "buyer"}


def default_steps(kind: str) -> list[dict]:
    """The steps as ProcedureVersion.steps keeps them, in the active language. KeyError: no such kind."""
    return [
        {
            "key": key,
            "title": gettext(title),
            "who": who,
            "hours": NEUTRAL_HOURS,
            "evidence": evidence,
            "script": gettext(script) if script else "",
        }
        for key, title, who, evidence, script in STEPS[kind]
    ]
