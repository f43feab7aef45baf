"""The real server on loopback, for what a TestClient cannot show."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from starlette.types import ASGIApp

from collector.endpoints.app import create_app
from collector.process import connection
from collector.process import server as guarded
from collector.process.listening import Place
from collector.settings import Settings

PATIENCE = 20.0  # seconds for what takes milliseconds on a machine that has nothing else to do
SHORT = 0.5  # seconds; the real limits are for real networks
Address = tuple[str, int]


@contextmanager
def served(app: ASGIApp, place: Place, settings: Settings) -> Iterator[guarded.GuardedServer]:
    server = guarded.server(app, place, settings)
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + PATIENCE
    while not server.started and thread.is_alive() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert server.started
    try:
        yield server
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
    assert not thread.is_alive()


@pytest.fixture
def serve(settings: Settings) -> Iterator[Callable[..., guarded.GuardedServer]]:
    """Start servers that stop with the test: of this app, at this place, with these settings."""
    with ExitStack() as servers:

        def start(
            app: ASGIApp | None = None, place: Place | None = None, ours: Settings = settings
        ) -> guarded.GuardedServer:
            place = place or Place("127.0.0.1", 0)
            return servers.enter_context(served(app or create_app(ours), place, ours))

        yield start


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of the server that a module's tests share."""
    folder = tmp_path_factory.mktemp("shared")
    (folder / "data").mkdir(mode=0o700)
    (folder / "site").mkdir()
    return Settings(data=folder / "data", site=folder / "site")


@pytest.fixture(scope="module")
def server(shared: Settings) -> Iterator[guarded.GuardedServer]:
    """One that waits for tenths of a second only."""
    with pytest.MonkeyPatch.context() as limits:
        limits.setattr(connection, "HEAD_WITHIN", SHORT)
        limits.setattr(connection, "BODY_WITHIN", 2 * SHORT)
        limits.setattr(connection, "TAKES_WITHIN", 2 * SHORT)
        limits.setattr(connection, "LINGER", SHORT)
        limits.setattr(guarded, "TICKS", 1)
        with served(create_app(shared), Place("127.0.0.1", 0), shared) as server:
            yield server


@pytest.fixture
def address(server: guarded.GuardedServer) -> Address:
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    return host, port


@pytest.fixture
def files_close(address: Address) -> Iterator[None]:
    """Fail unless this process has as many open files after the test as before it."""

    def files() -> int:
        return len(os.listdir("/dev/fd"))

    ask(address)
    before = files()
    yield
    ask(address)
    wait_until(lambda: files() <= before)


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def ask(address: Address) -> None:
    """Fail unless /health answers."""
    with socket.create_connection(address, timeout=PATIENCE) as connected:
        connected.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert connected.recv(65536).startswith(b"HTTP/1.1 200")
