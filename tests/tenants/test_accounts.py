"""Coming in: password, mail, second factor, passkey pages, sessions; and what stops those who guess."""

import re
import time
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from tenants.models import Membership, Organization, User
from tenants.scope import organization_id_of, organization_scope
from tenants.second_factor import SecondFactorAdapter, reencrypt_secrets
from tests.make import PASSWORD, make_member

NEW = "lang-genug-77"


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def commits_at_once(monkeypatch):
    """A test's own transaction is never committed; what waits for that is done at once."""
    monkeypatch.setattr(transaction, "on_commit", lambda do, **options: do())


def sign_in(client, email, password=PASSWORD, going="", **extra):
    return client.post("/login/", {"login": email, "password": password, "next": going}, **extra)


def is_in(client) -> bool:
    return client.get("/").status_code == 200 or "/login/" not in client.get("/").headers["Location"]


def code_of(secret: str, periods: int = 0) -> str:
    """What an authenticator app shows, now or so many half minutes from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + periods))


def confirm(client, password=PASSWORD) -> None:
    """Show once more whose account it is: asked before anything about second factors."""
    client.post("/account/confirm/", {"password": password})


def with_app(client) -> str:
    """Set up an authenticator app as a person does; its secret."""
    confirm(client)
    page = client.get("/account/security/app/")
    secret = page.context["form"].secret
    assert client.post("/account/security/app/", {"code": code_of(secret)}).status_code == 302
    # The code just used is refused a second time.
    cache.clear()
    return secret


def link_in(message) -> str:
    return urlsplit(re.search(r"https?://\S+", message.body)[0]).path


def test_email_and_password_let_a_member_in_and_lead_back_to_where_they_wanted(client, owner):
    assert client.get("/yunfan/").headers["Location"] == "/login/?next=/yunfan/"
    assert sign_in(client, "OWNER@yunfan.example", going="/yunfan/").headers["Location"] == "/yunfan/"
    assert is_in(client)
    assert client.post("/logout/").status_code == 302
    assert not is_in(client)


def test_a_wrong_password_and_an_unknown_address_are_told_the_same(client, owner):
    wrong = sign_in(client, owner.email, "wrong").content.decode()
    unknown = sign_in(client, "nobody@yunfan.example", "wrong").content.decode()
    token = re.compile(r'(csrfmiddlewaretoken" value|csrf-token).*?>|"x-csrftoken": "\w+"')
    assert token.sub("", wrong).replace(owner.email, "") == token.sub("", unknown).replace(
        "nobody@yunfan.example", ""
    )
    assert not is_in(client)


def test_the_way_back_after_signing_in_never_leaves_the_site(client, owner):
    for going in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        client.logout()
        assert sign_in(client, owner.email, going=going).headers["Location"] == "/"


def test_a_forgotten_password_is_replaced_through_a_link_that_works_once(client, owner):
    client.post("/account/password/reset/", {"email": owner.email})
    link = link_in(mail.outbox[0])
    form = client.get(link).headers["Location"]
    assert client.post(form, {"password1": NEW, "password2": NEW}).status_code == 302
    assert sign_in(client, owner.email, NEW).status_code == 302
    client.logout()
    assert client.get(link).context["token_fail"]


def test_asking_for_a_reset_does_not_say_who_has_an_account(client, owner):
    known = client.post("/account/password/reset/", {"email": owner.email})
    unknown = client.post("/account/password/reset/", {"email": "nobody@yunfan.example"})
    assert known.headers["Location"] == unknown.headers["Location"]
    assert [message.to for message in mail.outbox] == [[owner.email]]


def test_nobody_signs_up_unless_the_operator_allows_it(client, db):
    assert 'name="password1"' not in client.get("/account/signup/").content.decode()
    said = {"name": "王小明", "email": "new@example.com", "password1": NEW}
    client.post("/account/signup/", said)
    assert not User.objects.exists()


def test_who_may_sign_up_confirms_the_address_and_founds_an_organization(client, db, settings):
    settings.SIGN_UP_ALLOWED = True
    said = {"name": "王小明", "email": "New@example.com", "password1": NEW}
    assert client.post("/account/signup/", said).status_code == 302
    assert not is_in(client)
    assert sign_in(client, "new@example.com", NEW).headers["Location"] == "/account/email/sent/"
    link = link_in(mail.outbox[0])
    assert client.get(link).status_code == 200
    assert not EmailAddress.objects.get().verified, "a link that is only looked at confirms nothing"
    client.post(link)
    sign_in(client, "new@example.com", NEW)
    founded = client.post(
        "/account/organizations/new/", {"name": "海风旗舰店", "slug": "haifeng", "currency": "CNY"}
    )
    assert founded.headers["Location"] == "/haifeng/"
    with organization_scope(organization_id_of("haifeng")):
        membership = Membership.objects.select_related("user").get()
        assert (membership.user.name, membership.role) == ("王小明", "owner")


def test_a_short_name_that_is_taken_founds_nothing(client, organization, owner, settings):
    settings.SIGN_UP_ALLOWED = True
    client.force_login(owner)
    for slug in ("yunfan", "account", "login"):
        said = {"name": "x", "slug": slug, "currency": "CNY"}
        page = client.post("/account/organizations/new/", said)
        assert page.status_code == 200
        assert page.context["form"].errors["slug"]


def test_a_changed_address_counts_once_it_is_confirmed(client, owner):
    sign_in(client, owner.email)
    client.post("/account/email/", {"email": "new@yunfan.example", "action_add": "1"})
    owner.refresh_from_db()
    assert owner.email == "owner@yunfan.example"
    confirmation = next(one for one in mail.outbox if one.to == ["new@yunfan.example"])
    client.post(link_in(confirmation))
    owner.refresh_from_db()
    assert owner.email == "new@yunfan.example"


def test_an_authenticator_app_is_asked_for_after_the_password(client, owner):
    sign_in(client, owner.email)
    secret = with_app(client)
    other = Client()
    assert sign_in(other, owner.email, going="/yunfan/").headers["Location"] == "/login/code/"
    assert not is_in(other)
    assert other.post("/login/code/", {"code": "000000"}).status_code == 200
    assert not is_in(other)
    assert other.post("/login/code/", {"code": code_of(secret)}).headers["Location"] == "/yunfan/"
    assert is_in(other)


def test_a_code_works_once(client, owner):
    sign_in(client, owner.email)
    secret = with_app(client)
    first, second = Client(), Client()
    for each in (first, second):
        sign_in(each, owner.email)
    code = code_of(secret)
    first.post("/login/code/", {"code": code})
    second.post("/login/code/", {"code": code})
    assert (is_in(first), is_in(second)) == (True, False)


def test_a_recovery_code_stands_in_for_the_app_once(client, owner):
    sign_in(client, owner.email)
    with_app(client)
    codes = client.get("/account/security/codes/").context["unused_codes"]
    assert len(codes) == 10
    for expected in (True, False):
        other = Client()
        sign_in(other, owner.email)
        other.post("/login/code/", {"code": codes[0]})
        assert is_in(other) is expected


def test_a_guessed_second_factor_is_stopped(client, owner, settings):
    settings.ACCOUNT_RATE_LIMITS = {}
    sign_in(client, owner.email)
    secret = with_app(client)
    other = Client()
    sign_in(other, owner.email)
    for _ in range(5):
        other.post("/login/code/", {"code": "000000"})
    other.post("/login/code/", {"code": code_of(secret)})
    assert not is_in(other)


def test_secrets_of_second_factors_are_kept_encrypted_and_rotate(client, owner, settings):
    sign_in(client, owner.email)
    secret = with_app(client)
    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in str(list(Authenticator.objects.values_list("data", flat=True)))
    old, new = settings.FIELD_KEYS[0], settings.FIELD_KEYS[0][::-1].lstrip("=") + "=="
    settings.FIELD_KEYS = [new, old]
    assert reencrypt_secrets() == 2
    after = Authenticator.objects.get(type="totp").data["secret"]
    assert after != kept
    assert SecondFactorAdapter().decrypt(after) == secret


def test_the_pages_of_passkeys_offer_what_the_browser_needs(client, owner):
    sign_in(client, owner.email)
    assert client.get("/account/security/keys/new/").headers["Location"].startswith("/account/confirm/")
    confirm(client)
    page = client.get("/account/security/keys/new/")
    options = page.context["js_data"]["creation_options"]["publicKey"]
    assert options["rp"]["id"] == "testserver"
    assert options["user"]["name"] == owner.email
    assert client.get("/login/passkey/", headers={"Accept": "application/json"}).status_code in (200, 302)
    asked = Client().get("/login/passkey/", headers={"X-Requested-With": "XMLHttpRequest"}).json()
    assert asked["request_options"]["publicKey"]["challenge"]


def test_sessions_are_listed_and_the_others_can_be_ended(client, owner):
    other = Client()
    sign_in(client, owner.email)
    sign_in(other, owner.email, REMOTE_ADDR="203.0.113.9", headers={"User-Agent": "Browser of the thief"})
    page = client.get("/account/sessions/").content.decode()
    assert "203.0.113.9" in page
    assert "Browser of the thief" in page
    client.post("/account/sessions/")
    assert (is_in(client), is_in(other)) == (True, False)
    assert UserSession.objects.count() == 1


def test_changing_the_password_ends_every_other_session(client, owner):
    other = Client()
    for each in (client, other):
        sign_in(each, owner.email)
    said = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert client.post("/account/password/", said).status_code == 302
    assert (is_in(client), is_in(other)) == (True, False)


def fail(email, times, address="198.51.100.7", **extra):
    return [sign_in(Client(), email, "wrong", REMOTE_ADDR=address, **extra).status_code for _ in range(times)]


def test_ten_failures_lock_the_account_from_that_address_only(owner):
    assert fail(owner.email, 10) == [200] * 9 + [429]
    here = sign_in(Client(), owner.email, REMOTE_ADDR="198.51.100.7")
    assert here.status_code == 429
    assert 850 <= int(here.headers["Retry-After"]) <= 900
    assert "15" in here.content.decode()
    elsewhere = Client()
    assert sign_in(elsewhere, owner.email, REMOTE_ADDR="192.0.2.1").status_code == 302
    assert is_in(elsewhere)


def test_capitals_do_not_make_another_account(owner):
    fail(owner.email.upper(), 5)
    assert fail(owner.email, 5)[-1] == 429


def test_a_lock_ends_by_itself_even_while_somebody_goes_on_guessing(owner, settings, monkeypatch):
    fail(owner.email, 10)
    later = time.time() + 14 * 60
    monkeypatch.setattr("tenants.guessing.time.time", lambda: later)
    assert fail(owner.email, 10) == [429] * 10
    monkeypatch.setattr("tenants.guessing.time.time", lambda: later + 61)
    assert sign_in(Client(), owner.email, REMOTE_ADDR="198.51.100.7").status_code == 302


def test_coming_in_forgets_what_was_mistyped(owner):
    for _ in range(2):
        assert fail(owner.email, 9) == [200] * 9
        assert sign_in(Client(), owner.email, REMOTE_ADDR="198.51.100.7").status_code == 302


def test_many_accounts_tried_from_one_address_lock_the_address(owner, settings):
    settings.LOGIN_FAILURES_PER_ADDRESS = 6
    for number in range(5):
        assert fail(f"guess{number}@yunfan.example", 1) == [200]
    assert fail("guess6@yunfan.example", 1) == [429]
    assert sign_in(Client(), owner.email, REMOTE_ADDR="198.51.100.7").status_code == 429
    assert sign_in(Client(), owner.email, REMOTE_ADDR="192.0.2.1").status_code == 302


def test_a_password_reset_by_mail_ends_the_lock(owner):
    fail(owner.email, 10)
    client = Client(REMOTE_ADDR="198.51.100.7")
    client.post("/account/password/reset/", {"email": owner.email})
    form = client.get(link_in(mail.outbox[0])).headers["Location"]
    client.post(form, {"password1": NEW, "password2": NEW})
    assert sign_in(client, owner.email, NEW).status_code == 302


def test_an_invented_forwarding_header_makes_no_new_address(owner, settings):
    forged = [
        fail(owner.email, 1, headers={"X-Forwarded-For": f"203.0.113.{number}"})[0] for number in range(10)
    ]
    assert forged[-1] == 429
    settings.BEHIND_PROXY = True
    behind = [
        fail("x@yunfan.example", 1, headers={"X-Forwarded-For": f"10.0.0.{number}, 203.0.113.5"})[0]
        for number in range(10)
    ]
    assert behind[-1] == 429
    assert fail("x@yunfan.example", 1, headers={"X-Forwarded-For": "203.0.113.5, 203.0.113.6"}) == [200]


def required(organization: Organization) -> None:
    with organization_scope(organization.pk):
        Organization.objects.update(require_mfa=True)


def test_an_organization_that_asks_for_a_second_factor_opens_after_it_is_set_up(client, organization, owner):
    required(organization)
    sign_in(client, owner.email)
    sent = client.get("/yunfan/members/")
    assert sent.headers["Location"] == "/account/security/?next=%2Fyunfan%2Fmembers%2F"
    api = client.get("/yunfan/api/v1/agents")
    assert (api.status_code, list(api.json())) == (403, ["detail"])
    part = client.get("/yunfan/members/", headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Redirect"][:18]) == (204, "/account/security/")
    with_app(client)
    assert client.get("/yunfan/members/").status_code == 200


def test_a_session_from_before_the_second_factor_has_to_show_it(client, organization, owner):
    before = Client()
    for each in (before, client):
        sign_in(each, owner.email)
    secret = with_app(client)
    required(organization)
    assert before.get("/yunfan/members/").headers["Location"].startswith("/account/security/confirm/?next=")
    before.post("/account/security/confirm/?next=/yunfan/members/", {"code": code_of(secret)})
    assert before.get("/yunfan/members/").status_code == 200


def test_removing_the_second_factor_closes_the_organization_again(client, organization, owner):
    required(organization)
    sign_in(client, owner.email)
    with_app(client)
    assert client.post("/account/security/app/remove/").status_code == 302
    assert client.get("/yunfan/members/").headers["Location"].startswith("/account/security/?next=")


def test_other_organizations_of_the_person_stay_open(client, organization, other_organization, owner):
    required(organization)
    with organization_scope(other_organization.pk):
        Membership.objects.create(organization=other_organization, user=owner, role="owner")
    sign_in(client, owner.email)
    assert client.get("/beihai/members/").status_code == 200
    assert client.get("/yunfan/members/").status_code == 302


def test_the_menu_switches_between_the_organizations_of_a_person(
    client, organization, other_organization, owner
):
    make_member(other_organization, "owner")
    with organization_scope(other_organization.pk):
        Membership.objects.create(organization=other_organization, user=owner, role="supervisor")
    client.force_login(owner)
    assert 'href="/beihai/"' in client.get("/yunfan/members/").content.decode()
    assert 'href="/yunfan/"' in client.get("/beihai/members/").content.decode()
