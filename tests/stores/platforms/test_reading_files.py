"""Encodings, delimiters, quotes, limits: what a file must survive before its format matters."""

import tracemalloc
import zipfile

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stores.platforms import encodings, tables
from stores.platforms.recognise import recognise
from stores.platforms.records import FileRefused, Refusal
from tests.stores.platforms.made_files import TAOBAO, read, said, utc, write_text, write_xlsx

HEADER = "message_id,buyer,agent,direction,auto,sent_at,text\n"
ROW = "m{0},买家一,旗舰店:小美,in,0,2026-01-02 10:00:00,有货吗\n"


def below_header(text):
    return (HEADER + text).encode("utf-8", "surrogatepass")


WRONG_WAY = "m2,b,s:a,up,0,2026-01-02 10:00:00,x\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_is_read_in_every_encoding_line_ending_and_delimiter(tmp_path, encoding, ending, delimiter):
    text = (HEADER + ROW.format(1)).replace(",", delimiter).replace("\n", ending)
    records, refusals = read(write_text(tmp_path, text, encoding))
    assert [record.text for record in records] == ["有货吗"]
    assert refusals == []


def test_big5_is_tried_when_the_headers_make_no_sense_in_gb18030(tmp_path):
    text = "訂單編號,訂單狀態,買家帳號,訂單成立時間,訂單總金額\n1001,已完成,小明,2026-01-02 10:00,120\n"
    path = write_text(tmp_path, text, "big5")
    store = TAOBAO._replace(platform="shopee", time_zone="Asia/Taipei", currency="TWD")
    assert recognise(path, path.name, store).encoding == "cp950"
    records, refusals = read(path, store)
    assert (records[0].order_id, records[0].buyer, records[0].status) == ("1001", "小明", "completed")
    assert refusals == []


def test_a_bad_byte_far_down_refuses_its_row_and_not_the_file(tmp_path):
    good = (HEADER + "".join(ROW.format(number) for number in range(2, 90_001))).encode("gb18030")
    bad = ROW.format("bad").encode("gb18030").replace("有".encode("gb18030"), b"\xd3\xff")
    path = tmp_path / "file.csv"
    path.write_bytes(good + bad + ROW.format("last").encode("gb18030"))
    records, refusals = read(path)
    assert [(refusal.row, said(refusal)) for refusal in refusals] == [
        (90_001, "the row holds bytes that are no text")
    ]
    assert (len(records), records[-1].message_id) == (90_000, "mlast")


def test_a_file_in_no_known_encoding_is_refused_naming_its_first_bad_line(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(HEADER.encode() + b"m1,\xff\xff,a,in,0,2026-01-02 10:00:00,\xff\xfe\xff\n" * 3)
    with pytest.raises(FileRefused, match="line 2 cannot be read"):
        recognise(path, path.name, TAOBAO)


def test_a_row_with_a_nul_is_refused(tmp_path):
    records, refusals = read(
        write_text(tmp_path, HEADER + ROW.format(1).replace("有货", "有\0货") + ROW.format(2))
    )
    assert [record.message_id for record in records] == ["m2"]
    assert [refusal.row for refusal in refusals] == [2]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"\x00\x01\x02\x03binary", "neither a table nor a chat"),
        ("订单编号,总金额\n1,2\n".encode("utf-16"), "UTF-16"),
        (b"a,b\n1,2\n", "no known table: a, b"),
        (b"PK\x03\x04 cut off", "damaged"),
        (
            tables.OLE_CONTAINER + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
            "protected by a password",
        ),
        (tables.OLE_CONTAINER + b"\0" * 600 + "Workbook".encode("utf-16-le"), "old .xls kind"),
    ],
)
def test_what_cannot_be_read_is_refused_saying_why(tmp_path, content, reason):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(FileRefused, match=reason):
        recognise(path, path.name, TAOBAO)


def test_a_line_longer_than_a_megabyte_is_refused_with_its_number(tmp_path):
    path = write_text(tmp_path, HEADER + ROW.format(1) + "x" * (1024**2 + 1) + "\n")
    with pytest.raises(FileRefused, match=r"line 3 of file\.csv is longer than 1 MB"):
        recognise(path, path.name, TAOBAO)


def test_a_file_larger_than_the_limit_is_refused(tmp_path):
    path = write_text(tmp_path, HEADER + ROW.format(1))
    with pytest.raises(FileRefused, match="larger than 0 MB"):
        recognise(path, path.name, TAOBAO, max_bytes=100)


def test_a_workbook_larger_than_the_limit_when_unpacked_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "MAX_SHEET_BYTES", 500)
    path = write_xlsx(tmp_path, [HEADER.strip().split(",")])
    with pytest.raises(FileRefused, match="unpacked"):
        recognise(path, path.name, TAOBAO)


@pytest.mark.parametrize("above", ["", "m0,\0,s:a,in,0,2026-01-02 10:00:00,x\n"])
def test_quotes_that_never_close_swallow_no_row_in_silence(tmp_path, above):
    text = HEADER + above + 'm1,b,s:a,in,0,2026-01-02 10:00:00,"unfinished\n' + ROW.format(2) + ROW.format(3)
    records, refusals = read(write_text(tmp_path, text))
    assert records == []
    assert refusals[-1].row == 2 + bool(above)
    assert "quotation marks" in said(refusals[-1])


