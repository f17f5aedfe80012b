"""The fines of the documents' table as rules of the library (R18, with R05, R17 and R20). Unverified until an owner
says that the figures are the house's own; before that nothing is proposed. The figures are yuan of the documents."""

from decimal import Decimal

from django.utils.translation import gettext_noop as _

from policies.rule_versions import Entry, Reads

DUTIES = "客服工作职责范例（003），工作职责14"
ORDERS, ATTENDANCE, ANSWERS, REVIEWS = (
    f"{DUTIES} {part}" for part in ("订单整理", "出勤", "应答时间", "绩效薪资计算 5)")
)
TRAINING = "客服培训管理制度（001），三"
PRE_SALES = "客服工作职责范例（003），工作职责13 四"


def _fine(
    code: str,
    title: str,
    money: int | None,
    source: str,
    detector: str = "",
    takes_credit: bool = False,
    consequence: str = "",
    grave: bool = False,
) -> Entry:
    return Entry(
        code=code,
        title=title,
        reads=Reads.FACTS if detector else Reads.HAND,
        detector=detector,
        money=None if money is None else Decimal(money),
        takes_credit=takes_credit,
        consequence=consequence,
        source=source,
        grave=grave,
    )


_CREDIT = _("The order’s credit is taken away.")
_AT_COST = _("The fine is what it cost, besides the sum named here.")

# By what they are about: remarks, shipping, answers, attendance, reviews.
FINES: list[Entry] = [
    _fine("fine-remark-late", _("Remark written too late"), 20, f"{ORDERS} 1.3", "remark_late", True, _CREDIT),
    _fine("fine-remark-format", _("Remark against the format"), 20, f"{ORDERS} 1.3", "remark_format", True, _CREDIT),
    _fine("fine-remark-wrong", _("Remark wrong, mended before production"), 20, f"{ORDERS} 1.1", "remark_wrong"),
    _fine("fine-remark-wrong-made", _("Remark wrong, already in production"), 50, f"{ORDERS} 1.1", "remark_wrong_made"),
    _fine(
        "fine-loss", _("Mistake that cost more than 500"), None, f"{ORDERS} 1.1",
        consequence=_("The whole loss, at cost."), grave=True,
    ),
    _fine(
        "fine-change-not-reported", _("Changed remark not reported, shipped wrong"), 50, f"{ORDERS} 1.3",
        takes_credit=True, consequence=_AT_COST, grave=True,
    ),
    _fine(
        "fine-production-late", _("Not handed to production in time, order delayed"), 20, f"{ORDERS} 1.1",
        takes_credit=True, consequence=_CREDIT,
    ),
    _fine(
        "fine-not-confirmed", _("Address, drawing or delivery not confirmed with the buyer"), 20, f"{ORDERS} 1.2",
        takes_credit=True, consequence=_CREDIT,
    ),
    _fine("fine-shipping", _("Shipping not followed up"), 30, f"{ORDERS} 1.4", "shipping", True, _CREDIT),
    _fine("fine-slow", _("Slow answers more often than is free in a month"), 50, f"{ANSWERS}", "slow_answers"),
    _fine("fine-unanswered", _("Buyer unanswered for half an hour"), 100, f"{ANSWERS}", "unanswered"),
    _fine("fine-unanswered-hours", _("Buyer unanswered for each two hours"), 200, f"{ANSWERS}", "unanswered_hours"),
    _fine("fine-absent", _("Absent without leave"), 200, f"{ATTENDANCE}", "absent"),
    _fine("fine-late", _("Late beyond what is free"), 20, f"{ATTENDANCE}", "late"),
    _fine("fine-bad-review", _("Bad review through the agent left standing"), 100, REVIEWS, "bad_review", True, _CREDIT),
]  # fmt: skip
# Found by desk/conduct_facts.py; a confirmed violation becomes the fine, so that nothing is fined twice.
CONDUCT: list[Entry] = [
    _fine("conduct-idle", _("Idle on line for two hours or more"), 200, f"{ANSWERS}", "idle"),
    _fine("conduct-left", _("Chat left before the order was confirmed"), None, TRAINING, "left"),
    _fine(
        "conduct-passed", _("Own buyer passed to somebody else without permission"), None, PRE_SALES, "passed"
    ),
]
ENTRIES: list[Entry] = [*FINES, *CONDUCT]

# Why conduct that facts tell was found: keys of Violation.reason.
FACT_REASONS = {
    "idle": _("Nothing written for two hours or more while on line, and a buyer waited."),
    "order_unpaid": _("The buyer’s last words stayed unanswered with an order not paid."),
    "question_open": _("The buyer’s last question stayed unanswered."),
    "transferred": _("The platform says the chat was transferred."),
    "moved": _("The chat went on with a colleague while this agent was on line."),
}
