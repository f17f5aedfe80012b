"""PostgreSQL and Valkey for a machine that has neither: found or started by every command that needs them.

The servers are daemons: they keep running after the command that started them, until `manage.py servers
stop` (`make stop`). Web, worker, beat and any number of commands share one pair; counting the users by
process id instead would miscount after a kill -9, and a start for each command would cost seconds. They are
started again when they have died, keep their port and data, and are known by their data directory, not by a
pid file.
"""

import os
import shutil
import tempfile
from pathlib import Path

import psutil

from config.embedded_postgres import postgres_answers, postgres_url, start_postgres, stop_postgres
from config.embedded_valkey import start_valkey, stop_valkey, valkey_answers, valkey_url
from config.server_state import ServersError, load_secrets, load_state, remember, server_lock

__all__ = [
    "ServersError",
    "default_var_dir",
    "ensure_servers",
    "name_servers",
    "server_status",
    "start_throwaway",
    "stop_servers",
    "stop_throwaway",
    "superuser_address",
]

_ROLE_OF = {"DATABASE_URL": "app", "MIGRATE_DATABASE_URL": "migrate", "BACKUP_DATABASE_URL": "backup"}
_THROWAWAY_PREFIX = "kefudesk-throwaway-"


def default_var_dir() -> Path:
    """VAR_DIR of the environment, else `var` in the project's directory."""
    return Path(os.environ.get("VAR_DIR") or Path(__file__).resolve().parent.parent / "var")


def ensure_servers(var_dir: Path | None = None, *, durable: bool = True) -> None:
    """Make the servers of `var_dir` run, unless the environment names others, and name them there.

    Sets what is not set of DATABASE_URL (role app), MIGRATE_DATABASE_URL (owner), BACKUP_DATABASE_URL,
    REDIS_URL, SECRET_KEY and FIELD_KEYS. Where DATABASE_URL is given no PostgreSQL is started, and no Valkey
    where REDIS_URL is.
    durable: False, at the first call for a directory, makes throw-away servers that may lose data in a crash.
    Raises ServersError with a message for the user.
    """
    var_dir = (var_dir or default_var_dir()).resolve()
    if "DATABASE_URL" not in os.environ or "REDIS_URL" not in os.environ:
        with server_lock(var_dir):
            load_secrets(var_dir)
            durable = load_state(var_dir).get("durable", durable)
            remember(var_dir, durable=durable)
            if "DATABASE_URL" not in os.environ:
                start_postgres(var_dir, durable)
            if "REDIS_URL" not in os.environ:
                start_valkey(var_dir, durable)
    name_servers(var_dir)


def name_servers(var_dir: Path | None = None) -> None:
    """Set the same variables as ensure_servers without starting anything, for commands that need no server.

    A given DATABASE_URL stands for itself: the other roles' addresses are then the user's to give.
    """
    var_dir = (var_dir or default_var_dir()).resolve()
    wanted = {"SECRET_KEY", "FIELD_KEYS", "DATABASE_URL", "REDIS_URL"} - os.environ.keys()
    if not wanted:
        return
    with server_lock(var_dir):
        if "DATABASE_URL" in wanted:
            for variable, role in _ROLE_OF.items():
                os.environ[variable] = postgres_url(var_dir, role)
        if "REDIS_URL" in wanted:
            os.environ["REDIS_URL"] = valkey_url(var_dir)
        for name in wanted & {"SECRET_KEY", "FIELD_KEYS"}:
            os.environ[name] = load_secrets(var_dir)[name]


def superuser_address(var_dir: Path | None = None) -> str:
    """Address of the embedded PostgreSQL for its superuser, who alone may make databases (to try a backup in)."""
    return postgres_url((var_dir or default_var_dir()).resolve(), "postgres", "postgres")


def server_status(var_dir: Path | None = None) -> dict[str, str]:
    """{"PostgreSQL": ..., "Valkey": ...}: each "running on 127.0.0.1:<port>" or "stopped"."""
    var_dir = (var_dir or default_var_dir()).resolve()
    state = load_state(var_dir)
    running = {"PostgreSQL": postgres_answers(var_dir), "Valkey": valkey_answers(var_dir)}
    ports = {"PostgreSQL": state.get("postgres_port"), "Valkey": state.get("valkey_port")}
    return {name: f"running on 127.0.0.1:{ports[name]}" if up else "stopped" for name, up in running.items()}


def stop_servers(var_dir: Path | None = None) -> list[str]:
    """Stop the servers of `var_dir`; the names of those that were running."""
    var_dir = (var_dir or default_var_dir()).resolve()
    if not var_dir.exists():
        return []
    with server_lock(var_dir):
        stops = {"PostgreSQL": stop_postgres, "Valkey": stop_valkey}
        return [name for name, stop in stops.items() if stop(var_dir)]


def start_throwaway() -> Path:
    """Start servers for one test session in a new temporary directory, returned; the environment names them.

    Servers and directories of sessions that were killed are removed first.
    """
    for left_over in Path(tempfile.gettempdir()).glob(f"{_THROWAWAY_PREFIX}*"):
        if not _owner_lives(left_over):
            stop_throwaway(left_over)
    process = psutil.Process()
    var_dir = Path(tempfile.mkdtemp(prefix=_THROWAWAY_PREFIX))
    # mkdtemp makes it private; under root the servers' own account must pass.
    var_dir.chmod(0o711)
    remember(var_dir, owner=process.pid, owner_started=process.create_time())
    ensure_servers(var_dir, durable=False)
    return var_dir


def stop_throwaway(var_dir: Path) -> None:
    """Stop the servers of a start_throwaway and delete their directory."""
    stop_servers(var_dir)
    shutil.rmtree(var_dir)


def _owner_lives(var_dir: Path) -> bool:
    """Whether the process that made a throw-away directory still runs; True when that is not ours to know."""
    if not os.access(var_dir, os.W_OK):
        return True
    state = load_state(var_dir)
    if "owner" not in state:
        # Another session is making it at this moment.
        return True
    try:
        return psutil.Process(state["owner"]).create_time() == state["owner_started"]
    except psutil.NoSuchProcess:
        return False
