"""Pages of conversations, below /<organization>/."""

from django.urls import path

from conversations import phone_pages

urlpatterns = [
    path("calls/", phone_pages.call_list, name="call_list"),
    path("calls/new/", phone_pages.call_new, name="call_new"),
    path("calls/<int:call_id>/", phone_pages.call_edit, name="call_edit"),
    path("calls/orders/<slug:code>/", phone_pages.order_calls, name="order_calls"),
]
