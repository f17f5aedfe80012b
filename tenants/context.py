"""What every template may know of the place it is shown in."""

from tenants.permissions import all_allowed


def workplace(request) -> dict:
    """`organization`, `membership`, `role`: None outside an organization; `can`: {permission: bool};
    `memberships`: all of the person's, known inside an organization only."""
    membership = getattr(request, "membership", None)
    return {
        "organization": getattr(request, "organization", None),
        "membership": membership,
        "role": membership.role if membership else None,
        "can": all_allowed(membership),
        "memberships": getattr(request, "memberships", []),
    }
