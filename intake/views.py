"""Pages for what comes in: the list of imports, uploading, confirming, and what became of a file."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from intake.arrivals import arrive, cancel, confirm, paste
from intake.forms import MOST_FILES, PasteForm, UploadForm
from intake.models import ImportJob, State
from intake.preview import rows_in_words
from intake.refusals import explain, refused_rows_csv, sentences
from intake.tasks import run_import
from team.models import Seat
from tenants.access import permission_required
from tenants.audit import record_export

JOBS_PER_PAGE = REFUSALS_PER_PAGE = 50


@require_GET
@permission_required("see_imports", change="import_files")
def import_list(request):
    """Jobs, newest first; the list asks for itself again while something runs."""
    jobs = ImportJob.objects.open_to(request.membership)
    page = Paginator(jobs.select_related("store", "created_by"), JOBS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "waiting": jobs.filter(state=State.UPLOADED).count(),
        "is_running": any(job.is_unfinished for job in page),
    }
    part = request.htmx and not request.htmx.boosted
    return render(request, "intake/_import_list.html" if part else "intake/import_list.html", context)


@require_http_methods(["GET", "POST"])
@permission_required("import_files")
def upload(request):
    """Take files in; each is recognised at once and waits for its user's word."""
    form = UploadForm(request.membership, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        jobs = [
            job
            for file in form.cleaned_data["files"]
            for job in arrive(form.cleaned_data["store"], file.name, file.chunks(), request.user)
        ]
        if len(jobs) == 1:
            return redirect("import_detail", request.organization.slug, jobs[0].pk)
        return redirect("import_list", request.organization.slug)
    return render(request, "intake/upload.html", {"form": form, "most_files": MOST_FILES})


@require_http_methods(["GET", "POST"])
@permission_required("import_files")
def paste_chat(request):
    """Take in a chat copied from the agent's desk."""
    form = PasteForm(request.membership, request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        job = paste(said["store"], said["text"], said["seat"].strip(), said["buyer"].strip(), request.user)
        return redirect("import_detail", request.organization.slug, job.pk)
    return render(request, "intake/paste_chat.html", {"form": form})


@require_GET
@permission_required("import_files")
def import_detail(request, job_id):
    """One file: its preview, its progress, what became of it."""
    job = _job(request, job_id)
    refused = Paginator(job.refused_rows.all(), REFUSALS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "job": job,
        "message": explain(job.message, job.message_params) if job.message else "",
        "preview_rows": list(rows_in_words(job.preview)),
        "refused": refused,
        "reasons": [(row.row, row.column, explain(row.message, row.params)) for row in refused],
        "not_kept": max(0, job.totals["rejected"] - refused.paginator.count),
        "unbound_seats": Seat.objects.filter(store=job.store_id, assignments=None).count(),
    }
    part = request.htmx and not request.htmx.boosted
    return render(request, "intake/_import_state.html" if part else "intake/import_detail.html", context)


@require_POST
@permission_required("import_files")
def confirm_import(request, job_id):
    job = _job(request, job_id)
    _queue(request, confirm([job]))
    return redirect("import_detail", request.organization.slug, job.pk)


@require_POST
@permission_required("import_files")
def confirm_waiting(request):
    """Confirm every upload that waits, oldest first."""
    waiting = ImportJob.objects.open_to(request.membership).filter(state=State.UPLOADED).order_by("pk")
    queued = _queue(request, confirm(waiting))
    messages.success(
        request,
        ngettext("%(count)s file is queued.", "%(count)s files are queued.", queued) % {"count": queued},
    )
    return redirect("import_list", request.organization.slug)


@require_POST
@permission_required("import_files")
def cancel_import(request, job_id):
    job = _job(request, job_id)
    if cancel(job):
        messages.success(request, _("%(name)s was not imported.") % {"name": job.name})
        return redirect("import_list", request.organization.slug)
    return redirect("import_detail", request.organization.slug, job.pk)


@require_GET
@permission_required("import_files")
def refused_rows(request, job_id):
    """The refused rows as a CSV file, reasons in the reader's language."""
    job = _job(request, job_id)
    rows = sentences(job)
    record_export(request, f"import-{job.pk}.rejected", "csv", len(rows), file=job.name)
    table = refused_rows_csv(rows, (_("row"), _("column"), _("reason")))
    headers = {"Content-Disposition": f'attachment; filename="import-{job.pk}.rejected.csv"'}
    return HttpResponse(table, content_type="text/csv; charset=utf-8", headers=headers)


def _job(request, job_id: int) -> ImportJob:
    jobs = ImportJob.objects.open_to(request.membership).select_related("store", "created_by")
    return get_object_or_404(jobs, pk=job_id)


def _queue(request, job_ids: list[int]) -> int:
    organization_id = request.organization.pk
    for job_id in job_ids:
        # If the broker does not answer, the next beat finds the queued job in the database.
        transaction.on_commit(lambda job_id=job_id: run_import.delay(organization_id, job_id), robust=True)
    return len(job_ids)
