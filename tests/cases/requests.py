"""Requests as a hostile stranger writes them, sent to an application as uvicorn would hand them on."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import quote, unquote

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from starlette.types import Message

LONGER = int(os.environ.get("HOMEWARD_FUZZ", "1"))  # times as many examples, and each time others
EXAMPLES = 12  # for each route and person, so that all of them together take seconds
# Written into every part of a request. In a page it may only stand as text.
MARK = "hwmark"
OPENINGS = (f"\"><{MARK} x='", f"'><{MARK}>", f"</title><{MARK}>", f'" {MARK}=1 x="', f"' {MARK}=1 x='", f"--><{MARK}>")
ESCAPES = ("%", "%z", "%00", "%0d%0aX: y", "%2e%2e%2f", "..", "//", "\\", "%5c", "%ff", "%c0%af", "%u2026", "%ed%a0%80")
SAFE = frozenset("!$&'()*+,-./:;=@_~%") | frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "M-SEARCH")


def fuzzed(examples: int = EXAMPLES) -> settings:
    """Return settings with the same examples at every run; with HOMEWARD_FUZZ=20, twenty times as many new ones."""
    return settings(
        max_examples=examples * LONGER,
        derandomize=LONGER == 1,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@dataclass(frozen=True)
class Asked:
    """A request: its path as it is on the wire, and its body in pieces; None is where the sender hangs up."""

    method: str
    path: str
    query: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: tuple[bytes | None, ...] = (b"",)


@dataclass(frozen=True)
class Answered:
    """What an application answered; status 0 when it said nothing, which only somebody who hung up may see."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def every(self, name: str) -> list[str]:
        """Return the values of a header, one for each time that it was sent."""
        return [value.decode("latin-1") for key, value in self.headers if key.lower() == name.encode()]

    @property
    def kind(self) -> str:
        return next(iter(self.every("content-type")), "").partition(";")[0]


def ask(app: TestClient, asked: Asked, address: str = "192.0.2.1") -> Answered:
    """Send a request to an application in the event loop of its client."""
    messages: list[Message] = []
    pieces = iter(asked.body)

    async def receive() -> Message:
        piece = next(pieces, None)
        if piece is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": piece is not asked.body[-1]}

    async def send(message: Message) -> None:
        messages.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "scheme": "http",
        "server": ("127.0.0.1", 8000),
        "client": (address, 50_000),
        "root_path": "",
        "method": asked.method,
        "path": unquote(asked.path),
        "raw_path": asked.path.encode("ascii"),
        "query_string": asked.query,
        "headers": list(asked.headers),
        "state": dict(app.app_state),
    }
    assert app.portal is not None
    app.portal.call(app.app, scope, receive, send)
    starts = [message for message in messages if message["type"] == "http.response.start"]
    body = b"".join(message.get("body", b"") for message in messages if message["type"] == "http.response.body")
    if not starts:
        return Answered(0, (), body)
    (start,) = starts
    return Answered(start["status"], tuple(start["headers"]), body)


class _Tags(HTMLParser):
    """Notes where the mark has become a tag or an attribute."""

    broken_out = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.broken_out |= tag.startswith(MARK) or any(name.startswith(MARK) for name, _ in attrs)


def is_marked(page: bytes) -> bool:
    """Return whether something that was sent has become HTML of the page."""
    tags = _Tags()
    tags.feed(page.decode("utf-8", "replace"))
    tags.close()
    return tags.broken_out


def on_the_wire(path: str) -> str:
    """Return a path as a client may send it: odd escapes as they stand, and what has no place in a URL encoded."""
    return "".join(sign if sign in SAFE else quote(sign, safe="", errors="replace") for sign in path)


texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20), st.sampled_from(OPENINGS), st.sampled_from(ESCAPES)
)
surrogates = st.one_of(texts, st.sampled_from(["\ud800", "a\udfffb", "\x00", "\u202e", "ſ", "İ", "٣"]))


