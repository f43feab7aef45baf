"""The supervisor and its roles: nobody is left alone, nobody is there twice, nobody waits for long."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from collector.process import supervisor as supervising
from collector.process.one_at_a_time import AlreadyUp, one_at_a_time
from collector.process.supervisor import ROLES, Role, Supervisor
from collector.process.up import NotReady, ask_health, roles_environment, run_up
from collector.settings import Settings

PATIENCE = 20.0  # seconds for processes to start or end on a busy machine
LONGEST_WITHOUT_SUBMISSIONS = 3.0  # seconds
STARTING = 1.5  # of these, for the role to be there again
SUPERVISE = """
import sys
from pathlib import Path
from collector.process.supervisor import Supervisor

supervisor = Supervisor({}, Path(sys.argv[1]))
supervisor.start()
print(*[role.process.pid for role in supervisor.roles], flush=True)
supervisor.watch()
"""
HOLD = """
import sys, time
from pathlib import Path
from collector.process.one_at_a_time import one_at_a_time

with one_at_a_time(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def in_time(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


def is_running(process: int) -> bool:
    """Return whether a process runs; one that has ended and that nobody has asked about does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False)
    return state.stdout.strip()[:1] not in ("", "Z")


def answers(settings: Settings) -> bool:
    try:
        ask_health(settings)
    except NotReady:
        return False
    return True


@pytest.fixture
def settings(settings: Settings) -> Settings:
    with socket.socket() as probe:
        probe.bind((settings.host, 0))
        return replace(settings, port=probe.getsockname()[1])


@pytest.fixture
def supervised(settings: Settings, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A supervisor in a process of its own, and the numbers of its roles."""
    environment = os.environ | roles_environment(settings)
    command = [sys.executable, "-c", SUPERVISE, str(settings.logs)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        roles = [int(number) for number in process.stdout.readline().split()]
        yield process, roles
        process.kill()
        for role in roles:
            if is_running(role):
                os.kill(role, signal.SIGKILL)


def test_the_roles_end_with_a_supervisor_that_is_killed(
    supervised: tuple[subprocess.Popen[str], list[int]], settings: Settings
) -> None:
    process, roles = supervised
    assert len(roles) == len(ROLES)
    assert in_time(lambda: settings.position.exists() and answers(settings)), "they are at work"
    process.kill()
    assert in_time(lambda: not any(map(is_running, roles)))


def test_a_second_one_is_refused_with_the_number_of_the_first(settings: Settings) -> None:
    with one_at_a_time(settings.up_lock), pytest.raises(AlreadyUp, match=rf"process {os.getpid()}\b"):
        run_up(settings, Path("mkdocs.yml"), demo=False, as_json=False)


def test_the_lock_ends_with_its_holder_and_an_old_number_in_it_shuts_nobody_out(settings: Settings) -> None:
    command = [sys.executable, "-c", HOLD, str(settings.up_lock)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(AlreadyUp, match=rf"process {holder.pid}\b"), one_at_a_time(settings.up_lock):
            pass
        holder.kill()
        holder.wait()
        with one_at_a_time(settings.up_lock):
            assert settings.up_lock.read_text() == str(os.getpid())


def test_no_role_holds_the_lock_after_the_supervisor(settings: Settings) -> None:
    with one_at_a_time(settings.up_lock):
        role = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with role, one_at_a_time(settings.up_lock):
        assert role.poll() is None
        role.kill()


WRITE = "import sys\nfor line in sys.stdin: print(line, end='', flush=True)"


def test_a_log_is_bounded_while_its_role_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "LARGEST_LOG", 1000)
    role = Role("collect", {}, tmp_path / "collect.log")
    with role.log.open("ab") as log:
        writing = subprocess.Popen([sys.executable, "-c", WRITE], stdin=subprocess.PIPE, stdout=log, text=True)
    with writing:
        assert writing.stdin is not None
        for number in range(30):
            writing.stdin.write(f"{number} {'x' * 100}\n")
            writing.stdin.flush()
            assert in_time(lambda number=number: f"{number} x" in role.log.read_text())  # type: ignore[misc]
            role.bound_log()
            assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 2200
        writing.stdin.close()
    assert {path.name for path in tmp_path.iterdir()} == {"collect.log", "collect.log.1"}
    assert (tmp_path / "collect.log.1").stat().st_mode & 0o077 == 0
    assert "\0" not in role.log.read_text(), "it goes on at the new end"


def test_a_log_goes_where_there_is_no_room_to_put_it_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "LARGEST_LOG", 1000)
    role = Role("collect", {}, tmp_path / "collect.log")
    (tmp_path / "collect.log.1").mkdir()  # so that it cannot be written
    role.log.write_bytes(b"x" * 2000)
    role.bound_log()
    assert role.log.stat().st_size == 0


@pytest.fixture
def crashing(tmp_path: Path) -> Iterator[Callable[[str], Role]]:
    """A role by name that has died so often that its pause is at its longest."""
    supervisor = Supervisor({"HOMEWARD_PORT": "none"}, tmp_path / "logs")

    def role(name: str) -> Role:
        role = next(role for role in supervisor.roles if role.name == name)
        for _ in range(8):
            role.start()
            assert role.process is not None
            role.process.kill()
            role.process.wait()
            role.tend()
        return role

    yield role
    supervisor.stop()


def test_a_collector_that_crashes_again_and_again_is_soon_there_again(crashing: Callable[[str], Role]) -> None:
    pause = crashing("collect").next_start - time.monotonic()
    assert pause < LONGEST_WITHOUT_SUBMISSIONS - STARTING


def test_the_other_roles_leave_it_the_processor(crashing: Callable[[str], Role]) -> None:
    assert crashing("project").next_start - time.monotonic() > LONGEST_WITHOUT_SUBMISSIONS
