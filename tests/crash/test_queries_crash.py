"""The review, in a process of its own, while therapists run queries that no limit stops: others are answered, a stop
is a stop, and nothing runs on when its parent has gone.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from collector.ledger.events import caseload_added, member_added, person_added
from collector.ledger.ledger import Ledger
from collector.process.up import roles_environment
from collector.projector import Projector
from collector.secrets import load_secret
from collector.settings import Settings
from tests.cases.heavy_queries import LONG, TOO_LARGE, UNSTOPPABLE
from tests.collector.review.conftest import PASSWORD, QUICK, diary_of, found_clinic

pytestmark = pytest.mark.crash

PATIENCE = 30.0  # seconds for processes to start, and for a page on a busy machine
A_STOP = 5.0  # seconds at most
BUSY = 3.0  # more on a machine with other things to do
OTHERS = tuple(f"other-{number}" for number in range(5))  # therapists, each with a caseload
SUPERVISE = """
import sys
from pathlib import Path
from collector.process.supervisor import Supervisor

supervisor = Supervisor({}, Path(sys.argv[1]))
supervisor.start()
supervisor.watch()
supervisor.stop()
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A clinic with Alice and Bob, and five more."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings = Settings(data=data, site=tmp_path / "site", port=probe.getsockname()[1] - 1)
    load_secret(settings)  # a ledger without one is refused
    with Ledger.open(settings.ledger) as ledger:
        found_clinic(ledger)
        for name in OTHERS:
            person = person_added(name, name=name.title(), password=QUICK)
            ledger.append([person, caseload_added(name, name), member_added(name, "alice", role="therapist")])
            ledger.append([member_added("alice", name, role="cover")])
    with Projector(settings) as projector:
        projector.catch_up()
    return settings


@contextmanager
def running(command: list[str], settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    environment = os.environ | roles_environment(settings)
    log = settings.data.with_name("test.log")
    with log.open("ab") as output:
        process = subprocess.Popen([sys.executable, *command], env=environment, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def review(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    with running(["-m", "collector", "review"], settings) as process:
        yield process


@contextmanager
def signed_in(settings: Settings, *names: str) -> Iterator[list[httpx.Client]]:
    """Browsers in which these people are signed in, once the review answers."""
    address = f"http://{settings.host}:{settings.review_port}"
    with ExitStack() as opened:
        visitors = []
        for name in names:
            visitor = opened.enter_context(
                httpx.Client(base_url=address, timeout=PATIENCE, headers={"Accept": "text/html"})
            )
            assert in_time(lambda visitor=visitor: answers(visitor))  # type: ignore[misc]
            assert visitor.post("/sign-in", data={"name": name, "password": PASSWORD}).status_code == 303
            visitors.append(visitor)
        yield visitors


def answers(visitor: httpx.Client) -> bool:
    with suppress(httpx.TransportError):
        return visitor.get("/sign-in").status_code == 200
    return False


def in_time(holds: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds()


def workers_of(process: int) -> list[int]:
    """Return the numbers of the processes for queries that descend from this one."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            parents[int(stat.parent.name)] = int(fields[1])

    def descends(pid: int) -> bool:
        while pid in parents:
            pid = parents[pid]
            if pid == process:
                return True
        return False

    return [pid for pid in parents if descends(pid) and b"query_worker" in command_of(pid)]


def command_of(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def ask(visitor: httpx.Client, sql: str) -> Future[httpx.Response]:
    """Have a therapist run a query, without waiting for its answer."""
    threads = ThreadPoolExecutor(1)
    answer = threads.submit(visitor.get, "/c/alice/caseload.json", params={"sql": sql})
    threads.shutdown(wait=False)
    return answer


@pytest.mark.parametrize("bad", [2, 5])
def test_everybody_else_is_answered_meanwhile(settings: Settings, review: subprocess.Popen[bytes], bad: int) -> None:
    with signed_in(settings, "alice", "bob", *OTHERS[:bad]) as (alice, bob, *others):
        for _ in range(2):  # when nobody is known to be slow yet, and when all of them are
            asked = [ask(other, sql) for other, sql in zip(others, list(UNSTOPPABLE.values()), strict=False)]
            assert diary_of("alice") in alice.get("/c/alice/caseload/evening").text
            assert alice.get("/c/alice/client/ALMA22").status_code == 200
            assert bob.get("/c/bob/").status_code == 200
            assert diary_of("bob") in bob.get("/c/bob/caseload/evening").text
            for answer in asked:
                assert answer.result(PATIENCE).status_code == 400
                assert "too long" in answer.result().text
        assert len(workers_of(review.pid)) <= 2


def test_each_of_them_ends_with_words_and_the_next_query_works(
    settings: Settings, review: subprocess.Popen[bytes]
) -> None:
    with signed_in(settings, "alice") as (alice,):
        for name, sql in (UNSTOPPABLE | LONG | TOO_LARGE).items():
            started = time.monotonic()
            answer = alice.get("/c/alice/caseload.json", params={"sql": sql})
            assert answer.status_code == 400, name
            assert "too long" in answer.text or "too much" in answer.text, name
            assert time.monotonic() - started < 10, name
            assert alice.get("/c/alice/caseload.json?sql=select+1").json()["rows"] == [[1]], name
    log = (settings.data.with_name("test.log")).read_text()
    assert "SELECT" not in log.upper()
    assert "diary" not in log


@pytest.mark.parametrize("supervised", [False, True])
def test_a_stop_is_a_stop(settings: Settings, supervised: bool) -> None:
    command = ["-c", SUPERVISE, str(settings.logs)] if supervised else ["-m", "collector", "review"]
    with running(command, settings) as process, signed_in(settings, "alice", *OTHERS) as visitors:
        for visitor in visitors * 3:
            ask(visitor, UNSTOPPABLE["trim"])
        assert in_time(lambda: len(workers_of(process.pid)) == 2)
        workers = workers_of(process.pid)
        process.send_signal(signal.SIGTERM)
        assert in_time(lambda: process.poll() is not None, A_STOP + BUSY)
        assert not [pid for pid in workers if b"query_worker" in command_of(pid)]


@pytest.mark.parametrize("sql", ["SELECT 1", UNSTOPPABLE["trim"]])
def test_no_process_for_queries_outlives_a_review_that_is_killed(
    settings: Settings, review: subprocess.Popen[bytes], sql: str
) -> None:
    with signed_in(settings, "alice", "bob") as (alice, _):
        ask(alice, sql)
        assert in_time(lambda: bool(workers_of(review.pid)))
        workers = workers_of(review.pid)
        review.kill()
        review.wait()
        assert in_time(lambda: not [pid for pid in workers if b"query_worker" in command_of(pid)], 10)


def test_one_that_is_killed_during_a_query_is_told_in_words(
    settings: Settings, review: subprocess.Popen[bytes]
) -> None:
    with signed_in(settings, "alice") as (alice,):
        for _ in range(3):
            answer = ask(alice, UNSTOPPABLE["instr"])
            assert in_time(lambda: bool(workers_of(review.pid)))
            for pid in workers_of(review.pid):
                os.kill(pid, signal.SIGKILL)
            assert answer.result(PATIENCE).status_code == 400
            assert "too long" in answer.result().text
            assert diary_of("alice") in alice.get("/c/alice/caseload/evening").text
