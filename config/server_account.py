"""The operating-system account the embedded servers run under.

PostgreSQL refuses to run as root. An ordinary user runs it as himself; root runs it as the owner of an
existing data directory, else as the system account `kefudesk` (made with useradd), else as `nobody`.
"""

import os
import pwd
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SYSTEM_ACCOUNT = "kefudesk"
_SEARCH = stat.S_IXOTH
_READ_AND_SEARCH = stat.S_IROTH | stat.S_IXOTH


@dataclass(frozen=True)
class ServerAccount:
    """uid and gid of the servers' processes and data; `switch`: whether a child must change to them."""

    uid: int
    gid: int
    switch: bool

    def child_arguments(self) -> dict:
        """Keyword arguments for subprocess functions that make the child run under this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}

    def own(self, path: Path, mode: int) -> None:
        """Give an existing file or directory to the account, with exactly this mode."""
        if self.switch:
            os.chown(path, self.uid, self.gid)
        path.chmod(mode)

    def let_reach(self, path: Path) -> None:
        """Make every directory above `path` passable (o+x, not readable) for an account that is not root."""
        if not self.switch:
            return
        for directory in path.resolve().parents:
            mode = directory.stat().st_mode
            if not mode & _SEARCH and directory.stat().st_uid != self.uid:
                print(
                    f"servers: chmod o+x {directory}: PostgreSQL cannot run as root and must pass",
                    file=sys.stderr,
                )
                directory.chmod(mode | _SEARCH)

    def let_run(self, tree: Path) -> None:
        """Make an installed program tree readable where a strict umask had made it private."""
        self.let_reach(tree)
        if not self.switch or tree.stat().st_mode & _READ_AND_SEARCH == _READ_AND_SEARCH:
            return
        for path in [tree, *tree.rglob("*")]:
            mode = path.stat().st_mode
            executable = path.is_dir() or mode & stat.S_IXUSR
            path.chmod(mode | (_READ_AND_SEARCH if executable else stat.S_IROTH))


def server_account(data_dir: Path) -> ServerAccount:
    """The account for the servers whose data lies in `data_dir` (which need not exist yet)."""
    if os.geteuid() != 0:
        return ServerAccount(os.geteuid(), os.getegid(), switch=False)
    if data_dir.exists() and data_dir.stat().st_uid != 0:
        owner = data_dir.stat()
        return ServerAccount(owner.st_uid, owner.st_gid, switch=True)
    entry = _system_account()
    return ServerAccount(entry.pw_uid, entry.pw_gid, switch=True)


def _system_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SYSTEM_ACCOUNT)
    except KeyError:
        useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd is None:
        return pwd.getpwnam("nobody")
    made = subprocess.run(
        [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_ACCOUNT],
        capture_output=True,
        text=True,
        check=False,
    )
    # Exit code 9: another process made the account a moment ago.
    if made.returncode not in (0, 9):
        print(f"servers: useradd: {made.stderr.strip()}; running as nobody", file=sys.stderr)
        return pwd.getpwnam("nobody")
    return pwd.getpwnam(SYSTEM_ACCOUNT)
