"""What no browser sends: the answer is ours or there is none, the server lives, and nothing stays open."""

from __future__ import annotations

import re
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from collector.process.at_the_door import WORDS
from collector.process.connection import MOST_PIPELINED
from collector.settings import Settings

Address = tuple[str, int]
PATIENCE = 20.0
ASK = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
LAST = b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
OURS = (b"x-content-type-options: nosniff", b"referrer-policy: same-origin", b"content-security-policy:")
MEGABYTES = 4 * 1024 * 1024

pytestmark = pytest.mark.usefixtures("files_close")


def post(*headers: bytes, body: bytes = b"") -> bytes:
    head = (b"POST /forms/x HTTP/1.1", b"Host: x", b"Content-Type: application/json", *headers)
    return b"\r\n".join(head) + b"\r\n\r\n" + body


CHUNKED = b"Transfer-Encoding: chunked"
UNREADABLE = {
    "two lengths": (post(b"Content-Length: 2", b"Content-Length: 3", body=b"{}"), 400),
    "the same length twice": (post(b"Content-Length: 2", b"Content-Length: 2", body=b"{}"), 400),
    "two lengths in one": (post(b"Content-Length: 2, 2", body=b"{}"), 400),
    "a negative length": (post(b"Content-Length: -1", body=b"{}"), 400),
    "a length with a plus": (post(b"Content-Length: +5", body=b"{}   "), 400),
    "a length in hex": (post(b"Content-Length: 0x2", body=b"{}"), 400),
    "an empty length": (post(b"Content-Length:", body=b"{}"), 400),
    "a huge length": (post(b"Content-Length: " + b"9" * 30, body=b"{}"), 400),
    "a length of ten megabytes": (post(b"Content-Length: 10000000", body=b"{}"), 413),
    "a length and chunks": (post(b"Content-Length: 2", CHUNKED, body=b"2\r\n{}\r\n0\r\n\r\n"), 400),
    "chunks and a length": (post(CHUNKED, b"Content-Length: 2", body=b"2\r\n{}\r\n0\r\n\r\n"), 400),
    "chunks that are none": (post(b"Transfer-Encoding: chunked, identity", body=b"2\r\n{}\r\n0\r\n\r\n"), 400),
    "chunks under another name": (post(b"Transfer-Encoding: xchunked", body=b"2\r\n{}\r\n0\r\n\r\n"), 400),
    "a chunk without a size": (post(CHUNKED, body=b"\r\n{}\r\n0\r\n\r\n"), 400),
    "a negative chunk": (post(CHUNKED, body=b"-2\r\n{}\r\n0\r\n\r\n"), 400),
    "a chunk in words": (post(CHUNKED, body=b"two\r\n{}\r\n0\r\n\r\n"), 400),
    "a huge chunk": (post(CHUNKED, body=b"f" * 40 + b"\r\n{}\r\n0\r\n\r\n"), 400),
    "a chunk that is longer than it says": (post(CHUNKED, body=b"1\r\n{}\r\n0\r\n\r\n"), 400),
    "an endless extension of a chunk": (post(CHUNKED, body=b"2;" + b"x" * MEGABYTES), 400),
    "an endless trailer": (post(CHUNKED, body=b"2\r\n{}\r\n0\r\nx: " + b"y" * MEGABYTES), 400),
    "an endless size": (post(CHUNKED, body=b"0" * MEGABYTES), 400),
    "an endless address": (b"GET /" + b"x" * MEGABYTES, 431),
    "an endless header": (b"GET / HTTP/1.1\r\nx: " + b"y" * MEGABYTES, 431),
    "an endless method": (b"G" * MEGABYTES, 400),
    "a NUL in the address": (b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "a NUL in a header": (b"GET / HTTP/1.1\r\nHost: x\r\ny: \x00\r\n\r\n", 400),
    "a NUL in a name": (b"GET / HTTP/1.1\r\nHost: x\r\ny\x00: z\r\n\r\n", 400),
    "a bare CR in a header": (b"GET / HTTP/1.1\r\nHost: x\r\ny: a\rz: b\r\n\r\n", 400),
    "a space before the colon": (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length : 5\r\n\r\n", 400),
    "a folded header": (b"GET / HTTP/1.1\r\nHost: x\r\ny: a\r\n b\r\n\r\n", 400),
    "a header without a name": (b"GET / HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n", 400),
    "bytes above ASCII in the address": (b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "a version to come": (b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", 400),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500, 400),
    "SSH": (b"SSH-2.0-OpenSSH_9.2\r\n", 400),
    "CONNECT": (b"CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "an asterisk": (b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404),
    "an absolute address without a path": (b"GET http://x HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "an unknown method": (b"BREW /health HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "nothing but lines": (b"\r\n" * MEGABYTES, 431),
}


@pytest.mark.parametrize(("sent", "status"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_told_in_our_words(address: Address, sent: bytes, status: int) -> None:
    head, _, body = talk(address, sent).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"HTTP/1.1" not in body
    assert [header for header in (*OURS, b"cache-control: no-store") if header not in head.lower()] == []
    if status in WORDS:
        assert (body.decode().strip(), b"connection: close" in head.lower()) == (WORDS[status], True)


@pytest.mark.parametrize(
    "sent",
    [
        b"GET http://elsewhere.example/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n",
        b"GET /health HTTP/1.0\r\n\r\n",
        b"GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        b"\r\n\r\n" + LAST,
        b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n" + ASK,
        LAST + ASK,
    ],
    ids=[
        "absolute address",
        "empty host",
        "two hosts",
        "HTTP/1.0",
        "HTTP/1.0 that would stay",
        "after empty lines",
        "websocket",
        "h2c, and one more",
        "one more after the last",
    ],
)
def test_what_is_odd_but_clear_is_answered_once_and_the_connection_closed(address: Address, sent: bytes) -> None:
    heard = talk(address, sent)
    assert heard.startswith(b"HTTP/1.1 200")
    assert heard.count(b"HTTP/1.1") == 1


def test_a_bare_line_feed_begins_no_second_request(address: Address) -> None:
    heard = talk(address, b"GET /health HTTP/1.1\nHost: x\n\nGET /openapi.json HTTP/1.1\nHost: x\n\n")
    assert heard.startswith(b"HTTP/1.1 400")
    assert heard.count(b"HTTP/1.1") == 1


def test_trailers_are_no_headers(address: Address) -> None:
    body = b"2\r\n{}\r\n0\r\nX-Told: later\r\nExpect: 100-continue\r\n\r\n"
    heard = talk(address, post(CHUNKED, body=body) + LAST)
    assert [answer.split()[0] for answer in heard.split(b"HTTP/1.1 ")[1:]] == [b"422", b"200"]


def test_a_thousand_requests_in_one_packet_are_answered_in_their_order_as_far_as_they_are(address: Address) -> None:
    heard = talk(address, ASK * 1_000)
    answers = heard.split(b"HTTP/1.1 200")[1:]
    assert len(answers) == MOST_PIPELINED + 1
    assert [b"connection: close" in answer.lower() for answer in answers] == [False] * MOST_PIPELINED + [True]


@pytest.mark.parametrize("after", [b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nHost", b"\x00"])
def test_what_follows_a_request_does_not_cut_its_answer_up(address: Address, site_file: bytes, after: bytes) -> None:
    heard = talk(address, b"GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n" + after)
    assert heard.startswith(b"HTTP/1.1 200")
    assert heard.count(b"HTTP/1.1") == 1 + heard.count(b"HTTP/1.1 408")
    assert site_file in heard


def test_whoever_has_asked_and_says_no_more_still_hears_the_answer(address: Address, site_file: bytes) -> None:
    with connect(address) as connected:
        connected.sendall(b"GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n")
        connected.shutdown(socket.SHUT_WR)
        heard = rest_of(connected)
    assert heard.endswith(site_file)


@pytest.mark.parametrize("sent", [b"", b"GET / HT", post(b"Content-Length: 5", body=b"{")])
def test_whoever_stops_halfway_is_let_go(address: Address, sent: bytes) -> None:
    with connect(address) as connected:
        connected.sendall(sent)
        connected.shutdown(socket.SHUT_WR)
        assert rest_of(connected) == b""


def test_resets_in_the_middle_of_an_answer_leave_nothing_open(address: Address, site_file: bytes) -> None:
    for _ in range(20):
        with connect(address) as connected:
            connected.sendall(b"GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n")
            connected.recv(1000)
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_whoever_asks_whether_to_go_on_and_does_not_is_told(address: Address) -> None:
    heard = talk(address, post(b"Content-Length: 100", b"Expect: 100-continue"))
    assert re.findall(rb"HTTP/1.1 (\d+)", heard) == [b"100", b"408"]


@pytest.mark.parametrize(
    "parts",
    [
        [b"G"],
        [b"GET / HTTP/1.1\r\nHost: x\r\n"],
        [b"GET / HTTP/1.1\r\n", *[b"x: y\r\n"] * 8],
        [post(b"Content-Length: 1000"), *[b" "] * 8],
        [post(CHUNKED), *[b"1\r\n \r\n"] * 8],
        [post(CHUNKED), b"1;", *[b"x"] * 8],
    ],
    ids=["a letter", "half a head", "a header now and then", "a letter of a body", "a chunk", "an extension"],
)
def test_whoever_is_slow_is_told_so(address: Address, parts: list[bytes]) -> None:
    heard = talk(address, *parts, pause=0.1)
    head, _, body = heard.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408")
    assert [header for header in (*OURS, b"date:", b"connection: close") if header not in head.lower()] == []
    assert body.decode().strip() == WORDS[408]


@pytest.mark.parametrize("before", [b"", ASK])
def test_empty_lines_keep_no_connection(address: Address, before: bytes) -> None:
    started = time.monotonic()
    talk(address, before, *[b"\r\n"] * 30, pause=0.1)
    assert time.monotonic() - started < PATIENCE


def test_ten_megabytes_on_their_way_do_not_take_the_answer_back(address: Address) -> None:
    for _ in range(5):
        heard = talk(address, post(b"Content-Length: -1"), *[b"x" * 10_000] * 50)
        assert heard.startswith(b"HTTP/1.1 400")


@pytest.fixture
def site_file(shared: Settings) -> bytes:
    """A file of the site that is larger than what the system keeps for a reader."""
    content = bytes(range(256)) * 4096
    (shared.site / "large.bin").write_bytes(content)
    return content


def connect(address: Address) -> socket.socket:
    return socket.create_connection(address, timeout=PATIENCE)


def talk(address: Address, *parts: bytes, pause: float = 0.0) -> bytes:
    """Send these parts, with a pause after each, and return what arrives until the server hangs up."""
    with connect(address) as connected:
        with suppress(ConnectionError):
            for part in parts:
                connected.sendall(part)
                time.sleep(pause)
        return rest_of(connected)


def rest_of(connected: socket.socket) -> bytes:
    return b"".join(pieces(connected))


def pieces(connected: socket.socket) -> Iterator[bytes]:
    with suppress(ConnectionError):
        while piece := connected.recv(65536):
            yield piece
