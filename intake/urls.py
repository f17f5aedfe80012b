"""Addresses under /<organization>/."""

from django.urls import path

from intake import api, views

urlpatterns = [
    path("imports/", views.import_list, name="import_list"),
    path("imports/upload/", views.upload, name="upload"),
    path("imports/paste/", views.paste_chat, name="paste_chat"),
    path("imports/confirm/", views.confirm_waiting, name="confirm_waiting"),
    path("imports/<int:job_id>/", views.import_detail, name="import_detail"),
    path("imports/<int:job_id>/confirm/", views.confirm_import, name="confirm_import"),
    path("imports/<int:job_id>/cancel/", views.cancel_import, name="cancel_import"),
    path("imports/<int:job_id>/refused.csv", views.refused_rows, name="refused_rows"),
    path("api/v1/stores/<slug:code>/messages", api.ingest_messages, name="ingest_messages"),
    path("api/v1/stores/<slug:code>/orders", api.ingest_orders, name="ingest_orders"),
]
