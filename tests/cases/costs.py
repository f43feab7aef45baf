"""Requests that a stranger makes large or odd on purpose, and what each may cost for every byte of it.

Numbers of bytes are what the server lets through: 32 KB of head, 256 KB of body.
"""

from __future__ import annotations

import json
import time
import tracemalloc
from collections.abc import Iterator
from itertools import cycle
from typing import Any, NamedTuple
from urllib.parse import quote

from starlette.types import ASGIApp, Message

HEAD = 30_000  # bytes
BODY = 256 * 1024
FORM_POST = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json"}
METHODS = ("GET", "POST")
OTHER_METHODS = ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")  # each route answers them alike

# What a request may cost, beside what the page or file that it asks for is by itself.
BYTES_OUT = 16  # for each byte in: a sign is sent back in two places, as six at most, and each pair in a tag of its own
MEMORY = 48  # bytes at most at a time, for each byte in: small lists of JSON and pairs of two letters take most
NANOSECONDS = 1_500  # of processor time for each byte in, while memory is being traced, which takes most of it

AT_HAND = 512 * 1024  # bytes of memory for a page, a file's first piece, and what is looked up once and remembered
A_MOMENT = 0.3  # seconds: what the first use of something may take, beside other work and with memory being traced


class Request(NamedTuple):
    """A request as it comes from the network."""

    method: str
    path: str
    headers: dict[str, str] = {}  # noqa: RUF012 - never changed
    query: str = ""
    body: bytes = b""

    @property
    def size(self) -> int:
        head = sum(len(name) + len(value) + 4 for name, value in self.headers.items())
        return len(self.path) + len(self.query) + head + len(self.body) + 40


class Cost(NamedTuple):
    """What answering took: the status, bytes of the answer, bytes of memory at most, and seconds of processor time."""

    status: int
    bytes: int
    memory: int
    seconds: float


