"""The collector at twice its capacity, and among readers who never read: true answers, bounded memory, nothing lost."""

from __future__ import annotations

import asyncio
import json
import os
import re
import resource
import socket
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path

import pytest
import uvloop

from benchmarks.stage import Stage, as_json, free_port, prepare
from collector.driver import connect
from collector.process.open_files import connections_in

OVERLOADED_FOR = 120.0  # seconds
FILES = 1_024  # the limit of open files that many systems have
CAPACITY = connections_in(FILES)
CLIENTS = 3_000  # so many that none reaches what one may send
HOUSEHOLDS = 60  # loopback addresses that the clients come from
STRANGERS = 1_000
LARGE = 16 * 1024 * 1024  # bytes of a download
PATIENCE = 30.0  # seconds
PAUSE = 0.1  # seconds that a client waits when the answer was: not now
MOST_GROWTH = 100 * 1024  # KiB of memory more than before: the bodies and answers of those who are connected
STOPS_WITHIN = 10.0  # seconds; five by itself
LATEST = 5.0  # seconds for an answer beside a thousand strangers, on a machine that does other things too
# What /health itself says; no projector runs here, so that what is stored may wait to be shown.
HEALTH = (b'{"status":"ok"}', b'{"status":"not ok"}')


@dataclass
class Heard:
    """What all clients have heard."""

    statuses: Counter[int] = field(default_factory=Counter)
    acknowledged: set[str] = field(default_factory=set)
    cut: int = 0  # connections that ended without an answer


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    stage = prepare(tmp_path_factory.mktemp("overload"), clients=CLIENTS)
    with open(stage.folder / "site" / "large.bin", "wb") as file:
        file.truncate(LARGE)
    return stage


@contextmanager
def collecting(stage: Stage) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run a collector that may have so many files open, and yield its process and port."""
    port = free_port()
    with open(stage.folder / "collect.log", "ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "collector", "collect"],
            env=stage.environment(port),
            stdout=log,
            stderr=log,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (FILES // 2, FILES)),
        )
    try:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            time.sleep(0.05)
        yield process, port
    finally:
        process.kill()
        process.wait()


def resident(process: subprocess.Popen[bytes]) -> int:
    """Return the memory of a process in KiB."""
    match = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text())
    assert match is not None
    return int(match[1])


def stored(stage: Stage) -> Counter[str]:
    with closing(connect(stage.ledger, read_only=True)) as ledger:
        assert ledger.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return Counter(id for (id,) in ledger.execute("SELECT id FROM events WHERE kind = 'submission_received'"))


class Crowd:
    """Clients who send one submission after the other, each as soon as the one before is answered."""

    def __init__(self, stage: Stage, port: int) -> None:
        self.stage = stage
        self.port = port
        self.numbers = count()
        self.cookies = cycle(stage.cookies.values())
        self.heard = Heard()
        self.ends = 0.0

    async def overload(self, process: subprocess.Popen[bytes], senders: int, seconds: float) -> list[int]:
        """Send for so long, and return the memory of the process as it was every second, in KiB."""
        self.ends = time.monotonic() + seconds
        sending = [asyncio.create_task(self.send(f"127.0.1.{number % HOUSEHOLDS}")) for number in range(senders)]
        sizes = []
        while time.monotonic() < self.ends:
            await asyncio.sleep(1)
            sizes.append(resident(process))
        await asyncio.wait_for(asyncio.gather(*sending), PATIENCE)
        return sizes

    async def send(self, source: str) -> None:
        while time.monotonic() < self.ends:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port, local_addr=(source, 0))
            except OSError:
                self.heard.cut += 1
                await asyncio.sleep(PAUSE)
                continue
            try:
                while time.monotonic() < self.ends and await self.submit(reader, writer):
                    pass
            except (OSError, asyncio.IncompleteReadError):
                self.heard.cut += 1
            finally:
                writer.close()

    async def submit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Send one, and return whether the connection may be used again."""
        body = as_json(self.stage.form, next(self.numbers))
        head = f"POST /forms/{self.stage.form.id} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        head += f"Accept: application/json\r\nCookie: {next(self.cookies)}\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = re.search(rb"content-length: (\d+)", answer)
        assert length is not None
        await reader.readexactly(int(length[1]))
        status = int(answer[9:12])
        self.heard.statuses[status] += 1
        if status == 201:
            self.heard.acknowledged.add(json.loads(body)["id"])
        else:
            await asyncio.sleep(PAUSE)
        return b"connection: close" not in answer


@pytest.mark.crash
def test_at_twice_its_capacity_it_says_so_stays_small_and_loses_nothing(stage: Stage) -> None:
    with collecting(stage) as (process, port):
        crowd = Crowd(stage, port)
        uvloop.run(crowd.overload(process, CAPACITY // 4, 3.0))
        before = resident(process)
        sizes = uvloop.run(crowd.overload(process, 2 * CAPACITY, OVERLOADED_FOR))
        heard = crowd.heard
        assert answered(port, "GET /health HTTP/1.1")[1] in HEALTH
    assert set(heard.statuses) <= {201, 429, 503}
    assert heard.statuses[201] > 1_000
    assert heard.cut < sum(heard.statuses.values()) / 100
    assert max(sizes) - before < MOST_GROWTH
    ledger = stored(stage)
    assert heard.acknowledged <= set(ledger)
    assert set(ledger.values()) == {1}


def answered(port: int, line: str, body: bytes = b"", cookie: str = "") -> tuple[int, bytes]:
    """Return the status and the body of the answer to one request, which must come in time."""
    kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nCookie: {cookie}\r\n" if body else ""
    with socket.create_connection(("127.0.0.1", port), LATEST) as connected:
        connected.sendall(f"{line}\r\nHost: x\r\nAccept: application/json\r\n{kind}\r\n".encode() + body)
        head, _, content = connected.recv(65536).partition(b"\r\n\r\n")
    return int(head[9:12]), content


@pytest.mark.crash
@pytest.mark.parametrize("addresses", [1, 200], ids=["from one address", "from many"])
def test_a_thousand_readers_who_never_read_keep_no_client_out(stage: Stage, addresses: int) -> None:
    download = b"GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n"
    with collecting(stage) as (process, port), ExitStack() as strangers:
        before = resident(process)
        for number in range(STRANGERS):
            source = f"127.0.2.{number % addresses + 1}"
            stranger = socket.create_connection(("127.0.0.1", port), PATIENCE, source_address=(source, 0))
            strangers.enter_context(stranger).sendall(download)
        ids = set()
        for number, cookie in zip(range(100), stage.cookies.values(), strict=False):
            body = as_json(stage.form, number)
            assert answered(port, f"POST /forms/{stage.form.id} HTTP/1.1", body, cookie)[0] == 201
            assert answered(port, "GET /health HTTP/1.1")[1] in HEALTH
            ids.add(str(uuid.UUID(json.loads(body)["id"])))
        assert resident(process) - before < MOST_GROWTH
        assert len(os.listdir(f"/proc/{process.pid}/fd")) < FILES
        process.terminate()
        process.wait(STOPS_WITHIN)
    assert ids <= set(stored(stage))
