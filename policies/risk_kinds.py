"""The signs of a risky buyer (R16): what each is called, what it weighs by default, and how its evidence reads. Pure."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _


class Sign(NamedTuple):
    """label, meaning: msgids. weight: 0–100 by default; days: how long it counts after its latest fact."""

    label: str
    meaning: str
    weight: int
    days: int


# What a sign asks of the facts (policies/risk_facts.py). Most follow DOMAIN R16; the others are our own choice.
REFUNDS, REFUND_SHARE, REFUND_DAYS = 3, 0.5, 180
GOOD_RATE, YOUNG_DAYS, CREDIT = 0.8, 60, 3
BURST_ORDERS, BURST_HOURS = 5, 24
FISHING_DAYS, FISHING_TOPICS = 30, 2
# A phone or address of more buyers than this is a forwarder's, a school's or a warehouse's.
MOST_SHARING = 5

KINDS: dict[str, Sign] = {
    "refund_only_often": Sign(
        _("Refunds without returns"),
        _("At least 3 orders refunded without sending the goods back within 180 days, and half of those paid."),
        35, 180,
    ),
    "low_good_rate": Sign(
        _("Low good-review rate"), _("The platform says that fewer than 80 percent of sellers’ reviews of them are good."), 20, 180
    ),
    "young_account": Sign(
        _("Young account"), _("Ordered or wrote within 60 days of registering with the platform."), 10, 90
    ),
    "low_credit": Sign(_("Low credit"), _("A buyer’s credit of 3 or less."), 5, 180),
    "machine_nick": Sign(
        _("Machine-like name"), _("A long name of mixed letters and digits that no word can be read in."), 15, 180
    ),
    "celebrity_recipient": Sign(
        _("Celebrity as recipient"), _("A parcel went to the name of somebody famous."), 20, 180
    ),
    "vague_recipient": Sign(
        _("Vague recipient"), _("A parcel went to a name that names nobody: Mr., recipient, one character, digits."), 5, 180
    ),
    "fishing_no_haggling": Sign(
        _("Fishing questions, no bargaining"),
        _("Asked at least two kinds of questions that fish for statements, and never about the price."), 20, 90,
    ),
    "many_orders": Sign(_("Many orders at once"), _("At least 5 orders within 24 hours."), 15, 90),
    "claim_words": Sign(
        _("Words of claims"), _("Wrote of tenfold compensation, authorities, courts or claiming as a trade."), 25, 180
    ),
    "shares_address": Sign(
        _("Address of a confirmed buyer"),
        _("Phone or address is the same as that of a buyer confirmed as risky in this organization."), 40, 365,
    ),
}  # fmt: skip
# Nobody stands by their sum alone.
MOST_SCORE, DEFAULT_THRESHOLD = 100, 50
DEFAULT_WEIGHTS = {kind: sign.weight for kind, sign in KINDS.items()}
DEFAULT_DAYS = {kind: sign.days for kind, sign in KINDS.items()}
# Signs are kept so long after their latest fact, that days may be set up to it and hold at once.
LONGEST_DAYS = 365

TOPICS = {
    "counterfeit": _("whether it is genuine"),
    "invoice": _("invoices"),
    "statement": _("statements to hold against the seller"),
}
CLAIMS = {
    "tenfold": _("multiple compensation"),
    "authority": _("authorities"),
    "court": _("courts"),
    "hunter": _("claiming as a trade"),
}


def in_words(kind: str, evidence: Mapping[str, Any]) -> str:
    """One sign's evidence as a clause in the active language: `refunded without returning 4 of 6 orders`."""
    if kind == "refund_only_often":
        return gettext("refunded without returning %(n)s of %(of)s orders") % {
            "n": evidence["refunded"], "of": evidence["of"],
        }  # fmt: skip
    if kind == "low_good_rate":
        return gettext("good-review rate of %(rate)s %%") % {"rate": f"{evidence['rate'] * 100:.0f}"}
    if kind == "young_account":
        days = evidence["days"]
        return ngettext("account %(n)s day old", "account %(n)s days old", days) % {"n": days}
    if kind == "low_credit":
        return gettext("credit of %(n)s") % {"n": evidence["credit"]}
    if kind == "machine_nick":
        return gettext("name looks like a machine’s")
    if kind == "celebrity_recipient":
        return gettext("parcel to somebody famous")
    if kind == "vague_recipient":
        return gettext("parcel to no real name")
    if kind == "fishing_no_haggling":
        return gettext("asked about %(topics)s, never about the price") % {
            "topics": _listed(TOPICS, evidence["topics"])
        }
    if kind == "many_orders":
        return gettext("%(n)s orders within %(hours)s h") % {
            "n": len(evidence["orders"]), "hours": max(1, -(-evidence["minutes"] // 60)),
        }  # fmt: skip
    if kind == "claim_words":
        return gettext("wrote of %(claims)s") % {"claims": _listed(CLAIMS, evidence["claims"])}
    if kind == "shares_address":
        n = len(evidence["buyers"])
        return ngettext(
            "phone or address of %(n)s confirmed buyer", "phone or address of %(n)s confirmed buyers", n
        ) % {"n": n}
    return kind


def _listed(names: Mapping[str, str], codes: list[str]) -> str:
    return gettext(", ").join(gettext(names[code]) for code in codes if code in names)
