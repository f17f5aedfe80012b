"""Automatic replies that a platform's files do not mark, recognised by the store's own list."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Max

from conversations.models import Message
from stores.models import Store

# A person does not answer within so few seconds, again and again in the same words.
ROBOT_SECONDS = 2


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
            f"({text} = ANY(%s::text[]) OR {seat} = ANY(%s::text[])"
            f" OR EXISTS (SELECT 1 FROM unnest(%s::text[]) AS p WHERE starts_with({text}, p)))",
            [list(self.exact), list(self.senders), list(self.prefixes)],
        )


class Proposal(NamedTuple):
    """A text that looks automatic: how often it came within 2 s of a buyer's message, of how often at all."""

    text: str
    quick: int
    total: int


def propose_automatic_texts(store: Store, days: int = 30, at_least: int = 5) -> list[Proposal]:
    """Texts not marked automatic that repeat within 2 s of an `in`, most frequent first; at most 20.

    Looks at the last `days` of the store's messages. Reads messages: for the settings page, when asked.
    """
    last = Message.objects.filter(store=store).aggregate(last=Max("sent_at"))["last"]
    if last is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT text, count(*) FILTER (WHERE before = 0 AND gap <= %(robot)s) AS quick, count(*)
            FROM (
                SELECT kind, text, lag(kind) OVER w AS before, sent_at - lag(sent_at) OVER w AS gap
                FROM conversations_message WHERE store_id = %(store)s AND sent_at >= %(since)s
                WINDOW w AS (PARTITION BY buyer_id ORDER BY sent_at, kind, message_id)
            ) AS m
            WHERE kind = 1 GROUP BY text
            HAVING count(*) FILTER (WHERE before = 0 AND gap <= %(robot)s) >= %(at_least)s
            ORDER BY quick DESC, text LIMIT 20
            """,
            {
                "store": store.pk,
                "since": last - timedelta(days=days),
                "robot": timedelta(seconds=ROBOT_SECONDS),
                "at_least": at_least,
            },
        )
        return [Proposal(*row) for row in cursor.fetchall()]
