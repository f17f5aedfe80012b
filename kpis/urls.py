"""Pages of figures and the read-only API, below /<organization>/."""

from datetime import date

from django.urls import path, register_converter
from drf_spectacular.views import SpectacularJSONAPIView

from kpis import (
    api,
    cost_page,
    daily_mail_page,
    daily_pages,
    personal_page,
    repurchase_page,
    ruling_pages,
    target_pages,
    views,
)


class DayConverter:
    """A day as YYYY-MM-DD; an impossible one is no address."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        return str(value)


register_converter(DayConverter, "day")

urlpatterns = [
    path("kpis/agents/", views.agent_table, name="agent_table"),
    path("kpis/agents/<int:agent_id>/", views.agent_days, name="agent_days"),
    path("kpis/agents/<int:agent_id>/refunds/", views.agent_refunds, name="agent_refunds"),
    path("kpis/agents/<int:agent_id>/<day:day>/", views.agent_day, name="agent_day"),
    # Order ids may hold a slash.
    path("kpis/stores/<slug:code>/orders/<path:order_id>/", views.order_why, name="order_why"),
    path("orders/claims/", ruling_pages.claim_list, name="claim_list"),
    path("orders/<slug:code>/claim/<path:order_id>/", ruling_pages.order_claim, name="order_claim"),
    path("orders/<slug:code>/rule/<path:order_id>/", ruling_pages.order_rule, name="order_rule"),
    path("kpis/repurchase/", repurchase_page.repurchase, name="repurchase"),
    path("kpis/unconverted/", views.unconverted_buyers, name="unconverted_buyers"),
    path("kpis/response/", views.response_figures, name="response_figures"),
    path("kpis/months/", views.store_months, name="store_months"),
    path("kpis/costs/", cost_page.cost_table, name="cost_table"),
    path("kpis/daily/", daily_pages.daily_tables, name="daily_tables"),
    path("kpis/daily/mail/", daily_mail_page.daily_mail, name="daily_mail"),
    path("targets/", target_pages.target_list, name="target_list"),
    path("targets/<slug:code>/", target_pages.target_store, name="target_store"),
    path("targets/<slug:code>/set/", target_pages.target_set, name="target_set"),
    path("personal-data/", personal_page.personal_data, name="personal_data"),
    path("personal-data/forget/", personal_page.forget_buyer, name="forget_buyer"),
    path("api/v1/agents", api.agents, name="api_agents"),
    path("api/v1/days", api.days, name="api_days"),
    path("api/v1/stores", api.stores, name="api_stores"),
    path("api/v1/unconverted", api.unconverted, name="api_unconverted"),
    path("api/v1/orders/<slug:code>/<path:order_id>/explanation", api.explanation, name="api_explanation"),
    path("api/v1/schema", SpectacularJSONAPIView.as_view(), name="api_schema"),
]
