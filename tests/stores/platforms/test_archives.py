"""Unpacking what users upload."""

import zipfile

import pytest

from stores.platforms import archives
from stores.platforms.archives import is_archive, unpack
from stores.platforms.records import FileRefused
from tests.stores.platforms.made_files import write_text, write_xlsx


def make_zip(folder, entries, name="pack.zip"):
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in entries:
            archive.writestr(entry, content)
    return path


def unpacked(tmp_path, path, **limits):
    into = tmp_path / "into"
    into.mkdir(exist_ok=True)
    return unpack(path, into, **limits)


def test_files_come_out_in_order_under_numbers(tmp_path):
    entries = [("七月/订单.csv", "a"), ("七月/", ""), ("__MACOSX/._x", "junk"), ("chat.TXT", "b")]
    found = unpacked(tmp_path, make_zip(tmp_path, entries))
    assert [(name, path.name, path.read_text()) for name, path in found] == [
        ("七月/订单.csv", "0001.csv", "a"),
        ("chat.TXT", "0002.txt", "b"),
    ]


def test_a_name_packed_in_gbk_is_read_as_gbk(tmp_path):
    # The packer of Chinese Windows writes GBK bytes and sets no UTF-8 flag.
    ascii_name, gbk_name = b"xxxx.csv", "订单.csv".encode("gbk")
    path = make_zip(tmp_path, [(ascii_name.decode(), "a")])
    path.write_bytes(path.read_bytes().replace(ascii_name, gbk_name))
    assert [name for name, _path in unpacked(tmp_path, path)] == ["订单.csv"]


def test_no_name_in_an_archive_becomes_a_path(tmp_path):
    found = unpacked(
        tmp_path, make_zip(tmp_path, [("../../evil.csv", "a"), ("/etc/evil", "b"), ("x.c/d", "c")])
    )
    assert [path.name for _name, path in found] == ["0001.csv", "0002", "0003"]
    assert {path.parent for _name, path in found} == {tmp_path / "into"}
    assert not (tmp_path.parent / "evil.csv").exists()


def test_an_archive_within_an_archive_is_not_opened(tmp_path):
    inner = make_zip(tmp_path, [("a.csv", "a")], "inner.zip")
    found = unpacked(tmp_path, make_zip(tmp_path, [("inner.zip", inner.read_bytes())]))
    assert [name for name, _path in found] == ["inner.zip"]


def test_too_many_files_are_refused(tmp_path):
    path = make_zip(tmp_path, [(f"{number}.csv", "") for number in range(archives.MAX_ENTRIES + 1)])
    with pytest.raises(FileRefused, match="more than 1000 files"):
        unpacked(tmp_path, path)


def test_too_many_bytes_are_refused(tmp_path):
    path = make_zip(tmp_path, [("a.csv", "a" * 600), ("b.csv", "b" * 600)])
    with pytest.raises(FileRefused, match="unpacked"):
        unpacked(tmp_path, path, max_bytes=1000)


def test_bytes_are_counted_and_not_only_believed(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "_check", lambda *_arguments: None)
    path = make_zip(tmp_path, [("a.csv", "a" * 600), ("b.csv", "b" * 600)])
    with pytest.raises(FileRefused, match="unpacked"):
        unpacked(tmp_path, path, max_bytes=1000)


def test_a_bomb_is_refused_by_its_ratio(tmp_path):
    path = make_zip(tmp_path, [("a.csv", b"0" * (archives.RATIO_CHECKED_FROM + 1))])
    with pytest.raises(FileRefused, match="200 times"):
        unpacked(tmp_path, path)


def test_an_encrypted_archive_is_refused_with_advice(tmp_path):
    path = make_zip(tmp_path, [("a.csv", "a")])
    content = bytearray(path.read_bytes())
    content[6] |= 1  # the flag in the local header
    content[content.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    path.write_bytes(bytes(content))
    with pytest.raises(FileRefused, match="unpack it and import the files"):
        unpacked(tmp_path, path)


@pytest.mark.parametrize("entries", [[], [("folder/", "")]])
def test_an_archive_without_files_is_refused(tmp_path, entries):
    with pytest.raises(FileRefused, match="holds no files"):
        unpacked(tmp_path, make_zip(tmp_path, entries))


def test_a_damaged_archive_is_refused(tmp_path):
    path = make_zip(tmp_path, [("a.csv", "some text that is long enough")])
    content = bytearray(path.read_bytes())
    content[40] ^= 0xFF
    path.write_bytes(bytes(content))
    with pytest.raises(FileRefused, match="damaged"):
        unpacked(tmp_path, path)


def test_a_workbook_is_no_archive(tmp_path):
    assert not is_archive(write_xlsx(tmp_path, [["a"]]))
    assert not is_archive(write_text(tmp_path, "a,b\n"))
    assert is_archive(make_zip(tmp_path, [("a.csv", "a")]))
