"""How often one person, and one address, may ask for what costs much. settings.REQUEST_LIMITS says what and how often.

Counts live in the cache in fixed windows: at most twice the limit comes through around a window's end. A cache that
does not answer lets everything through, because figures must not depend on it; the log says so.
"""

import hashlib
import logging
import math
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from redis.exceptions import RedisError

from tenants.origin import client_address

# People of one office share an address.
ADDRESS_FACTOR = 5
logger = logging.getLogger(__name__)


class LimitMiddleware:
    """Before OrganizationMiddleware, which answers the view."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        kind = kind_of(request)
        if kind is None:
            return None
        wait = seconds_to_wait(request, kind, kwargs.get("organization", ""))
        return refused(request, wait) if wait else None


def kind_of(request: HttpRequest) -> str | None:
    """The kind of settings.REQUEST_LIMITS this request counts as, None for what costs little."""
    name = request.resolver_match.url_name
    if "file" in request.GET or name in settings.EXPORT_PAGES:
        return "exports"
    if request.method == "POST" and name in settings.UPLOAD_PAGES:
        return "uploads"
    if name in settings.INGEST_PAGES:
        return "ingest"
    return "pages" if name in settings.COSTLY_PAGES else None


def seconds_to_wait(request: HttpRequest, kind: str, organization: str) -> int:
    """Count the request; 0, or how long until the window in which it is one too many ends."""
    limit, seconds = settings.REQUEST_LIMITS[kind]
    window, passed = divmod(time.time(), seconds)
    allowed = {
        _key(kind, window, organization, _who(request)): limit,
        _key(kind, window, "", f"address {client_address(request)}"): limit * ADDRESS_FACTOR,
    }
    try:
        over = [key for key, most in allowed.items() if _count(key, seconds) > most]
    except RedisError:
        logger.warning("the cache does not answer: requests are not counted", exc_info=True)
        return 0
    return math.ceil(seconds - passed) if over else 0


def refused(request: HttpRequest, wait: int) -> HttpResponse:
    """429 with Retry-After, as a page or for programs."""
    if "/api/" in request.path:
        response = JsonResponse({"detail": gettext("Too many requests: wait a little.")}, status=429)
    else:
        response = render(request, "429.html", {"wait": wait}, status=429)
    response.headers["Retry-After"] = str(wait)
    return response


def _count(key: str, seconds: int) -> int:
    if cache.add(key, 1, seconds + 1):
        return 1
    try:
        return cache.incr(key)
    except ValueError:
        # The window ended between the two.
        return 1


def _who(request: HttpRequest) -> str:
    """Whom the request counts for: the member, or the connector's key; never the key itself."""
    shown = request.headers.get("Authorization", "")
    if shown:
        return "key " + hashlib.sha256(shown.encode()).hexdigest()[:16]
    if request.user.pk is None:
        # An address that needs no signing in, such as a calendar's.
        return f"address {client_address(request)}"
    return f"member {request.user.pk}"


def _key(kind: str, window: float, organization: str, who: str) -> str:
    # Addresses may hold what a cache key may not.
    return "limit:" + hashlib.sha256(f"{organization}|{kind}|{window}|{who}".encode()).hexdigest()