def paths(template: str, **known: Sequence[str]) -> st.SearchStrategy[str]:
    """Return addresses of a route: with values that are known, with others, and with something behind."""
    pieces = template.split("{")
    filled: list[st.SearchStrategy[str]] = [st.just(pieces[0])]
    for piece in pieces[1:]:
        name, _, rest = piece.partition("}")
        values = texts if name.endswith(":path") else texts.map(lambda text: text.replace("/", "%2f"))
        sampled = known.get(name.partition(":")[0], ())
        filled += [st.one_of(st.sampled_from(sampled), values) if sampled else values, st.just(rest)]
    behind = st.one_of(st.just(""), st.just(""), st.sampled_from(["/", ".json", "//", "/..", ";x"]), texts)
    return st.tuples(*filled, behind).map(lambda parts: on_the_wire("".join(parts)))


def queries(names: Sequence[str]) -> st.SearchStrategy[bytes]:
    """Return query strings of these names, with values of all kinds."""
    usual = st.sampled_from(["", "1", "on", "off", "NaN", "1e999", *names])
    values = st.one_of(usual, texts, st.integers(-(2**70), 2**70).map(str))
    pairs = st.lists(st.tuples(st.one_of(st.sampled_from(names), texts), values), max_size=4)
    joined = pairs.map(lambda pairs: "&".join(f"{_some(name)}={_some(value)}" for name, value in pairs).encode())
    raw = st.binary(max_size=30).map(lambda raw: bytes(byte for byte in raw if 32 < byte < 127 and byte != 35))
    return st.one_of(st.just(b""), joined, joined, raw)


def _some(text: str) -> str:
    """Return a text encoded, but for odd escapes, which stay as they are."""
    return text if text in ESCAPES and "\\" not in text else quote(text, safe="")


def header_values(*usual: str) -> st.SearchStrategy[bytes]:
    """Return values of a header: what is usual, and anything else that a server lets through."""
    odd = st.binary(max_size=24).map(lambda raw: bytes(byte for byte in raw if byte == 9 or 31 < byte != 127).strip())
    return st.one_of(st.sampled_from([value.encode("latin-1") for value in usual]), odd)


HEADERS = {
    "accept": ("text/html", "application/json", "*/*", "text/html;q=0, application/json", f"text/html,<{MARK}>"),
    "accept-encoding": ("gzip", "identity;q=0", "*;q=0"),
    "authorization": ("Bearer x", "Basic eDp5", "Bearer ", f"<{MARK}>"),
    "content-type": (
        "application/json",
        "application/json; charset=utf-16",
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=\x00",
        "application/x-www-form-urlencoded;charset=" + "x" * 200,
        "multipart/form-data; boundary=b",
        "multipart/form-data",
        "text/plain",
        "",
    ),
    "content-length": ("0", "5", "99999999999999999999", "-1", "٣".encode().decode("latin-1"), "1e3"),
    "transfer-encoding": ("chunked", "gzip, chunked"),
    "cookie": ("hw_client=x; hw_client=y", "=;=;;", 'a="\\\\"', "hw_person=" + "x" * 300, "__Host-hw_client=x"),
    "expect": ("100-continue",),
    "host": ("review.example", "", "a:b:c", "[::1", f'evil.example"><{MARK}>', "evil.example:99999"),
    "if-modified-since": ("Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 99 Foo 0000", "Sun, 06 Nov 1994 08:49:37 -9999"),
    "if-none-match": ("*", '"x"', 'W/"x", "y'),
    "if-range": ('"x"', "Thu, 01 Jan 1970 00:00:00 GMT"),
    "origin": ("null", "http://clinic.example", "http://[::1", "http://a:99999", "//", f"http://<{MARK}>"),
    "range": ("bytes=0-1", "bytes=5-1", "bytes=-0", "bytes=" + ",".join(["0-0"] * 40), "bytes=x", "lines=1-2"),
    "referer": ("http://evil.example/", f"<{MARK}>"),
    "sec-fetch-site": ("same-origin", "none", "cross-site", "x"),
    "x-forwarded-for": ("127.0.0.1", "x"),
    "x-forwarded-host": (f"<{MARK}>",),
    "x-http-method-override": ("DELETE",),
}
heads = st.lists(
    st.sampled_from(sorted(HEADERS)).flatmap(
        lambda name: st.tuples(st.just(name.encode()), header_values(*HEADERS[name]))
    ),
    max_size=4,
)


