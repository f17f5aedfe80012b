"""What browsers are told: headers, cookies, and that no page needs what the policy forbids."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test import Client
from django.test.testcases import LiveServerThread

from tests.access_world import make_world
from tests.make import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "DEBUG": "0", "HTTPS": "1", "BEHIND_PROXY": "1", "SECRET_KEY": "production-secret-" + "0123456789abcdef" * 4, "FIELD_KEYS": "YQ==" * 22,
    "ALLOWED_HOSTS": "desk.example.com", "CSRF_TRUSTED_ORIGINS": "https://desk.example.com",
}  # fmt: skip


def in_production(*arguments: str) -> subprocess.CompletedProcess:
    environment = os.environ | PRODUCTION
    # Of the browser tests' process only.
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_the_deployment_check_has_no_warning_with_production_settings():
    done = in_production("manage.py", "check", "--deploy", "--fail-level", "INFO")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert "no issues (0 silenced)" in done.stdout


def test_production_sends_cookies_over_tls_only_and_asks_for_tls_for_a_year():
    script = """
import django; django.setup()
from django.test import Client
plain = Client().get("/login/?next=/a/", headers={"host": "desk.example.com"})
print(plain.status_code, plain.headers["Location"])
print(Client().get("/healthz", headers={"host": "desk.example.com"}).status_code)
safe = Client().get("/login/", headers={"host": "desk.example.com", "x-forwarded-proto": "https"})
print(safe.status_code, safe.headers["Strict-Transport-Security"], safe.cookies["csrftoken"]["secure"])
from django.conf import settings
print(settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY, settings.SESSION_COOKIE_SAMESITE)
"""
    done = in_production("-W", "ignore", "-c", script)
    assert done.stdout.splitlines() == [
        "301 https://desk.example.com/login/?next=/a/",
        "200",
        "200 max-age=31536000; includeSubDomains; preload True",
        "True True Lax",
    ], done.stderr


@pytest.mark.parametrize(
    "path", ["/login/", "/nothing-here/", "/healthz", "/yunfan/", "/yunfan/api/v1/agents"]
)
def test_every_answer_carries_the_headers(client, db, path):
    headers = client.get(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    ours = ("script-src", "style-src", "font-src", "connect-src", "manifest-src", "form-action")
    assert policy == dict.fromkeys(ours, "'self'") | {"img-src": "'self' data:"} | dict.fromkeys(
        ("default-src", "frame-ancestors", "base-uri"), "'none'"
    )
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in headers["Permissions-Policy"]


def test_no_template_holds_a_script_or_an_event_handler_of_its_own():
    inline = re.compile(
        r"<script(?![^>]*\b(?:src=|type=\"application/json\"))[^>]*>|\son\w+=|javascript:", re.IGNORECASE
    )
    found = [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in (ROOT / "templates").rglob("*.html")
        for match in inline.finditer(path.read_text())
    ]
    assert found == []


EVIL = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
)


@pytest.mark.parametrize("going", EVIL)
def test_signing_in_and_choosing_a_language_never_lead_to_another_host(client, owner, going):
    answers = [
        client.post("/language/", {"language": "en", "next": going}),
        client.post(f"/login/?next={going}", {"login": owner.email, "password": PASSWORD, "next": going}),
    ]
    client.force_login(owner)
    answers.append(client.get("/login/", {"next": going}))
    answers.append(client.post("/language/", {"language": "en", "next": going}))
    for answer in answers:
        assert answer.status_code in (302, 200)
        assert "evil" not in answer.headers.get("Location", "")
        assert "javascript" not in answer.headers.get("Location", "")


@pytest.fixture
def site(committed):
    """(address, the world of test_access) of a running application."""
    world = make_world("yunfan")
    server = LiveServerThread("127.0.0.1", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield f"http://127.0.0.1:{server.port}", world
    server.terminate()


@pytest.fixture
def visit(browser, site):
    """visit(path) → the owner's page after it has settled; `visit.faults`: what the policy refused, script errors."""
    address, world = site
    signed_in = Client()
    signed_in.force_login(world.users["owner"])
    context = browser.new_context(base_url=address)
    context.add_cookies(
        [{"name": "sessionid", "value": signed_in.cookies["sessionid"].value, "url": address}]
    )
    page = context.new_page()
    faults = []

    def heard(message) -> None:
        if "Content Security Policy" in message.text:
            faults.append(f"{page.url}: {message.text}")

    page.on("console", heard)
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))

    def opened(path: str):
        page.goto(path)
        page.wait_for_load_state("load")
        return page

    opened.faults = faults
    yield opened
    context.close()


def test_no_page_of_the_owner_breaks_under_the_policy(visit, site):
    from tests.test_access import address, addresses

    _, world = site
    signed_in = Client()
    signed_in.force_login(world.users["owner"])
    opened = 0
    for name, parameters in addresses().items():
        if not set(parameters) <= set(world.ids) or name in ("logout", "account_logout"):
            continue
        path = address(world, name)
        answer = signed_in.get(path)
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
            visit(path)
            opened += 1
    assert opened >= 22
    assert visit.faults == []


def test_charts_tips_menus_and_the_look_work_under_the_policy(visit):
    page = visit("/yunfan/kpis/agents/?period=7days")
    assert page.locator("[data-chart] canvas").count() > 0
    box = page.locator("[data-chart] canvas").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.locator("[data-term]").first.hover()
    page.wait_for_selector(".popover")
    page.locator(".user-button:visible").first.click()
    page.locator("button[data-theme-choice=dark]:visible").first.click()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    assert visit.faults == []


def test_a_script_in_the_page_would_be_refused_and_noticed(visit):
    page = visit("/yunfan/kpis/agents/")
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s); }"
    )
    assert page.evaluate("() => window.ran") is None
    assert len(visit.faults) == 1
