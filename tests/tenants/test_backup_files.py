"""Attachments in backups: copied once, linked after, missed where they lack, put back."""

import json
import os
import shutil
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from orders.attachments import attach
from orders.remark_models import About, Attachment
from tenants import kept_files
from tenants.backup import BackupError, make_backup, manifest_path
from tenants.backup_files import copy_files, count_files, files_path, restore_files
from tenants.restore import restore_backup
from tenants.scope import organization_scope
from tests.access_remarks import PNG
from tests.make import make_organization, make_store
from tests.orders.remark_world import NOW, an_order


@pytest.fixture
def attached(committed, settings, tmp_path) -> Attachment:
    settings.MEDIA_ROOT = tmp_path / "media"
    organization = make_organization("yunfan")
    store = make_store(organization, "tb1")
    kept_files.keep(organization.pk, [b"an upload is in no backup"])
    with organization_scope(organization.pk):
        order = an_order(store)
        return attach(store, About.ORDER, order.pk, "picture", SimpleUploadedFile("a.png", PNG), None, NOW)


def files(tree: Path) -> dict[str, bytes]:
    return {str(path.relative_to(tree)): path.read_bytes() for path in tree.rglob("*") if path.is_file()}


def test_a_backup_has_the_attachments_encrypted_and_the_next_links_them(attached, tmp_path, settings):
    first = make_backup(tmp_path / "backups")
    kept = tmp_path / "media" / "attachments"
    assert files(files_path(first)) == files(kept)
    assert PNG not in next(iter(files(files_path(first)).values()))
    assert json.loads(manifest_path(first).read_text())["attachments"] == count_files(kept)
    name = next(iter(files(kept)))
    second = make_backup(tmp_path / "backups")
    assert (files_path(first) / name).stat().st_ino == (files_path(second) / name).stat().st_ino
    # A rotation writes the file anew: the copy is of the new one, the old backup keeps the old.
    old = (files_path(second) / name).read_bytes()
    (kept / name).write_bytes(b"rotated")
    third = make_backup(tmp_path / "backups")
    assert (files_path(third) / name).read_bytes() == b"rotated"
    assert (files_path(second) / name).read_bytes() == old
    settings.BACKUP_KEEP = 1
    last = make_backup(tmp_path / "backups")
    assert sorted(path.name for path in (tmp_path / "backups").iterdir()) == [
        last.name, files_path(last).name, manifest_path(last).name,
    ]  # fmt: skip


def test_verifying_notices_a_missing_attachment(attached, tmp_path):
    backup = make_backup(tmp_path / "backups")
    call_command("verify_backup", str(backup))
    shutil.rmtree(files_path(backup))
    with pytest.raises(CommandError, match="holds 0 files of 0 bytes instead of 1 files") as raised:
        call_command("verify_backup", str(backup))
    assert raised.value.returncode == 1


def test_attachments_are_put_back_and_what_is_there_stays(attached, tmp_path, settings):
    backup = make_backup(tmp_path / "backups")
    settings.MEDIA_ROOT = tmp_path / "elsewhere"
    assert restore_files(files_path(backup)) == 1
    assert restore_files(files_path(backup)) == 0
    with kept_files.opened(attached.organization_id, attached.kept_as, kept_files.Kind.ATTACHMENT) as plain:
        assert plain.read_bytes() == PNG


def test_a_restore_without_its_attachments_is_refused_before_anything_is_done(
    attached, tmp_path, monkeypatch
):
    backup = make_backup(tmp_path / "backups")
    os.remove(next(path for path in files_path(backup).rglob("*") if path.is_file()))
    monkeypatch.setattr("tenants.restore._refuse_unless_empty", lambda url: None)
    monkeypatch.setattr("tenants.restore._load", lambda *args: pytest.fail("it was loaded"))
    with pytest.raises(BackupError, match="nothing was done"):
        restore_backup(backup)


def test_a_house_without_attachments_has_an_empty_tree(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    assert copy_files(tmp_path / "tree", None) == {"files": 0, "bytes": 0}
