"""Response headers that tell the browser what a page of ours may do, set on every answer."""

# Scripts and styles come from our own files only: none in the page, none made from text. What places itself (charts,
# popovers) does so through the style object of a script, which the policy does not concern.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        # Tabler's style sheet draws arrows and check marks from data addresses.
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
PERMISSIONS_POLICY = ", ".join(
    (
        *(f"{name}=()" for name in (
            "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation",
            "gyroscope", "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "usb",
            "xr-spatial-tracking",
        )),
        # Passkeys.
        "publickey-credentials-create=(self)",
        "publickey-credentials-get=(self)",
    )
)  # fmt: skip


class HeadersMiddleware:
    """First after Django's own SecurityMiddleware, which sets the other headers."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response
