"""Groups are told once, signed as their robots ask; what they refuse is tried again, given up and shown."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from team import channels
from team.channels import MOST_TRIES, WAITS, deliver_next, error_in_words, seal, send_test, try_again
from team.notice_models import Channel, Delivery
from team.notices import broadcast
from tenants.audit_models import AuditEntry
from tenants.models import Membership
from tenants.scope import organization_scope
from tests.make import make_member, make_organization
from tests.robots import running

pytestmark = pytest.mark.usefixtures("english")

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SECRET = "SEC0123456789abcdef"
KINDS = ("webhook", "dingtalk", "wecom", "feishu")
TEXT = "%(name)s has not closed the handover of %(day)s."
PARAMS = {"name": "Mei", "day": "2026-11-21"}
SAID = "Mei has not closed the handover of 2026-11-21."


@pytest.fixture(autouse=True)
def private_webhooks(settings):
    settings.ALLOW_PRIVATE_WEBHOOKS = True


@pytest.fixture
def organization(committed):
    return make_organization("yunfan")


def add_channel(organization, kind: str, url: str, secret: str | None = SECRET, **fields) -> Channel:
    with organization_scope(organization.pk):
        values = {"name": kind, "language": "en", **fields}
        channel = Channel(organization=organization, kind=kind, **values)
        seal(channel, url, secret)
        channel.save()
        return channel


def tell(organization, key: str = "k1", kind: str = "handover", now: datetime = NOW) -> int:
    with organization_scope(organization.pk):
        return broadcast(organization, key=key, kind=kind, text=TEXT, params=PARAMS, now=now)


def deliveries(organization) -> list[Delivery]:
    with organization_scope(organization.pk):
        return list(Delivery.objects.order_by("pk"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_robot_that_checks_the_signature_takes_the_message(organization, kind):
    with running(kind, SECRET, NOW) as (robot, url):
        add_channel(organization, kind, url)
        assert tell(organization) == 1
        assert deliver_next(organization.pk, NOW)
        assert not deliver_next(organization.pk, NOW)
    assert len(robot.told) == 1
    assert SAID in robot.told[0]
    (delivery,) = deliveries(organization)
    assert (delivery.delivered_at, delivery.next_try_at, delivery.last_error) == (NOW, None, "")


@pytest.mark.parametrize(
    ("kind", "refusal"),
    [("webhook", "status: 401"), ("dingtalk", "refused: 310000 sign not match"), ("wecom", "refused: 93000"),
     ("feishu", "refused: 19021")],
)  # fmt: skip
def test_a_wrong_secret_is_a_failure_that_says_so(organization, kind, refusal):
    with running(kind, SECRET, NOW) as (robot, url):
        wrong = url.replace(SECRET, "another")
        add_channel(organization, kind, wrong, "SECanother9876543210")
        tell(organization)
        deliver_next(organization.pk, NOW)
    assert robot.told == []
    (delivery,) = deliveries(organization)
    assert delivery.delivered_at is None
    assert delivery.last_error.startswith(refusal)
    assert delivery.next_try_at == NOW + WAITS[0]


@pytest.mark.parametrize(("kind", "minutes"), [("webhook", 6), ("dingtalk", 61), ("feishu", 61)])
def test_a_stale_signature_is_refused(organization, kind, minutes):
    """The robots' clocks are ahead of ours by more than they allow."""
    with running(kind, SECRET, NOW + timedelta(minutes=minutes)) as (robot, url):
        add_channel(organization, kind, url)
        tell(organization)
        deliver_next(organization.pk, NOW)
    assert robot.told == []
    assert deliveries(organization)[0].last_error


def test_the_same_matter_goes_to_a_channel_once_and_only_to_those_that_want_it(organization):
    add_channel(organization, "wecom", "https://w.example/", None)
    add_channel(organization, "feishu", "https://f.example/", kinds=["roster"])
    add_channel(organization, "dingtalk", "https://d.example/", kinds=["roster", "handover"])
    add_channel(organization, "webhook", "https://x.example/", active=False)
    assert tell(organization) == 2
    assert tell(organization) == 0
    assert tell(organization, "k2", "roster") == 3


def test_what_is_refused_is_tried_again_at_longer_intervals_and_given_up(organization):
    with running("wecom", SECRET, NOW) as (robot, url):
        robot.broken = 500
        add_channel(organization, "wecom", url, None)
        tell(organization)
        now, waits = NOW, []
        while deliver_next(organization.pk, now):
            assert not deliver_next(organization.pk, now)
            (delivery,) = deliveries(organization)
            if delivery.next_try_at:
                waits.append(delivery.next_try_at - now)
                now = delivery.next_try_at
        assert waits == list(WAITS)
        assert robot.requests == delivery.tries == MOST_TRIES
        assert (delivery.next_try_at, delivery.last_error) == (None, "status: 500")
        # Somebody mends the server and has it tried again.
        robot.broken = None
        with organization_scope(organization.pk):
            assert try_again(Delivery.objects.all(), now) == 1
        assert deliver_next(organization.pk, now)
    assert len(robot.told) == 1


