"""What the embedded servers remember between commands, in VAR_DIR: secrets, ports, the start-up lock."""

import base64
import contextlib
import fcntl
import json
import os
import secrets
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil

SECRETS_FILE = "secrets.json"
STATE_FILE = "servers.json"
LOCK_FILE = "servers.lock"
LOG_DIR = "log"
_PASSWORDS = ("postgres_password", "migrate_password", "app_password", "backup_password", "valkey_password")


class ServersError(RuntimeError):
    """The embedded servers cannot be had; the message says why and what to do."""


@contextlib.contextmanager
def server_lock(var_dir: Path) -> Iterator[None]:
    """Hold VAR_DIR's lock: of two commands starting at once, one starts the servers and one attaches."""
    path = var_dir / LOCK_FILE
    try:
        var_dir.mkdir(parents=True, exist_ok=True)
        (var_dir / LOG_DIR).mkdir(exist_ok=True)
        handle = path.open("a")
    except PermissionError as error:
        raise ServersError(
            f"{error.filename} belongs to another user. Run as that user, or name another VAR_DIR."
        ) from error
    with handle:
        _give_to_owner(path, var_dir)
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def load_secrets(var_dir: Path) -> dict[str, str]:
    """VAR_DIR/secrets.json, generated on first use: SECRET_KEY, FIELD_KEYS and the five passwords.

    FIELD_KEYS is base64 of 64 random bytes. Raises ServersError when data exist but their secrets do not:
    new keys could not read the encrypted columns.
    """
    path = var_dir / SECRETS_FILE
    if path.exists():
        try:
            return json.loads(path.read_text())
        except PermissionError as error:
            raise ServersError(f"{path} may only be read by its owner. Run as that user.") from error
    if (var_dir / "postgresql").exists():
        raise ServersError(
            f"{path} is missing, but {var_dir / 'postgresql'} holds data encrypted with its keys. "
            "Put the file back from a copy; or move the directory away to begin anew."
        )
    made = {name: secrets.token_urlsafe(24) for name in _PASSWORDS}
    made["SECRET_KEY"] = secrets.token_urlsafe(50)
    made["FIELD_KEYS"] = base64.b64encode(secrets.token_bytes(64)).decode()
    _write_atomically(path, made, var_dir, mode=0o600)
    return made


def load_state(var_dir: Path) -> dict:
    """VAR_DIR/servers.json: {"durable": bool, "postgres_port": int, "valkey_port": int}, each once known."""
    path = var_dir / STATE_FILE
    return json.loads(path.read_text()) if path.exists() else {}


def remember(var_dir: Path, **facts: object) -> None:
    """Add facts to VAR_DIR/servers.json."""
    _write_atomically(var_dir / STATE_FILE, load_state(var_dir) | facts, var_dir, mode=0o644)


def usable_port(var_dir: Path, name: str) -> int:
    """The remembered port called `name` if nothing holds it, else a free one, which is remembered.

    Keeping the port lets long-running processes reconnect after a server was started again.
    """
    port = load_state(var_dir).get(name)
    if port is None or not _bindable(port):
        port = _free_port()
        remember(var_dir, **{name: port})
    return port


def log_file(var_dir: Path, name: str) -> Path:
    """VAR_DIR/log/<name>.log; the directory is made when the lock is first taken."""
    return var_dir / LOG_DIR / f"{name}.log"


def log_tail(log: Path, lines: int = 15) -> str:
    """The last lines of a server's log, for an error message."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def program_runs(pid: int, name: str, argument: str) -> bool:
    """Whether process `pid` is alive, is the program `name` and has `argument` in its command line.

    After a crash the number may belong to anybody; a zombie nobody reaps counts as gone.
    """
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return process.name() == name and argument in " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def _bindable(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the servers do: connections of a just ended server linger in TIME_WAIT and do no harm.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _write_atomically(path: Path, content: dict, var_dir: Path, mode: int) -> None:
    draft = path.with_suffix(f".{os.getpid()}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w") as handle:
        json.dump(content, handle, indent=1)
        handle.flush()
        os.fsync(handle.fileno())
    _give_to_owner(draft, var_dir)
    draft.replace(path)


def _give_to_owner(path: Path, var_dir: Path) -> None:
    """When root works in an ordinary user's VAR_DIR, keep the files that user's."""
    if os.geteuid() == 0:
        owner = var_dir.stat()
        os.chown(path, owner.st_uid, owner.st_gid)
