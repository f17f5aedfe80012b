"""Who may do what. One decorator for pages; API views name the same roles."""

from functools import wraps

from django.core.exceptions import PermissionDenied

from tenants.models import Role

OWNER, SUPERVISOR, AGENT = Role.OWNER, Role.SUPERVISOR, Role.AGENT
LEADS = (OWNER, SUPERVISOR)
EVERYBODY = (OWNER, SUPERVISOR, AGENT)


def role_required(*roles: str):
    """Only members with one of these roles; others get 403. Strangers never come here: 404 before."""

    def decorate(view):
        @wraps(view)
        def checked(request, *args, **kwargs):
            if request.membership is None or request.membership.role not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        checked.roles = roles
        return checked

    return decorate
