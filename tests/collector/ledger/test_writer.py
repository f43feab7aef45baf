"""The SQLite writer thread is bounded, cleans up, and resumes when the disk does."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from collector.driver import connect, sqlite3
from collector.errors import LedgerBusy, LedgerUnavailable
from collector.ledger import schema, writer
from collector.ledger.batch import prepare, write
from collector.ledger.events import Event, Kind, person_added
from collector.ledger.ledger import Ledger
from collector.ledger.turn import Turn
from collector.settings import Settings
from collector.storage import DatabaseFile

CANARY = "canary-in-an-answer"


def sent(note: str = "") -> Event:
    return Event(Kind.submission_received, {"note": note}, client="K7M3QX")


def test_events_that_arrive_together_are_committed_together(ledger: Ledger, settings: Settings) -> None:
    with Turn(settings.ledger) as turn, turn.taken():
        waiting = [ledger.submit([sent()]) for _ in range(400)]
    moments = {future.result()[0].at for future in waiting}
    assert len(moments) <= 3, "a batch has one time: a first few, then 256, then the rest"


def test_a_full_queue_refuses_new_events_and_loses_none(ledger: Ledger, settings: Settings) -> None:
    with Turn(settings.ledger) as turn, turn.taken():
        taken = [ledger.submit([sent() for _ in range(256)]) for _ in range(16)]
        while ledger.waiting == 16 * 256:  # until the thread has its first batch in hand
            pass
        taken.append(ledger.submit([sent() for _ in range(256)]))
        with pytest.raises(LedgerBusy):
            ledger.submit([sent()])
    assert sum(len(future.result()) for future in taken) == 17 * 256
    assert ledger.append([sent()])[0].seq == 17 * 256 + 1
    assert ledger.waiting == 0


def test_a_queue_full_of_long_texts_refuses_new_events(
    ledger: Ledger, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "MOST_WAITING_CHARACTERS", 10_000)
    with Turn(settings.ledger) as turn, turn.taken():
        first = ledger.submit([sent()])
        while ledger.waiting:
            pass
        second = ledger.submit([sent("x" * 10_000)])
        with pytest.raises(LedgerBusy):
            ledger.submit([sent()])
    assert [first.result()[0].seq, second.result()[0].seq] == [1, 2]


def test_new_events_are_refused_while_the_lock_is_stuck(
    ledger: Ledger, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "PATIENCE", 0.0)
    with Turn(settings.ledger) as turn, turn.taken():
        patient = ledger.submit([sent()])
        while ledger.waiting:
            pass
        with pytest.raises(LedgerBusy):
            ledger.submit([sent()])
    assert patient.result()[0].fresh


def test_an_append_larger_than_a_batch_is_still_all_or_nothing(ledger: Ledger) -> None:
    receipts = ledger.append([sent() for _ in range(1000)])
    assert [receipt.seq for receipt in receipts] == list(range(1, 1001))
    assert len({receipt.at for receipt in receipts}) == 1


def test_a_closed_event_loop_does_not_delay_others(ledger: Ledger, settings: Settings) -> None:
    async def leave() -> None:
        asyncio.ensure_future(ledger.append_soon([sent()]))  # noqa: RUF006 - to be left behind
        await asyncio.sleep(0.01)

    with Turn(settings.ledger) as turn, turn.taken():
        asyncio.run(leave())
    assert ledger.append([sent()])[0].seq == 2


def test_two_event_loops_each_get_their_own_receipts(ledger: Ledger) -> None:
    async def append() -> int:
        receipts = await asyncio.gather(*(ledger.append_soon([sent()]) for _ in range(50)))
        return len(receipts)

    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(asyncio.run(append()))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [50, 50]


def test_a_closed_ledger_leaves_no_thread_and_no_file_open(settings: Settings) -> None:
    def held() -> tuple[int, int]:
        gc.collect()  # what earlier tests left behind is not counted
        return threading.active_count(), len(os.listdir("/proc/self/fd"))

    before = held()
    for _ in range(3):
        with Ledger.open(settings.ledger) as ledger:
            ledger.append([sent()])
            assert ledger.last()
    assert held() == before
    assert sorted(file.name for file in settings.data.iterdir()) == ["ledger.db", "ledger.db.lock", "secret"]


def test_a_ledger_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"no database, but long enough to be looked at " * 100)
    for path in (tmp_path / "ledger.db", tmp_path / "missing" / "ledger.db"):
        with pytest.raises(LedgerUnavailable, match="cannot be opened"):
            Ledger.open(path)


def test_an_internal_error_fails_only_its_batch_and_logs_no_answer(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(CANARY)

    with monkeypatch.context() as patch, caplog.at_level(logging.DEBUG):
        patch.setattr(writer, "write", fail)
        with pytest.raises(LedgerUnavailable) as failure:
            ledger.append([sent(CANARY)])
    assert CANARY not in caplog.text + repr(failure.value)
    assert "RuntimeError" in caplog.text
    assert ledger.append([sent()])[0].seq == 1


@pytest.fixture
def stuck(ledger: Ledger, settings: Settings) -> Iterator[sqlite3.Connection]:
    """The ledger takes no event whose client is "STUCK", as with a fault of the disk between two rows."""
    with closing(connect(settings.ledger)) as meddler:
        fault = "BEGIN SELECT RAISE(ABORT, 'fault'); END"
        meddler.execute(f"CREATE TRIGGER fault BEFORE INSERT ON events WHEN new.client = 'STUCK' {fault}")
        yield meddler


PERSON = replace(person_added("alice", name="Alice", password="$"), id="person")
STUCK = Event(Kind.submission_received, {}, client="STUCK")


def test_an_insert_that_fails_undoes_its_whole_transaction(stuck: sqlite3.Connection, settings: Settings) -> None:
    with closing(schema.open_for_writing(DatabaseFile(settings.ledger))) as connection:
        person, plain, faulty = prepare([PERSON]), prepare([sent()]), prepare([STUCK])
        with pytest.raises(sqlite3.IntegrityError, match="fault"):
            write(connection, [person, plain, faulty])
        assert not connection.in_transaction
        assert connection.execute("SELECT count(*) FROM people").fetchone() == (0,)
        outcomes = write(connection, [person, plain])
    assert [receipt.seq for outcome in outcomes if isinstance(outcome, list) for receipt in outcome] == [1, 2]


def test_after_an_insert_that_fails_the_ledger_starts_afresh(
    ledger: Ledger, stuck: sqlite3.Connection, settings: Settings
) -> None:
    def handles() -> int:
        links = [os.readlink(handle) for handle in Path("/proc/self/fd").iterdir() if handle.is_symlink()]
        return links.count(f"{settings.ledger}-wal")

    before = handles()
    with pytest.raises(LedgerUnavailable):
        ledger.append([sent(), PERSON, STUCK])
    assert handles() == before, "the connection that failed is closed before anybody is answered"
    stuck.execute("DROP TRIGGER fault")
    assert [receipt.seq for receipt in ledger.append([PERSON, STUCK])] == [1, 2]


FULL_DISK = """
import asyncio, contextlib, json, resource, sys
from pathlib import Path
from collector.errors import LedgerUnavailable
from collector.ledger.events import Event, Kind
from collector.ledger.ledger import Ledger

