"""Whoever asks too much waits for a turn, and makes way meanwhile: waiting requests fill no house."""

from __future__ import annotations

import contextlib
import math
import socket
from collections.abc import Callable, Iterator

import pytest

from collector.endpoints.app import create_app
from collector.endpoints.rates import Limits, Turns
from collector.process import server as guarded
from collector.process.crowd import Crowd
from collector.process.server import GuardedServer
from collector.settings import Settings
from tests.collector.process.conftest import PATIENCE, wait_until

Address = tuple[str, int]
ROOM = 80  # connections; of these 70 for everybody, and 17 for one address
ONE_AT_ONCE = 1 / 3_600
STRANGERS = [f"127.0.0.{number}" for number in range(90, 96)]
HOME = "127.0.0.1"
HEALTH = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
A_POST = b"POST /forms/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"  # not of a kind that is read: 415


@pytest.fixture
def crowded(serve: Callable[..., GuardedServer], settings: Settings, monkeypatch: pytest.MonkeyPatch) -> GuardedServer:
    """A server with little room, where whoever has asked once waits for as long as the test takes."""
    monkeypatch.setattr(guarded, "TIME_TO_FINISH", 0)
    server = serve(create_app(settings, Limits(asking=Turns(1, ONE_AT_ONCE, 10 * 3_600))))
    server.door.crowd = Crowd(ROOM)
    return server


def address_of(server: GuardedServer) -> Address:
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    return host, port


def connect(server: GuardedServer, source: str, sent: bytes) -> socket.socket:
    connected = socket.socket()
    connected.settimeout(PATIENCE)
    connected.bind((source, 0))
    connected.connect(address_of(server))
    connected.sendall(sent)
    return connected


@contextlib.contextmanager
def waiting(server: GuardedServer, sources: list[str], sent: bytes) -> Iterator[list[socket.socket]]:
    """As many connections from each as it may have. All but the first of each wait for their turn."""
    with contextlib.ExitStack() as stack:
        most = server.door.crowd.most_of_one
        yield [stack.enter_context(connect(server, source, sent)) for source in sources for _ in range(most)]


def served(server: GuardedServer, source: str) -> list[bytes]:
    statuses = []
    for _ in range(5):
        with connect(server, source, A_POST) as connected:
            statuses.append(connected.recv(65536)[9:12])
    return statuses


@pytest.mark.parametrize("sent", [HEALTH, 8 * HEALTH], ids=["one each", "several each"])
def test_requests_that_wait_for_their_turn_keep_nobody_out(crowded: GuardedServer, sent: bytes) -> None:
    with waiting(crowded, STRANGERS, sent):
        assert served(crowded, HOME) == [b"415"] * 5


def test_requests_that_wait_keep_nobody_out_who_comes_from_the_same_address(crowded: GuardedServer) -> None:
    with waiting(crowded, [HOME], 8 * HEALTH):
        assert served(crowded, HOME) == [b"415"] * 5


def test_who_makes_way_while_waiting_is_told_why(crowded: GuardedServer) -> None:
    with waiting(crowded, [HOME], HEALTH) as connections:
        wait_until(
            lambda: (
                sum(one.since < math.inf for one in tuple(crowded.door.crowd.blocks.get(HOME, ()))) == len(connections)
            )
        )
        with connect(crowded, HOME, HEALTH), connect(crowded, HOME, HEALTH):
            longest = connections[1]  # the first has its answer, and makes way before it
            assert longest.recv(65536).startswith(b"HTTP/1.1 503")
            assert longest.recv(65536) == b""
