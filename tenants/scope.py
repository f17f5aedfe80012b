"""The only door to an organization's rows."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

ORGANIZATION, USER = "app.organization_id", "app.user_id"
# Read by the triggers of tenants/history.py.
ACTING = "pghistory.context_metadata"
_SET = "SELECT set_config(%s, %s, true), set_config(%s, %s, true)"


@contextmanager
def organization_scope(organization_id: int, acting: str | None = None) -> Iterator[None]:
    """Open a transaction in which row-level security shows only this organization's rows.

    acting: `tenants.history.acting` of the request that opens it; None: whoever opened the outer one, or nobody.
    Scopes may nest; the outer one is restored. No network calls inside: it holds a transaction.
    """
    with _setting(ORGANIZATION, organization_id, acting):
        yield


@contextmanager
def user_scope(user_id: int) -> Iterator[None]:
    """Open a transaction in which a person's own memberships, and the organizations of them, are visible."""
    with _setting(USER, user_id):
        yield


@contextmanager
def _setting(name: str, value: int, acting: str | None = None) -> Iterator[None]:
    # A transaction of its own begins without settings and takes them away when it ends: nothing to give back.
    alone = connection.get_autocommit() and not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if alone:
            cursor.execute(_SET, [name, str(value), ACTING, acting or ""])
            yield
            return
        cursor.execute("SELECT current_setting(%s, true), current_setting(%s, true)", [name, ACTING])
        outer, outer_acting = (setting or "" for setting in cursor.fetchone())
        cursor.execute(_SET, [name, str(value), ACTING, outer_acting if acting is None else acting])
        yield
        # An error needs no restoring: it rolls the settings back with the transaction (or savepoint).
        cursor.execute(_SET, [name, outer, ACTING, outer_acting])


def organization_id_of(slug: str) -> int | None:
    """The id behind a slug, or None. Through a SECURITY DEFINER function: the table itself is protected."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT organization_id_of(%s)", [slug])
        return cursor.fetchone()[0]


def organization_ids() -> list[int]:
    """Every organization's id, for jobs that fan out. Through a SECURITY DEFINER function."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM organization_ids()")
        return [row[0] for row in cursor.fetchall()]
