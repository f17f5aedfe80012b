"""A member's own notices: the bell, the page with all of them, and whether they come by e-mail too."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.http import quote_etag
from django.views.decorators.http import require_GET, require_POST

from team.notice_models import NoticeChoice
from team.notices import kind_in_words, mark_read, notices_of, unread_of, words
from tenants.access import permission_required

ROWS_PER_PAGE = 50


@require_GET
@permission_required("see_notices")
def notice_list(request):
    """All notices, newest first, or the unread ones."""
    notices = notices_of(request.user.pk)
    only_unread = request.GET.get("show") == "unread"
    page = Paginator(notices.filter(read_at=None) if only_unread else notices, ROWS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    for notice in page:
        notice.words, notice.about = words(notice.text, notice.params), kind_in_words(notice.kind)
    return render(
        request,
        "team/notice_list.html",
        {
            "page": page,
            "only_unread": only_unread,
            "unread": unread_of(request.user.pk),
            "by_mail": NoticeChoice.objects.filter(user=request.user, by_mail=True).exists(),
        },
    )


@require_GET
@permission_required("see_notices")
def notice_bell(request):
    """The bell with the number of unread notices, for every page to ask for; 304 while it is the same."""
    unread = unread_of(request.user.pk)
    etag = quote_etag(f"{unread.newest}-{unread.count}-{translation.get_language()}")
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        response = render(request, "team/_notice_bell.html", {"unread": unread})
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Cookie"])
    return response


@require_GET
@permission_required("see_notices")
def notice_open(request, notice_id: int):
    """To the matter itself; the notice counts as read from then on."""
    notice = get_object_or_404(notices_of(request.user.pk), pk=notice_id)
    mark_read(request.user.pk, timezone.now(), only=notice.pk)
    if notice.link:
        return redirect(notice.link)
    return redirect("notice_list", request.organization.slug)


@require_POST
@permission_required("see_notices")
def read_notices(request):
    """Mark read what the page showed: `up_to` names the newest notice on it."""
    up_to = request.POST.get("up_to", "")
    if up_to.isascii() and up_to.isdecimal() and len(up_to) < 10:
        mark_read(request.user.pk, timezone.now(), up_to=int(up_to))
    return redirect("notice_list", request.organization.slug)


@require_POST
@permission_required("see_notices")
def choose_notices(request):
    """Whether notices come by e-mail too, from the next one on."""
    by_mail = request.POST.get("by_mail") == "1"
    NoticeChoice.objects.update_or_create(
        organization=request.organization, user=request.user, defaults={"by_mail": by_mail}
    )
    if not by_mail:
        notices_of(request.user.pk).filter(mail_at__isnull=False).update(mail_at=None)
    return redirect("notice_list", request.organization.slug)
