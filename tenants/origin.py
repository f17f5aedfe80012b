"""Where a request comes from."""

import ipaddress

from django.conf import settings

# A request over a Unix socket, or one made by the program itself, has no address.
UNKNOWN = "0.0.0.0"
# What a browser calls itself, the telling one first: nearly all say Chrome and Safari as well.
_BROWSERS = {
    "MicroMessenger": "WeChat", "DingTalk": "DingTalk", "Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox",
    "Chrome": "Chrome", "Safari": "Safari",
}  # fmt: skip
_SYSTEMS = {
    "Windows": "Windows", "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Mac OS": "macOS",
    "Linux": "Linux",
}  # fmt: skip


def client_address(request) -> str:
    """The address a request comes from, as text; `0.0.0.0` if it has none.

    Behind a proxy (BEHIND_PROXY) it is what the proxy wrote last in X-Forwarded-For: whatever stands before
    that was sent by the client and may be invented.
    """
    told = request.META.get("REMOTE_ADDR") or UNKNOWN
    if settings.BEHIND_PROXY:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        told = forwarded or told
    try:
        return str(ipaddress.ip_address(told))
    except ValueError:
        return UNKNOWN


def browser_in_words(user_agent: str) -> str:
    """`Chrome · Windows`, as far as the browser's own words tell; else the words themselves."""
    told = [
        next((name for mark, name in names.items() if mark in user_agent), "")
        for names in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(filter(None, told)) or user_agent
