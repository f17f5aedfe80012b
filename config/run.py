"""The process of `make run`: servers, migrations, demo data, then web, worker and beat until Ctrl-C.

    python -m config.run               all of it
    python -m config.run worker beat   only these children, without migrations and demo
    python -m config.run stop          end a running one

Environment: HOST (127.0.0.1), PORT (8000, the next free one if taken), WEB_WORKERS (2), WORKER_PROCESSES (2),
DEMO=0 to begin without the demo organization.
"""

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil

from config.server_state import log_file, log_tail
from config.servers import ServersError, default_var_dir, ensure_servers, server_status
from config.supervisor import STOP_SECONDS, Child, GaveUp, Supervisor, end_group, started_at

PROJECT = Path(__file__).resolve().parent.parent
_PORTS_TRIED = 50
_READY_SECONDS = 60


def say(line: str) -> None:
    print(f"run: {line}", flush=True)


def free_port(host: str, first: int) -> int:
    """`first` or the next port nothing listens on. Raises ServersError when 50 in a row are taken."""
    for port in range(first, first + _PORTS_TRIED):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
        return port
    raise ServersError(
        f"ports {first} to {first + _PORTS_TRIED - 1} on {host} are taken: give another in PORT."
    )


def commands(var_dir: Path, host: str, port: int) -> dict[str, list[str]]:
    """Command line of each child by name."""
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    web_workers = os.environ.get("WEB_WORKERS", "2")
    worker_processes = os.environ.get("WORKER_PROCESSES", "2")
    arguments = {
        "web": f"gunicorn config.wsgi --workers {web_workers} --threads 8 --access-logfile -",
        "worker": f"celery -A config worker --loglevel INFO --concurrency {worker_processes} --queues celery,backup",
        "beat": "celery -A config beat --loglevel INFO",
    }
    lines = {name: [sys.executable, "-m", *text.split()] for name, text in arguments.items()}
    lines["web"] += ["--bind", address, "--no-control-socket"]
    lines["beat"] += ["--schedule", str(var_dir / "celerybeat-schedule"), "--pidfile", ""]
    return lines


def manage(*arguments: str) -> None:
    """Run a management command in the foreground. Raises ServersError when it fails; it has said why."""
    done = subprocess.run([sys.executable, "manage.py", *arguments], cwd=PROJECT, check=False)
    if done.returncode:
        raise ServersError(f"`manage.py {' '.join(arguments)}` failed (exit code {done.returncode}).")


def revive_servers(embedded: list[str]) -> bool:
    """Start embedded servers that have died; True if their addresses changed, so that children must restart.

    embedded: those of DATABASE_URL and REDIS_URL that were not given by the user.
    """
    if not embedded:
        return False
    dead = [name for name, status in server_status().items() if status == "stopped"]
    before = {name: os.environ.pop(name) for name in embedded}
    try:
        ensure_servers()
    except ServersError as error:
        os.environ.update(before)
        say(f"the servers are gone and do not start; trying again. {error}")
        return False
    if len(embedded) == 2 and dead:
        say(f"{' and '.join(dead)} had ended; started again")
    return any(os.environ[name] != address for name, address in before.items())


