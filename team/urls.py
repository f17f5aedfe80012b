from django.urls import path

from team import member_views, seat_views, views

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
]
