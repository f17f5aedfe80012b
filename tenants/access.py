"""Who may open a page. What each role may do stands in tenants/permissions.py."""

from functools import wraps

from django.core.exceptions import PermissionDenied

from tenants.permissions import PERMISSIONS, allowed

READING = ("GET", "HEAD", "OPTIONS")


def permission_required(name: str, change: str | None = None):
    """Only members who may do `name`; others get 403. Strangers never come here: 404 before.

    change: what a request that is not only reading needs besides. Who lacks it gets the page with
    `request.read_only` set, which base.html shows without anything to press.
    """
    if unknown := {name, change or name} - set(PERMISSIONS):
        raise ValueError(f"no such permission: {', '.join(sorted(unknown))}")

    def decorate(view):
        @wraps(view)
        def checked(request, *args, **kwargs):
            may_change = change is None or allowed(request.membership, change)
            if not allowed(request.membership, name) or not (may_change or request.method in READING):
                raise PermissionDenied
            request.read_only = not may_change
            return view(request, *args, **kwargs)

        checked.permission, checked.change = name, change
        return checked

    return decorate
