"""The owner's pages of trust: the audit trail, and what keeps the organization's data safe."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tenants.access import permission_required
from tenants.audit import record_export
from tenants.audit_page import AuditFilters, as_csv, people, tell, verbs
from tenants.history_page import events_of, in_words, kind_names
from tenants.trust import trust_facts

ENTRIES_PER_PAGE = 50


@require_GET
@never_cache
@permission_required("see_audit_trail")
def audit_trail(request):
    """Who did what, when and from where, newest first; ?file=csv gives what is chosen as a file."""
    filters = AuditFilters(request.GET)
    entries = filters.chosen()
    if request.GET.get("file") == "csv":
        return _file(request, filters, entries)
    page = Paginator(entries, ENTRIES_PER_PAGE).get_page(request.GET.get("page"))
    tell(page)
    context = {"filters": filters, "page": page, "people": people(), "verbs": verbs()}
    part = request.htmx and not request.htmx.boosted
    return render(request, "tenants/_audit_entries.html" if part else "tenants/audit_trail.html", context)


def _file(request, filters, entries) -> HttpResponse:
    content, count = as_csv(entries)
    chosen = {name: value for name, value in filters.cleaned_data.items() if value}
    record_export(request, "audit-trail", "csv", count, chosen=chosen)
    headers = {"Content-Disposition": 'attachment; filename="audit-trail.csv"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


@require_GET
@never_cache
@permission_required("see_audit_trail")
def audit_history(request):
    """Every state of the rows of ?kind= (of one row: ?of=), as the database's triggers kept it."""
    names = dict(kind_names())
    kind = request.GET.get("kind") or next(iter(names))
    if kind not in names:
        raise Http404
    events = events_of(kind, request.GET.get("of", ""))
    page = Paginator(events, ENTRIES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "kind": kind,
        "kind_name": names[kind],
        "kinds": names.items(),
        "page": page,
        "told": in_words(page),
    }
    return render(request, "tenants/audit_history.html", context)


@require_GET
@never_cache
@permission_required("see_trust_page")
def trust(request):
    """Whether what protects the organization's data is in order, found out at this moment."""
    return render(request, "tenants/trust.html", trust_facts())
