"""Broken files: each, or its bad rows, refused with a message naming what is wrong; the worker goes on."""

import pytest
from django.utils import translation

from conversations.models import Message
from intake.direct import load_directly
from intake.load import FAILED_TOO_OFTEN
from intake.models import ImportJob, RefusedRow, State
from intake.refusals import explain
from orders.models import Order
from tests.intake import broken_files as b
from tests.intake.files import chat_rows, messages_csv

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("scope")]

# case → (file name, what writes it, what the message says)
REFUSED_FILES = {
    "nothing at all": ("a.csv", b.raw(b""), "a.csv is empty"),
    "a byte order mark alone": ("a.csv", b.raw(b"\xef\xbb\xbf"), "a.csv"),
    "blank lines alone": ("a.csv", b.raw(b"\n\n\n"), "a.csv"),
    "headers of nobody": ("a.csv", b.text("colour,taste\nred,sweet\n"), "colour, taste"),
    "a required column missing": (
        "a.csv",
        b.text("buyer,agent,sent_at,text\nb,s,2026-03-01,x\n"),
        "buyer, agent",
    ),
    "UTF-16": ("a.csv", b.text(b.GOOD_CSV, "utf-16"), "a.csv is UTF-16 text"),
    "Latin-1": (
        "a.csv",
        b.text(b.MESSAGE_HEADER + "m1,b,s,in,0,2026-03-01 09:00:00,é\n" * 5, "latin-1"),
        "neither UTF-8 nor GB18030 nor Big5",
    ),
    "a line of 100 MB": ("a.csv", b.long_line, "line 22 of a.csv is longer than 1 MB"),
    "a cell of 10 MB": (
        "a.csv",
        b.messages("m1,b,s,in,0,2026-03-01 09:00:00," + "x" * 10 * 1024**2),
        "longer than 1 MB",
    ),
    "random bytes": ("a.csv", b.raw(b.NOISE), "a.csv"),
    "an image called workbook": ("a.xlsx", b.raw(b.PNG), "a.xlsx is neither"),
    "a PDF": ("a.pdf", b.raw(b.PDF), "a.pdf"),
    "a web page called .xls": ("a.xls", b.text(b.HTML), "the headers of a.xls are of no known table"),
    "JSON": ("a.json", b.text('[{"order_id": "o1", "status": "paid"}]\n'), "a.json are of no known table"),
    "a compressed file": ("a.gz", b.raw(b"\x1f\x8b\x08\x00" + b.NOISE), "a.gz"),
    "an old workbook": ("a.xls", b.raw(b.OLE + b"Workbook"), "a.xls is of the old .xls kind"),
    "a workbook with a password": (
        "a.xlsx",
        b.raw(b.OLE + "EncryptedPackage".encode("utf-16-le")),
        "a.xlsx is protected by a password",
    ),
    "a workbook cut in half": (
        "a.xlsx",
        b.raw(b.workbook(("order_id", "status"))[:2000]),
        "a.xlsx is damaged",
    ),
    "a workbook without sheets": (
        "a.xlsx",
        b.raw(b.workbook_without(b'<sheet name="Sheet1" sheetId="1" r:id="rId1"/>', b"")),
        "a.xlsx",
    ),
    "a workbook with an empty sheet": ("a.xlsx", b.raw(b.workbook()), "a.xlsx"),
    "a workbook of 120 MB unpacked": ("a.xlsx", b.raw(b.swollen_workbook()), "larger than 100 MB unpacked"),
    "a text document": (
        "a.docx",
        b.raw(b.archive({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w:document/>"})),
        "a.docx",
    ),
    "a zip cut in half": ("a.zip", b.raw(b.archive({"a.csv": b.GOOD_CSV})[:60]), "a.zip is damaged"),
    "a zip with nothing in it": ("a.zip", b.raw(b.archive({})), "a.zip"),
    "a zip with a password": (
        "a.zip",
        b.raw(b.encrypted(b.archive({"a.csv": b.GOOD_CSV}))),
        "protected by a password",
    ),
    "a zip bomb": ("a.zip", b.raw(b.archive({"a.csv": bytes(50 * 1024**2)})), "more than 200 times its size"),
    "a zip that lies about its size": (
        "a.zip",
        b.raw(b.false_size(b.archive({"a.csv": bytes(1024**2)}))),
        "a.zip is damaged",
    ),
    "a zip of too many files": (
        "a.zip",
        b.raw(b.archive({f"{number}.csv": "" for number in range(1_001)})),
        "more than 1000 files",
    ),
    "a zip within a zip": (
        "a.zip",
        b.raw(b.archive({"inner.zip": b.archive({"a.csv": b.GOOD_CSV})})),
        "inner.zip is an archive without a table",
    ),
    "a JD file for a Taobao store": (
        "a.csv",
        b.text(f"{b.JD_HEADER}\n1,2,x,1,在线支付,2026-03-01 09:00:00,1,1,1,0,1,完成\n", "gb18030"),
        "a.csv is an export of JD, but the store is one of Taobao/Tmall",
    ),
}

# case → (file name, what writes it, (row, column, what the reason says), records that come in)
REFUSED_ROWS = {
    "a byte of no encoding": (
        "a.csv",
        b.raw(
            (b.MESSAGE_HEADER + b.GOOD_LINE + "m1,b,s,in,0,2026-03-01 09:00:00,在吗\n").encode()
            + b"m2,b,s,in,0,2026-03-01 09:00:01,\xff\xfe\n"
        ),
        (4, "", "bytes that are no text"),
        2,
    ),
    "a character cut in half": (
        "a.csv",
        b.raw(
            (b.MESSAGE_HEADER + b.GOOD_LINE).encode()
            + "m1,b,s,in,0,2026-03-01 09:00:00,在吗\n".encode("gb18030")
            + b"m2,b,s,in,0,2026-03-01 09:00:01,\xd4"
        ),
        (4, "", "bytes that are no text"),
        2,
    ),
    "a NUL": (
        "a.csv",
        b.messages(*["m1,b,s,in,0,2026-03-01 09:00:01,x"] * 20, "m2,b,s,in,0,2026-03-01 09:00:01,a\0b"),
        (23, "", "no text"),
        2,
    ),
    "quotes never closed": (
        "a.csv",
        b.messages('m1,b,s,in,0,2026-03-01 09:00:01,"oh'),
        (3, "", "quotation marks"),
        1,
    ),
    "more cells than headers": (
        "a.csv",
        b.messages("m1,b,s,in,0,2026-03-01 09:00:01,a,b"),
        (3, "", "8 cells under 7 headers"),
        1,
    ),
    "a direction of nobody": (
        "a.csv",
        b.messages("m1,b,s,up,0,2026-03-01 09:00:01,a"),
        (3, "direction", "up is neither in nor out"),
        1,
    ),
    "no buyer": (
        "a.csv",
        b.messages("m1,,s,in,0,2026-03-01 09:00:01,a"),
        (3, "buyer", "must not be blank"),
        1,
    ),
    "31 February": (
        "a.csv",
        b.messages("m1,b,s,in,0,31.02.2026,a"),
        (3, "sent_at", "31.02.2026 is not a time"),
        1,
    ),
    "a day that never was": (
        "a.csv",
        b.messages("m1,b,s,in,0,2026-02-31 09:00:00,a"),
        (3, "sent_at", "is not a time"),
        1,
    ),
    "a time zone that never was": (
        "a.csv",
        b.messages("m1,b,s,in,0,2026-03-01T09:00:00+99:00,a"),
        (3, "sent_at", "2026-03-01T09:00:00+99:00 is not a time"),
        1,
    ),
    "the year 2999": (
        "a.csv",
        b.messages("m1,b,s,in,0,2999-01-01 09:00:00,a"),
        (3, "sent_at", "lies in the future"),
        1,
    ),
    "day or month": (
        "a.csv",
        b.messages("m1,b,s,in,0,03/04/2026,a"),
        (3, "sent_at", "cannot be told apart"),
        1,
    ),
    "a name of 5,000 characters": (
        "a.csv",
        b.messages(f"m1,{''.join(map(str, range(1_500)))[:5_000]},s,in,0,2026-03-01 09:00:01,a"),
        (3, "buyer", "4890 characters; at most 200"),
        1,
    ),
    "negative money": (
        "a.csv",
        b.orders("o1,b,paid,2026-03-01,-5,1,0"),
        (3, "paid_amount", "-5 is negative"),
        1,
    ),
    "money without end": (
        "a.csv",
        b.orders("o1,b,paid,2026-03-01,1e308,1,0"),
        (3, "paid_amount", "1e308 is not an amount"),
        1,
    ),
    "too much money": (
        "a.csv",
        b.orders("o1,b,paid,2026-03-01,9999999999999,1,0"),
        (3, "paid_amount", "is too large"),
        1,
    ),
    "a decimal comma": (
        "a.csv",
        b.text("order_id;status;paid_amount\no0;paid;1.50\no1;paid;12,50\n"),
        (3, "paid_amount", "12,50 is not an amount"),
        1,
    ),
    "an unknown status": (
        "a.csv",
        b.orders("o1,b,flying,2026-03-01,1,1,0"),
        (3, "status", "flying is not a value known"),
        1,
    ),
    "a flag in words": (
        "a.csv",
        b.orders("o1,b,paid,2026-03-01,1,1,red"),
        (3, "flag", "red is not a whole number"),
        1,
    ),
    "a flag beyond the table": (
        "a.csv",
        b.orders("o1,b,paid,2026-03-01,1,1,40000"),
        (3, "flag", "40000 is too large"),
        1,
    ),
    "items beyond the table": (
        "a.csv",
        b.orders("o1,b,paid,2026-03-01,1,3000000000,1"),
        (3, "items", "3000000000 is too large"),
        1,
    ),
    "a rounded order number": (
        "a.csv",
        b.orders("2.14073E+16,b,paid,2026-03-01,1,1,0"),
        (3, "order_id", "has rounded this number to 2.14073E+16"),
        1,
    ),
    "a number rounded in a workbook": (
        "a.xlsx",
        b.raw(b.workbook(("order_id", "status"), ("o0", "paid"), (214073000000000012.0, "paid"))),
        (3, "order_id", "has rounded this number"),
        1,
    ),
    "a time before all time in a workbook": (
        "a.xlsx",
        b.raw(b.workbook(("order_id", "status", "created_at"), ("o0", "paid", ""), ("o1", "paid", 3.5))),
        (3, "created_at", "3.5 is not a time"),
        1,
    ),
}


def bring(store, tmp_path, name, write):
    path = tmp_path / name
    write(path)
    jobs = load_directly(store, path)
    for job in jobs:
        assert job.message != FAILED_TOO_OFTEN, "an error of ours"
        assert job.state in (State.DONE, State.REFUSED)
    return jobs


def assert_translates(message: str, params: dict, said: str) -> None:
    for language in ("zh-hans", "zh-hant", "en"):
        with translation.override(language):
            sentence = explain(message, params)
        assert "%(" not in sentence
    assert said in sentence


def assert_the_worker_goes_on(store, tmp_path) -> None:
    [good] = load_directly(store, messages_csv(tmp_path / "good.csv", chat_rows(3, with_ids=True)))
    assert (good.state, good.totals["new"]) == (State.DONE, 3)


@pytest.mark.parametrize("case", REFUSED_FILES)
def test_a_file_that_cannot_be_taken_is_refused_whole_with_its_reason(case, store, tmp_path):
    name, write, said = REFUSED_FILES[case]

    [job] = bring(store, tmp_path, name, write)

    assert job.state == State.REFUSED
    assert_translates(job.message, job.message_params, said)
    assert (job.done_records, Message.objects.count(), Order.objects.count()) == (0, 0, 0)
    assert_the_worker_goes_on(store, tmp_path)


@pytest.mark.parametrize("case", REFUSED_ROWS)
def test_a_bad_row_is_refused_by_its_number_and_the_others_come_in(case, store, tmp_path):
    name, write, (row, column, said), taken = REFUSED_ROWS[case]

    [job] = bring(store, tmp_path, name, write)

    assert job.state == State.DONE
    refused = RefusedRow.objects.get()
    assert (refused.row, refused.column) == (row, column)
    assert_translates(refused.message, refused.params, said)
    assert Message.objects.count() + Order.objects.count() == taken
    assert_the_worker_goes_on(store, tmp_path)


def test_headers_without_rows_are_an_empty_export_not_an_error(store, tmp_path):
    [job] = bring(store, tmp_path, "a.csv", b.text(b.MESSAGE_HEADER))

    assert (job.state, job.done_records, job.counts) == (State.DONE, 0, {})


def test_a_formula_is_text_and_kept_as_it_was_written(store, tmp_path):
    formula = '=HYPERLINK("http://example.com")'
    [job] = bring(store, tmp_path, "a.csv", b.messages(f"m1,@b,s,in,0,2026-03-01 09:00:01,'{formula}'"))

    assert job.totals["new"] == 2
    assert Message.objects.get(message_id="m1").text.strip("'") == formula


def test_of_two_columns_with_one_header_the_first_counts(store, tmp_path):
    bring(store, tmp_path, "a.csv", b.text("order_id,status,status\no1,paid,closed\n"))

    assert Order.objects.get().status == "paid"


def test_ten_thousand_columns_are_no_reason_to_stop(store, tmp_path):
    [job] = bring(store, tmp_path, "a.csv", b.wide_table)

    assert (job.state, job.totals["new"]) == (State.DONE, 1)


def test_a_zip_of_several_platforms_gives_the_store_its_own(store, tmp_path):
    shopee = f"{b.SHOPEE_HEADER}\nS1,Completed,2026-03-01 09:00,2026-03-01 09:05,A,1,10.00\n"
    packed = b.archive({"chats.csv": b.GOOD_CSV, "shopee.csv": shopee})

    chats, other = bring(store, tmp_path, "a.zip", b.raw(packed))

    assert (chats.state, other.state) == (State.DONE, State.REFUSED)
    assert_translates(other.message, other.message_params, "shopee.csv is an export of Shopee")


def test_a_zip_that_points_outside_writes_nothing_outside(store, tmp_path):
    inside = tmp_path / "in"
    inside.mkdir()
    before = {path.name for path in tmp_path.iterdir()}

    [job] = bring(store, inside, "a.zip", b.raw(b.archive({"../../outside.csv": b.GOOD_CSV})))

    assert job.state == State.DONE
    assert {path.name for path in tmp_path.iterdir()} == before
    assert list(inside.iterdir()) == [inside / "a.zip"]


def test_a_file_name_that_is_no_text_does_not_stop_the_import(store, tmp_path):
    [job] = bring(store, tmp_path, "a\udcff.csv", b.text(b.GOOD_CSV))

    assert (job.state, job.name) == (State.DONE, "a?.csv")
    assert ImportJob.objects.count() == 1
