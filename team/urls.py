from django.urls import path

from team import (
    calendar_views,
    channel_pages,
    member_views,
    notice_pages,
    roster_request_views,
    roster_sheet_views,
    roster_shift_views,
    roster_views,
    seat_views,
    views,
)

urlpatterns = [
    path("agents/", views.agent_list, name="agent_list"),
    path("agents/new/", views.agent_new, name="agent_new"),
    path("agents/merges/", views.merge_list, name="merge_list"),
    path("agents/<int:agent_id>/", views.agent_edit, name="agent_edit"),
    path("agents/<int:agent_id>/positions/", views.position_new, name="position_new"),
    path(
        "agents/<int:agent_id>/positions/<int:position_id>/delete/",
        views.delete_position,
        name="delete_position",
    ),
    path("agents/<int:agent_id>/confirm/", views.confirm_agent, name="confirm_agent"),
    path("agents/<int:agent_id>/split/", views.agent_split, name="agent_split"),
    path("groups/", views.group_list, name="group_list"),
    path("groups/<int:group_id>/", views.group_edit, name="group_edit"),
    path("members/", member_views.member_list, name="member_list"),
    path("members/requirements/", member_views.set_requirements, name="set_requirements"),
    path("members/leave/", member_views.leave_organization, name="leave_organization"),
    path("members/<int:member_id>/", member_views.member_edit, name="member_edit"),
    path("members/<int:member_id>/remove/", member_views.remove_membership, name="remove_membership"),
    path(
        "members/invitations/<int:invitation_id>/withdraw/",
        member_views.withdraw_invitation,
        name="withdraw_invitation",
    ),
    path("seats/", seat_views.seat_list, name="seat_list"),
    path("seats/<int:seat_id>/", seat_views.seat_edit, name="seat_edit"),
    path("seats/holdings/<int:assignment_id>/end/", seat_views.end_holding, name="end_holding"),
    path("seats/holdings/<int:assignment_id>/remove/", seat_views.remove_holding, name="remove_holding"),
    path("notices/", notice_pages.notice_list, name="notice_list"),
    path("notices/bell/", notice_pages.notice_bell, name="notice_bell"),
    path("notices/read/", notice_pages.read_notices, name="read_notices"),
    path("notices/choice/", notice_pages.choose_notices, name="choose_notices"),
    path("notices/<int:notice_id>/", notice_pages.notice_open, name="notice_open"),
    path("channels/", channel_pages.channel_list, name="channel_list"),
    path("channels/new/", channel_pages.channel_new, name="channel_new"),
    path("channels/<int:channel_id>/", channel_pages.channel_edit, name="channel_edit"),
    path(
        "channels/<int:channel_id>/deliveries/", channel_pages.channel_deliveries, name="channel_deliveries"
    ),
    path("channels/<int:channel_id>/test/", channel_pages.test_channel, name="test_channel"),
    path("channels/<int:channel_id>/retry/", channel_pages.retry_deliveries, name="retry_deliveries"),
    path("channels/<int:channel_id>/delete/", channel_pages.delete_channel, name="delete_channel"),
    path("roster/", roster_views.roster, name="roster"),
    path("roster/save/", roster_views.roster_save, name="roster_save"),
    path("roster/fill/", roster_views.roster_fill, name="roster_fill"),
    path("roster/publish/", roster_views.roster_publish, name="roster_publish"),
    path("roster/history/", roster_views.roster_history, name="roster_history"),
    path("roster/sheet/", roster_sheet_views.roster_sheet, name="roster_sheet"),
    path("roster/upload/", roster_sheet_views.roster_upload, name="roster_upload"),
    path("roster/upload/apply/", roster_sheet_views.roster_upload_apply, name="roster_upload_apply"),
    path("roster/calendar/", calendar_views.make_calendar_link, name="make_calendar_link"),
    path("roster/calendar/revoke/", calendar_views.revoke_calendar_link, name="revoke_calendar_link"),
    path("roster/shifts/", roster_shift_views.shift_list, name="shift_list"),
    path("roster/shifts/<int:shift_id>/", roster_shift_views.shift_edit, name="shift_edit"),
    path("roster/requests/", roster_request_views.roster_requests, name="roster_requests"),
    path(
        "roster/requests/<int:request_id>/answer/", roster_request_views.answer_request, name="answer_request"
    ),
    path(
        "roster/requests/<int:request_id>/decide/", roster_request_views.decide_request, name="decide_request"
    ),
    path(
        "roster/requests/<int:request_id>/withdraw/",
        roster_request_views.withdraw_request,
        name="withdraw_request",
    ),
]
