from django.contrib.auth import views as auth
from django.urls import path

from tenants import views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path(
        "login/",
        auth.LoginView.as_view(template_name="tenants/login.html", redirect_authenticated_user=True),
        name="login",
    ),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("language/", views.set_language, name="set_language"),
    path("welcome/<uidb64>/<token>/", views.welcome, name="welcome"),
]
