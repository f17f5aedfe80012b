"""A real browser before the real application: a server thread on committed data, and Chromium."""

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test import Client
from django.test.testcases import LiveServerThread

from tenants.models import User
from tests.kpis.day_of_chats import make_day_of_chats
from tests.make import make_member, make_organization

ALLAUTH = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def site(committed):
    """The address of a running application, its organization `yunfan` with tests/kpis/day_of_chats.py in it."""
    organization = make_organization("yunfan")
    day = make_day_of_chats(organization)
    make_day_of_chats(organization, "jd1", "京东", name="JD1", platform="jd")
    make_member(organization, "supervisor")
    make_member(organization, "agent", agent_id=day.mei.pk)
    server = LiveServerThread("127.0.0.1", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield f"http://127.0.0.1:{server.port}"
    server.terminate()


@pytest.fixture
def open_page(browser, site):
    """open_page(address, who="supervisor", **context) → a signed-in page. Any script error or 500 fails the test.

    own_clock: the page's time is the test's to move on (page.clock).
    """
    contexts, faults = [], []

    def opened(
        address: str, who: str = "supervisor", language: str = "en", own_clock: bool = False, **options
    ):
        context = browser.new_context(base_url=site, **options)
        contexts.append(context)
        context.add_cookies([{"name": "django_language", "value": language, "url": site}])
        # The form is for tests/e2e/test_accounts_browser.py.
        signed_in = Client()
        signed_in.force_login(User.objects.get(email=f"{who}@yunfan.example"), ALLAUTH)
        session = signed_in.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
        page = context.new_page()
        if own_clock:
            page.clock.install()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("response", lambda answer: faults.append(answer.url) if answer.status >= 500 else None)
        page.goto(address, wait_until="networkidle")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []
