from django.urls import path

from policies import (
    draft_api,
    draft_pages,
    penalty_pages,
    point_pages,
    refund_fault_page,
    risk_pages,
    risk_weight_page,
    rule_list,
    rule_pages,
    rule_trial_pages,
    views,
    violation_pages,
    warning_pages,
)

urlpatterns = [
    path("stores/", views.store_list, name="store_list"),
    path("refund-faults/", refund_fault_page.refund_fault_list, name="refund_fault_list"),
    # No store is called "+": a code is letters, digits, - and _.
    path("stores/+/", views.store_new, name="store_new"),
    path("stores/<slug:code>/", views.store_settings, name="store_settings"),
    path("stores/<slug:code>/replies/", views.set_auto_texts, name="set_auto_texts"),
    path("stores/<slug:code>/replies/proposed/", views.proposed_replies, name="proposed_replies"),
    path("stores/<slug:code>/replies/add/", views.add_auto_text, name="add_auto_text"),
    path("stores/<slug:code>/rules/", views.add_rule, name="add_rule"),
    path("policies/rules/", rule_list.policy_rules, name="policy_rules"),
    # No rule is called "+".
    path("policies/rules/+/", rule_pages.policy_rule_new, name="policy_rule_new"),
    path("policies/rules/<slug:rule_code>/", rule_pages.policy_rule, name="policy_rule"),
    path("policies/rules/<slug:rule_code>/verify/", rule_pages.policy_rule_verify, name="policy_rule_verify"),
    path("policies/rules/<slug:rule_code>/runs/", rule_pages.policy_rule_runs, name="policy_rule_runs"),
    path("policies/rules/<slug:rule_code>/trial/", rule_trial_pages.policy_trial, name="policy_trial"),
    path(
        "policies/rules/<slug:rule_code>/trial/<int:run_id>/use/",
        rule_trial_pages.policy_trial_use,
        name="policy_trial_use",
    ),
    path(
        "policies/rules/<slug:rule_code>/trial/<int:run_id>/",
        rule_trial_pages.policy_trial_act,
        name="policy_trial_act",
    ),
    path("policies/trials/<int:hit_id>/", rule_trial_pages.trial_label, name="trial_label"),
    path("policies/check/", draft_pages.draft_check, name="draft_check"),
    path("policies/warnings/", warning_pages.warning_list, name="warning_list"),
    path("policies/warnings/<int:warning_id>/close/", warning_pages.warning_close, name="warning_close"),
    path("api/v1/stores/<slug:code>/check", draft_api.check_draft, name="api_check_draft"),
    path("policies/violations/", violation_pages.violation_list, name="violation_list"),
    path("policies/violations/new/", violation_pages.violation_new, name="violation_new"),
    path("policies/violations/dismiss/", violation_pages.violation_dismiss, name="violation_dismiss"),
    path(
        "policies/violations/<int:violation_id>/", violation_pages.violation_detail, name="violation_detail"
    ),
    path(
        "policies/violations/<int:violation_id>/rule/", violation_pages.violation_rule, name="violation_rule"
    ),
    path(
        "policies/violations/<int:violation_id>/appeal/",
        violation_pages.violation_appeal,
        name="violation_appeal",
    ),
    path("policies/penalties/new/", penalty_pages.penalty_new, name="penalty_new"),
    path("policies/penalties/settings/", penalty_pages.penalty_settings_page, name="penalty_settings"),
    path("policies/penalties/<int:fine_id>/", penalty_pages.penalty_detail, name="penalty_detail"),
    path("policies/penalties/<int:fine_id>/act/", penalty_pages.penalty_act, name="penalty_act"),
    path("policies/points/", point_pages.point_list, name="point_list"),
    path("policies/points/new/", point_pages.point_new, name="point_new"),
    path("policies/points/<int:entry_id>/act/", point_pages.point_act, name="point_act"),
    path("policies/points/allowance/<slug:platform>/", point_pages.point_allowance, name="point_allowance"),
    path("policies/risky-buyers/", risk_pages.risk_list, name="risk_list"),
    path("policies/risky-buyers/weights/", risk_weight_page.risk_weights, name="risk_weights"),
    path("policies/risky-buyers/<slug:code>/<int:buyer_id>/", risk_pages.risk_buyer, name="risk_buyer"),
]
