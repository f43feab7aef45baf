"""Four strangers who send the dearest requests there are, as fast as they can, hardly slow those who send homework."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import cycle
from pathlib import Path
from statistics import median

import orjson
import pytest

from collector import people
from collector.ledger.opening import open_ledger
from collector.ledger.tokens import new_id
from collector.publishing import publish
from collector.settings import Settings
from collector.storage import Storage
from tests.collector.endpoints.conftest import DIARY, build_site, catalogue
from tests.crash.hostile import STRANGERS
from tests.crash.test_loop_crash import sign_in

LINKS = 40  # a link may send 120 in ten minutes
ROUNDS = 3  # alone and beside, in turn; medians count
SECONDS = 4.0  # of a round
EVERY = 0.02  # seconds from one submission to the next
TWICE = 2.0
TRIES = 3  # on a machine that does other work
PATIENCE = 20.0  # seconds for the collector to come up


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (tmp_path / "data").mkdir(mode=0o700)
    return Settings(data=tmp_path / "data", site=tmp_path / "site", port=port)


@pytest.fixture
def cookies(settings: Settings) -> list[str]:
    """The sign-ins of many clients, in a clinic with a site."""
    build_site(settings.site, DIARY)
    with open_ledger(Storage(settings)) as (ledger, access):
        publish(ledger, access, catalogue((DIARY,)))
        caseload = people.add_therapist(ledger, "Ana").caseload
        return [sign_in(ledger, access, people.add_client(ledger, caseload, "Made up")) for _ in range(LINKS)]


@contextmanager
def running(*command: str, settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """Run a module for the length of the block."""
    environment = os.environ | {
        "HOMEWARD_DATA": str(settings.data),
        "HOMEWARD_SITE": str(settings.site),
        "HOMEWARD_PORT": str(settings.port),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", *command], env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_until_open(settings: Settings) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", settings.port), 1).close()
            return
        time.sleep(0.02)
    pytest.fail("the collector does not come up")


def milliseconds(settings: Settings, cookies: Iterator[str]) -> list[float]:
    """Send homework at a steady pace, and return how long each took to be acknowledged."""
    taken = []
    ends = time.monotonic() + SECONDS
    with closing(http.client.HTTPConnection("127.0.0.1", settings.port, timeout=30)) as connection:
        while time.monotonic() < ends:
            body = orjson.dumps({"id": new_id(), "answers": {"situation": "On the bus", "believed": 60}})
            headers = {"Content-Type": "application/json", "Cookie": next(cookies)}
            started = time.perf_counter()
            connection.request("POST", f"/forms/{DIARY.id}", body, headers)
            answer = connection.getresponse()
            answer.read()
            taken.append(1000 * (time.perf_counter() - started))
            assert answer.status == 201
            time.sleep(EVERY)
    return taken


@pytest.mark.crash
def test_four_hostile_strangers_leave_sending_within_twice_its_time_alone(
    settings: Settings, cookies: list[str]
) -> None:
    ratios = []
    senders = cycle(cookies)
    with running("collector", "collect", settings=settings):
        wait_until_open(settings)
        milliseconds(settings, senders)  # warm
        for _ in range(TRIES):
            alone, beside = [], []
            for _ in range(ROUNDS):
                alone += milliseconds(settings, senders)
                with running("tests.crash.hostile", str(settings.port), settings=settings):
                    beside += milliseconds(settings, senders)
            ratios.append(median(beside) / median(alone))
            if ratios[-1] <= TWICE:
                return
    pytest.fail(f"beside {STRANGERS} strangers: {', '.join(f'{ratio:.1f}' for ratio in ratios)} times as long as alone")