def test_a_worker_that_dies_while_sending_delays_the_message_and_neither_loses_nor_doubles_it(organization):
    with running("webhook", SECRET, NOW) as (robot, url):
        add_channel(organization, "webhook", url)
        tell(organization)
        die = (
            "import os, django; django.setup()\n"
            "from datetime import datetime; from team import channels\n"
            "sent = channels.post\n"
            "def killed(*request):\n"
            "    if os.environ['AFTER'] == '1': sent(*request)\n"
            "    os.kill(os.getpid(), 9)\n"
            "channels.post = killed\n"
            f"channels.deliver_next({organization.pk}, datetime.fromisoformat(os.environ['NOW']))\n"
        )
        for after, now in (("0", NOW), ("1", NOW + channels.CLAIM_LASTS)):
            environment = {
                **os.environ,
                "AFTER": after,
                "NOW": now.isoformat(),
                "ALLOW_PRIVATE_WEBHOOKS": "1",
            }
            ended = subprocess.run(
                [sys.executable, "-c", die], env=environment, cwd=Path(__file__).parents[2]
            )
            assert ended.returncode == -9
            # Nobody takes it while the claim lasts.
            assert not deliver_next(organization.pk, now + channels.CLAIM_LASTS - timedelta(seconds=1))
        assert len(robot.told) == 1
        assert deliver_next(organization.pk, NOW + 2 * channels.CLAIM_LASTS)
        # Sent twice, since the second worker could not say it had; the receiver knows it by its number.
        assert robot.requests == 2
    assert len(robot.told) == 1
    (delivery,) = deliveries(organization)
    assert (delivery.tries, bool(delivery.delivered_at)) == (3, True)


def test_a_worker_that_dies_in_the_last_try_leaves_it_given_up(organization):
    add_channel(organization, "wecom", "https://w.example/", None)
    tell(organization)
    with organization_scope(organization.pk):
        Delivery.objects.update(tries=MOST_TRIES, next_try_at=NOW)
    assert not deliver_next(organization.pk, NOW)
    (delivery,) = deliveries(organization)
    assert (delivery.next_try_at, delivery.last_error) == (None, "interrupted")


