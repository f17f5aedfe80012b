from django.urls import include, path

from tenants import invitation_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("", include("tenants.account_urls")),
    path("account/organizations/", views.organization_list, name="organization_list"),
    path("account/organizations/new/", invitation_views.organization_new, name="organization_new"),
    path(
        "account/invitations/<slug:slug>/<str:secret>/",
        invitation_views.accept_invitation,
        name="accept_invitation",
    ),
    path("language/", views.set_language, name="set_language"),
    path("welcome/<uidb64>/<token>/", views.welcome, name="welcome"),
]
