"""Members are told once, in their language, and by e-mail if they want it."""

from datetime import UTC, date, datetime, timedelta
from smtplib import SMTPServerDisconnected
from threading import Barrier, Thread

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from team.notice_mails import CLAIM_LASTS, MOST_TRIES, WAITS, mail_next
from team.notice_models import Notice, NoticeChoice
from team.notices import mark_read, notify, supervisors_of, unread_of, users_of_agents, words
from tenants.models import Membership
from tenants.scope import organization_scope
from tests.make import make_agent, make_member, make_organization, make_store

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
TEXT = "%(name)s has not closed the handover of %(day)s."
PARAMS = {"name": "Mei", "day": date(2026, 11, 21)}
SAID = "Mei has not closed the handover of 2026-11-21."


def tell(organization, users, key="k1", **more) -> int:
    with organization_scope(organization.pk):
        ids = [user.pk for user in users]
        values = {"kind": "handover", "text": TEXT, "params": PARAMS, "now": NOW, **more}
        return notify(organization, ids, key=key, **values)


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def test_each_member_is_told_a_matter_once(organization, owner, supervisor):
    assert tell(organization, [owner, supervisor, owner]) == 2
    assert tell(organization, [owner, supervisor]) == 0
    assert tell(organization, [owner], "k2") == 1
    with organization_scope(organization.pk):
        assert unread_of(owner.pk).count == 2
        assert unread_of(supervisor.pk).count == 1


def test_who_is_no_member_is_not_told(organization, owner, outsider):
    assert tell(organization, [owner, outsider]) == 1


@pytest.mark.parametrize("count", [1, 200])
def test_telling_many_is_one_statement(organization, count):
    users = [make_member(organization, "agent", f"a{number}@yunfan.example") for number in range(count)]
    with organization_scope(organization.pk), CaptureQueriesContext(connection) as captured:
        told = notify(
            organization, [user.pk for user in users], key="k", kind="roster", text="Published.", now=NOW
        )
    assert (told, len(captured)) == (count, 1)


