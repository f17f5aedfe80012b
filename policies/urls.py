from django.urls import path

from policies import refund_fault_page, views

urlpatterns = [
    path("stores/", views.store_list, name="store_list"),
    path("refund-faults/", refund_fault_page.refund_fault_list, name="refund_fault_list"),
    # No store is called "+": a code is letters, digits, - and _.
    path("stores/+/", views.store_new, name="store_new"),
    path("stores/<slug:code>/", views.store_settings, name="store_settings"),
    path("stores/<slug:code>/replies/", views.set_auto_texts, name="set_auto_texts"),
    path("stores/<slug:code>/replies/proposed/", views.proposed_replies, name="proposed_replies"),
    path("stores/<slug:code>/replies/add/", views.add_auto_text, name="add_auto_text"),
    path("stores/<slug:code>/rules/", views.add_rule, name="add_rule"),
]
