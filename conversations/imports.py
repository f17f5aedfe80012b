"""Writing chats. Idempotent by message id (or session id); see stores/imports.py for the rules of the house."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from conversations.automatic import AutomaticTexts
from conversations.models import Kind
from conversations.resolve import resolve_masked_buyers
from stores.imports import Written, buyer_ids, forget_erased, log_changes, seat_ids, upsert
from stores.models import Store
from stores.platforms.records import IN, MessageRecord, SessionRecord
from stores.staging import escaped, stage, stage_lines

# How both marks of one batch are logged: who wrote, and on which seats (for chasers and exported sessions).
MARKS = """
    SELECT buyer_id, NULL::integer, min(sent_at), max(sent_at) FROM {source} GROUP BY buyer_id
    UNION ALL
    SELECT NULL, seat_id, min(sent_at), max(sent_at) FROM {source} GROUP BY seat_id
"""


def write_messages(
    store: Store, records: Sequence[tuple[int, MessageRecord]], as_of: datetime | None = None
) -> Written:
    """Take in messages that all have an id. A message seen before is only changed where the source now differs."""
    messages = [record for _, record in records]
    buyers = buyer_ids(store, {m.buyer for m in messages if m.buyer is not None})
    masked = buyer_ids(store, {m.masked_buyer for m in messages if m.buyer is None}, masked=True)
    seats = seat_ids(store, {m.seat for m in messages})
    automatic = AutomaticTexts(store.auto_texts)
    lines = []
    for m in messages:
        buyer_id = masked[m.masked_buyer] if m.buyer is None else buyers[m.buyer]
        if m.direction == IN:
            kind = 0
        elif m.auto:
            kind = 2
        else:
            kind = 3 if automatic and automatic.match(m.seat, m.text) else 1
        lines.append(
            f"{escaped(m.message_id)}\t{buyer_id}\t{'f' if m.buyer is None else 't'}\t{seats[m.seat]}\t{kind}"
            f"\t{m.sent_at.isoformat()}\t{escaped(m.text)}\t{len(lines)}"
        )
    with connection.cursor() as cursor:
        stage_lines(
            cursor,
            "staged",
            'message_id text COLLATE "C", buyer_id integer, known boolean, seat_id integer, kind smallint,'
            " sent_at timestamptz, text text, row integer",
            lines,
            analyze=False,
        )
        forget_erased(cursor, store, {"text": "''"}, "sent_at")
        new, changed = _take_in(cursor, store, [m.message_id for m in messages])
    if masked:
        resolve_masked_buyers(store)
    return Written(new, changed, len(lines) - new - changed, [])


def _take_in(cursor, store: Store, ids: Sequence[str]) -> tuple[int, int]:
    """Bring the table `staged` into the messages; how many were new, and how many changed."""
    again = _comes_again(cursor, store)
    if not again and _insert_all(cursor, store):
        return len(ids), 0
    stored = [store.pk, min(ids), max(ids)]
    cursor.execute("ANALYZE staged (message_id)")
    if again and _brings_nothing(cursor, stored):
        return 0, 0
    return _insert_new(cursor, store, stored), _update_changed(cursor, store, stored)


# Whether a staged row `s` says something else than the stored message `m`. A resolved buyer is not masked again.
DIFFERS = """
    ((m.seat_id, m.kind, m.sent_at, m.text) IS DISTINCT FROM (s.seat_id, s.kind, s.sent_at, s.text)
        OR (s.known AND m.buyer_id <> s.buyer_id))
