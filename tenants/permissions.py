"""What each role may do: one table, read by pages, API and templates. `manage.py print_roles` prints it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop as _

from tenants.models import Membership, Role

OWNER, SUPERVISOR, AUDITOR, AGENT = Role.OWNER, Role.SUPERVISOR, Role.AUDITOR, Role.AGENT
EVERYBODY = (OWNER, SUPERVISOR, AUDITOR, AGENT)
WATCHERS = (OWNER, SUPERVISOR, AUDITOR)
LEADS = (OWNER, SUPERVISOR)
WORKERS = (OWNER, SUPERVISOR, AGENT)


@dataclass(frozen=True)
class Permission:
    """meaning: what it allows, in a sentence.

    opened_by: {role: name of the Organization's switch that gives it to this role too}.
    """

    meaning: str
    roles: tuple[str, ...]
    opened_by: Mapping[str, str] = field(default_factory=dict)


PERMISSIONS: dict[str, Permission] = {
    "see_own_figures": Permission(
        _("See the own figures, buyers without a purchase, and orders one owns or served"), EVERYBODY
    ),
    "see_all_figures": Permission(
        _("See everybody's figures by name"), WATCHERS, {AGENT: "agents_see_names"}
    ),
    "see_store_figures": Permission(_("See the stores' own figures, by month and side by side"), WATCHERS),
    "see_all_orders": Permission(_("See why any order of one's stores is whose"), WATCHERS),
    "export": Permission(_("Save a table one may see as a file"), EVERYBODY),
    "see_imports": Permission(_("See which files were imported and what became of them"), WATCHERS),
    "import_files": Permission(
        _("Import files, pasted chats and rows; see the rows themselves"), LEADS
    ),
    "see_people": Permission(_("See people, groups and who held which seat"), WATCHERS),
    "manage_people": Permission(_("Change people, groups and who holds which seat"), LEADS),
    "see_rules": Permission(_("See stores, rules and exchange rates"), (OWNER, AUDITOR)),
    "change_rules": Permission(_("Change stores, rules and exchange rates"), (OWNER,)),
    "issue_api_keys": Permission(_("Issue and revoke API keys"), (OWNER,)),
    "see_members": Permission(_("See who belongs to the organization, with which role"), WATCHERS),
    "manage_members": Permission(
        _("Invite and remove members, change roles, and what the organization asks of them"), (OWNER,)
    ),
    "reveal_personal_data": Permission(
        _("Reveal a buyer's personal data for a reason; agents of orders they own or served only"),
        (OWNER, SUPERVISOR, AGENT),
    ),
    "erase_personal_data": Permission(_("Erase a buyer's personal data"), (OWNER,)),
    "see_audit_trail": Permission(_("See and save the audit trail"), (OWNER, AUDITOR)),
    "work_desk": Permission(
        _("Work the day: the own list, the stores' pool, signing in and out, handover"), (OWNER, SUPERVISOR, AGENT)
    ),
    "see_follow_ups": Permission(
        _("See the follow-ups of one's stores; agents their own and those anybody may take"), EVERYBODY
    ),
    "work_follow_ups": Permission(
        _("Take, move, close and write down follow-ups"), (OWNER, SUPERVISOR, AGENT)
    ),
    "set_detectors": Permission(_("Set which follow-ups are made, and with which figures"), LEADS),
    "see_board": Permission(_("See the live board: who is on, who waits, what is overdue"), WATCHERS),
    "see_handovers": Permission(_("Page through the handover book; agents their own handovers"), EVERYBODY),
    "see_trust_page": Permission(_("See how the organization's data is protected"), (OWNER,)),
    "see_roster": Permission(_("See the published roster"), EVERYBODY),
    "use_roster": Permission(
        _("Ask for leave, swaps and wishes, answer colleagues, have one's shifts in a calendar"),
        (OWNER, SUPERVISOR, AGENT),
    ),
    "manage_roster": Permission(
        _("Plan and publish the roster of one's people, change shifts, decide requests"), LEADS
    ),
    "see_own_attendance": Permission(_("See one's own attendance"), EVERYBODY),
    "see_attendance": Permission(_("See and save everybody's attendance"), WATCHERS),
    "correct_attendance": Permission(_("Correct what was derived of attendance, with a reason"), LEADS),
    "set_desk": Permission(_("Set the figures of the working day: lateness, rest, shipping cut-off"), LEADS),
    "see_notices": Permission(_("See one's own notices, and choose whether they come by e-mail too"), EVERYBODY),
    "manage_channels": Permission(
        _("Set up which robots and webhooks are told; members limited to some stores may not"), LEADS
    ),
    "see_targets": Permission(_("See targets and how far they are reached; agents their own"), EVERYBODY),
    "set_targets": Permission(_("Set the targets of one's stores and divide them over agents"), LEADS),
    "see_calls": Permission(_("See and save the phone log of one's stores; agents their own calls"), EVERYBODY),
    "log_calls": Permission(
        _("Write down calls with buyers; agents their own"), (OWNER, SUPERVISOR, AGENT)
    ),
    "see_orders": Permission(
        _("Find orders of one's stores and open them, personal data masked"), EVERYBODY
    ),
    "write_remarks": Permission(
        _("Write orders' remarks, note stages of production, keep pictures and papers"), WORKERS
    ),
    "set_remarks": Permission(_("Set how a store writes remarks and what its flags mean"), LEADS),
    "claim_orders": Permission(_("Say that an order is somebody else's, with a reason"), WORKERS),
    "rule_orders": Permission(_("Rule on whose an order is"), LEADS),
    "see_refund_faults": Permission(_("See whose fault refunds are by their reasons"), WATCHERS),
    "set_refund_faults": Permission(_("Set whose fault refunds are by their reasons"), LEADS),
    "see_promises": Permission(_("See promises made to buyers of one's stores"), EVERYBODY),
    "keep_promises": Permission(_("Write down promises, accept proposed ones, say what became of them"), WORKERS),
    "see_cases": Permission(_("See after-sales cases, complaints and reviews of one's stores"), EVERYBODY),
    "work_cases": Permission(_("Work after-sales cases, complaints and reviews"), WORKERS),
    "approve_compensation": Permission(_("Approve compensation beyond an agent's limit"), LEADS),
    "set_procedures": Permission(
        _("Set the procedures of cases, levels of complaints, and who may answer bad reviews"), LEADS
    ),
    "see_feedback": Permission(_("See feedback to other departments"), EVERYBODY),
    "give_feedback": Permission(_("Write feedback to other departments"), WORKERS),
    "work_feedback": Permission(_("Say what came of feedback"), LEADS),
    "see_concessions": Permission(
        _("See prices, freight and addresses changed for buyers; agents their own"), EVERYBODY
    ),
    "ask_concessions": Permission(_("Write down or ask for a concession to a buyer"), WORKERS),
    "decide_concessions": Permission(_("Allow concessions beyond an agent's limit, set these limits"), LEADS),
    "see_stock": Permission(_("See products and their stock"), EVERYBODY),
    "count_stock": Permission(_("Make and fill month-end count sheets"), LEADS),
    "see_costs": Permission(_("See the monthly cost table"), WATCHERS),
    "set_costs": Permission(_("Set courier rates"), (OWNER,)),
    "see_buyers": Permission(_("See buyers' cards of one's stores"), EVERYBODY),
    "write_buyers": Permission(_("Write down what is known of buyers"), WORKERS),
    "link_buyers": Permission(_("Decide which buyers are one person, set what makes a buyer VIP"), LEADS),
    "see_scripts": Permission(_("Find and use scripts"), EVERYBODY),
    "edit_scripts": Permission(_("Write scripts"), LEADS),
    "see_policies": Permission(_("See the rules chats and work are judged by"), EVERYBODY),
    "set_policies": Permission(_("Write rules, try them on past chats"), LEADS),
    "verify_policies": Permission(_("Say that a rule’s points and money are right"), (OWNER,)),
    "check_drafts": Permission(_("Check an answer before it is sent; see warnings of one’s stores"), WORKERS),
    "see_violations": Permission(_("See violations in one’s stores; agents their own"), EVERYBODY),
    "rule_violations": Permission(_("Confirm and dismiss violations, decide appeals"), LEADS),
    "see_risky_buyers": Permission(_("See which buyers are risky, and why"), WATCHERS),
    "rule_risky_buyers": Permission(_("Watch, confirm and clear risky buyers"), LEADS),
    "set_risk": Permission(_("Set what makes a buyer risky"), LEADS),
    "see_penalties": Permission(
        _("See points of stores and fines of agents; agents their own fines"), EVERYBODY
    ),
    "rule_penalties": Permission(_("Propose, confirm and lift fines, write points down, decide appeals"), LEADS),
    "set_penalties": Permission(_("Set how many points stores have and how much fines may come to"), (OWNER,)),
    "see_daily_tables": Permission(_("See the daily tables; agents their own lines"), EVERYBODY),
    "see_sales_report": Permission(_("See the daily reports of sales and returns"), WATCHERS),
}  # fmt: skip


def allowed(membership: Membership | None, name: str) -> bool:
    """Whether this member may do `name`. Nobody's membership may do nothing. KeyError: no such permission."""
    permission = PERMISSIONS[name]
    if membership is None:
        return False
    if membership.role in permission.roles:
        return True
    switch = permission.opened_by.get(membership.role)
    return bool(switch and getattr(membership.organization, switch))


def allowed_everywhere(membership: Membership | None, name: str) -> bool:
    """Whether this member may do `name` and is limited to no stores: for what holds in every store."""
    return allowed(membership, name) and not membership.store_ids


def all_allowed(membership: Membership | None) -> dict[str, bool]:
    """{permission: whether this member has it}: `can` of the templates."""
    return {name: allowed(membership, name) for name in PERMISSIONS}
