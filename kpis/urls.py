"""Pages of figures and the read-only API, below /<organization>/."""

from django.urls import path

from kpis import views

urlpatterns = [
    path("kpis/agents/", views.agent_table, name="agent_table"),
]
