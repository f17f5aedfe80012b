"""Remarks as everybody may see them: the receiver's data and whatever else looks personal is hidden."""

from collections.abc import Sequence

from orders.models import Order
from orders.remark_formats import Format
from orders.remark_seals import Contents
from tenants.masking import masked_address, masked_name, masked_phone, masked_text

_MASKS = {"receiver_name": masked_name, "receiver_phone": masked_phone, "receiver_address": masked_address}


class RemarkMask:
    """Hides what is known of one order's receiver, and the names its remarks give, in any text about the order."""

    def __init__(self, order: Order, fmt: Format | None = None, said: Sequence[Contents] = ()):
        known = {text: mask(text) for column, mask in _MASKS.items() if (text := order.decrypted(column))}
        names = {
            contents.fields.get(one.key)
            for one in (fmt.fields if fmt else ())
            if one.personal
            for contents in said
        }
        known |= {name: masked_name(name) for name in names if name}
        # The longest first: a name may be part of an address.
        self.known = sorted(known.items(), key=lambda pair: -len(pair[0]))

    def text(self, text: str | None) -> str:
        """The text with personal data hidden; "" for none."""
        text = text or ""
        for value, mask in self.known:
            text = text.replace(value, mask)
        return masked_text(text)

    def contents(self, contents: Contents) -> Contents:
        """The same of a version: texts of its fields; sizes and days stay."""
        fields = {
            key: self.text(value) if isinstance(value, str) else value
            for key, value in contents.fields.items()
        }
        return Contents(fields, self.text(contents.text))
