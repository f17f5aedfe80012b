"""Keeps child processes running: starts them, restarts them within a limit, ends them with their children."""

import collections
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from config.server_state import log_tail

RESTARTS_PER_MINUTE = 5
STOP_SECONDS = 20
_LOG_BYTES = 10 * 1024**2


class GaveUp(RuntimeError):
    """A child died too often; the message names it and ends with the last lines of its log."""


class Child:
    """One process, in a session of its own: Ctrl-C reaches only the supervisor, which ends it in order."""

    def __init__(self, name: str, command: list[str], log: Path) -> None:
        self.name, self.command, self.log = name, command, log
        self.process: subprocess.Popen | None = None
        self._deaths: collections.deque[float] = collections.deque(maxlen=RESTARTS_PER_MINUTE + 1)

    def start(self) -> None:
        """Start the process; its output is appended to the log, which is put aside beyond 10 MB."""
        if self.log.exists() and self.log.stat().st_size > _LOG_BYTES:
            self.log.replace(self.log.with_suffix(".old.log"))
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )

    def died(self) -> int | None:
        """The exit code if the process has ended, else None."""
        return self.process.poll() if self.process else None

    def died_too_often(self) -> bool:
        """Note a death; True when there were more than RESTARTS_PER_MINUTE in the last minute."""
        self._deaths.append(time.monotonic())
        return len(self._deaths) > RESTARTS_PER_MINUTE and self._deaths[-1] - self._deaths[0] < 60


class Supervisor:
    """Runs children until `stop` is called (from a signal handler, say) or one of them dies too often.

    say: prints a line; check: called every `check_seconds` between looks at the children, restarts them
    all by returning True.
    """

    def __init__(self, children: list[Child], say: Callable[[str], None]) -> None:
        self.children, self.say = children, say
        self._stopping = False

    def start(self) -> None:
        for child in self.children:
            child.start()
            self.say(f"{child.name} started (process {child.process.pid}, log {child.log})")

    def stop(self) -> None:
        """Make `run` end its children and return."""
        self._stopping = True

    @property
    def stopping(self) -> bool:
        return self._stopping

    def run(self, check: Callable[[], bool], check_seconds: float = 10.0) -> None:
        """Watch the children until `stop`; they have ended when this returns. Raises GaveUp."""
        next_check = time.monotonic() + check_seconds
        try:
            while not self._stopping:
                self.restart_the_dead()
                if time.monotonic() >= next_check:
                    if check():
                        self.end_children()
                        self.start()
                    next_check = time.monotonic() + check_seconds
                time.sleep(0.2)
        finally:
            self.end_children()

    def restart_the_dead(self) -> None:
        """Start again each child that has ended. Raises GaveUp when one keeps ending."""
        for child in self.children:
            code = child.died()
            if code is None:
                continue
            # What it left behind (a pool's processes) would work beside its successor.
            end_group(child.process.pid)
            if child.died_too_often():
                raise GaveUp(
                    f"{child.name} ended {RESTARTS_PER_MINUTE + 1} times within a minute (exit code {code}). "
                    f"The end of {child.log}:\n{log_tail(child.log)}"
                )
            child.start()
            self.say(f"{child.name} ended with exit code {code}; started again (process {child.process.pid})")

    def end_children(self) -> None:
        """Ask all to end, wait up to STOP_SECONDS for their work in hand, then kill what is left."""
        running = [child for child in self.children if child.process and child.died() is None]
        for child in running:
            child.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in running:
            try:
                child.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(f"{child.name} does not end; killing it")
            end_group(child.process.pid)
            child.process.wait()
            self.say(f"{child.name} ended")


def end_group(leader: int) -> None:
    """Kill what is left of the process group of a child that was started in its own session."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def started_at(pid: int) -> float | None:
    """When a process was started (seconds since the epoch), None if there is none: tells pids from reuse."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return None
