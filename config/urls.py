"""Every address. Pages of an organization live under /<organization>/."""

from django.urls import include, path

from team.calendar_views import calendar_feed
from tenants import views as tenants

urlpatterns = [
    path("", include("tenants.urls")),
    path("calendar/<slug:slug>/<str:calendar_secret>.ics", calendar_feed, name="calendar_feed"),
    path("<slug:organization>/", include("tenants.audit_urls")),
    path("<slug:organization>/", include("stores.urls")),
    path("<slug:organization>/", include("team.urls")),
    path("<slug:organization>/", include("intake.urls")),
    path("<slug:organization>/", include("orders.urls")),
    path("<slug:organization>/", include("conversations.urls")),
    path("<slug:organization>/", include("policies.urls")),
    path("<slug:organization>/", include("kpis.urls")),
    path("<slug:organization>/", include("desk.urls")),
    path("<slug:organization>/", tenants.organization_home, name="organization_home"),
]