def test_two_that_tell_the_same_at_once_tell_it_once(committed):
    organization = make_organization("yunfan")
    users = [make_member(organization, "agent", f"a{number}@yunfan.example") for number in range(20)]
    start, told = Barrier(2), []

    def work(order):
        start.wait()
        told.append(tell(organization, order))
        connection.close()

    threads = [Thread(target=work, args=[order]) for order in (users, users[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(told) == 20


@pytest.mark.parametrize(
    "wrong",
    [{"text": "%(nobody)s is missing."}, {"text": "100 % done", "params": {}}, {"link": "https://evil.example/"},
     {"link": "//evil.example/"}, {"link": "/\\evil.example"}],
)  # fmt: skip
def test_a_text_without_its_params_and_a_link_outside_are_refused(organization, owner, wrong):
    with pytest.raises(ValueError, match=r"does not fit|no path"):
        tell(organization, [owner], **wrong)


def test_a_notice_is_read_in_the_readers_language_and_hides_phones():
    with translation.override("zh-hans"):
        # A msgid that Django itself translates.
        assert words("Monday", {}) == "星期一"
    assert words("Call %(who)s.", {"who": "13812345678"}) == "Call 138****5678."


def test_the_bell_counts_and_says_304_while_nothing_changed(organization, owner):
    client = client_of(owner)
    bell = "/yunfan/notices/bell/"
    first = client.get(bell)
    assert "bell-count" not in first.content.decode()
    assert client.get(bell, headers={"If-None-Match": first["ETag"]}).status_code == 304
    tell(organization, [owner])
    again = client.get(bell, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200
    assert "1 unread notice" in again.content.decode()
    assert again["Cache-Control"] == "private, no-cache"
    with organization_scope(organization.pk):
        mark_read(owner.pk, NOW)
    assert client.get(bell, headers={"If-None-Match": again["ETag"]}).status_code == 200


def test_the_bell_asks_the_notices_once(organization, owner):
    client = client_of(owner)
    client.get("/yunfan/notices/bell/")
    tell(organization, [owner])
    with CaptureQueriesContext(connection) as captured:
        client.get("/yunfan/notices/bell/")
    assert sum("team_notice" in query["sql"] for query in captured) == 1


def test_opening_a_notice_leads_to_the_matter_and_marks_it_read(organization, owner, supervisor):
    tell(organization, [owner, supervisor], link="/yunfan/seats/")
    with organization_scope(organization.pk):
        own = Notice.objects.get(user=owner)
        others = Notice.objects.get(user=supervisor)
    client = client_of(owner)
    opened = client.get(f"/yunfan/notices/{own.pk}/")
    assert (opened.status_code, opened["Location"]) == (302, "/yunfan/seats/")
    assert client.get(f"/yunfan/notices/{others.pk}/").status_code == 404
    with organization_scope(organization.pk):
        assert unread_of(owner.pk).count == 0
        assert unread_of(supervisor.pk).count == 1


def test_marking_all_read_leaves_what_came_after_the_page(organization, owner):
    tell(organization, [owner])
    client = client_of(owner)
    page = client.get("/yunfan/notices/")
    assert SAID in page.content.decode()
    tell(organization, [owner], "k2")
    client.post("/yunfan/notices/read/", {"up_to": page.context["unread"].newest})
    with organization_scope(organization.pk):
        assert unread_of(owner.pk).count == 1
    client.post("/yunfan/notices/read/", {"up_to": "1; DROP"})
    assert SAID in client.get("/yunfan/notices/?show=unread").content.decode()


def test_agents_and_supervisors_are_found(organization, owner):
    agent = make_agent(organization, "Mei")
    first, second = make_store(organization, "a"), make_store(organization, "b")
    mei = make_member(organization, "agent", agent_id=agent.pk)
    limited = make_member(organization, "supervisor", "l@yunfan.example", store_ids=[first.pk])
    with organization_scope(organization.pk):
        assert users_of_agents([agent.pk, 99]) == {agent.pk: mei.pk}
        assert supervisors_of() == [limited.pk]
        assert supervisors_of([first.pk]) == [limited.pk]
        assert supervisors_of([second.pk]) == [owner.pk]
        assert supervisors_of([]) == [owner.pk]


# By e-mail
@pytest.fixture
def by_mail(committed):
    organization = make_organization("yunfan")
    user = make_member(organization, "owner", "owner@yunfan.example")
    user.language = "en"
    user.save()
    with organization_scope(organization.pk):
        NoticeChoice.objects.create(organization=organization, user=user, by_mail=True)
    return organization, user


def test_who_wants_it_gets_one_mail_with_all_that_is_new(by_mail, settings):
    settings.SITE_ADDRESS = "https://desk.example"
    organization, user = by_mail
    other = make_member(organization, "supervisor")
    tell(organization, [user, other], link="/yunfan/seats/")
    tell(organization, [user], "k2", text="Second.", params={})
    assert mail_next(organization.pk, NOW)
    assert not mail_next(organization.pk, NOW)
    (sent,) = mail.outbox
    assert sent.to == ["owner@yunfan.example"]
    assert sent.subject == "Yunfan: 2 new in Kefudesk"
    assert SAID in sent.body
    assert "https://desk.example/yunfan/seats/" in sent.body
    assert "Second." in sent.body


def test_no_mail_holds_a_phone_an_address_or_an_id(by_mail):
    organization, user = by_mail
    text = "Call %(phone)s, %(id)s, %(mail)s."
    personal = {"phone": "13812345678", "id": "11010519491231002X", "mail": "wang@buyer.example"}
    tell(organization, [user], text=text, params=personal)
    mail_next(organization.pk, NOW)
    told = mail.outbox[0].subject + mail.outbox[0].body
    assert not [value for value in personal.values() if value in told]


def test_a_notice_read_meanwhile_is_not_mailed_and_no_mail_goes_to_who_left(by_mail):
    organization, user = by_mail
    tell(organization, [user])
    with organization_scope(organization.pk):
        mark_read(user.pk, NOW)
    assert not mail_next(organization.pk, NOW)
    tell(organization, [user], "k2")
    with organization_scope(organization.pk):
        Membership.objects.filter(user=user).delete()
    assert not mail_next(organization.pk, NOW)
    assert mail.outbox == []


def test_a_mail_server_that_refuses_is_asked_again_and_given_up(by_mail, monkeypatch):
    organization, user = by_mail
    tell(organization, [user])

    def refuse(self, fail_silently=False):
        raise SMTPServerDisconnected("gone")

    sends = mail.EmailMessage.send
    monkeypatch.setattr("team.notice_mails.EmailMessage.send", refuse)
    assert mail_next(organization.pk, NOW)
    with organization_scope(organization.pk):
        assert Notice.objects.get().mail_at == NOW + WAITS[0]
    monkeypatch.setattr("team.notice_mails.EmailMessage.send", sends)
    assert not mail_next(organization.pk, NOW + WAITS[0] - timedelta(seconds=1))
    assert mail_next(organization.pk, NOW + WAITS[0])
    assert len(mail.outbox) == 1
    monkeypatch.setattr("team.notice_mails.EmailMessage.send", refuse)
    tell(organization, [user], "k2")
    now, tries = NOW, 0
    while mail_next(organization.pk, now):
        tries, now = tries + 1, now + timedelta(days=1)
    assert tries == MOST_TRIES


def test_a_worker_that_dies_before_it_mails_delays_the_mail(by_mail, monkeypatch):
    organization, user = by_mail
    tell(organization, [user])

    class Killed(BaseException):
        pass

    def die(self, fail_silently=False):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("team.notice_mails.EmailMessage.send", die)
        with pytest.raises(Killed):
            mail_next(organization.pk, NOW)
    assert not mail_next(organization.pk, NOW + CLAIM_LASTS - timedelta(seconds=1))
    assert mail_next(organization.pk, NOW + CLAIM_LASTS)
    assert not mail_next(organization.pk, NOW + timedelta(days=9))
    assert len(mail.outbox) == 1


def test_a_member_chooses_mails_on_the_page_and_stops_them(by_mail):
    organization, _owner = by_mail
    member = make_member(organization, "agent")
    client = client_of(member)
    client.post("/yunfan/notices/choice/", {"by_mail": "1"})
    tell(organization, [member])
    client.post("/yunfan/notices/choice/", {})
    tell(organization, [member], "k2")
    assert not mail_next(organization.pk, NOW)
    client.post("/yunfan/notices/choice/", {"by_mail": "1"})
    tell(organization, [member], "k3")
    assert mail_next(organization.pk, NOW)
    assert len(mail.outbox) == 1