def test_a_line_break_within_quotes_is_text_and_rows_are_counted_as_records(tmp_path):
    text = (
        HEADER + 'm1,b,s:a,in,0,2026-01-02 10:00:00,"两行\n文字"\n' + "m2,b,s:a,up,0,2026-01-02 10:00:00,x\n"
    )
    records, refusals = read(write_text(tmp_path, text))
    assert records[0].text == "两行\n文字"
    assert [(refusal.row, refusal.column) for refusal in refusals] == [(3, "direction")]


def test_an_unquoted_comma_shifts_cells_and_the_row_is_refused(tmp_path):
    text = HEADER + "m1,b,s:a,in,0,2026-01-02 10:00:00,有货,吗\n" + ROW.format(2).rstrip("\n") + ",\n"
    records, refusals = read(write_text(tmp_path, text))
    assert [said(refusal) for refusal in refusals] == [
        "the row has 8 cells under 7 headers: a comma within a text must be quoted"
    ]
    assert [record.message_id for record in records] == ["m2"], "a trailing comma alone shifts nothing"


def test_a_title_row_above_the_header_and_blank_rows_keep_the_users_row_numbers(tmp_path):
    text = (
        "聊天记录导出\n\n" + HEADER + ROW.format(1) + "\n,,,,,,\n" + "m2,b,s:a,up,0,2026-01-02 10:00:00,x\n"
    )
    records, refusals = read(write_text(tmp_path, text))
    assert [record.message_id for record in records] == ["m1"]
    assert [refusal.row for refusal in refusals] == [7]


def test_headers_match_whatever_their_case_blanks_and_normal_form(tmp_path):
    text = ',Message_ID , BUYER,Agent,direction,"sent_\nat",text,\n0,m1,b,s:a,in,2026-01-02 10:00:00,hi,\n'
    records, _refusals = read(write_text(tmp_path, text))
    assert (records[0].message_id, records[0].auto) == ("m1", False)


def test_a_sheet_that_begins_below_blank_rows_keeps_its_row_numbers(tmp_path):
    header = ["buyer", "agent", "direction", "sent_at", "text"]
    row = ["b", "s:a", "in", "2026-01-02 10:00:00", "x"]
    path = write_xlsx(tmp_path, [[], [], header, row, [], ["b", "s:a", "up", *row[3:]]])
    records, refusals = read(path)
    assert len(records) == 1
    assert [refusal.row for refusal in refusals] == [6]


def test_a_sheet_that_is_not_the_first_part_and_declares_one_cell_is_read_whole(tmp_path):
    # So do Seller Centre's exports: xl/worksheets/sheet2.xml, no sheet1, <dimension ref="A1">.
    made = write_xlsx(
        tmp_path, [["day", "currency", "rate"], ["2026-01-02", "VND", "0.0003"]], name="made.xlsx"
    )
    path = tmp_path / "file.xlsx"
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(path, "w") as target:
        for part in source.namelist():
            content = source.read(part).replace(b"sheet1.xml", b"sheet2.xml")
            content = content.replace(b'<dimension ref="A1:C2"/>', b'<dimension ref="A1"/>')
            target.writestr(part.replace("sheet1.xml", "sheet2.xml"), content)
    assert b'<dimension ref="A1"/>' in zipfile.ZipFile(path).read("xl/worksheets/sheet2.xml")
    records, _refusals = read(path)
    assert [record.currency for record in records] == ["VND"]


def test_times_of_a_sheet_may_be_dates_serial_numbers_or_text(tmp_path):
    header = ["buyer", "agent", "direction", "sent_at", "text"]
    times = [utc(2026, 1, 2, 10).replace(tzinfo=None), 46024.4166666667, "2026/1/2 10:00"]
    path = write_xlsx(tmp_path, [header, *(["b", "s:a", "in", time, "x"] for time in times)])
    records, refusals = read(path)
    assert [record.sent_at for record in records] == [utc(2026, 1, 2, 2)] * 3
    assert refusals == []


def test_the_sheet_that_holds_the_table_is_found(tmp_path):
    path = tmp_path / "file.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("说明").write(0, 0, "read me")
        page = book.add_worksheet("data")
        page.write_row(0, 0, ["day", "currency", "rate"])
        page.write_row(1, 0, ["2026-01-02", "vnd", 0.00028])
    records, _refusals = read(path)
    assert [(record.currency, str(record.rate)) for record in records] == [("VND", "0.00028")]


def test_messages_stream_in_bounded_memory(tmp_path):
    path = write_text(tmp_path, HEADER + "".join(ROW.format(number) for number in range(60_000)))
    recognised = recognise(path, path.name, TAOBAO)
    tracemalloc.start()
    rows = sum(1 for _item in recognised.parse())
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rows == 60_000
    assert peak < 3_000_000, "60,000 records kept would be some 20 MB"


def test_a_bad_line_count_decides_between_encodings(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(("买家\n" * 10).encode() + b"\xff\n")
    assert [text.encoding for text in encodings.readings(path, "file.csv")] == ["utf-8"]
    assert encodings.is_damaged("a\udcffb")
    assert not encodings.is_damaged("买家")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(below_header)))
def test_whatever_the_bytes_a_file_is_read_or_refused_and_nothing_else(tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    try:
        parsed = list(recognise(path, path.name, TAOBAO).parse())
    except FileRefused:
        return
    assert all(said(item) if isinstance(item, Refusal) else item[0] > 1 for item in parsed)


def test_refusals_are_told_apart_from_records(tmp_path):
    path = write_text(tmp_path, HEADER + ROW.format(1) + ",,,,,,x\n")
    parsed = list(recognise(path, path.name, TAOBAO).parse())
    assert [isinstance(item, Refusal) for item in parsed] == [False, True]
    assert parsed[0][0] == 2
