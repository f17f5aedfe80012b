"""The daily tables come by e-mail once a day, at the set time, complete or with a word on what is missing."""

import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from openpyxl import load_workbook

from intake.writers import WRITERS
from kpis.daily_due import FRESH_DAYS, due_mails
from kpis.daily_mail import CLAIM_LASTS, MOST_TRIES, mail_next
from kpis.daily_models import DailyMail, DailyMailSent
from kpis.refresh import refresh_store
from kpis.tasks import mail_daily_tables, mail_daily_tables_to_all
from stores.platforms.records import OrderRecord
from tenants.models import Membership
from tenants.scope import organization_scope
from tests.kpis.day_of_chats import DAY, PHONE, make_day_of_chats
from tests.kpis.smtp_server import MailServer
from tests.make import make_member, make_organization, make_store

ALL = ["inquiries", "deals", "returns", "report"]


def clock(text: str, day: date = DAY + timedelta(days=1)) -> datetime:
    """A time of the day after, by Shanghai's clocks."""
    return datetime.combine(day, datetime.strptime(text, "%H:%M").time(), ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def server(settings):
    server = MailServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.SITE_ADDRESS = "https://desk.example"
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def day(committed):
    """tests/kpis/day_of_chats.py, its supervisor asks for all tables at nine."""
    day = make_day_of_chats(make_organization("yunfan"))
    order(day, "N1", DAY + timedelta(days=1), "00:10")
    return day


@pytest.fixture
def boss(day):
    return asks(day, make_member(day.organization, "supervisor"))


def order(day, number: str, paid_on: date, at: str, store=None) -> None:
    """A paid order, as a sign that the day after has begun to come in."""
    paid, store = clock(at, paid_on), store or day.store
    with organization_scope(day.organization.pk):
        record = OrderRecord(number, "老陈", "paid", paid, paid, paid_amount=Decimal(7), items=1)
        WRITERS[OrderRecord](store, [(2, record)], None)
    refresh_store(store, whole=True)


def asks(day, user, **fields):
    user.language = "en"
    user.save()
    values = {"tables": ALL, "since": DAY - timedelta(days=30), **fields}
    with organization_scope(day.organization.pk):
        DailyMail.objects.create(organization=day.organization, user=user, **values)
    return user


def send_all(day, now: datetime) -> int:
    sent = 0
    while mail_next(day.organization.pk, now):
        sent += 1
    return sent


def test_the_day_comes_once_at_the_set_time_with_sums_and_workbook(day, boss, server):
    assert send_all(day, clock("08:59")) == 0
    assert send_all(day, clock("09:00")) == 1
    assert send_all(day, clock("09:05")) == 0
    assert send_all(day, clock("23:59")) == 0
    [(to, message)] = server.taken
    assert to == [boss.email]
    assert message["Subject"] == "Yunfan: daily tables of Mar 10 Mon"
    body = message.get_body().get_content()
    assert "3 inquiries · converted: 1 (33.3%), the same day: 1" in body
    assert "2 deals · 2 paying buyers · CN¥500.00" in body
    assert "TB1: sales CN¥500.00, 2 orders, 3 inquiries, same-day conversion 33.3%" in body
    assert "https://desk.example/yunfan/kpis/daily/?day=2025-03-10" in body
    assert "!" not in body  # nothing is missing
    [workbook] = message.iter_attachments()
    assert workbook.get_filename() == "daily-tables-2025-03-10.xlsx"
    book = load_workbook(io.BytesIO(workbook.get_content()))
    assert len(book.sheetnames) == 4
    deals = [[cell.value for cell in row] for row in book["Deals of the day"].rows]
    assert [(row[3], row[10]) for row in deals[1:3]] == [("O-1", 300), ("O/3", 200)]


def test_no_mail_holds_a_buyers_name_or_phone(day, boss, server):
    send_all(day, clock("09:00"))
    [(_to, message)] = server.taken
    book = load_workbook(io.BytesIO(next(message.iter_attachments()).get_content()))
    cells = {str(cell.value) for sheet in book for row in sheet.rows for cell in row}
    assert {"阿*", "小*", "大*", "老*"} <= cells
    told = message.get_body().get_content() + " ".join(cells)
    assert not [word for word in ("阿月", "小北", "大刘", "老陈", PHONE) if word in told]


def test_an_agent_gets_own_lines_and_no_reports(day, server):
    user = make_member(day.organization, "agent", agent_id=day.qiang.pk)
    asks(day, user)
    assert send_all(day, clock("09:00")) == 1
    [(_to, message)] = server.taken
    body = message.get_body().get_content()
    assert "1 inquiry · converted: 0" in body
    assert "Sales report" not in body
    assert load_workbook(io.BytesIO(next(message.iter_attachments()).get_content())).sheetnames == [
        "Inquiries of the day", "Deals of the day",
    ]  # fmt: skip


def test_a_day_that_ends_early_says_to_when_the_data_reaches(committed, server):
    day = make_day_of_chats(make_organization("yunfan"))
    asks(day, make_member(day.organization, "supervisor"))
    assert send_all(day, clock("09:00")) == 1
    body = server.taken[0][1].get_body().get_content()
    # The last thing known of the day is the chat of 16:00.
    assert "! TB1: data to 03-10 16:00; what came later is missing." in body


def test_a_day_of_which_nothing_came_is_waited_for_until_noon_and_then_said(committed, server):
    day = make_day_of_chats(make_organization("yunfan"))
    asks(day, make_member(day.organization, "supervisor"), since=DAY + timedelta(days=1))
    empty = DAY + timedelta(days=2)  # its tables are those of the 11th
    assert send_all(day, clock("11:59", empty)) == 0
    assert send_all(day, clock("12:00", empty)) == 1
    assert "! TB1: no data of this day has come yet." in server.taken[0][1].get_body().get_content()
    # Data that come in time make it go at the set time.
    order(day, "N2", DAY + timedelta(days=2), "10:00")
    assert send_all(day, clock("09:00", DAY + timedelta(days=3))) == 1


def test_a_store_that_lies_idle_is_not_waited_for_and_alone_sends_nothing(day, boss, server):
    make_store(day.organization, "new1")
    assert send_all(day, clock("09:00")) == 1
    with organization_scope(day.organization.pk):
        later = clock("18:00", DAY + timedelta(days=20))
        assert due_mails(later) == []


def test_nothing_older_than_three_days_and_nothing_from_before_it_was_asked_for(day, boss, server):
    four_on = clock("09:00", DAY + timedelta(days=FRESH_DAYS + 1))
    order(day, "N9", DAY + timedelta(days=FRESH_DAYS + 1), "00:30")
    with organization_scope(day.organization.pk):
        days = sorted({due.day for due in due_mails(four_on)})
        assert days == [DAY + timedelta(days=n) for n in (1, 2, 3)]
        DailyMail.objects.update(since=DAY + timedelta(days=3))
        assert [due.day for due in due_mails(four_on)] == [DAY + timedelta(days=3)]


def test_each_stores_own_clock_must_have_passed_the_time(day, boss, server):
    west = make_store(day.organization, "br1", time_zone="America/Sao_Paulo", currency="BRL")
    order(day, "W1", DAY, "22:00", west)
    order(day, "W2", DAY + timedelta(days=2), "22:00", west)
    # 09:00 in São Paulo is 20:00 in Shanghai.
    assert send_all(day, clock("19:59")) == 0
    assert send_all(day, clock("20:00")) == 1
    assert {"TB1", "BR1"} <= {
        word.strip("!: ") for word in server.taken[0][1].get_body().get_content().replace(":", " ").split()
    }


def test_a_server_that_refuses_is_asked_three_times_and_the_error_kept(day, boss, server):
    server.refusal = "451 try later"
    now = clock("09:00")
    for tries in range(1, MOST_TRIES + 1):
        assert mail_next(day.organization.pk, now)
        assert not mail_next(day.organization.pk, now + CLAIM_LASTS - timedelta(seconds=1))
        with organization_scope(day.organization.pk):
            sent = DailyMailSent.objects.get()
        assert (sent.tries, sent.sent_at) == (tries, None)
        assert "451" in sent.error
        now += CLAIM_LASTS
    assert not mail_next(day.organization.pk, now)
    assert server.taken == []


def test_a_refused_mail_goes_when_the_server_takes_it_again(day, boss, server):
    server.refusal = "451 try later"
    mail_next(day.organization.pk, clock("09:00"))
    server.refusal = ""
    assert mail_next(day.organization.pk, clock("09:30"))
    with organization_scope(day.organization.pk):
        sent = DailyMailSent.objects.get()
    assert (sent.error, sent.sent_at, len(server.taken)) == ("", clock("09:30"), 1)


def test_a_worker_that_dies_before_it_mails_delays_the_mail(day, boss, server, monkeypatch):
    class Killed(BaseException):
        pass

    def die(self, fail_silently=False):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("kpis.daily_mail.EmailMessage.send", die)
        with pytest.raises(Killed):
            mail_next(day.organization.pk, clock("09:00"))
    assert not mail_next(day.organization.pk, clock("09:29"))
    assert mail_next(day.organization.pk, clock("09:30"))
    assert not mail_next(day.organization.pk, clock("11:00"))
    assert len(server.taken) == 1


def test_who_left_who_switched_it_off_and_who_lost_the_store_gets_none(day, boss, server):
    other = make_store(day.organization, "tb2")
    with organization_scope(day.organization.pk):
        DailyMail.objects.update(active=False)
        assert due_mails(clock("09:00")) == []
        DailyMail.objects.update(active=True, store_ids=[day.store.pk])
        Membership.objects.update(store_ids=[other.pk])
        assert due_mails(clock("09:00")) == []
        Membership.objects.all().delete()
        assert due_mails(clock("09:00")) == []


def test_the_beat_finds_who_waits(day, boss, server, monkeypatch, settings):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    monkeypatch.setattr("kpis.tasks.timezone.now", lambda: clock("09:00"))
    monkeypatch.setattr("kpis.tasks.mail_daily_tables.delay", lambda pk: mail_daily_tables(pk))
    assert mail_daily_tables_to_all() == {"queued": 1}
    assert mail_daily_tables_to_all() == {"queued": 0}
    assert len(server.taken) == 1


def test_the_page_sets_tables_stores_and_time(day, server):
    user = make_member(day.organization, "agent", agent_id=day.mei.pk)
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    address = "/yunfan/kpis/daily/mail/"
    page = client.get(address).content.decode()
    assert 'value="09:00"' in page
    assert "Sales report" not in page
    wrong = client.post(address, {"active": "on", "at": "25:00"})
    assert set(wrong.context["form"].errors) == {"at", "tables"}
    assert client.post(address, {"active": "on", "at": "08:30", "tables": ["report"]}).context["form"].errors
    saved = client.post(
        address, {"active": "on", "at": "08:30", "tables": ["deals"], "stores": [day.store.pk]}
    )
    assert saved.status_code == 302
    with organization_scope(day.organization.pk):
        mail = DailyMail.objects.get(user=user)
        assert (mail.tables, mail.store_ids, mail.at_minutes, mail.active) == (
            ["deals"],
            [day.store.pk],
            510,
            True,
        )
        # Switched off and on again: what lay between is not made up for.
        DailyMail.objects.update(active=False, since=date(2025, 1, 1))
    client.post(address, {"active": "on", "at": "08:30", "tables": ["deals"]})
    with organization_scope(day.organization.pk):
        assert DailyMail.objects.get(user=user).since > date(2025, 1, 1)
    assert "No mail has been sent yet." in client.get(address).content.decode()
