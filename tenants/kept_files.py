"""Files people give us, on disk: encrypted under a key of their organization, readable only while they are used.

A kept file is `KFD1`, the id of the master key (as in tenants/encryption.py), 16 random bytes, then frames of 1 MiB
under AES-GCM. Each file has a key of its own, so a frame's position can be its nonce; the last frame says that it is
the last, so a file cut short at a frame's end is noticed.

Uploads to import and attachments of dossiers lie in folders of their own (`Kind`): the first are deleted after 30
days, the second only with what they belong to.
"""

import base64
import fcntl
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from tenants.encryption import ID_BYTES, master_key, newest_id

FRAME_BYTES = 1024**2
KEPT_FOR = timedelta(days=30)
_MAGIC = b"KFD1"
_SALT_BYTES = 16
_HEAD_BYTES = len(_MAGIC) + ID_BYTES + _SALT_BYTES
_TAG_BYTES = 16
# A plain copy younger than this may belong to a process that has not locked it yet.
_LEFT_OVER_SECONDS = 60
_FOLDER_SECONDS = 86_400


class Kind(Enum):
    """What a kept file is. value: the folder below MEDIA_ROOT that holds the organizations' folders of this kind."""

    UPLOAD = ""
    ATTACHMENT = "attachments"


class KeptFileLost(Exception):
    """A kept file is missing, cut short, or belongs to a key that is no longer configured."""


def keep(organization_id: int, chunks: Iterable[bytes], kind: Kind = Kind.UPLOAD) -> str:
    """Encrypt a file to disk; the name to open it by."""
    name = secrets.token_hex(16)
    _write(organization_id, name, chunks, kind)
    return name


def _write(organization_id: int, name: str, chunks: Iterable[bytes], kind: Kind) -> Path:
    folder = _folder(organization_id, kind)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key_id, salt = newest_id(), secrets.token_bytes(_SALT_BYTES)
    cipher = _cipher(organization_id, key_id, salt)
    with open(folder / name, "xb", opener=_private) as target:
        target.write(_MAGIC + key_id + salt)
        for position, (frame, is_last) in enumerate(_frames(chunks)):
            target.write(cipher.encrypt(_nonce(position), frame, _MAGIC + bytes([is_last])))
    return folder / name


@contextmanager
def opened(organization_id: int, name: str, kind: Kind = Kind.UPLOAD) -> Iterator[Path]:
    """A private plain copy of a kept file, deleted at the end.

    Errors: KeptFileLost. The copy is locked while in use, so that one left behind by a killed process is
    known (`delete_left_over_copies`).
    """
    reading = _reading_folder()
    path = reading / secrets.token_hex(16)
    with open(path, "xb", opener=_private) as copy:
        fcntl.flock(copy, fcntl.LOCK_EX)
        try:
            _decrypt(_folder(organization_id, kind) / name, organization_id, copy)
            copy.flush()
            yield path
        finally:
            path.unlink(missing_ok=True)


@contextmanager
def plain_copy(chunks: Iterable[bytes]) -> Iterator[Path]:
    """The same for bytes that are not kept yet."""
    path = _reading_folder() / secrets.token_hex(16)
    with open(path, "xb", opener=_private) as copy:
        fcntl.flock(copy, fcntl.LOCK_EX)
        try:
            copy.writelines(chunks)
            copy.flush()
            yield path
        finally:
            path.unlink(missing_ok=True)


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder for the files of an unpacked archive, deleted at the end."""
    with tempfile.TemporaryDirectory(dir=_reading_folder()) as folder:
        yield Path(folder)


def chunks_of(path: Path) -> Iterator[bytes]:
    """A file's bytes, a frame at a time."""
    with path.open("rb") as source:
        while chunk := source.read(FRAME_BYTES):
            yield chunk


def discard(organization_id: int, name: str, kind: Kind = Kind.UPLOAD) -> None:
    """Delete a kept file; one that is gone already is no error."""
    if name:
        (_folder(organization_id, kind) / name).unlink(missing_ok=True)


def discard_older(organization_id: int, age: timedelta = KEPT_FOR) -> list[str]:
    """Delete the organization's uploads kept longer than `age`, those without a job too; their names."""
    folder, limit = _folder(organization_id, Kind.UPLOAD), time.time() - age.total_seconds()
    if not folder.is_dir():
        return []
    old = [path for path in folder.iterdir() if path.stat().st_mtime < limit]
    for path in old:
        path.unlink(missing_ok=True)
    return [path.name for path in old]