def filled(piece: str, length: int, *, of: str = "{}") -> str:
    """Return the piece again and again, up to a length, within `of`."""
    return of.replace("{}", piece * (length // len(piece.encode())))


HEADS: dict[str, dict[str, str]] = {
    "a cookie of backslashes": {"cookie": filled("\\", HEAD, of='hw_client="{}"')},
    "a person's cookie of backslashes": {"cookie": filled("\\", HEAD, of='hw_person="{}"')},
    "a cookie of octal signs": {"cookie": filled("\\001", HEAD, of='hw_client="{}"')},
    "thousands of cookies": {"cookie": filled("hw_client=a; ", HEAD)},
    "cookies without names": {"cookie": filled(";", HEAD)},
    "a long sign-in": {"cookie": filled("a", HEAD, of="hw_client={}")},
    "a long signed sign-in": {"cookie": filled("a.", HEAD, of="hw_person={}")},
    "thousands of ranges": {"range": "bytes=" + ",".join(f"{at}-{at}" for at in range(0, 6_000, 2))},
    "ninety ranges": {"range": "bytes=" + ",".join(f"{at}-{at}" for at in range(0, 180, 2))},
    "the same range again": {"range": filled("0-,", HEAD, of="bytes={}")},
    "a range of commas": {"range": filled(",", HEAD, of="bytes={}0-1")},
    "a long range": {"range": filled("9", HEAD, of="bytes={}-")},
    "thousands of tags": {"if-none-match": filled('W/"a", ', HEAD)},
    "an odd day": {"if-modified-since": filled("Mon, 01 ", HEAD)},
    "a day of colons": {"if-modified-since": filled("0:", HEAD, of="Mon, 01 Jan 2026 {}")},
    "accepted by the thousand": {"accept": filled("text/html;q=0.1,", HEAD)},
    "languages by the thousand": {"accept-language": filled("en;q=0.1,", HEAD)},
    "a long kind": {"content-type": filled("a", HEAD, of="application/json;charset={}")},
    "a long kind of form": {"content-type": filled(";charset=a", HEAD, of="application/x-www-form-urlencoded{}")},
    "a long key": {"authorization": filled("a", HEAD, of="Bearer {}")},
    "another place": {"origin": filled("a.", HEAD, of="https://{}")},
    "a place of brackets": {"origin": filled("[", HEAD, of="https://{}]")},
    "a port of figures": {"origin": filled("9", HEAD, of="https://a:{}")},
    "a long host": {"host": filled("a.", HEAD)},
    "forwarded by many": {"x-forwarded-for": filled("1.1.1.1,", HEAD), "forwarded": "for=a"},
    "three thousand headers": {f"x-{number}": "a" for number in range(3_000)},
}
QUERIES = {
    "a long query": filled("a", HEAD),
    "thousands of names": filled("a=b&", HEAD),
    "a query of signs": filled("%", HEAD),
    "a long way back": "next=/" + filled("%61", HEAD),
    "ways back by the thousand": filled("next=/&", HEAD),
    "tables by the thousand": filled("_facet=a&", HEAD),
}
BODIES: dict[str, tuple[dict[str, str], bytes]] = {
    "thousands of pairs": (FORM_POST, filled("a=b&", BODY).encode()),
    "pairs of nothing": (FORM_POST, filled("&", BODY).encode()),
    "two thousand pairs": (FORM_POST, filled("a=b&", 7_996).encode()),
    "two thousand names": (FORM_POST, "&".join(f"a{number}=" for number in range(1_999)).encode()),
    "ninety names": (FORM_POST, "&".join(f"a{number}=" for number in range(90)).encode()),
    "a long token": (FORM_POST, filled("%41", BODY, of="token={}&code={}")[:BODY].encode()),
    "a long password": (FORM_POST, filled("%41", BODY, of="name=a&password={}")[:BODY].encode()),
    "one long name": (FORM_POST, filled("a", BODY).encode()),
    "signs that are escaped": (FORM_POST, filled('"', BODY, of="{}=").encode()),
    "behind a percent": (FORM_POST, filled("%41a", BODY).encode()),
    "letters of two bytes": (FORM_POST, filled("é", BODY).encode()),
    "percents alone": (FORM_POST, filled("%", BODY).encode()),
    "parts of a parcel": (
        {"content-type": "multipart/form-data; boundary=a"},
        filled('--a\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n', BODY).encode(),
    ),
    "brackets": (JSON, filled("[", BODY).encode()),
    "names within names": (JSON, filled('{"a":', BODY).encode()),
    "empty lists": (JSON, filled("[],", BODY, of='{"answers": [{}[]]}').encode()),
    "empty objects": (JSON, filled("{},", BODY).encode()),
    "figures": (JSON, filled("9", BODY).encode()),
    "exponents": (JSON, b'{"answers": {"a": 1e999999999}}'),
    "thousands of keys": (JSON, json.dumps({f"k{number}": 1 for number in range(20_000)}).encode()),
}


def stuffed(path: str) -> Iterator[tuple[str, Request]]:
    """Yield a route with each of these heads, queries and bodies, by its methods, and by others in turn."""
    others = cycle(OTHER_METHODS)
    for name, headers, query, body in _stuffing():
        for method in (*METHODS, next(others)):
            yield name, Request(method, path, {"accept": "text/html"} | headers, query, body)


def _stuffing() -> Iterator[tuple[str, dict[str, str], str, bytes]]:
    yield from ((name, headers, "", b"") for name, headers in HEADS.items())
    yield from ((name, {}, query, b"") for name, query in QUERIES.items())
    yield from ((name, headers, "", body) for name, (headers, body) in BODIES.items())


LONG_PATHS = {
    "parts by the thousand": "/a" * (HEAD // 2),
    "slashes": "/" * HEAD,
    "steps up": "/.." * (HEAD // 3),
    "one long part": "/" + "a" * HEAD,
    "a form's long name": "/forms/" + "a" * HEAD,
    "a receipt's long name": "/receipts/" + "\u00e9" * (HEAD // 6),
    "a caseload's long name": "/c/" + "a" * HEAD,
    "a client's parts": "/c/ana/client/" + "a/" * (HEAD // 2),
    "nothing but signs": "/\x00\x01" * (HEAD // 6),
}


async def cost(app: ASGIApp, state: dict[str, Any], request: Request, address: str = "192.0.2.1") -> Cost:
    """Answer the request and return what that took."""
    sent = iter([{"type": "http.request", "body": request.body, "more_body": False}])
    status = length = 0

    async def receive() -> Message:
        return next(sent, {"type": "http.disconnect"})

    async def send(message: Message) -> None:
        nonlocal status, length
        status = message.get("status", status)
        length += len(message.get("body", b""))
        length += sum(len(name) + len(value) for name, value in message.get("headers", ()))

    headers = {"host": "clinic.example", **request.headers}
    if request.body:
        headers["content-length"] = str(len(request.body))
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}, "http_version": "1.1", "scheme": "http",
        "method": request.method, "path": request.path, "raw_path": quote(request.path).encode(), "root_path": "",
        "query_string": request.query.encode(), "client": (address, 50_000), "server": ("clinic.example", 80),
        "headers": [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()],
        "state": state.copy(),
    }  # fmt: skip
    tracemalloc.reset_peak()
    before, started = tracemalloc.get_traced_memory()[0], time.process_time()
    await app(scope, receive, send)
    seconds = time.process_time() - started
    return Cost(status, length, tracemalloc.get_traced_memory()[1] - before, seconds)


def dear(request: Request, taken: Cost, page: int) -> list[str]:
    """Return what a request took more of than it may."""
    most = {
        "bytes": page + BYTES_OUT * request.size,
        "memory": AT_HAND + page + MEMORY * request.size,
        "seconds": A_MOMENT + NANOSECONDS * 1e-9 * (page + request.size),
    }
    return [f"{what} {getattr(taken, what)} > {limit}" for what, limit in most.items() if getattr(taken, what) > limit]
