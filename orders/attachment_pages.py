"""Attaching files to a dossier, opening and removing them."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from orders.attachments import PURPOSES, attach, attachments_of, has_dossier, remove_attachment
from orders.openings import note_opening
from orders.remark_models import Attachment
from stores.models import Store
from tenants.access import permission_required
from tenants.audit import record
from tenants.kept_files import KeptFileLost, Kind, opened
from tenants.models import Role

# What is opened in a tab of its own can load nothing and run nothing.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox"


@require_http_methods(["GET", "POST"])
@permission_required("see_orders", change="write_remarks")
def attachment_add(request, code: str, about: str, about_id: int):
    """What is attached to a dossier; POST attaches `files`. A fragment of the dossier's page, or a page of its own."""
    store = get_object_or_404(Store.objects.open_to(request.membership), code=code)
    if not has_dossier(store, about, about_id):
        raise Http404
    if request.method == "GET":
        return _list(request, store, about, about_id, request.GET.get("fixed", ""))
    files, problems, now = request.FILES.getlist("files"), [], timezone.now()
    if not files:
        problems.append(gettext("Choose a file first."))
    for uploaded in files:
        try:
            attach(
                store, about, about_id, request.POST.get("purpose", "picture"), uploaded, request.user, now
            )
        except ValueError as error:
            problems.append(str(error))
    if problems:
        return _list(request, store, about, about_id, request.POST.get("fixed", ""), problems)
    return _back(request, store, about, about_id)


@require_GET
@permission_required("see_orders")
def attachment_file(request, attachment_id: int):
    """One file: a picture in the page, a paper as a download. Written into the audit trail."""
    attachment = _attachment(request, attachment_id)
    try:
        with opened(attachment.organization_id, attachment.kept_as, Kind.ATTACHMENT) as path:
            content = path.read_bytes()
    except KeptFileLost as error:
        raise Http404 from error
    note_opening(request, "attachment_opened", attachment, timezone.now(), store=attachment.store.code)
    answer = HttpResponse(content, content_type=attachment.content_type)
    is_paper = not attachment.content_type.startswith("image/")
    answer.headers["Content-Disposition"] = content_disposition_header(is_paper, attachment.decrypted("name"))
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@require_POST
@permission_required("write_remarks")
def attachment_remove(request, attachment_id: int):
    """Remove a file for good: whoever attached it, and leads."""
    attachment = _attachment(request, attachment_id)
    if request.membership.role == Role.AGENT and attachment.made_by_id != request.user.pk:
        raise PermissionDenied
    store, about, about_id = attachment.store, attachment.about, attachment.about_id
    record(request, "attachment_removed", attachment, store=store.code)
    remove_attachment(attachment, user=request.user, now=timezone.now())
    return _back(request, store, about, about_id)


def _attachment(request, attachment_id: int) -> Attachment:
    stores = Store.objects.open_to(request.membership)
    return get_object_or_404(Attachment.objects.select_related("store"), pk=attachment_id, store__in=stores)


def _list(
    request, store: Store, about: str, about_id: int, fixed: str, problems: Sequence[str] = ()
) -> HttpResponse:
    context = {
        "store": store, "about": about, "about_id": about_id, "problems": problems,
        "attachments": attachments_of(about, [about_id])[about_id], "purpose": fixed if fixed in PURPOSES else "",
    }  # fmt: skip
    part = request.htmx and not request.htmx.boosted
    answer = render(request, "orders/_attachments.html" if part else "orders/attachments.html", context)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _back(request, store: Store, about: str, about_id: int) -> HttpResponse:
    """To the list anew for a fragment, else to the page it was sent from (`next`)."""
    back = request.POST.get("next", "")
    hosts = {"allowed_hosts": {request.get_host()}, "require_https": request.is_secure()}
    if not request.htmx and url_has_allowed_host_and_scheme(back, **hosts):
        return redirect(back)
    here = reverse("attachment_add", args=[request.organization.slug, store.code, about, about_id])
    return redirect(f"{here}?{urlencode({'fixed': request.POST.get('fixed', '')})}")
