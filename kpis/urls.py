"""Pages of figures and the read-only API, below /<organization>/."""

from django.urls import path

from kpis import views

urlpatterns = [
    path("kpis/agents/", views.agent_table, name="agent_table"),
    path("kpis/agents/<int:agent_id>/", views.agent_days, name="agent_days"),
    path("kpis/response/", views.response_figures, name="response_figures"),
]
