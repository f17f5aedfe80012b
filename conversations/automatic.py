"""Automatic replies that a platform's files do not mark, recognised by the store's own list."""

from collections.abc import Sequence


class AutomaticTexts:
    """items: [{"kind": "exact" | "prefix" | "sender", "text": …}] as Store.auto_texts holds them."""

    def __init__(self, items: Sequence[dict]):
        self.exact = {i["text"] for i in items if i["kind"] == "exact"}
        self.prefixes = tuple(i["text"] for i in items if i["kind"] == "prefix")
        self.senders = {i["text"] for i in items if i["kind"] == "sender"}

    def __bool__(self) -> bool:
        return bool(self.exact or self.prefixes or self.senders)

    def match(self, seat: str, text: str) -> bool:
        """Whether a message written from `seat` with `text` is an automatic reply."""
        return text in self.exact or text.startswith(self.prefixes) or seat in self.senders

    def as_sql(self, seat: str, text: str) -> tuple[str, list]:
        """The same test as an SQL condition over two column names, and its parameters."""
        return (
            f"({text} = ANY(%s) OR {seat} = ANY(%s)"
            f" OR EXISTS (SELECT 1 FROM unnest(%s) AS p WHERE starts_with({text}, p)))",
            [list(self.exact), list(self.senders), list(self.prefixes)],
        )
