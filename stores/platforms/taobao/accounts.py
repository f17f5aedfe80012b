"""Names in Taobao chats: who is the shop, who the buyer."""

from typing import NamedTuple

_SITE = "cntaobao"


def bare_name(printed: str) -> str:
    """The account's name without the site the client may put before it."""
    return printed.strip().removeprefix(_SITE)


class Shop(NamedTuple):
    """The shop a chat log was exported from. seat: the exporting account, `店铺` or `店铺:子账号`."""

    seat: str

    @property
    def main_account(self) -> str:
        return self.seat.partition(":")[0]

    def seat_of(self, sender: str) -> str | None:
        """The seat that `sender` is, or None for a buyer. A colleague of the shop is a seat of its own."""
        if sender == self.seat.partition(":")[2]:
            return self.seat
        belongs = sender in (self.seat, self.main_account) or sender.startswith(f"{self.main_account}:")
        return sender if belongs else None


def buyer_fields(name: str) -> tuple[str | None, str | None]:
    """(buyer, masked buyer) of a name as printed; newer clients mask it (`t******7`)."""
    return (None, name) if "*" in name else (name, None)
