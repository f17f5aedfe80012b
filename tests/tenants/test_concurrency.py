"""Two hundred requests of two organizations at once, over pooled connections and processes: no row is mixed up."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.kpis.day_of_chats import PERIOD, make_day_of_chats
from tests.make import make_member, make_organization

ROOT = Path(__file__).resolve().parent.parent.parent
REQUESTS, AT_ONCE = 200, 16
PAGES = ("kpis/agents/", "kpis/unconverted/", "kpis/months/", "api/v1/stores", "api/v1/agents", "stores/")
STORES = {"yunfan": "云帆唯一的店", "beihai": "北海唯一的店"}


@pytest.fixture
def server():
    """gunicorn with two processes of four threads on this test's database; ended by its process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    line = f"-W ignore -m gunicorn config.wsgi --workers 2 --threads 4 --bind 127.0.0.1:{port} --log-level warning"
    process = subprocess.Popen(
        [sys.executable, *line.split()], cwd=ROOT, env=os.environ | {"LOG_LEVEL": "ERROR"}
    )
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
            break
        except OSError:
            assert process.poll() is None, "gunicorn did not start"
            assert time.monotonic() < deadline, "gunicorn did not answer in time"
            time.sleep(0.2)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(20)


def test_two_hundred_requests_of_two_organizations_show_each_its_own(committed, server):
    cookies = {}
    for slug, name in STORES.items():
        organization = make_organization(slug)
        make_day_of_chats(organization, f"shop-{slug}", name, name=name)
        client = Client()
        client.force_login(make_member(organization, "owner"))
        cookies[slug] = client.cookies[settings.SESSION_COOKIE_NAME].value

    def ask(number: int) -> tuple[str, str, str]:
        slug = ("yunfan", "beihai")[number % 2]
        path = f"/{slug}/{PAGES[number // 2 % len(PAGES)]}?{PERIOD}"
        request = urllib.request.Request(
            server + path, headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookies[slug]}"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return slug, path, answer.read().decode()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(ask, range(REQUESTS)))
    assert len(answers) == REQUESTS
    for slug, path, text in answers:
        (other,) = STORES.keys() - {slug}
        # The store's code stands in the API's rows, its name on pages and in its agents' names.
        assert f"shop-{slug}" in text or STORES[slug] in text, path
        assert f"shop-{other}" not in text, path
        assert STORES[other] not in text, path