def _nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def bodies(names: Sequence[str]) -> st.SearchStrategy[bytes]:
    """Return bodies of every kind, of these names where the kind has names."""
    name = st.one_of(st.sampled_from(names), surrogates)
    form = st.lists(st.tuples(name, surrogates), max_size=6).map(
        lambda pairs: "&".join(f"{_typed(name)}={_typed(value)}" for name, value in pairs).encode()
    )
    scalar = st.one_of(surrogates, st.integers(), st.floats(), st.none(), st.booleans())
    value = st.recursive(scalar, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(name, inner, max_size=3))
    nested = st.dictionaries(name, value, max_size=4).map(_json)
    odd = st.sampled_from(
        [
            _nested(2_000),
            b'{"answers": ' + _nested(100) + b"}",
            b'{"id": 1, "id": 2, "answers": {}}',
            b'{"answers": NaN}',
            b'{"answers": {"a": 1e999}}',
            b'{"answers": {"\\ud800": "\\udfff"}}',
            b"\xef\xbb\xbf{}",
            b"--b\r\nContent-Disposition: form-data; name=x\r\n\r\n",
            b"--b--\r\n",
            b"&" * 3_000,
            b"a=%ff&b=%c0%af&c=%",
            b"_charset_=utf-16&a=\xff",
            b"x" * 300_000,
        ]
    )
    return st.one_of(form, nested, odd, st.binary(max_size=60))


def _typed(text: str) -> str:
    return quote(text, safe="%", errors="replace") if text in ESCAPES else quote(text, safe="", errors="surrogatepass")


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


@st.composite
def requests(
    draw: st.DrawFn,
    path: st.SearchStrategy[str],
    names: Sequence[str],
    methods: Sequence[str] = METHODS,
    cookie: bytes = b"",
    host: bytes = b"clinic.example",
) -> Asked:
    """Return requests to these paths, by the person whose cookie it is unless another one is drawn."""
    headers = {b"host": host} | ({b"cookie": cookie} if cookie else {}) | dict(draw(heads))
    method = draw(st.one_of(st.sampled_from(methods), st.sampled_from(METHODS)))
    body: tuple[bytes | None, ...] = (b"",)
    if method not in ("GET", "HEAD") or draw(st.booleans()):
        body = tuple(_pieces(draw(bodies(names)), draw(st.integers(0, 3))))
    return Asked(method, draw(path), draw(queries(names)), tuple(headers.items()), body)


def _pieces(body: bytes, how: int) -> Iterator[bytes | None]:
    """Yield a body whole, in halves, or broken off by a sender who hangs up."""
    if how < 2:
        yield body
        return
    half = len(body) // 2
    yield bytes(bytearray(body[:half]))
    yield bytes(bytearray(body[half:])) if how == 2 else None


_NONCE = re.compile(r" 'nonce-[\w-]{22}'")


def faults(answered: Answered, always: dict[str, str], policies: Sequence[str], asked: Asked) -> list[str]:
    """Return what is wrong with an answer, whatever was asked."""
    if answered.status == 0:
        return [] if None in asked.body else ["nobody answered"]
    wrong = [f"{name}: {answered.every(name)}" for name, value in always.items() if answered.every(name) != [value]]
    policy = answered.every("content-security-policy")
    if len(policy) != 1 or _NONCE.sub("", policy[0]) not in policies:
        wrong.append(f"policy: {policy}")
    if len(answered.every("cache-control")) != 1 or len(answered.every("content-type")) > 1:
        wrong.append(f"kind: {answered.every('cache-control')} {answered.every('content-type')}")
    if answered.status >= 500:
        wrong.append(f"status {answered.status}")
    wrong += [f"split {name!r}" for name, value in answered.headers if b"\r" in value or b"\n" in value]
    wrong += [f"leads out: {place}" for place in answered.every("location") if not _is_here(place)]
    length = answered.every("content-length")
    if asked.method != "HEAD" and answered.status != 304 and length not in ([], [str(len(answered.body))]):
        wrong.append(f"length {length} of {len(answered.body)}")
    if "html" in answered.kind and is_marked(answered.body):
        wrong.append("what was sent has become HTML")
    return wrong


def _is_here(place: str) -> bool:
    return place.startswith("/") and not place.startswith("//") and "\\" not in place
