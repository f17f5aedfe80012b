"""What every template may know of the place it is shown in."""


def workplace(request) -> dict:
    """`organization`, `membership`, `role`: None outside an organization."""
    membership = getattr(request, "membership", None)
    return {
        "organization": getattr(request, "organization", None),
        "membership": membership,
        "role": membership.role if membership else None,
    }
