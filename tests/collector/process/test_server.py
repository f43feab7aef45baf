"""The real server on loopback, for what a TestClient cannot show."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from collector.process.at_the_door import WORDS
from collector.process.server import GuardedServer
from collector.settings import Settings

Serve = Callable[..., GuardedServer]
LAST = b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

SHORT = 0.5  # seconds; as the server of conftest.py has it


def talk(address: tuple[str, int], *parts: bytes, pause: float = 0.0, patience: float = 10.0) -> bytes:
    """Send these parts with a pause after each, and return what arrives until the server hangs up.

    Raises TimeoutError when it does not: `patience` is shorter than it keeps an idle connection.
    """
    heard = b""
    with socket.create_connection(address, timeout=patience) as connection:
        try:
            for part in parts:
                connection.sendall(part)
                time.sleep(pause)
            while more := connection.recv(65536):
                heard += more
        except ConnectionError:
            pass
    return heard


def post(path: bytes, body: bytes, *headers: bytes) -> bytes:
    lines = (b"POST " + path + b" HTTP/1.1", b"Host: localhost", *headers, b"Connection: close")
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def test_it_answers_without_naming_its_server(address: tuple[str, int]) -> None:
    heard = talk(address, b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert heard.startswith(b"HTTP/1.1 200")
    assert b"uvicorn" not in heard


def test_a_connection_serves_one_request_after_another(address: tuple[str, int]) -> None:
    ask = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert talk(address, ask, ask, last, pause=2 * SHORT / 3).count(b"HTTP/1.1 200") == 3


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [b"G"],
        [b"GET / HTTP/1.1\r\nHost: x\r\n"],
        [b"GET / HTTP/1.1\r\n", *[b"x: y\r\n"] * 10],
        [b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n", b"GET"],
    ],
    ids=["nothing", "a letter", "half a head", "a header now and then", "half a second request"],
)
def test_unfinished_headers_are_hung_up_on(address: tuple[str, int], parts: list[bytes]) -> None:
    talk(address, *parts, pause=0.1)


def test_an_unfinished_body_is_hung_up_on(address: tuple[str, int]) -> None:
    head = post(b"/forms/x", b"", b"Content-Type: application/json", b"Content-Length: 1000")
    assert_ours(talk(address, head, b"{", b" ", b" "), 408)


def assert_ours(heard: bytes, status: int) -> None:
    """Fail unless this is one answer, with this status, in our words and with our headers."""
    head, _, body = heard.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert heard.count(b"HTTP/1.1") == 1
    for header in (b"nosniff", b"default-src 'none'", b"no-store", b"connection: close"):
        assert header in head.lower()
    assert body.decode().strip() == WORDS[status]


@pytest.mark.parametrize("length", [b"Content-Length: 10000000", b"Transfer-Encoding: chunked"])
def test_ten_megabytes_are_refused(address: tuple[str, int], length: bytes) -> None:
    chunk = b"x" * 1_000_000
    if length.startswith(b"T"):
        chunk = b"%x\r\n%s\r\n" % (len(chunk), chunk)
    head = b"POST /forms/x HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + length + b"\r\n\r\n"
    with socket.create_connection(address, timeout=5) as connection:
        for part in (head, *[chunk] * 10):
            connection.sendall(part)
        assert connection.recv(65536).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    "request_bytes",
    [
        post(b"/forms/x", b"{}", b"Content-Length: 2", b"Content-Length: 3"),
        post(b"/forms/x", b"{}", b"Content-Length: 2", b"Transfer-Encoding: chunked"),
        b"nonsense\r\n\r\n",
        b"\x16\x03\x01\x00\xa5",
    ],
    ids=["two lengths", "length and chunks", "nonsense", "tls"],
)
def test_a_malformed_or_ambiguous_request_is_refused(address: tuple[str, int], request_bytes: bytes) -> None:
    assert_ours(talk(address, request_bytes), 400)


def test_endless_headers_are_refused(address: tuple[str, int]) -> None:
    headers = b"".join(b"x-%d: %s\r\n" % (number, b"y" * 50) for number in range(10_000))
    heard = talk(address, b"GET /health HTTP/1.1\r\n", *[headers[at : at + 8000] for at in range(0, 400_000, 8000)])
    assert b"HTTP/1.1 200" not in heard


@pytest.mark.parametrize("host", [b"", b"evil.example", b"[::1", b"a b", b"x" * 5000])
def test_an_unexpected_host_does_no_harm(address: tuple[str, int], host: bytes) -> None:
    heard = talk(address, b"GET /health HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n\r\n")
    assert heard.startswith(b"HTTP/1.1 200")


def test_over_https_what_is_refused_at_the_door_says_so_like_every_page(settings: Settings, serve: Serve) -> None:
    secure = replace(settings, https=True)
    server = serve(ours=secure)
    address = server.servers[0].sockets[0].getsockname()[:2]
    page, refused = talk(address, LAST), talk(address, b"nonsense\r\n\r\n")
    assert refused.startswith(b"HTTP/1.1 400")
    assert names(page) - {b"content-length"} <= names(refused) | {b"etag"}
    assert b"strict-transport-security" in names(refused)


def names(heard: bytes) -> set[bytes]:
    return {line.partition(b":")[0].lower() for line in heard.partition(b"\r\n\r\n")[0].splitlines()[1:]}
