"""Pages of orders, below /<organization>/. Order ids may hold a slash."""

from django.urls import path

from orders import views

urlpatterns = [
    path("orders/search/", views.order_search, name="order_search"),
    path("orders/<slug:code>/personal/<path:order_id>/", views.order_personal, name="order_personal"),
    path("orders/<slug:code>/reveal/<path:order_id>/", views.order_reveal, name="order_reveal"),
]