def discard_strays(organization_id: int, known: set[str], before: datetime) -> int:
    """Delete the organization's attachments kept before an instant whose name is not known; how many."""
    folder = _folder(organization_id, Kind.ATTACHMENT)
    strays = [
        path
        for path in (folder.iterdir() if folder.is_dir() else ())
        if path.name not in known and path.stat().st_mtime < before.timestamp()
    ]
    for path in strays:
        path.unlink(missing_ok=True)
    return len(strays)


def rotate_files(organization_id: int) -> int:
    """Bring the organization's kept files under the newest key; how many were written anew. May be repeated.

    A file takes its new form in one step, under its old name and age: whoever reads it meanwhile reads the old
    form to its end. Errors: KeptFileLost for a file whose key is not configured.
    """
    return sum(_rotate_folder(organization_id, kind) for kind in Kind)


def _rotate_folder(organization_id: int, kind: Kind) -> int:
    folder, count = _folder(organization_id, kind), 0
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        with path.open("rb") as source:
            head = source.read(_HEAD_BYTES)
        if len(head) < _HEAD_BYTES or head.startswith(_MAGIC + newest_id()):
            # Being written just now, or done.
            continue
        kept_at = path.stat()
        with opened(organization_id, path.name, kind) as plain:
            anew = _write(organization_id, secrets.token_hex(16), chunks_of(plain), kind)
        os.utime(anew, ns=(kept_at.st_atime_ns, kept_at.st_mtime_ns))
        anew.replace(path)
        count += 1
    return count


def delete_left_over_copies() -> int:
    """Delete plain copies whose process was killed, and folders older than a day; how many."""
    deleted = 0
    for path in _reading_folder().iterdir():
        if path.is_dir():
            if time.time() - path.stat().st_mtime > _FOLDER_SECONDS:
                shutil.rmtree(path, ignore_errors=True)
                deleted += 1
            continue
        with suppress(FileNotFoundError), path.open("rb") as copy:
            if time.time() - os.fstat(copy.fileno()).st_mtime < _LEFT_OVER_SECONDS:
                continue
            with suppress(BlockingIOError):
                fcntl.flock(copy, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink(missing_ok=True)
                deleted += 1
    return deleted


def _decrypt(kept: Path, organization_id: int, target: BinaryIO) -> None:
    try:
        with kept.open("rb") as source:
            head = source.read(_HEAD_BYTES)
            if len(head) < _HEAD_BYTES or not head.startswith(_MAGIC):
                raise KeptFileLost(kept.name)
            cipher = _cipher(organization_id, head[len(_MAGIC) : -_SALT_BYTES], head[-_SALT_BYTES:])
            frame, position = source.read(FRAME_BYTES + _TAG_BYTES), 0
            while frame:
                following = source.read(FRAME_BYTES + _TAG_BYTES)
                target.write(cipher.decrypt(_nonce(position), frame, _MAGIC + bytes([not following])))
                frame, position = following, position + 1
            if not position:
                raise KeptFileLost(kept.name)
    except (FileNotFoundError, InvalidTag) as error:
        raise KeptFileLost(kept.name) from error


def _frames(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """(up to 1 MiB, whether it is the last); an empty file is one empty frame."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) > FRAME_BYTES:
            yield bytes(held[:FRAME_BYTES]), False
            del held[:FRAME_BYTES]
    yield bytes(held), True


def _nonce(position: int) -> bytes:
    return position.to_bytes(12, "big")


def _cipher(organization_id: int, key_id: bytes, salt: bytes) -> AESGCM:
    """The cipher of one file. key_id: the master key's."""
    key = master_key(key_id)
    if key is None:
        raise KeptFileLost(f"the key of id {key_id.hex()} is not among FIELD_KEYS")
    derive = HKDF(hashes.SHA256(), 32, salt=salt, info=f"kefudesk/files/{organization_id}".encode())
    return AESGCM(derive.derive(base64.b64decode(key)))


def _folder(organization_id: int, kind: Kind) -> Path:
    return Path(settings.MEDIA_ROOT) / kind.value / str(organization_id)


def _reading_folder() -> Path:
    folder = Path(settings.MEDIA_ROOT) / "reading"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