"""


def _comes_again(cursor, store: Store) -> bool:
    """Whether known messages are among the first staged ones: a file imported again, or one that overlaps."""
    # An array, not a join: 200 look-ups in the key, however large the table and whatever is known of it.
    cursor.execute(
        "SELECT EXISTS (SELECT 1 FROM conversations_message m WHERE m.store_id = %s"
        " AND m.message_id = ANY(ARRAY(SELECT message_id FROM staged LIMIT 200)))",
        [store.pk],
    )
    return cursor.fetchone()[0]


# The stored message of a staged row `s`, and the bounds of what can be meant. Ids mostly rise with time: then a chunk
# is compared with its own part of the store. As literals, the planner can tell whether they help.
STORED = "m.store_id = %s AND m.message_id = s.message_id AND m.message_id BETWEEN %s AND %s"
COLUMNS = "buyer_id, seat_id, sent_at, kind, message_id, text"


def _brings_nothing(cursor, stored: Sequence) -> bool:
    """Whether every staged message is stored as it stands: the commonest case of a file that comes again."""
    # Counted, not EXISTS: for a first row alone the planner may search the whole store once for each message.
    cursor.execute(
        f"SELECT count(*) = 0 FROM staged s LEFT JOIN conversations_message m ON {STORED}"
        f" WHERE m.message_id IS NULL OR {DIFFERS}",
        stored,
    )
    return cursor.fetchone()[0]


def _insert_all(cursor, store: Store) -> bool:
    """Insert every staged message, if none is stored or staged twice; whether it went well."""
    try:
        # Without looking at each key first, and twice as fast: most chunks are new from end to end.
        with transaction.atomic():
            cursor.execute(
                f"INSERT INTO conversations_message (organization_id, store_id, {COLUMNS})"
                f" SELECT %s, %s, {COLUMNS} FROM staged",
                [store.organization_id, store.pk],
            )
    except IntegrityError:
        return False
    log_changes(cursor, store, MARKS.format(source="staged"))
    return True


def _insert_new(cursor, store: Store, stored: Sequence) -> int:
    # Looking first is twice as fast as running into the unique key, which stays for what others insert meanwhile.
    cursor.execute(
        f"""
        WITH inserted AS (
            INSERT INTO conversations_message (organization_id, store_id, {COLUMNS})
            SELECT %s, %s, {COLUMNS} FROM staged s
            WHERE NOT EXISTS (SELECT 1 FROM conversations_message m WHERE {STORED})
            ON CONFLICT (organization_id, store_id, message_id) DO NOTHING
            RETURNING buyer_id, seat_id, sent_at
        ), marked AS (
            INSERT INTO stores_change (organization_id, store_id, buyer_id, seat_id, since, until)
            SELECT %s, %s, q.* FROM ({MARKS.format(source="inserted")}) q
        )
        SELECT count(*) FROM inserted
        """,
        [store.organization_id, store.pk, *stored, store.organization_id, store.pk],
    )
    return cursor.fetchone()[0]


def _update_changed(cursor, store: Store, stored: Sequence) -> int:
    """Correct messages the source prints differently now."""
    cursor.execute("DROP TABLE IF EXISTS corrected")
    cursor.execute(
        f"""
        CREATE TEMPORARY TABLE corrected ON COMMIT DROP AS
        SELECT s.message_id, CASE WHEN s.known THEN s.buyer_id ELSE m.buyer_id END AS buyer_id, s.seat_id, s.kind,
            s.sent_at, s.text, m.buyer_id AS old_buyer_id, m.seat_id AS old_seat_id, m.sent_at AS old_sent_at
        FROM (SELECT DISTINCT ON (message_id) * FROM staged ORDER BY message_id, row DESC) s
        JOIN conversations_message m ON {STORED}
        WHERE {DIFFERS}
        """,
        stored,
    )
    cursor.execute(
        "UPDATE conversations_message m SET buyer_id = c.buyer_id, seat_id = c.seat_id, kind = c.kind,"
        " sent_at = c.sent_at, text = c.text FROM corrected c WHERE m.store_id = %s AND m.message_id = c.message_id",
        [store.pk],
    )
    changed = cursor.rowcount
    if changed:
        both = (
            "(SELECT buyer_id, seat_id, sent_at FROM corrected UNION ALL"
            " SELECT old_buyer_id, old_seat_id, old_sent_at FROM corrected) AS both_times"
        )
        log_changes(cursor, store, MARKS.format(source=both))
    return changed


def write_sessions(
    store: Store, records: Sequence[tuple[int, SessionRecord]], as_of: datetime | None = None
) -> Written:
    """Take in sessions as a platform exports them; they also tell who a masked buyer was."""
    buyers = buyer_ids(store, {r.buyer for _, r in records})
    seats = seat_ids(store, {r.seat for _, r in records})
    columns = ("buyer_id", "seat_id", "started_at", "ended_at", "buyer_messages", "agent_messages", "invited")
    columns += ("rating", "transferred_to")
    with connection.cursor() as cursor:
        stage(
            cursor,
            "staged",
            'session_id text COLLATE "C", buyer_id integer, seat_id integer, started_at timestamptz, ended_at'
            " timestamptz, buyer_messages integer, agent_messages integer, invited boolean, rating smallint,"
            " transferred_to text, row bigint",
            [
                (
                    r.session_id,
                    buyers[r.buyer],
                    seats[r.seat],
                    r.started_at,
                    r.ended_at,
                    r.buyer_messages,
                    r.agent_messages,
                    r.invited,
                    r.rating,
                    r.transferred_to,
                    row,
                )
                for row, r in records
            ],
        )
        log_changes(
            cursor,
            store,
            "SELECT s.buyer_id, NULL::integer, min(s.started_at), max(s.started_at) FROM staged s GROUP BY 1 UNION ALL"
            " SELECT e.buyer_id, NULL, min(e.started_at), max(e.started_at) FROM conversations_exportedsession e"
            " JOIN staged s USING (session_id) WHERE e.store_id = %s AND e.buyer_id <> s.buyer_id GROUP BY 1",
            [store.pk],
        )
        written = upsert(
            cursor,
            store,
            "conversations_exportedsession",
            keys=("session_id",),
            columns=columns,
            fill=f"SELECT DISTINCT ON (session_id) session_id, {', '.join(columns)} FROM staged"
            " ORDER BY session_id, row DESC",
            defaults={"transferred_to": "''"},
            read=len(records),
        )
    resolve_masked_buyers(store)
    return written


def remark_automatic(store: Store) -> int:
    """Judge every stored human or automatic message again by the store's auto texts; returns how many changed.

    Messages the file itself marked stay as they are, and those of erased buyers, whose text is gone. The caller logs the store as changed.
    """
    automatic = AutomaticTexts(store.auto_texts)
    condition, params = automatic.as_sql("s.name", "m.text")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE conversations_message m
            SET kind = CASE WHEN {condition} THEN {Kind.AUTO_BY_TEXT} ELSE {Kind.HUMAN} END
            FROM team_seat s
            WHERE m.store_id = %s AND s.id = m.seat_id AND m.kind IN ({Kind.HUMAN}, {Kind.AUTO_BY_TEXT})
                AND (m.kind = {Kind.AUTO_BY_TEXT}) <> ({condition})
                AND NOT EXISTS (SELECT 1 FROM stores_erasedbuyer e WHERE e.store_id = m.store_id
                    AND e.buyer_id = m.buyer_id AND m.sent_at <= e.erased_at)
            """,
            [*params, store.pk, *params],
        )
        return cursor.rowcount
