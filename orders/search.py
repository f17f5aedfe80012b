"""Finding orders by a receiver's exact phone or name, without anything in the table that can be read."""

import re
import unicodedata

from django.db.models import Q, QuerySet

from orders.models import Order
from tenants.encryption import search_hash

# International prefixes of the countries sold to, and what a number begins with there instead.
_PREFIXES = {"0086": "", "86": "", "00886": "0", "886": "0", "0084": "0", "84": "0", "0060": "0", "60": "0"}
_LONGEST_NATIONAL = {"": 11, "0": 10}


def normalized_phone(phone: str) -> str:
    """Digits as dialled within the country: `+86 138-1234-1234` and `13812341234` are the same phone."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", phone))
    for prefix, trunk in _PREFIXES.items():
        rest = digits.removeprefix(prefix)
        if (
            rest != digits
            and 8 <= len(rest.lstrip("0")) <= _LONGEST_NATIONAL[trunk]
            and not (trunk == "" and len(rest) != 11)
        ):
            return trunk + rest.lstrip("0")
    return digits


def normalized_name(name: str) -> str:
    """A name without blanks, full-width forms and case."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name)).casefold()


def phone_hash(organization_id: int, phone: str) -> bytes | None:
    """What orders_order.phone_hash holds for this phone; None where there is no digit in it."""
    digits = normalized_phone(phone)
    return search_hash(organization_id, "phone", digits) if digits else None


def name_hash(organization_id: int, name: str) -> bytes | None:
    """What orders_order.name_hash holds for this name; None for a blank one."""
    plain = normalized_name(name)
    return search_hash(organization_id, "name", plain) if plain else None


def orders_of_receiver(organization_id: int, phone: str = "", name: str = "") -> QuerySet[Order]:
    """Orders sent to exactly this phone and this name (of those given), latest first; none if neither is given."""
    wanted = {
        "phone_hash": phone_hash(organization_id, phone),
        "name_hash": name_hash(organization_id, name),
    }
    given = {column: value for column, value in wanted.items() if value is not None}
    return Order.objects.filter(Q(**given) if given else Q(pk=None)).order_by("-created_at", "-pk")
