"""One migrated database for all processes of a test run: rendering the models' history takes most of a minute.

It is made in a process of its own while the others collect their tests and run those without a database, by the
command of docker-compose.yml's service `migrate` with addresses given as there, and handed on as a dump.
"""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
# Where the dump is, once it is there; beside it what went wrong.
_PLACE = "KEFUDESK_TEST_DUMP"
_SECONDS = 600


def start_migrating() -> None:
    """Begin to make the dump, for this process and those it starts; unless the environment names one."""
    if _PLACE in os.environ:
        return
    directory = Path(tempfile.mkdtemp(prefix="kefudesk-migrated-"))
    os.environ[_PLACE] = str(directory / "dump")
    with (directory / "said").open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.migrated"],
            cwd=ROOT,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )

    def end() -> None:
        process.terminate()
        process.wait(60)
        shutil.rmtree(directory)

    atexit.register(end)


def migrated_dump() -> Path:
    """The dump (pg_dump's custom format) of a migrated database; waits until it is there."""
    start_migrating()
    path, deadline = Path(os.environ[_PLACE]), time.monotonic() + _SECONDS
    while not path.exists():
        failed = path.with_name("failed")
        assert not failed.exists(), path.with_name("said").read_text()[-5000:]
        assert time.monotonic() < deadline, f"nothing came of migrating in {_SECONDS} s"
        time.sleep(0.1)
    return path


def restore(url: str) -> None:
    """Fill the empty database at this address, a superuser's, with the migrated one's tables, owners and grants."""
    from tenants.backup import client_environment, program

    command = [
        program("pg_restore"),
        "--exit-on-error",
        "--dbname",
        urlsplit(url).path.lstrip("/"),
        migrated_dump(),
    ]
    subprocess.run(command, env=client_environment(url), check=True)


def _make(path: Path) -> None:
    import yaml

    from config.servers import start_throwaway, stop_throwaway, superuser_address

    for name in ("DATABASE_URL", "MIGRATE_DATABASE_URL", "BACKUP_DATABASE_URL", "REDIS_URL", "VAR_DIR"):
        os.environ.pop(name, None)
    command = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["migrate"]["command"]
    var_dir = start_throwaway()
    try:
        environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        _dump(superuser_address(var_dir), path)
    finally:
        stop_throwaway(var_dir)


def _dump(superuser: str, path: Path) -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from tenants.backup import client_environment, other_database, program

    # Only a finished dump bears the name that is waited for.
    draft = path.with_suffix(".draft")
    environment = client_environment(other_database(superuser, "kefudesk"))
    subprocess.run([program("pg_dump"), "--format=custom", f"--file={draft}"], env=environment, check=True)
    draft.rename(path)


if __name__ == "__main__":
    place = Path(os.environ[_PLACE])
    try:
        _make(place)
    except BaseException:
        place.with_name("failed").touch()
        raise
