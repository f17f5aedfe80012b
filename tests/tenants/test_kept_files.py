"""Kept files: unreadable on disk, whole or refused, gone after their time."""

import base64
import os
import secrets
import time

import pytest

from tenants import kept_files
from tenants.kept_files import FRAME_BYTES, KeptFileLost

SIZES = [0, 1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 2 * FRAME_BYTES, 2 * FRAME_BYTES + 7]


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.FIELD_KEYS = [base64.b64encode(secrets.token_bytes(64)).decode()]


def pieces(content: bytes, size: int = 300_000):
    return (content[start : start + size] for start in range(0, len(content), size))


def kept_path(tmp_path, name, organization_id=1):
    return tmp_path / str(organization_id) / name


@pytest.mark.parametrize("size", SIZES)
def test_a_file_comes_back_as_it_was(size):
    content = secrets.token_bytes(size)
    name = kept_files.keep(1, pieces(content))

    with kept_files.opened(1, name) as path:
        assert path.read_bytes() == content


def test_nothing_readable_stays_on_the_disk(tmp_path):
    name = kept_files.keep(1, [b"secret words " * 1000])
    with kept_files.opened(1, name) as path:
        assert path.stat().st_mode & 0o777 == 0o600
    assert not path.exists()
    assert b"secret words" not in kept_path(tmp_path, name).read_bytes()
    assert kept_path(tmp_path, name).stat().st_mode & 0o777 == 0o600


def test_another_organizations_key_does_not_open_it(tmp_path):
    name = kept_files.keep(1, [b"content"])
    (tmp_path / "2").mkdir()
    kept_path(tmp_path, name).rename(kept_path(tmp_path, name, 2))

    with pytest.raises(KeptFileLost), kept_files.opened(2, name):
        pass


@pytest.mark.parametrize("cut", [1, 16, FRAME_BYTES + 16])
def test_a_file_cut_short_is_noticed_even_at_the_end_of_a_frame(cut, tmp_path):
    name = kept_files.keep(1, pieces(bytes(3 * FRAME_BYTES)))
    path = kept_path(tmp_path, name)
    os.truncate(path, path.stat().st_size - cut)

    with pytest.raises(KeptFileLost), kept_files.opened(1, name):
        pass


def test_frames_that_changed_places_are_noticed(tmp_path):
    name = kept_files.keep(1, pieces(bytes(3 * FRAME_BYTES)))
    path = kept_path(tmp_path, name)
    kept, head, frame = path.read_bytes(), 24, FRAME_BYTES + 16
    path.write_bytes(
        kept[:head]
        + kept[head + frame : head + 2 * frame]
        + kept[head : head + frame]
        + kept[head + 2 * frame :]
    )

    with pytest.raises(KeptFileLost), kept_files.opened(1, name):
        pass


def test_a_file_opens_after_the_key_was_rotated_and_not_when_its_key_is_gone(settings):
    name = kept_files.keep(1, [b"content"])
    newer = base64.b64encode(secrets.token_bytes(64)).decode()
    settings.FIELD_KEYS = [newer, *settings.FIELD_KEYS]
    with kept_files.opened(1, name) as path:
        assert path.read_bytes() == b"content"

    settings.FIELD_KEYS = [newer]
    with pytest.raises(KeptFileLost), kept_files.opened(1, name):
        pass


def test_files_older_than_thirty_days_are_deleted_and_younger_ones_stay(tmp_path):
    old, young = kept_files.keep(1, [b"old"]), kept_files.keep(1, [b"young"])
    month_ago = time.time() - 30 * 86_400 - 60
    os.utime(kept_path(tmp_path, old), (month_ago, month_ago))

    assert kept_files.discard_older(1) == [old]
    assert [path.name for path in (tmp_path / "1").iterdir()] == [young]


def test_plain_copies_of_killed_processes_are_deleted_and_those_in_use_stay(tmp_path):
    hour_ago = time.time() - 3600
    with kept_files.plain_copy([b"in use"]) as used:
        os.utime(used, (hour_ago, hour_ago))
        left_over = used.with_name("left-over")
        left_over.write_bytes(b"plain")
        os.utime(left_over, (hour_ago, hour_ago))

        assert kept_files.delete_left_over_copies() == 1
        assert used.exists()
        assert not left_over.exists()


def test_a_young_copy_is_left_alone_since_it_may_not_be_locked_yet(tmp_path):
    with kept_files.plain_copy([b"in use"]) as used:
        young = used.with_name("young")
        young.write_bytes(b"plain")

        assert kept_files.delete_left_over_copies() == 0
        assert young.exists()


def test_attachments_are_kept_apart_and_no_age_deletes_them(tmp_path):
    name = kept_files.keep(1, [b"drawing"], kept_files.Kind.ATTACHMENT)
    path = tmp_path / "attachments" / "1" / name
    assert b"drawing" not in path.read_bytes()
    year_ago = time.time() - 365 * 86_400
    os.utime(path, (year_ago, year_ago))

    assert kept_files.discard_older(1) == []
    with kept_files.opened(1, name, kept_files.Kind.ATTACHMENT) as plain:
        assert plain.read_bytes() == b"drawing"
    with pytest.raises(KeptFileLost), kept_files.opened(1, name):
        pass


def test_a_rotation_reaches_uploads_and_attachments(settings):
    names = {kind: kept_files.keep(1, [b"content"], kind) for kind in kept_files.Kind}
    newer = base64.b64encode(secrets.token_bytes(64)).decode()
    settings.FIELD_KEYS = [newer, *settings.FIELD_KEYS]
    assert kept_files.rotate_files(1) == 2
    assert kept_files.rotate_files(1) == 0

    settings.FIELD_KEYS = [newer]
    for kind, name in names.items():
        with kept_files.opened(1, name, kind) as plain:
            assert plain.read_bytes() == b"content"
