"""The process supervisor of `make run`, with children that are small Python programs."""

import signal
import socket
import subprocess
import sys
import threading
import time

import psutil
import pytest

from config.run import end_left_overs, free_port
from config.servers import ServersError
from config.supervisor import Child, GaveUp, Supervisor, started_at

SLEEPS = "import time; time.sleep(60)"
# Prints the process id of a child of its own, then waits.
WITH_CHILD = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, '-c', {SLEEPS!r}])
print(child.pid, flush=True)
child.wait()
"""


@pytest.fixture
def supervise(tmp_path):
    """Give a function that starts a supervisor of Python programs; its children are ended after the test."""
    made = []

    def start(**programs):
        children = [
            Child(name, [sys.executable, "-c", code], tmp_path / f"{name}.log")
            for name, code in programs.items()
        ]
        said = []
        supervisor = Supervisor(children, said.append)
        supervisor.said = said
        made.append(supervisor)
        supervisor.start()
        return supervisor

    yield start
    for supervisor in made:
        supervisor.end_children()


def until(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def gone(pid) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_child_that_dies_is_started_again(supervise):
    supervisor = supervise(worker=SLEEPS)
    first = supervisor.children[0].process.pid
    supervisor.children[0].process.send_signal(signal.SIGKILL)
    until(lambda: supervisor.children[0].died() is not None)
    supervisor.restart_the_dead()
    assert supervisor.children[0].process.pid != first
    assert supervisor.children[0].died() is None
    assert "exit code -9; started again" in supervisor.said[-1]


def test_a_child_that_keeps_dying_ends_the_run_and_shows_its_log(supervise):
    supervisor = supervise(web="raise SystemExit('port on fire')", beat=SLEEPS)
    too_late = threading.Timer(10, supervisor.stop)
    too_late.start()
    with pytest.raises(GaveUp, match=r"web ended 6 times within a minute(.|\n)*port on fire"):
        supervisor.run(check=lambda: False)
    too_late.cancel()
    assert all(child.died() is not None for child in supervisor.children)


def test_stopping_ends_the_children_of_children_too(supervise):
    supervisor = supervise(worker=WITH_CHILD)
    child = supervisor.children[0]
    until(lambda: child.log.read_text().strip())
    grandchild = int(child.log.read_text())
    threading.Timer(0.3, supervisor.stop).start()
    supervisor.run(check=lambda: False)
    assert child.died() == -signal.SIGTERM
    until(lambda: gone(grandchild))


def test_changed_server_addresses_restart_every_child(supervise):
    supervisor = supervise(web=SLEEPS, worker=SLEEPS)
    first = [child.process.pid for child in supervisor.children]
    answers = [True]

    def check():
        if answers:
            return answers.pop()
        supervisor.stop()
        return False

    supervisor.run(check, check_seconds=0.1)
    assert not set(first) & {child.process.pid for child in supervisor.children}


def test_children_left_by_a_killed_supervisor_are_ended_and_strangers_are_not(tmp_path):
    left, stranger = (
        subprocess.Popen([sys.executable, "-c", SLEEPS], start_new_session=True) for _ in range(2)
    )
    names = tmp_path / "run.json"
    # The second has the number of a child of then, but started at another time.
    names.write_text(f'{{"children": [[{left.pid}, {started_at(left.pid)}], [{stranger.pid}, 1.5]]}}')
    end_left_overs(names)
    assert left.wait(5) == -signal.SIGKILL
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_taken_port_gives_way_to_the_next(monkeypatch):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        assert taken < free_port("127.0.0.1", taken) <= taken + 49
        monkeypatch.setattr("config.run._PORTS_TRIED", 1)
        with pytest.raises(ServersError, match="give another in PORT"):
            free_port("127.0.0.1", taken)
