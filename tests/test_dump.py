"""Whoever steals a dump of the database, or the disk, reads nobody's name, phone or address.

The demo's stores come in through the same doors as real ones: kept uploads, previews, refused rows, the audit trail.
Chat text (conversations_message.text) is not encrypted and is looked at by itself.
"""

import base64
import io
import os
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from conversations.phone_calls import Told, log_call
from desk.duties import sign_in
from desk.follow_ups import ask_supervisor, close, make_by_hand
from desk.handovers import accept, offer
from intake.arrivals import arrive, confirm
from intake.demo import company
from intake.demo.world import build
from intake.demo.write import write_demo_files
from intake.load import load_kept
from intake.models import ImportJob, State
from kpis.refresh import refresh_store
from orders.models import Order
from stores.models import Store
from team.models import Agent
from tenants import kept_files
from tenants.backup import client_environment, program
from tenants.encryption import encrypt
from tenants.models import Organization
from tenants.scope import organization_scope
from tests.make import at, make_member, make_organization, make_store

TODAY, MESSAGES = date(2026, 11, 20), 3000
PERSONAL = ("receiver_name", "receiver_phone", "receiver_address")


def a_key() -> str:
    return base64.b64encode(os.urandom(64)).decode()


@pytest.fixture
def demo(committed, settings, tmp_path) -> list[Store]:
    """Every store of the demo, its files uploaded, confirmed, loaded and still kept; one file has refused rows."""
    settings.MEDIA_ROOT = tmp_path / "files"
    organization = make_organization("yunfan")
    stores = {
        one.code: make_store(
            organization, one.code, platform=one.platform, currency=one.currency, time_zone=one.time_zone
        )
        for one in company.STORES
    }
    for file in write_demo_files(tmp_path / "demo", TODAY, MESSAGES):
        upload(stores[file.store_code], file.path)
    upload(stores[company.STORES[0].code], shifted_columns(tmp_path))
    for store in stores.values():
        refresh_store(store, whole=True)
    work_on(next(iter(stores.values())))
    return list(stores.values())


def work_on(store: Store) -> None:
    """Who works on buyers' matters writes their data down: in a matter, its handover, a shift's note, a call."""
    person, now = people()[0], at("2026-11-20 16:00:00")
    words = f"{person.receiver} {person.phone} {person.address}"
    with organization_scope(store.organization_id):
        user = make_member(Organization.objects.get(pk=store.organization_id), "supervisor")
        giver, taker = Agent.objects.order_by("pk")[:2]
        matter = make_by_hand(store, kind_text=words, due_at=now, agent_id=giver.pk, user=user, now=now)
        duty = sign_in(giver.pk, store.organization_id, now)
        duty.note = encrypt(store.organization_id, "note", words)
        duty.save()
        accept(offer(duty, matter, taker.pk, user, now, words), user, now)
        ask_supervisor(matter, words, user, now)
        close(matter, "done", user, now, words)
        log_call(Told(store, giver, None, None, False, now, 3, words, words), user, now)


def upload(store: Store, path: Path) -> None:
    with organization_scope(store.organization_id):
        jobs = arrive(store, path.name, kept_files.chunks_of(path), None)
        ids = confirm(jobs)
    for job_id in ids:
        load_kept(store.organization_id, job_id)


def shifted_columns(folder: Path) -> Path:
    """A file in which phones stand where amounts and times should: its rows are refused, the values told."""
    path = folder / "shifted.csv"
    path.write_text(
        "order_id,buyer,status,created_at,paid_amount\n"
        f"X1,b,paid,{people()[0].phone},10\nX2,b,paid,2026-11-01 10:00:00,{people()[0].phone}x\n"
    )
    return path


def people() -> list:
    """Everybody whom the demo's orders are sent to."""
    worlds = [build(one, TODAY, MESSAGES, 7) for one in company.STORES]
    return [order.buyer for world in worlds for order in world.orders]


def secrets() -> set[str]:
    """Names, phones and addresses of the demo as a thief would look for them; the shortest names are everyday words."""
    found = {text for person in people() for text in (person.receiver, person.phone, person.address)}
    return {text for text in found if len(text) >= 3 and text not in ("收货人", "Customer")}


def dumped_tables() -> Iterator[tuple[str, str]]:
    """(table, its rows as pg_dump writes them), by the role that may read everything."""
    command = [program("pg_dump"), "--data-only", "--no-owner"]
    environment = client_environment(os.environ["BACKUP_DATABASE_URL"])
    text = subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stdout
    for part in text.split("\nCOPY public.")[1:]:
        head, _, rows = part.partition("\n")
        yield head, rows.partition("\n\\.\n")[0]


def without_chat_text(head: str, rows: str) -> str:
    if not head.startswith("conversations_message "):
        return rows
    columns = head.partition("(")[2].partition(")")[0].split(", ")
    place = columns.index("text")
    return "\n".join(
        "\t".join(c for n, c in enumerate(row.split("\t")) if n != place) for row in rows.split("\n")
    )


def found_in(text: str, wanted: set[str]) -> set[str]:
    return {secret for secret in wanted if secret in text or secret.encode().hex() in text}


def written_in(text: str, encoding: str) -> bytes:
    """The text's bytes; in UTF-8 where the encoding has no such characters: question marks stand in any ciphertext."""
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return text.encode()


def test_a_dump_and_the_kept_files_tell_no_name_phone_or_address(demo, settings):
    wanted = secrets()
    assert len(wanted) > 300
    tables = dict(dumped_tables())
    sizes = {head.partition(" ")[0]: rows.count("\n") + 1 for head, rows in tables.items() if rows}
    assert sizes["orders_order"] > 100
    assert {"intake_importjob", "intake_refusedrow", "tenants_auditentry", "conversations_message"} <= set(
        sizes
    )
    assert {"desk_followup", "desk_handoverline", "desk_duty", "conversations_phonecall"} <= set(sizes)
    told = {
        head.partition(" ")[0]: found_in(without_chat_text(head, rows), wanted)
        for head, rows in tables.items()
    }
    assert {table: found for table, found in told.items() if found} == {}

    files = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert len(files) > 30
    for path in files:
        content = path.read_bytes()
        for encoding in ("utf-8", "gb18030", "big5"):
            hidden = {text for text in wanted if written_in(text, encoding) in content}
            assert hidden == set(), path


def test_after_a_rotation_the_new_key_alone_reads_every_order_and_every_kept_file(demo, settings):
    organization_id = demo[0].organization_id
    old = settings.FIELD_KEYS

    def everything() -> tuple[list, list[bytes]]:
        with organization_scope(organization_id):
            orders = [[o.pk, *(o.decrypted(c) for c in PERSONAL)] for o in Order.objects.order_by("pk")]
            names = list(
                ImportJob.objects.filter(state=State.DONE).order_by("pk").values_list("kept_as", flat=True)
            )
        contents = []
        for name in filter(None, names):
            with kept_files.opened(organization_id, name) as path:
                contents.append(path.read_bytes())
        return orders, contents

    before = everything()
    assert len(before[0]) > 100
    assert len(before[1]) > 30
    settings.FIELD_KEYS = [a_key(), *old]
    call_command("rotate_keys", stdout=io.StringIO())
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    assert everything() == before
