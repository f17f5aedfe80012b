"""Pages of orders, below /<organization>/. Order ids may hold a slash."""

from django.urls import path

from orders import (
    attachment_pages,
    case_list,
    case_pages,
    compensation_pages,
    cost_rates,
    procedure_pages,
    remark_format_page,
    remark_pages,
    returned_pages,
    views,
)

urlpatterns = [
    path("orders/search/", views.order_search, name="order_search"),
    path("orders/<slug:code>/personal/<path:order_id>/", views.order_personal, name="order_personal"),
    path("orders/<slug:code>/reveal/<path:order_id>/", views.order_reveal, name="order_reveal"),
    path("orders/remarks/format/", remark_format_page.remark_format, name="remark_format"),
    path("orders/<slug:code>/remarks/<path:order_id>/", remark_pages.remark_panel, name="remark_panel"),
    path("orders/<slug:code>/remark/<path:order_id>/", remark_pages.remark_edit, name="remark_edit"),
    path(
        "orders/<slug:code>/remark-restore/<path:order_id>/",
        remark_pages.remark_restore,
        name="remark_restore",
    ),
    path("orders/<slug:code>/remark-adopt/<path:order_id>/", remark_pages.remark_adopt, name="remark_adopt"),
    path("orders/<slug:code>/remark-put/<path:order_id>/", remark_pages.remark_put, name="remark_put"),
    path("orders/<slug:code>/remark-text/<path:order_id>/", remark_pages.remark_text, name="remark_text"),
    path(
        "orders/<slug:code>/production/<path:order_id>/", remark_pages.production_step, name="production_step"
    ),
    path("orders/attachments/<int:attachment_id>/", attachment_pages.attachment_file, name="attachment_file"),
    path(
        "orders/attachments/<int:attachment_id>/remove/",
        attachment_pages.attachment_remove,
        name="attachment_remove",
    ),
    path(
        "orders/<slug:code>/attachments/<slug:about>/<int:about_id>/",
        attachment_pages.attachment_add,
        name="attachment_add",
    ),
    path("courier-rates/", cost_rates.courier_rates, name="courier_rates"),
    path(
        "courier-rates/<int:courier_rate_id>/delete/",
        cost_rates.courier_rate_delete,
        name="courier_rate_delete",
    ),
    path("cases/", case_list.case_list, name="case_list"),
    path("cases/new/", case_pages.case_new, name="case_new"),
    path("cases/<int:case_id>/", case_pages.case_detail, name="case_detail"),
    path("cases/<int:case_id>/act/", case_pages.case_act, name="case_act"),
    path("cases/procedures/", procedure_pages.procedure_list, name="procedure_list"),
    path("cases/procedures/edit/", procedure_pages.procedure_edit, name="procedure_edit"),
    path(
        "cases/compensation/<int:compensation_id>/act/",
        compensation_pages.compensation_act,
        name="compensation_act",
    ),
    path("cases/returned/", returned_pages.returned_list, name="returned_list"),
    path("cases/returned/<int:returned_id>/act/", returned_pages.returned_act, name="returned_act"),
]
