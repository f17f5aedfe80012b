"""Addresses of the desk, below /<organization>/."""

from django.urls import path

import kpis.urls  # noqa: F401  # its converter `day`
from desk import (
    attendance_pages,
    board,
    coverage_pages,
    day_page,
    detector_pages,
    follow_up_pages,
    handover_pages,
    proposal_pages,
    settings_page,
    visit_pages,
)

urlpatterns = [
    path("desk/day/", day_page.my_day, name="my_day"),
    path("desk/day/sign-in/", day_page.start_shift, name="start_shift"),
    path("desk/day/sign-out/", day_page.leave_shift, name="leave_shift"),
    path("desk/day/new/", day_page.new_matter, name="new_matter"),
    path("desk/day/<int:follow_up_id>/take/", day_page.take_matter, name="take_matter"),
    path("desk/day/<int:follow_up_id>/close/", day_page.close_matter, name="close_matter"),
    path("desk/day/<int:follow_up_id>/reopen/", day_page.reopen_matter, name="reopen_matter"),
    path("desk/handover/", handover_pages.handover, name="handover"),
    path("desk/handover/lines/<int:line_id>/accept/", handover_pages.accept_line, name="accept_line"),
    path("desk/handover/lines/<int:line_id>/return/", handover_pages.return_line, name="return_line"),
    path("desk/handover/book/", handover_pages.handover_book, name="handover_book"),
    path("desk/follow-ups/", follow_up_pages.follow_up_list, name="follow_up_list"),
    path("desk/follow-ups/new/", follow_up_pages.follow_up_new, name="follow_up_new"),
    path("desk/follow-ups/<int:follow_up_id>/", follow_up_pages.follow_up_detail, name="follow_up_detail"),
    path("desk/follow-ups/<int:follow_up_id>/act/", follow_up_pages.follow_up_act, name="follow_up_act"),
    path("desk/visits/", visit_pages.visit_list, name="visit_list"),
    path("desk/detectors/", detector_pages.detector_list, name="detector_list"),
    path("desk/detectors/<str:detector>/", detector_pages.detector_edit, name="detector_edit"),
    path("desk/board/", board.live_board, name="live_board"),
    path("roster/coverage/", coverage_pages.roster_coverage, name="roster_coverage"),
    path("roster/proposal/", proposal_pages.roster_proposal, name="roster_proposal"),
    path("roster/proposal/accept/", proposal_pages.roster_proposal_accept, name="roster_proposal_accept"),
    path("roster/proposal/drop/", proposal_pages.roster_proposal_drop, name="roster_proposal_drop"),
    path("attendance/", attendance_pages.attendance_month, name="attendance_month"),
    path("attendance/derive/", attendance_pages.attendance_derive, name="attendance_derive"),
    path("attendance/<int:agent_id>/<day:day>/", attendance_pages.attendance_day, name="attendance_day"),
    path(
        "attendance/<int:agent_id>/<day:day>/take-back/",
        attendance_pages.attendance_uncorrect,
        name="attendance_uncorrect",
    ),
    path("desk/settings/", settings_page.desk_settings_page, name="desk_settings"),
]
