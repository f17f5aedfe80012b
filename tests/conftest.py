"""Servers, database and cast of every test: real PostgreSQL under row-level security, real Valkey.

Every process that runs tests starts throw-away servers of its own: readers of the change log go up to the oldest
transaction of the whole server, and would wait for another process's. This must happen before Django's settings
are read, so it is at the top of the module.
"""

import atexit
import os
import shutil
from contextlib import contextmanager
from pathlib import Path

from tests.migrated import restore, start_migrating


def _start_servers() -> None:
    from config.servers import start_throwaway, stop_throwaway

    for name in ("DATABASE_URL", "MIGRATE_DATABASE_URL", "BACKUP_DATABASE_URL", "REDIS_URL", "VAR_DIR"):
        os.environ.pop(name, None)
    var_dir = start_throwaway()
    os.environ["VAR_DIR"] = str(var_dir)
    atexit.register(stop_throwaway, var_dir)


_start_servers()
os.environ.update(
    DJANGO_SETTINGS_MODULE="config.settings",
    PASSWORD_HASHER="django.contrib.auth.hashers.MD5PasswordHasher",
    DJANGO_ALLOW_ASYNC_UNSAFE="1",  # the browser driver runs an event loop in the test's thread
    # All tests come from one address within a minute; tests/tenants/test_limits.py sets its own limits.
    **{f"LIMIT_{kind}": "1000000/60" for kind in ("PAGES", "EXPORTS", "UPLOADS", "INGEST")},
)

import django  # noqa: E402
import psycopg2  # noqa: E402
import pytest  # noqa: E402
from django.conf import settings as of_the_run  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

django.setup()
# As above: allauth counts sign-ins and the like by address; tests/tenants/test_accounts.py counts them again.
of_the_run.ACCOUNT_RATE_LIMITS = of_the_run.MFA_RATE_LIMITS = False
(Path(os.environ["VAR_DIR"]) / "static").mkdir(exist_ok=True)


def pytest_configure(config):
    if getattr(config.option, "numprocesses", None):
        # Workers inherit the environment: the settings must not be read before a worker has named its servers.
        os.environ.pop("DJANGO_SETTINGS_MODULE", None)
        start_migrating()


def pytest_collection_modifyitems(items):
    """Those without a database first, while one is migrated; then the longest: the workers end together."""
    longest = ("test_access.py", "test_benchmarks.py", "test_golden_files.py", "test_dump.py")

    def turn(item) -> int:
        needs = "django_db_setup" in item.fixturenames or item.get_closest_marker("django_db")
        return 0 if not needs else 1 if item.path.name in longest else 2

    items.sort(key=turn)


@pytest.fixture(scope="session")
def django_db_setup():
    """This process's database: a copy of the migrated one, with its owners and grants."""
    restore(superuser_of_the_tests())


# The superuser is bound by no policy and, as a replica, sets off no trigger. Truncating would write every index of
# two hundred tables anew; the locks wait, as it does, for whoever still writes.
EMPTY = """
DO $$
DECLARE
    tables oid[] := ARRAY(
        SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
            AND c.relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission'));
    one oid;
    found boolean;
BEGIN
    EXECUTE (SELECT 'LOCK TABLE ' || string_agg(t::regclass::text, ', ') FROM unnest(tables) AS t);
    FOREACH one IN ARRAY tables LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one::regclass) INTO found;
        IF found THEN
            EXECUTE format('DELETE FROM %s', one::regclass);
        END IF;
    END LOOP;
    PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence
        WHERE pg_sequence_last_value(seqrelid) IS NOT NULL AND seqrelid NOT IN (SELECT pg_get_serial_sequence(kept, 'id')
            ::regclass FROM unnest(ARRAY['django_migrations', 'django_content_type', 'auth_permission']) AS kept);
END $$
"""


def superuser_of_the_tests() -> str:
    from config.servers import superuser_address
    from tenants.backup import other_database

    return other_database(superuser_address(), "kefudesk")


def emptied() -> None:
    """Every table is empty, every sequence at its start: as after migrating."""
    connection = psycopg2.connect(superuser_of_the_tests(), options="-c session_replication_role=replica")
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(EMPTY)
        # Rows that are gone are read over until somebody cleans up: where they are many, at once.
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT string_agg(oid::regclass::text, ', ') FROM pg_class WHERE relkind = 'r'"
                " AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 2^20"
            )
            (large,) = cursor.fetchone()
            if large:
                cursor.execute(f"VACUUM {large}")
    finally:
        connection.close()


@contextmanager
def really_committed(blocker):
    from django.db import connections

    with blocker.unblock():
        yield
        for connection in connections.all():
            connection.close()
        emptied()


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """Real commits, for tests with workers, other processes or the change log. Everything is emptied after."""
    with really_committed(django_db_blocker):
        yield


@pytest.fixture(scope="module")
def committed_for_all(django_db_setup, django_db_blocker):
    """`committed` for all tests of a module that look at the same rows and leave them as they are."""
    with really_committed(django_db_blocker):
        yield


# The cast. Each is made in its organization's scope; `scope` keeps `organization`'s open for the test's body.
@pytest.fixture
def organization(db):
    from tests.make import make_organization

    return make_organization("yunfan")


@pytest.fixture
def other_organization(db):
    from tests.make import make_organization

    return make_organization("beihai")


@pytest.fixture
def store(organization):
    from tests.make import make_store

    return make_store(organization, "tb1")


@pytest.fixture
def other_store(other_organization):
    from tests.make import make_store

    return make_store(other_organization, "tb1")


@pytest.fixture
def scope(organization):
    from tenants.scope import organization_scope

    with organization_scope(organization.pk):
        yield


@pytest.fixture
def owner(organization):
    from tests.make import make_member

    return make_member(organization, "owner")


@pytest.fixture
def supervisor(organization):
    from tests.make import make_member

    return make_member(organization, "supervisor")


@pytest.fixture
def agent_member(organization):
    from tests.make import make_member

    return make_member(organization, "agent")


@pytest.fixture
def outsider(other_organization):
    from tests.make import make_member

    return make_member(other_organization, "owner", email="outsider@example.com")


@pytest.fixture
def english():
    """Messages made outside a request are in English, whatever the translations become."""
    from django.utils import translation

    with translation.override("en"):
        yield


FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--disable-quic",
]  # fmt: skip


def chromium_path() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def browser():
    """The one browser of this process: a second one cannot be started beside it."""
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium: set CHROMIUM or install it (`make test` does)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