@contextlib.contextmanager
def only_one(var_dir: Path, name: str) -> Iterator[Path]:
    """Let only one `config.run` with these children run per VAR_DIR; gives the file that names them."""
    with (var_dir / f"{name}.lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServersError("Kefudesk already runs here; `make stop` ends it.") from None
        names = var_dir / f"{name}.json"
        end_left_overs(names)
        yield names
        names.unlink(missing_ok=True)


def end_left_overs(names: Path) -> None:
    """End the children of a supervisor that was killed and could not: they hold the port and the queue."""
    if not names.exists():
        return
    for pid, started in json.loads(names.read_text())["children"]:
        if started_at(pid) == started:
            say(f"ending process {pid}, left by a run that was killed")
            end_group(pid)


def wait_until_ready(web: Child, host: str, port: int, stopping) -> bool:
    """Whether the web process answers /healthz within a minute; False also when the user stops meanwhile."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    url = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}/healthz"
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline and web.died() is None and not stopping():
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.status == 200
        except urllib.error.HTTPError as error:
            # It serves, and says itself what it lacks.
            say(f"{url} answers {error.code}; see {web.log}")
            return True
        except OSError:
            time.sleep(0.2)
    return False


def announce(web: Child, var_dir: Path, host: str, port: int, stopping) -> None:
    """Print the address and the demo's logins once the web process serves."""
    if not wait_until_ready(web, host, port, stopping):
        if not stopping():
            say(f"the web process does not answer; the end of {web.log}:\n{log_tail(web.log)}")
        return
    logins = var_dir / "demo_logins.txt"
    say(f"Kefudesk is at http://{'localhost' if host in ('127.0.0.1', '0.0.0.0', '::') else host}:{port}/")
    if logins.exists():
        print(logins.read_text().rstrip(), flush=True)
    say("Ctrl-C ends it; PostgreSQL and Valkey keep running until `make stop`.")


def run(wanted: list[str]) -> None:
    """Run the named children (all: first migrate and load the demo) until SIGINT or SIGTERM."""
    var_dir = default_var_dir().resolve()
    os.environ["VAR_DIR"] = str(var_dir)
    embedded = [name for name in ("DATABASE_URL", "REDIS_URL") if name not in os.environ]
    ensure_servers(var_dir)
    log_file(var_dir, "run").parent.mkdir(parents=True, exist_ok=True)
    complete = not wanted
    with only_one(var_dir, "run" if complete else f"run-{'-'.join(sorted(wanted))}") as names:
        if complete:
            manage("migrate", "--no-input", "--verbosity=0")
            if os.environ.get("DEMO") != "0":
                manage("load_demo", "--if-empty")
        host, first = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
        port = free_port(host, first)
        if complete and port != first:
            say(f"port {first} is taken; using {port}")
        lines = commands(var_dir, host, port)
        children = [Child(name, lines[name], log_file(var_dir, name)) for name in wanted or lines]
        supervise(Supervisor(children, say), names, embedded, var_dir, host, port)


def supervise(
    supervisor: Supervisor, names: Path, embedded: list[str], var_dir: Path, host: str, port: int
) -> None:
    """Start the children and watch them; `names` is kept up to date with their process ids."""

    def check() -> bool:
        record(supervisor, names)
        return revive_servers(embedded)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: supervisor.stop())
    supervisor.start()
    record(supervisor, names)
    for web in [child for child in supervisor.children if child.name == "web"]:
        announce(web, var_dir, host, port, lambda: supervisor.stopping)
    supervisor.run(check)


def record(supervisor: Supervisor, names: Path) -> None:
    """Write the supervisor's and the children's process ids with their start times."""
    children = [(child.process.pid, started_at(child.process.pid)) for child in supervisor.children]
    names.write_text(json.dumps({"supervisor": [os.getpid(), started_at(os.getpid())], "children": children}))


def stop() -> None:
    """End every running `config.run` of VAR_DIR and wait for its children."""
    for names in default_var_dir().resolve().glob("run*.json"):
        pid, started = json.loads(names.read_text())["supervisor"]
        if started_at(pid) != started:
            end_left_overs(names)
            names.unlink()
            continue
        process = psutil.Process(pid)
        process.terminate()
        process.wait(STOP_SECONDS + 10)
        say(f"ended process {pid}")


def main(arguments: list[str]) -> int:
    if unknown := set(arguments) - {"web", "worker", "beat", "stop"}:
        print(f"unknown: {', '.join(sorted(unknown))}\n{__doc__}", file=sys.stderr)
        return 2
    try:
        stop() if "stop" in arguments else run(arguments)
    except (ServersError, GaveUp) as error:
        print(f"run: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
