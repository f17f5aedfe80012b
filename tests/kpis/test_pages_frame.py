"""The frame around every page: signing in, navigation by role, language, what an error page says."""

import re

import pytest
from django.template.loader import render_to_string

from tests.kpis.day_of_chats import make_day_of_chats
from tests.make import PASSWORD, make_member


def navigation_of(page: str) -> list[str]:
    return re.findall(r'class="nav-link-title">([^<]+)<', page)


def test_a_wrong_password_says_what_to_do(client, supervisor):
    answer = client.post(
        "/login/", {"login": supervisor.email, "password": "wrong"}, headers={"accept-language": "en"}
    )
    assert answer.status_code == 200
    assert "Check both and try again." in answer.content.decode()


def test_signing_in_leads_to_the_page_asked_for(client, supervisor):
    answer = client.post(
        "/login/?next=/yunfan/kpis/response/", {"login": supervisor.email, "password": PASSWORD}
    )
    assert answer["Location"] == "/yunfan/kpis/response/"


def test_simplified_chinese_is_the_default(client, db):
    page = client.get("/login/").content.decode()
    assert '<html lang="zh-Hans">' in page
    assert "谁在成交，谁在回复，谁在丢客户，为什么。" in page


@pytest.mark.parametrize(("language", "title"), [("zh-hant", "登入"), ("en", "Sign in")])
def test_the_browsers_language_is_taken(client, db, language, title):
    assert (
        f'<h1 class="h2 mb-4">{title}</h1>'
        in client.get("/login/", headers={"accept-language": language}).content.decode()
    )


def test_each_role_is_led_to_its_own_pages(client, organization, owner, supervisor, agent_member):
    make_day_of_chats(organization)
    seen = {}
    for member in (owner, supervisor, agent_member):
        client.force_login(member)
        page = client.get("/yunfan/kpis/response/", headers={"accept-language": "en"}).content.decode()
        seen[member.email.split("@")[0]] = navigation_of(page)
    assert seen["agent"] == [
        "My day", "Follow-ups", "Promises", "Handover book", "Scripts", "Check an answer", "Dangerous questions",
        "Find an order", "Late remarks", "After-sales cases", "Complaints", "Reviews", "Concessions", "Buyers",
        "Phone calls", "Products and stock", "Feedback", "Whose an order is", "My violations", "My fines", "Rules",
        "My figures", "Unconverted buyers", "Response", "Daily tables", "My targets", "Roster", "My attendance",
    ]  # fmt: skip
    assert "Imports" in seen["supervisor"]
    assert "API keys" not in seen["supervisor"]
    assert {"API keys", "Stores and rules", "Imports"} <= set(seen["owner"])


def test_the_navigation_is_each_organizations_members_and_languages_own(
    client, organization, other_organization, owner, outsider, supervisor
):
    """It is kept from request to request: whoever comes after somebody else gets nothing of theirs."""
    store = make_day_of_chats(organization).store
    make_day_of_chats(other_organization)
    limited = make_member(organization, "supervisor", "limited@example.com", store_ids=[store.pk])
    working = make_member(organization, "supervisor", "working@example.com", agent_id=1)

    def seen(member, slug: str, language: str, page: str = "response") -> tuple[set, list, str]:
        client.force_login(member)
        text = client.get(f"/{slug}/kpis/{page}/", headers={"accept-language": language}).content.decode()
        links = re.findall(r'class="nav-link" href="(.*?)"( aria-current="page")?>', text)
        (current,) = [address for address, mark in links if mark]
        return {address.split("/")[1] for address, _ in links}, navigation_of(text), current

    for _ in range(2):
        slugs, english, current = seen(owner, "yunfan", "en")
        assert (slugs, current) == ({"yunfan"}, "/yunfan/kpis/response/")
        slugs, theirs, current = seen(outsider, "beihai", "en")
        assert (slugs, theirs, current) == ({"beihai"}, english, "/beihai/kpis/response/")
        assert len(seen(owner, "yunfan", "zh-hans")[1]) == len(english)
        assert not set(seen(owner, "yunfan", "zh-hans")[1]) & set(english)
        supervisors = seen(supervisor, "yunfan", "en")[1]
        assert set(english) - set(supervisors) >= {"API keys", "Trust"}
        assert set(supervisors) - set(seen(limited, "yunfan", "en")[1]) == {"Channels"}
        assert set(seen(working, "yunfan", "en")[1]) - set(supervisors) == {"My day"}
        assert seen(owner, "yunfan", "en", "unconverted")[2] == "/yunfan/kpis/unconverted/"


def test_the_windows_title_names_page_and_organization(client, organization, supervisor):
    client.force_login(supervisor)
    page = client.get("/yunfan/kpis/unconverted/", headers={"accept-language": "en"}).content.decode()
    assert "<title>Unconverted buyers · Yunfan · Kefudesk</title>" in page


def test_a_page_that_is_not_there_leads_home(client, supervisor):
    client.force_login(supervisor)
    answer = client.get("/nowhere/kpis/agents/", headers={"accept-language": "en"})
    assert answer.status_code == 404
    assert "There is nothing here that you may see." in answer.content.decode()


def test_the_page_of_our_own_errors_needs_nothing_that_could_fail():
    # Django renders it without a request: no database, no session, no context.
    assert "500" in render_to_string("500.html")
