"""Whoever asks and does not read, or opens many connections, keeps nobody out and is dropped."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Iterator

import pytest

from collector.process.crowd import FAIR, Connection, Crowd
from collector.process.open_files import MOST
from collector.process.server import GuardedServer
from collector.settings import Settings

Address = tuple[str, int]
PATIENCE = 20.0
STRANGERS = 1_000
LARGE = 16 * 1024 * 1024  # bytes; more than a system keeps for a reader
HOME = "127.0.0.1"
ELSEWHERE = "127.0.0.99"  # another address of this computer's loopback
DOWNLOAD = b"GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n"


class Counting(Crowd):
    """A crowd that knows how many came in, and how many there were at most from one address."""

    came = 0
    largest = 0

    def enter(self, one: Connection) -> bool:
        self.came += 1
        has_room = super().enter(one)
        self.largest = max(self.largest, len(self.blocks.get(one.block, ())))
        return has_room


@pytest.fixture(autouse=True)
def house(server: GuardedServer, shared: Settings) -> Iterator[Counting]:
    """The crowd of a server with a large file, counted anew for each test."""
    with open(shared.site / "large.bin", "wb") as file:
        file.truncate(LARGE)
    before = server.door.crowd
    wait_until(lambda: before.size == 0)
    server.door.crowd = Counting(MOST)
    yield server.door.crowd
    wait_until(lambda: server.door.crowd.size == 0)
    server.door.crowd = before


def wait_until(holds: object) -> None:
    assert callable(holds)
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@contextlib.contextmanager
def opened(address: Address, how_many: int, source: str, *sent: bytes) -> Iterator[list[socket.socket]]:
    """So many connections from one address; each has sent this, and reads nothing."""
    with contextlib.ExitStack() as stack:
        connections = []
        for _ in range(how_many):
            connections.append(stack.enter_context(connect(address, source)))
            with contextlib.suppress(ConnectionError):
                connections[-1].sendall(b"".join(sent))
        yield connections


def connect(address: Address, source: str = HOME, keeps: int = 0) -> socket.socket:
    connected = socket.socket()
    connected.settimeout(PATIENCE)
    if keeps:
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, keeps)
    connected.bind((source, 0))
    connected.connect(address)
    return connected


def status(address: Address, *lines: bytes, source: str = HOME) -> bytes:
    with connect(address, source) as connected:
        connected.sendall(b"\r\n".join((*lines, b"Host: x", b"Connection: close", b"", b"")))
        return connected.recv(65536)[9:12]


@pytest.mark.parametrize("source", [HOME, ELSEWHERE], ids=["from the same address", "from another address"])
@pytest.mark.parametrize("sent", [DOWNLOAD, b"", b"GET / HTTP/1.1\r\nHo"], ids=["downloads", "nothing", "half a head"])
def test_a_thousand_connections_that_stand_open_keep_nobody_out(address: Address, source: str, sent: bytes) -> None:
    with opened(address, STRANGERS, source, sent):
        for _ in range(20):
            assert status(address, b"GET /health HTTP/1.1") == b"200"
        assert status(address, b"POST /forms/x HTTP/1.1", b"Cookie: hw_client=x") == b"415"


def test_one_address_has_a_quarter_at_most(address: Address, house: Counting) -> None:
    with opened(address, STRANGERS, ELSEWHERE, DOWNLOAD):
        assert status(address, b"GET /health HTTP/1.1") == b"200"
        assert 0 < house.largest <= house.most_of_one + FAIR + 1


def test_whoever_never_reads_is_dropped_in_the_middle_of_a_download(address: Address, house: Counting) -> None:
    files = len(os.listdir("/dev/fd"))
    with opened(address, 40, HOME, DOWNLOAD):
        wait_until(lambda: house.came >= 40 and house.size == 0)
        assert house.held == {}
    wait_until(lambda: len(os.listdir("/dev/fd")) <= files)


def test_an_answer_that_fits_into_memory_is_dropped_too_when_nobody_reads_it(address: Address, house: Counting) -> None:
    with connect(address, keeps=2_048) as connected:
        connected.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 400)
        wait_until(lambda: house.came == 1 and house.size == 0)


def test_whoever_takes_next_to_nothing_is_dropped(address: Address, house: Counting) -> None:
    with connect(address, keeps=2_048) as connected:
        connected.sendall(DOWNLOAD)
        wait_until(lambda: bool(connected.recv(1)) and house.came == 1 and house.size == 0)


def test_what_waits_for_readers_is_bounded(address: Address, house: Counting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collector.process.crowd.MOST_HELD", 1024 * 1024)
    with opened(address, 100, HOME, DOWNLOAD):
        deadline = time.monotonic() + 1
        while time.monotonic() < deadline:
            assert house.all_held <= 1024 * 1024 + 65_536
            time.sleep(0.01)


def test_bodies_that_do_not_end_are_bounded_together(
    address: Address, house: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.process.crowd.MOST_HELD", 1024 * 1024)
    body = b"POST /forms/x HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 250000\r\n\r\n"
    with opened(address, 40, HOME, body, b" " * 200_000):
        assert status(address, b"GET /health HTTP/1.1") == b"200"
        assert house.all_held <= 1024 * 1024
    assert len(house.held) < 40
