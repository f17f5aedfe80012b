"""Coming in with a real browser: password, authenticator app, passkey, invitation. Needs Chromium."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.cache import cache
from django.test.testcases import LiveServerThread
from django.urls import reverse
from playwright.sync_api import expect

from tenants.invitations import invite
from tenants.models import Membership, Organization
from tenants.scope import organization_scope
from tests.make import PASSWORD, make_member, make_organization, make_store

EMAIL = "owner@yunfan.example"
# A platform authenticator, such as a laptop's fingerprint reader, that always finds the right finger.
FINGERPRINT = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def organization(committed) -> Organization:
    organization = make_organization("yunfan")
    make_store(organization, "tb1")
    make_member(organization, "owner", EMAIL)
    return organization


@pytest.fixture
def site(organization):
    """The address of a running application; passkeys work on the name localhost, not on a number."""
    cache.clear()
    server = LiveServerThread("localhost", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield f"http://localhost:{server.port}"
    server.terminate()


@pytest.fixture
def page(browser, site):
    """A fresh browser; the test fails on an error of a script or a refusal of the policy."""
    context = browser.new_context(base_url=site)
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on("console", lambda said: faults.append(said.text) if "Security Policy" in said.text else None)
    yield page
    context.close()
    assert faults == []


def sign_in(page, email: str = EMAIL) -> None:
    page.goto("/login/?next=/yunfan/members/")
    page.fill("#id_login", email)
    page.fill("#id_password", PASSWORD)
    page.click("form[autocomplete=on] button")


def sign_out(page) -> None:
    page.context.clear_cookies()
    page.goto("/yunfan/members/")
    expect(page.locator("#id_login")).to_be_visible()


def members_of(organization: Organization) -> int:
    with organization_scope(organization.pk):
        return Membership.objects.count()


def confirm_password(page) -> None:
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button")


def type_code(page, secret: str) -> None:
    # A code is taken once: what the earlier one left behind goes.
    cache.clear()
    page.fill("input[name=code]", format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.click("main form button >> nth=0")


def test_password_then_app(page):
    sign_in(page)
    page.wait_for_url("**/yunfan/members/")
    page.goto("/account/security/")
    page.click("a[href='/account/security/app/']")
    confirm_password(page)
    secret = page.inner_text("#authenticator_secret")
    picture = page.locator("main img")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    type_code(page, secret)
    page.wait_for_url("**/account/security/codes/")
    assert len(page.inner_text("#recovery_codes").split()) == 10
    sign_out(page)
    sign_in(page)
    page.wait_for_url("**/login/code/")
    type_code(page, secret)
    page.wait_for_url("**/yunfan/members/")
    expect(page.locator("main")).to_contain_text(EMAIL)


def test_a_passkey_opens_without_a_password_even_where_a_second_factor_is_asked_for(page, organization):
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": FINGERPRINT})
    with organization_scope(organization.pk):
        Organization.objects.update(require_mfa=True)
    sign_in(page)
    page.wait_for_url("**/account/security/?next=**")
    page.click("a[href='/account/security/keys/new/']")
    confirm_password(page)
    page.check("input[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: "/keys/new/" not in url)
    assert Authenticator.objects.filter(type="webauthn").count() == 1
    page.goto("/yunfan/members/")
    expect(page.locator("main")).to_contain_text(EMAIL)
    sign_out(page)
    page.click("#passkey_login")
    page.wait_for_url("**/yunfan/members/")
    expect(page.locator("main")).to_contain_text(EMAIL)


def test_a_security_key_is_the_second_factor_after_the_password(page):
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    plugged = FINGERPRINT | {"transport": "usb", "hasResidentKey": False}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": plugged})
    sign_in(page)
    page.wait_for_url("**/yunfan/members/")
    page.goto("/account/security/keys/new/")
    confirm_password(page)
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: "/keys/new/" not in url)
    sign_out(page)
    sign_in(page)
    page.wait_for_url("**/login/code/")
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url("**/yunfan/members/")


def test_an_invited_person_chooses_a_password_and_is_in(page, organization):
    with organization_scope(organization.pk):
        _, secret = invite(organization, "new@yunfan.example", "supervisor", [], None, None)
    page.goto(reverse("accept_invitation", args=["yunfan", secret]))
    page.fill("input[name=name]", "小美")
    page.fill("input[name=password]", "lang-genug-77")
    page.click("main form button")
    page.wait_for_url("**/yunfan/**")
    expect(page.locator(".user-name:visible").first).to_contain_text("小美")
    with organization_scope(organization.pk):
        assert Membership.objects.get(user__email="new@yunfan.example").role == "supervisor"


def test_a_member_leaves_after_being_asked_and_the_last_owner_is_told_why_not(page, organization):
    make_member(organization, "agent", "agent@yunfan.example")
    sign_in(page)
    page.wait_for_url("**/yunfan/members/")
    page.goto("/account/organizations/")
    page.click("summary")
    page.click("details button")
    expect(page.locator("#messages .alert-danger")).to_be_visible()
    assert members_of(organization) == 2
    page.context.clear_cookies()
    page.goto("/login/")
    page.fill("#id_login", "agent@yunfan.example")
    page.fill("#id_password", PASSWORD)
    page.click("form[autocomplete=on] button")
    page.wait_for_url("**/yunfan/**")
    page.goto("/account/organizations/")
    button = page.locator("details button")
    expect(button).to_be_hidden()
    page.click("summary")
    button.click()
    page.wait_for_url("**/login/**")
    expect(page.locator("#messages .alert-success")).to_be_visible()
    assert members_of(organization) == 1
