from django.urls import path

from stores import views

urlpatterns = [
    path("rates/", views.rate_list, name="rate_list"),
    path("rates/<int:rate_id>/delete/", views.delete_rate, name="delete_rate"),
    path("keys/", views.api_key_list, name="api_key_list"),
    path("keys/<int:key_id>/revoke/", views.revoke_api_key, name="revoke_api_key"),
]
