"""7. How long the pages of figures take over HTTP, with the rollups as they are and ten times as many."""

import contextlib
import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.dataset import LAST_DAY
from benchmarks.measure import Report, percentile
from benchmarks.surroundings import as_superuser

PROJECT = Path(__file__).resolve().parent.parent
TARGET_MS, TARGET_GROWTH = 60, 1.5
# Copies lie before everything a page looks at (the months' page: a year back), so that only the table grows.
# Refunds are completed, and so have rows, up to two weeks after the last day.
_YEAR_AND_MORE, _AIR = 420, 30
_MONTH = f"period=custom&since={LAST_DAY.replace(day=1)}&until={LAST_DAY}"


def pages(run) -> Report:
    """The section. run: benchmarks.run.Run."""
    main = run.main()
    slug, cookie = sign_in(main.organization_id)
    addresses = {name: f"/{slug}/{path}" for name, path in paths(main.organization_id).items()}
    with web_server() as port:
        once = latencies(port, cookie, addresses, run.requests)
        rows = ten_times(run, main.organization_id)
        tenfold = latencies(port, cookie, addresses, run.requests)
    report = Report("Pages of figures over HTTP")
    for name in addresses:
        before, after = once[name], tenfold[name]
        p50, p95, grown = percentile(before, 0.5), percentile(before, 0.95), percentile(after, 0.95)
        report.add(f"{name}: p95 (p50 {p50:.0f} ms)", p95, TARGET_MS, "at most", " ms")
        report.add(f"{name}: p95 at 10 × / at 1 ×", grown / p95, TARGET_GROWTH, "at most", "×")
    report.notes.append(
        f"{run.requests} requests each, one after another, over loopback to gunicorn (2 processes, 8 threads each), as an"
        f" owner, {len(main.store_ids)} stores, the month to {LAST_DAY}; {rows[0]:,} rollup rows, then {rows[1]:,}"
    )
    return report


def paths(organization_id: int) -> dict[str, str]:
    """What is asked for, below the organization: every page and its API, for an agent and an order that exist."""
    from kpis.models import Inquiry, OrderFact
    from tenants.scope import organization_scope

    with organization_scope(organization_id):
        agent = (
            Inquiry.objects.filter(agent_id__gt=0, day=LAST_DAY).values_list("agent_id", flat=True).first()
        )
        fact = OrderFact.objects.filter(owner_id=agent).select_related("order", "store").first()
        code, order_id = fact.store.code, fact.order.order_id
    return {
        "agent_table": f"kpis/agents/?{_MONTH}",
        "agent_days": f"kpis/agents/{agent}/?{_MONTH}",
        "agent_day": f"kpis/agents/{agent}/{LAST_DAY}/?{_MONTH}",
        "order_why": f"kpis/stores/{code}/orders/{order_id}/",
        "unconverted_buyers": f"kpis/unconverted/?{_MONTH}",
        "response_figures": f"kpis/response/?{_MONTH}",
        "store_months": f"kpis/months/?{_MONTH}",
        "api_agents": f"api/v1/agents?{_MONTH}",
        "api_days": f"api/v1/days?{_MONTH}",
        "api_stores": f"api/v1/stores?{_MONTH}",
        "api_unconverted": f"api/v1/unconverted?{_MONTH}",
        "api_explanation": f"api/v1/orders/{code}/{order_id}/explanation",
    }


def sign_in(organization_id: int) -> tuple[str, str]:
    """(slug, session cookie) of a new owner."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from tenants.models import Membership, Organization, User
    from tenants.scope import organization_scope

    user = User.objects.create_user(f"owner{time.time_ns()}@example.com", "not used to sign in here")
    with organization_scope(organization_id):
        organization = Organization.objects.get(pk=organization_id)
        Membership.objects.create(organization=organization, user=user, role="owner")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return organization.slug, f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


@contextlib.contextmanager
def web_server() -> Iterator[int]:
    """The real application under gunicorn on a free port of loopback, which is yielded."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    line = f"-m gunicorn config.wsgi --workers 2 --threads 8 --bind 127.0.0.1:{port} --no-control-socket --log-level error"
    server = subprocess.Popen([sys.executable, "-W", "ignore", *line.split()], cwd=PROJECT)
    try:
        _wait(port, server)
        yield port
    finally:
        server.terminate()
        server.wait()


def _wait(port: int, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise RuntimeError("gunicorn does not start")


def latencies(port: int, cookie: str, addresses: dict[str, str], requests: int) -> dict[str, list[float]]:
    """Milliseconds of each request by page, the pages taking turns. Errors: RuntimeError for any answer but 200."""
    found: dict[str, list[float]] = {name: [] for name in addresses}
    # The first rounds make both processes load templates and connect.
    for turn in range(-4, requests):
        for name, address in addresses.items():
            taken = milliseconds(port, address, {"Cookie": cookie})
            if turn >= 0:
                found[name].append(taken)
    return found


def milliseconds(
    port: int, address: str, headers: dict[str, str], body: str | None = None, fine: tuple[int, ...] = (200,)
) -> float:
    """How long one request takes with its connection; a POST where there is a body. Errors: RuntimeError for a status not in `fine`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    started = time.perf_counter()
    connection.request("GET" if body is None else "POST", address, body, headers)
    answer = connection.getresponse()
    answer.read()
    taken = (time.perf_counter() - started) * 1000
    connection.close()
    if answer.status not in fine:
        raise RuntimeError(f"{address}: {answer.status}")
    return taken


def ten_times(run, organization_id: int) -> tuple[int, int]:
    """Copy every rollup row nine times into earlier years; (rows before, rows after)."""
    count = f"SELECT count(*) FROM kpis_agentday WHERE organization_id = {organization_id}"
    names = as_superuser(
        run.var_dir,
        "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
        " WHERE attrelid = 'kpis_agentday'::regclass AND attnum > 0 AND NOT attisdropped AND attname <> 'day'",
    )[0][0]
    before = as_superuser(run.var_dir, count)[0][0]
    as_superuser(
        run.var_dir,
        f"INSERT INTO kpis_agentday ({names}, day) SELECT {names}, day - {_YEAR_AND_MORE} - n * {run.size.days + _AIR} FROM kpis_agentday,"
        f" generate_series(1, 9) AS n WHERE organization_id = {organization_id}",
        "VACUUM ANALYZE kpis_agentday",
    )
    return before, as_superuser(run.var_dir, count)[0][0]