path, limit = Path(sys.argv[1]), sys.argv[2]

def sent(id):
    return Event(Kind.submission_received, {"note": "x" * 5000}, id=id)

async def many(ledger, name):
    calls = (ledger.append_soon([sent(f"{name}{number}")]) for number in range(300))
    return await asyncio.gather(*calls, return_exceptions=True)

def fill(ledger):
    if limit == "files":
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
        return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    ballast = path.with_name("ballast")
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(4096)):
            pass
    return ballast.unlink

acknowledged, refused = [], []
with Ledger.open(path) as ledger:
    ledger.append([sent("first")])
    make_room = fill(ledger)
    for name, outcome in zip((f"full{n}" for n in range(300)), asyncio.run(many(ledger, "full"))):
        (acknowledged if isinstance(outcome, list) else refused).append(name)
        assert isinstance(outcome, list | LedgerUnavailable), outcome
    assert ledger.find("first"), "what is there can be read on a full disk"
    make_room()
    again = asyncio.run(many(ledger, "full"))
    assert all(isinstance(outcome, list) for outcome in again), "the same ledger recovers by itself"
    fresh = [name for name, outcome in zip((f"full{n}" for n in range(300)), again) if outcome[0].fresh]
print(json.dumps({"acknowledged": acknowledged, "refused": refused, "fresh": fresh}))
"""


def _run_on_a_full_disk(path: Path, limit: str, *within: str) -> dict[str, list[str]]:
    command = [*within, sys.executable, "-c", FULL_DISK, str(path), limit]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    outcome: dict[str, list[str]] = json.loads(ran.stdout)
    assert outcome["refused"], "the disk was full"
    assert outcome["fresh"] == outcome["refused"], "the acknowledged was stored, the rest was not"
    return outcome


def test_a_file_size_limit_acknowledges_nothing_and_recovery_needs_no_restart(
    settings: Settings,
) -> None:
    _run_on_a_full_disk(settings.ledger, "files")
    with Ledger.open(settings.ledger) as ledger, closing(connect(settings.ledger)) as connection:
        assert ledger.last() == 301
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_full_disk_acknowledges_nothing_and_recovery_needs_no_restart(tmp_path: Path) -> None:
    mount = f'mount -t tmpfs -o size=8m none "{tmp_path}" && exec "$@"'
    small_disk = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh")
    if subprocess.run([*small_disk, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be mounted here")
    _run_on_a_full_disk(tmp_path / "ledger.db", "disk", *small_disk)
