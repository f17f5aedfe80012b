"""Servers, database and cast of every test: real PostgreSQL under row-level security, real Valkey.

The process that starts the run starts throw-away servers; its workers inherit them and make a database each.
This must happen before Django's settings are read, so it is at the top of the module.
"""

import atexit
import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")


def _start_servers() -> None:
    from config.servers import start_throwaway, stop_throwaway

    for name in ("DATABASE_URL", "MIGRATE_DATABASE_URL", "BACKUP_DATABASE_URL", "REDIS_URL", "VAR_DIR"):
        os.environ.pop(name, None)
    var_dir = start_throwaway()
    os.environ.update(KEFUDESK_TEST_SERVERS=str(var_dir), VAR_DIR=str(var_dir))
    atexit.register(stop_throwaway, var_dir)


def _own_database() -> None:
    for name in ("DATABASE_URL", "MIGRATE_DATABASE_URL", "BACKUP_DATABASE_URL"):
        os.environ[name] = urlunsplit(urlsplit(os.environ[name])._replace(path=f"/test_{WORKER}"))
    number = int(WORKER.removeprefix("gw")) + 1
    os.environ["REDIS_URL"] = urlunsplit(urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{number}"))


if "KEFUDESK_TEST_SERVERS" not in os.environ:
    _start_servers()
TEMPLATE_URL = urlunsplit(urlsplit(os.environ["MIGRATE_DATABASE_URL"])._replace(path="/kefudesk"))
_own_database()
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
        # Workers inherit the environment: named there, the settings would be read before a worker has named its
        # database.
        os.environ.pop("DJANGO_SETTINGS_MODULE", None)


def pytest_collection_modifyitems(items):
    """The longest first: two workers then end together, instead of one waiting for the other's last minutes."""
    longest = ("test_access.py", "test_benchmarks.py", "test_golden_files.py", "test_dump.py")
    items.sort(key=lambda item: item.path.name not in longest)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    """This worker's database: a copy of the empty one with its roles and grants, migrated by the owner."""
    from django.core.management import call_command

    name = f"test_{WORKER}"
    connection = psycopg2.connect(urlunsplit(urlsplit(TEMPLATE_URL)._replace(path="/postgres")))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(1)")  # a template can be copied by one at a time
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE kefudesk")
    connection.close()
    with django_db_blocker.unblock():
        call_command("migrate", database="migrate", verbosity=0)


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """Real commits, for tests with workers, other processes or the change log. Everything is emptied after."""
    from django.db import connections

    with django_db_blocker.unblock():
        yield
        with connections["migrate"].cursor() as cursor:
            cursor.execute(
                "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables WHERE schemaname = 'public' AND"
                " tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission')"
            )
            cursor.execute(f"TRUNCATE {cursor.fetchone()[0]} RESTART IDENTITY CASCADE")
        for connection in connections.all():
            connection.close()


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
