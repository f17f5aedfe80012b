"""Pages of trust, below /<organization>/."""

from django.urls import path

from tenants import audit_views

urlpatterns = [
    path("audit/", audit_views.audit_trail, name="audit_trail"),
    path("audit/history/", audit_views.audit_history, name="audit_history"),
    path("trust/", audit_views.trust, name="trust"),
]
