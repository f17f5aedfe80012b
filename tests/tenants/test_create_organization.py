"""`create_organization`: who may come in afterwards, and what is refused."""

import io
import re

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tenants.models import Membership, Organization, User
from tenants.scope import organization_id_of, organization_scope


def create(slug, *arguments, owner="boss@example.com"):
    out = io.StringIO()
    call_command(
        "create_organization", slug, "--name", "云帆", "--owner", owner, *arguments, stdout=out, stderr=out
    )
    return out.getvalue()


def refusal(*arguments, **options):
    with pytest.raises(CommandError) as caught:
        create(*arguments, **options)
    assert caught.value.returncode == 2
    return str(caught.value)


def test_it_makes_the_organization_and_its_owner(db):
    create("yunfan", "--currency", "twd", owner="Boss@Example.com")
    number = organization_id_of("yunfan")
    with organization_scope(number):
        organization = Organization.objects.get()
        membership = Membership.objects.select_related("user").get()
    assert (organization.pk, organization.name, organization.currency) == (number, "云帆", "TWD")
    assert (membership.role, membership.user.email, membership.store_ids) == ("owner", "boss@example.com", [])


def test_the_printed_link_lets_the_owner_choose_a_password_once(client, db, monkeypatch):
    monkeypatch.setenv("PUBLIC_URL", "https://desk.example/")
    link = re.search(r"https://desk\.example(/welcome/\S+)", create("yunfan"))[1]
    assert client.get(link).status_code == 200
    words = {"new_password1": "lang-genug-77", "new_password2": "lang-genug-77"}
    assert client.post(link, words).headers["Location"] == "/"
    client.logout()
    assert client.login(email="boss@example.com", password="lang-genug-77")
    assert client.post(link, words).status_code == 410


def test_a_link_nobody_printed_is_404_and_a_wrong_token_410(client, db):
    link = re.search(r"(/welcome/\w+/)\S+", create("yunfan"))[1]
    assert client.get("/welcome/OTk5OQ/abc-def/").status_code == 404
    assert client.get(f"{link}abc-def/").status_code == 410


def test_a_password_from_standard_input_needs_no_link(db, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("lang-genug-77\n"))
    said = create("yunfan", "--password-stdin")
    assert "/welcome/" not in said
    assert User.objects.get().check_password("lang-genug-77")


def test_a_weak_password_is_refused_and_nothing_is_made(db, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert "too short" in refusal("yunfan", "--password-stdin")
    assert organization_id_of("yunfan") is None
    assert not User.objects.exists()


def test_a_person_there_already_keeps_the_password(db, monkeypatch):
    User.objects.create_user("boss@example.com", "the old one 88")
    monkeypatch.setattr("sys.stdin", io.StringIO("lang-genug-77\n"))
    said = create("yunfan", "--password-stdin")
    assert "keeps its password" in said
    assert "/welcome/" not in said
    assert User.objects.get().check_password("the old one 88")


def test_one_person_may_own_two_organizations(db):
    create("yunfan")
    create("beihai")
    assert User.objects.count() == 1


def test_a_slug_in_use_is_refused_and_changes_nothing(db):
    create("yunfan")
    assert "exists already" in refusal("yunfan", owner="other@example.com")
    assert not User.objects.filter(email="other@example.com").exists()


@pytest.mark.parametrize("slug", ["login", "admin", "api", "static", "welcome", "Metrics"])
def test_a_slug_of_the_products_own_addresses_is_refused(db, slug):
    assert "taken by the product" in refusal(slug)
    assert organization_id_of(slug) is None


@pytest.mark.parametrize(
    ("arguments", "owner", "named"),
    [
        (["a b"], "boss@example.com", "slug"),
        (["yunfan", "--currency", "C1"], "boss@example.com", "currency"),
        (["yunfan"], "nobody", "email"),
    ],
)
def test_bad_values_are_named(db, arguments, owner, named):
    assert named in refusal(*arguments, owner=owner)
    assert not User.objects.exists()