def test_two_workers_at_once_send_one_message_each_matter(organization):
    with running("feishu", SECRET, NOW) as (robot, url):
        add_channel(organization, "feishu", url)
        for number in range(6):
            tell(organization, f"k{number}")
        start = Barrier(2)

        def work():
            start.wait()
            while deliver_next(organization.pk, NOW):
                pass
            connection.close()

        workers = [Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        while deliver_next(organization.pk, NOW):
            pass
    assert len(robot.told) == robot.requests == 6


def test_a_redirect_is_not_followed(organization):
    with running("wecom", SECRET, NOW) as (target, url), running("wecom", SECRET, NOW) as (robot, lure):
        robot.redirect = url
        add_channel(organization, "wecom", lure, None)
        tell(organization)
        deliver_next(organization.pk, NOW)
        assert (robot.requests, target.requests) == (1, 0)
    assert deliveries(organization)[0].last_error == "status: 307"


def test_an_answer_that_is_no_robots_counts_as_refused(organization):
    with running("wecom", SECRET, NOW) as (robot, url):
        robot.broken = 200
        add_channel(organization, "wecom", url, None)
        tell(organization)
        deliver_next(organization.pk, NOW)
    assert deliveries(organization)[0].last_error == "unreadable"


def test_a_key_that_is_gone_stops_one_channel_and_not_the_others(organization):
    with running("feishu", SECRET, NOW) as (robot, url):
        broken = add_channel(organization, "wecom", "https://w.example/", None)
        with organization_scope(organization.pk):
            Channel.objects.filter(pk=broken.pk).update(url=b"no ciphertext at all")
        add_channel(organization, "feishu", url)
        tell(organization)
        while deliver_next(organization.pk, NOW):
            pass
    assert len(robot.told) == 1
    assert [d.last_error for d in deliveries(organization)] == ["key_lost", ""]
    assert "enter it again" in error_in_words("key_lost")


def test_nothing_that_opens_a_channel_is_stored_in_the_clear_and_rotation_keeps_it(organization, settings):
    channel = add_channel(organization, "dingtalk", "https://d.example/send?access_token=abc")
    with organization_scope(organization.pk), connection.cursor() as cursor:
        cursor.execute("SELECT url, secret FROM team_channel")
        stored = b"".join(bytes(value) for value in cursor.fetchone())
        assert b"abc" not in stored
        assert SECRET.encode() not in stored
        assert channel.decrypted("secret") == SECRET


# The pages
@pytest.fixture
def supervisor(organization) -> Client:
    client = Client()
    client.force_login(make_member(organization, "supervisor"))
    return client


def test_a_channel_is_added_tested_and_its_secret_never_shown_again(organization, supervisor, monkeypatch):
    monkeypatch.setattr("team.channel_pages.tell_organization.delay", lambda number: None)
    with running("dingtalk", SECRET, NOW) as (robot, url):
        added = supervisor.post(
            "/yunfan/channels/new/",
            {
                "name": "Team",
                "kind": "dingtalk",
                "url": url,
                "secret": SECRET,
                "language": "en",
                "active": "on",
            },
        )
        assert added.status_code == 302
        page = added["Location"]
        assert supervisor.post(f"{page}test/").status_code == 302
        robot.clock = deliveries(organization)[0].made_at
        assert deliver_next(organization.pk, robot.clock)
        assert len(robot.told) == 1
    shown = supervisor.get(page).content.decode() + supervisor.get("/yunfan/channels/").content.decode()
    assert SECRET not in shown
    assert "access_token" not in shown
    assert "127.0.0.1" in shown
    with organization_scope(organization.pk):
        told = str(list(AuditEntry.objects.values_list("verb", "details")))
    assert "channel_added" in told
    assert "channel_tested" in told
    assert SECRET not in told
    assert "access_token" not in told


def test_a_wrong_secret_is_said_on_the_page(organization, supervisor):
    with running("dingtalk", SECRET, NOW) as (_robot, url):
        channel = add_channel(organization, "dingtalk", url, "SECwrong000000000000")
        with organization_scope(organization.pk):
            send_test(channel, NOW)
        now = NOW
        for wait in (*WAITS, timedelta(0)):
            deliver_next(organization.pk, now)
            now += wait
    supervisor.cookies["django_language"] = "en"
    page = supervisor.get(f"/yunfan/channels/{channel.pk}/").content.decode()
    assert "310000 sign not match" in page
    assert f"given up after {MOST_TRIES} tries" in page
    assert "1 given up" in supervisor.get("/yunfan/channels/").content.decode()


def test_saving_without_address_and_secret_keeps_both(organization, supervisor):
    channel = add_channel(organization, "feishu", "https://f.example/hook/1")
    data = {"name": "Renamed", "language": "zh-hant", "active": "on", "kinds": ["roster"]}
    assert supervisor.post(f"/yunfan/channels/{channel.pk}/", data).status_code == 302
    with organization_scope(organization.pk):
        kept = Channel.objects.get()
        assert (kept.name, kept.kinds, kept.language) == ("Renamed", ["roster"], "zh-hant")
        assert (kept.decrypted("url"), kept.decrypted("secret")) == ("https://f.example/hook/1", SECRET)


def test_a_webhooks_secret_is_made_and_shown_once(organization, supervisor):
    data = {"name": "Own", "kind": "webhook", "url": "https://x.example/", "language": "en", "active": "on"}
    page = supervisor.post("/yunfan/channels/new/", data).content.decode()
    with organization_scope(organization.pk):
        channel = Channel.objects.get()
        secret = channel.decrypted("secret")
    assert secret.startswith("whs_")
    assert secret in page
    assert secret not in supervisor.get(f"/yunfan/channels/{channel.pk}/").content.decode()


@pytest.mark.parametrize(
    "url", ["ftp://x.example/", "https://u:p@x.example/", "https://", "x.example", "https://x.例/"]
)
def test_what_is_no_web_address_is_refused_at_once(organization, supervisor, url):
    data = {"name": "Own", "kind": "wecom", "url": url, "language": "en", "active": "on"}
    assert supervisor.post("/yunfan/channels/new/", data).status_code == 200
    with organization_scope(organization.pk):
        assert not Channel.objects.exists()


def test_a_supervisor_of_some_stores_sets_up_no_channel(organization):
    client = Client()
    member = make_member(organization, "supervisor")
    with organization_scope(organization.pk):
        Membership.objects.filter(user=member).update(store_ids=[1])
    client.force_login(member)
    assert client.get("/yunfan/channels/").status_code == 403
    assert client.get("/yunfan/channels/new/").status_code == 403


def test_the_schedule_delivers(organization):
    from config.celery import app
    from team.tasks import tell_organization

    assert app.conf.beat_schedule["tell-people"]["task"] == "team.tasks.tell_all"
    call_command("check")
    with running("wecom", SECRET, NOW) as (robot, url):
        add_channel(organization, "wecom", url, None)
        tell(organization)
        assert tell_organization(organization.pk)["delivered"] == 1
    assert len(robot.told) == 1
