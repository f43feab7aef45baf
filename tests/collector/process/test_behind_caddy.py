"""The collector and the review behind Debian's Caddy: a stranger's tries are a stranger's, not everybody's."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import pytest

from collector import people
from collector.endpoints.app import create_app
from collector.ledger.ledger import Ledger
from collector.process.listening import Place, review_of, site_of
from collector.process.server import GuardedServer
from collector.proxies import TrustedProxies
from collector.review.attempts import FREE_FOR_NAME
from collector.review.gateway import create_review
from collector.settings import Settings
from tests.loopback import caddy_program, free_pair

PATIENCE = 20.0
STRANGER, FRIEND = "127.0.0.66", "127.0.0.7"  # addresses of this computer's loopback, as Caddy sees them
TRIES = 40  # more codes than an address has before it is told to slow down
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CADDYFILE = """
{
  admin off
  auto_https off
}
http://127.0.0.1:%d {
  bind 127.0.0.1
  reverse_proxy %s
}
http://127.0.0.1:%d {
  bind 127.0.0.1
  reverse_proxy %s
}
"""

Serve = Callable[..., GuardedServer]


@pytest.fixture(scope="module")
def caddy() -> str:
    """Caddy's program."""
    return caddy_program()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short path: a socket's is limited."""
    with TemporaryDirectory(prefix="hw") as folder:
        yield Path(folder)


@pytest.fixture(params=["tcp", "unix"])
def ours(request: pytest.FixtureRequest, settings: Settings, folder: Path) -> Settings:
    """Settings for two servers behind a proxy that is trusted."""
    if request.param == "unix":
        return replace(settings, host=f"unix:{folder}/sockets", trusted_proxies=TrustedProxies.read("unix"))
    return replace(settings, trusted_proxies=TrustedProxies.read("127.0.0.1"))


class House:
    """The site and the review, each behind one Caddy."""

    def __init__(self, ours: Settings, folder: Path, serve: Serve) -> None:
        self.upstreams = [
            started(serve, create_app(ours), site_of(ours), ours),
            started(serve, create_review(ours), review_of(ours), ours),
        ]
        self.site = free_pair()
        self.review = self.site + 1
        self.caddyfile = folder / "Caddyfile"
        site, review = self.upstreams
        self.caddyfile.write_text(CADDYFILE % (self.site, site, self.review, review))

    @contextmanager
    def behind(self, caddy: str, folder: Path) -> Iterator[None]:
        environment = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        with open(folder / "caddy.log", "wb") as log:
            process = subprocess.Popen(
                [caddy, "run", "--config", str(self.caddyfile), "--adapter", "caddyfile"],
                env=os.environ | environment,
                stdout=log,
                stderr=log,
            )
        try:
            for port in (self.site, self.review):
                wait_for(port, process, folder / "caddy.log")
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE)


def started(serve: Serve, app: object, place: Place, ours: Settings) -> str:
    """Start a server and return its name in a Caddyfile."""
    if place.socket:
        place.require_free()
        serve(app, place, ours)
        return f"unix/{place.socket}"
    server = serve(app, Place(place.host, 0), ours)
    return f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.02)
    pytest.fail(log.read_text())


def send(port: int, source: str, path: str, form: dict[str, str], headers: dict[str, str] | None = None) -> int:
    """Post a form from this address, and return the status of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE, source_address=(source, 0))
    try:
        connection.request("POST", path, urlencode(form), FORM | (headers or {}))
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.fixture
def house(ours: Settings, folder: Path, serve: Serve, caddy: str) -> Iterator[House]:
    house = House(ours, folder, serve)
    with house.behind(caddy, folder):
        yield house


@pytest.fixture
def code(settings: Settings) -> str:
    """The code of a client who has not opened their link."""
    with Ledger.open(settings.ledger) as ledger:
        caseload = people.add_therapist(ledger, "Bob", password="correct horse battery").caseload
        return people.add_client(ledger, caseload, "Made up").code


@pytest.mark.parametrize("claim", [{}, {"X-Forwarded-For": FRIEND}], ids=["plainly", "in the name of another"])
def test_one_clients_wrong_codes_keep_no_other_out(code: str, house: House, claim: dict[str, str]) -> None:
    tries = [send(house.site, STRANGER, "/open", {"code": "WRONG"}, claim) for _ in range(TRIES)]
    assert (tries[0], tries[-1]) == (403, 429)
    assert send(house.site, FRIEND, "/open", {"code": "WRONG"}) == 403
    assert send(house.site, FRIEND, "/open", {"code": code}) == 303


def test_a_strangers_wrong_passwords_keep_the_second_therapist_in(code: str, house: House) -> None:
    tries = [send(house.review, STRANGER, "/sign-in", {"name": "bob", "password": "x"}) for _ in range(FREE_FOR_NAME)]
    assert 303 not in tries
    assert send(house.review, FRIEND, "/sign-in", {"name": "bob", "password": "correct horse battery"}) == 303


def test_without_the_setting_all_are_one(code: str, settings: Settings, folder: Path, serve: Serve, caddy: str) -> None:
    house = House(settings, folder, serve)
    with house.behind(caddy, folder):
        assert 429 in [send(house.site, STRANGER, "/open", {"code": "WRONG"}) for _ in range(TRIES)]
        assert send(house.site, FRIEND, "/open", {"code": "WRONG"}) == 429
        assert send(house.site, FRIEND, "/open", {"code": code}) == 303
