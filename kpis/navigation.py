"""The left navigation: its sections and entries, and who is offered which."""

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from tenants.models import Role

WORKING = "is_person"  # offered to those who stand in the team's list themselves
ALL_STORES = "all_stores"  # to members who are not limited to some stores


@dataclass(frozen=True)
class Entry:
    """One address of the navigation. also: addresses on which it is marked too. needs: permissions, or WORKING and
    ALL_STORES, all of which must hold. own_label: what an agent, who sees the own only, reads."""

    name: str
    icon: str
    label: str
    needs: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    own_label: str = ""


@dataclass(frozen=True)
class Section:
    """Entries under a heading that folds. open_for: roles for whom it stands open on every page."""

    key: str
    label: str
    entries: tuple[Entry, ...]
    open_for: tuple[str, ...] = ()


SECTIONS = (
    Section("today", _("Today"), (
        Entry("live_board", "chat", _("Live board"), ("see_board",)),
        Entry("my_day", "check", _("My day"), ("work_desk", WORKING), ("handover",)),
        Entry("follow_up_list", "flag", _("Follow-ups"), ("see_follow_ups",),
            ("follow_up_detail", "follow_up_new", "visit_list", "visit_results", "detector_list", "detector_edit")),
        Entry("promise_list", "promise", _("Promises"), ("see_promises",), ("promise_new", "promise_detail")),
        Entry("handover_book", "switch", _("Handover book"), ("see_handovers",)),
        Entry("script_list", "note", _("Scripts"), ("see_scripts",), ("script_edit", "script_new", "script_folders")),
        Entry("draft_check", "shield", _("Check an answer"), ("check_drafts",)),
        Entry("warning_list", "bell", _("Dangerous questions"), ("check_drafts",)),
    ), (Role.AGENT, Role.SUPERVISOR)),
    Section("orders", _("Orders and buyers"), (
        Entry("order_find", "search", _("Find an order"), ("see_orders",), ("order_page", "order_search")),
        Entry("remark_late_list", "order", _("Late remarks"), ("see_orders",), ("remark_format",)),
        Entry("case_list", "box", _("After-sales cases"), ("see_cases",),
            ("case_new", "case_detail", "procedure_list", "procedure_edit", "compensation_list", "returned_list")),
        Entry("complaint_list", "warning", _("Complaints"), ("see_cases",), ("complaint_new", "complaint_detail", "service_settings")),
        Entry("review_list", "star", _("Reviews"), ("see_cases",), ("review_detail", "review_figures")),
        Entry("concession_list", "percent", _("Concessions"), ("see_concessions",), ("concession_new", "concession_detail")),
        Entry("buyer_list", "buyer", _("Buyers"), ("see_buyers",), ("buyer_card", "buyer_link_list", "buyer_class_list")),
        Entry("call_list", "phone", _("Phone calls"), ("see_calls",), ("call_new", "call_edit", "order_calls")),
        Entry("product_list", "box", _("Products and stock"), ("see_stock",), ("stock_count",)),
        Entry("feedback_list", "line", _("Feedback"), ("see_feedback",), ("feedback_new", "feedback_detail", "feedback_by_product")),
        Entry("claim_list", "scales", _("Whose an order is"), ("see_orders",)),
    ), (Role.AGENT,)),
    Section("conduct", _("Rules and conduct"), (
        Entry("violation_list", "warning", _("Violations"), ("see_violations",),
            ("violation_detail", "violation_new", "violation_trends"), _("My violations")),
        Entry("risk_list", "buyer", _("Risky buyers"), ("see_risky_buyers",), ("risk_buyer", "risk_weights")),
        Entry("penalty_list", "money", _("Fines"), ("see_penalties",),
            ("penalty_detail", "penalty_new", "penalty_months", "penalty_settings"), _("My fines")),
        Entry("point_list", "target", _("Points of stores"), ("see_store_figures",), ("point_new", "point_allowance")),
        Entry("policy_rules", "scales", pgettext_lazy("policies", "Rules"), ("see_policies",),
            ("policy_rule", "policy_rule_new", "policy_trial")),
    ), (Role.SUPERVISOR,)),
    Section("figures", pgettext_lazy("navigation", "Figures"), (
        Entry("store_months", "months", _("Stores by month"), ("see_store_figures",)),
        Entry("agent_table", "chart", pgettext_lazy("figures", "Agents"), ("see_own_figures",),
            ("agent_days", "agent_day", "order_why"), _("My figures")),
        Entry("unconverted_buyers", "buyer", _("Unconverted buyers"), ("see_own_figures",)),
        Entry("response_figures", "clock", _("Response"), ("see_own_figures",)),
        Entry("daily_tables", "table", _("Daily tables"), ("see_daily_tables",), ("daily_mail",)),
        Entry("target_list", "target", _("Targets"), ("see_targets",), ("target_store", "target_set"), _("My targets")),
        Entry("repurchase", "switch", _("Repurchase"), ("see_store_figures",)),
        Entry("cost_table", "money", _("Costs by month"), ("see_costs",), ("courier_rate_list",)),
        Entry("refund_fault_list", "info", _("Faults of refunds"), ("see_refund_faults",)),
    ), (Role.AGENT, Role.OWNER, Role.AUDITOR)),
    Section("team", _("Team"), (
        Entry("roster", "months", _("Roster"), ("see_roster",),
            ("roster_requests", "shift_list", "shift_edit", "roster_history", "roster_upload", "roster_coverage", "roster_proposal")),
        Entry("attendance_month", "clock", _("Attendance"), ("see_own_attendance",), ("attendance_day",), _("My attendance")),
        Entry("agent_list", "people", _("People"), ("see_people",), ("agent_edit", "group_list", "merge_list")),
        Entry("seat_list", "seat", _("Seats"), ("see_people",)),
    ), (Role.AGENT,)),
    Section("settings", _("Data and settings"), (
        Entry("import_list", "import", _("Imports"), ("see_imports",), ("upload", "import_detail", "paste_chat")),
        Entry("store_list", "store", _("Stores and rules"), ("see_rules",), ("store_settings",)),
        Entry("rate_list", "money", _("Exchange rates"), ("see_rules",)),
        Entry("desk_settings", "clock", _("The working day"), ("set_desk",)),
        Entry("api_key_list", "key", _("API keys"), ("issue_api_keys",)),
        Entry("channel_list", "bell", _("Channels"), ("manage_channels", ALL_STORES), ("channel_new", "channel_edit")),
        Entry("member_list", "people", _("Members"), ("see_members",), ("member_edit",)),
        Entry("personal_data", "buyer", _("Personal data"), ("erase_personal_data",)),
        Entry("audit_trail", "table", _("Audit trail"), ("see_audit_trail",), ("audit_history",)),
        Entry("trust", "shield", _("Trust"), ("see_trust_page",)),
    )),
)  # fmt: skip


def offered(role: str | None, granted: set[str], page: str | None) -> list[dict]:
    """The sections a member gets: [{key, label, open, entries: [{label, name, icon, current, active}]}], msgids
    untranslated. granted: permissions, with WORKING and ALL_STORES where they hold. page: the address being shown."""
    shown = []
    for section in SECTIONS:
        entries = [
            {
                "label": entry.own_label if role == Role.AGENT and entry.own_label else entry.label,
                "name": entry.name,
                "icon": entry.icon,
                "current": page == entry.name,
                "active": page == entry.name or page in entry.also,
            }
            for entry in section.entries
            if granted.issuperset(entry.needs)
        ]
        if entries:
            is_open = role in section.open_for or any(entry["active"] for entry in entries)
            shown.append({"key": section.key, "label": section.label, "open": is_open, "entries": entries})
    return shown
