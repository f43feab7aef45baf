"""kill -9 under load: every acknowledged event is in the ledger, each once."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import IO

import pytest

from collector.driver import connect
from collector.ledger.ledger import Ledger

pytestmark = pytest.mark.crash

ROUNDS = 25
APPENDERS = 2  # processes that append at once, so that one dies while the other holds the lock or waits for it
LONGEST_LIFE = 0.4  # seconds under load
PIPE = 1024 * 1024  # bytes; a full pipe would hold the appender up

# Appends without end, and says on its standard output which events were acknowledged: one line each, in one
# write, so that the pipe holds whole lines whenever the process dies. Ids on its standard input go out again.
APPENDER = """
import asyncio, os, sys, uuid
from pathlib import Path
from collector.ledger.events import Event, Kind
from collector.ledger.ledger import Ledger

hasty = sys.argv[2] == "hasty"

def event(id):
    return Event(Kind.submission_received, {"echo": id, "note": "x" * 300}, client="K7M3QX", id=id)

async def send(ledger, id):
    if hasty:
        os.write(1, f"{id}\\n".encode())
    await ledger.append_soon([event(id)])
    if not hasty:
        os.write(1, f"{id}\\n".encode())

async def go_on(ledger):
    while True:
        await send(ledger, str(uuid.uuid4()))

async def main(ledger):
    await asyncio.gather(*(send(ledger, id) for id in sys.stdin.read().split()))
    await asyncio.gather(*(go_on(ledger) for _ in range(16)))

with Ledger.open(Path(sys.argv[1])) as ledger:
    asyncio.run(main(ledger))
"""


def _start(path: Path, manner: str, resent: list[str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", APPENDER, str(path), manner]
    appender = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, pipesize=PIPE)
    _stream(appender.stdin).write("\n".join(resent))
    _stream(appender.stdin).close()
    return appender


def _stream(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


def _live_and_die(path: Path, dice: random.Random, manner: str, resent: list[str]) -> list[str]:
    """Run appenders under load, kill each at a different moment, and return what they had acknowledged."""
    appenders = [_start(path, manner, resent) for _ in range(APPENDERS)]
    acknowledged: list[str] = []
    try:
        for appender in appenders:
            acknowledged.append(_stream(appender.stdout).readline().strip())
        for appender in appenders:
            time.sleep(dice.uniform(0, LONGEST_LIFE / APPENDERS))
            appender.send_signal(signal.SIGKILL)
    finally:
        for appender in appenders:
            appender.kill()
            acknowledged += _stream(appender.stdout).read().split()
            appender.wait()
            _stream(appender.stdout).close()
    return acknowledged


def _stored(path: Path) -> list[str]:
    """Return the event ids of the ledger, checking that numbers are consecutive and content is complete."""
    ids: list[str] = []
    with Ledger.open(path) as ledger:
        while page := ledger.read(len(ids), limit=5000):
            assert [recorded.seq for recorded in page] == list(range(len(ids) + 1, len(ids) + len(page) + 1))
            assert all(recorded.data["echo"] == recorded.id for recorded in page)
            ids += [recorded.id for recorded in page]
    return ids


def test_every_acknowledged_event_survives_kill_9_once(tmp_path: Path) -> None:
    path, dice = tmp_path / "ledger.db", random.Random(20260309)
    acknowledged: set[str] = set()
    resent: list[str] = []
    for _ in range(ROUNDS):
        lines = _live_and_die(path, dice, "patient", resent)
        acknowledged.update(lines)
        resent = lines[-20:]  # as an outbox does that has not seen its receipt
    stored = _stored(path)
    assert not acknowledged - set(stored), "an acknowledged event was lost"
    assert len(stored) == len(set(stored)), "an event is there twice"
    assert len(acknowledged) > 100 * ROUNDS, "there was load"
    with closing(connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_this_test_would_notice_a_ledger_that_acknowledges_too_soon(tmp_path: Path) -> None:
    path, dice = tmp_path / "ledger.db", random.Random(20260309)
    acknowledged: set[str] = set()
    for _ in range(ROUNDS):
        acknowledged.update(_live_and_die(path, dice, "hasty", []))
        if acknowledged - set(_stored(path)):
            return
    pytest.fail("no loss was seen although events were acknowledged before they were written")
