"""One JSON line a request: which room, what was asked, how it went. Never a query, a header or an answer."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from typing import TextIO

from starlette.types import ASGIApp, Message, Receive, Scope, Send

FLUSH_EVERY = 0.2  # seconds; a write for each request would cost more than the line itself
BURST = 10.0  # seconds in which what is asked again is counted, and told in one line at their end
MOST_KINDS = 400  # lines of different requests in that time: a page with all its pictures, twenty times
MOST_REFUSED = 40  # of these, requests that were refused: whoever guesses addresses guesses many
LONGEST_PATH = 200  # characters of a path that are kept; ours have fewer than a hundred
LONGEST_ESCAPED = 600  # as JSON, where an emoji takes twelve
LONGEST_METHOD = 20
OTHERS = "…"  # the path of those that have no line of their own

Kind = tuple[str, str, int]


@dataclass(slots=True)
class Repeated:
    """Requests of one kind since its last line: how many, the slowest, all their bytes."""

    at: float = 0.0
    times: int = 0
    took: float = 0.0
    length: int = 0

    def add(self, took: float, length: int) -> None:
        self.at = self.at or time.time()
        self.times += 1
        self.took = max(self.took, took)
        self.length += length


class AccessLog:
    """Writes `{"at", "room", "method", "path", "status", "ms", "bytes"}` for each request it passes on.

    `ms` is until the answer was handed over whole, `bytes` its body. A request that nobody answered has status 0.
    What is asked again within BURST seconds is one line at their end, with `times`: `ms` of the slowest, all `bytes`.
    """

    def __init__(self, app: ASGIApp, room: str, stream: TextIO | None = None) -> None:
        self.app = app
        self.room = json.dumps(room)
        self.stream = stream
        self.lines: list[str] = []
        self.kinds: dict[Kind, Repeated] = {}
        self.refused = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            try:
                await self.app(scope, receive, send)
            finally:
                self.end_bursts()
                self.flush()
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status = length = 0

        def count(message: Message) -> Awaitable[None]:
            nonlocal status, length
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body":
                length += len(message.get("body", b""))
            return send(message)

        try:
            await self.app(scope, receive, count)
        finally:
            self.write(scope, status, 1000 * (time.perf_counter() - started), length)

    def write(self, scope: Scope, status: int, took: float, length: int) -> None:
        """Keep the line for the next flush, or count the request to the line of a burst."""
        kind = (_shortened(scope["method"], LONGEST_METHOD), _shortened(scope["path"], LONGEST_PATH), status)
        repeated = self.kinds.get(kind)
        if repeated is None and not self._has_room(status):
            kind = (kind[0], OTHERS, status)
            repeated = self.kinds.get(kind)
        if repeated is not None:
            repeated.add(took, length)
            return
        if not self.kinds:
            asyncio.get_running_loop().call_later(BURST, self.end_bursts)
        self.kinds[kind] = Repeated()
        self.refused += status >= 400
        self._keep(kind, Repeated(time.time(), 1, took, length))

    def _has_room(self, status: int) -> bool:
        return len(self.kinds) < MOST_KINDS and (status < 400 or self.refused < MOST_REFUSED)

    def end_bursts(self) -> None:
        """Tell of every burst. One that goes on has its next line at the end of the next BURST seconds."""
        bursts = {kind: repeated for kind, repeated in self.kinds.items() if repeated.times}
        self.kinds = {kind: Repeated() for kind in bursts}
        self.refused = sum(status >= 400 for *_, status in bursts)
        for kind, repeated in bursts.items():
            self._keep(kind, repeated)
        if bursts:
            with suppress(RuntimeError):  # no loop runs any more
                asyncio.get_running_loop().call_later(BURST, self.end_bursts)

    def _keep(self, kind: Kind, requests: Repeated) -> None:
        if not self.lines:
            with suppress(RuntimeError):
                asyncio.get_running_loop().call_later(FLUSH_EVERY, self.flush)
        method, path, status = kind
        times = f', "times": {requests.times}' if requests.times > 1 else ""
        self.lines.append(
            f'{{"at": {requests.at:.3f}, "room": {self.room}, "method": {json.dumps(method)}, "path": {_quoted(path)}, '
            f'"status": {status}, "ms": {requests.took:.1f}, "bytes": {requests.length}{times}}}\n'
        )

    def flush(self) -> None:
        """Write what has been kept, to standard output unless there is a stream."""
        lines, self.lines = self.lines, []
        if lines:
            stream = self.stream or sys.stdout
            with suppress(OSError):  # nobody reads the log any more, or its disk is full: clients can still send
                stream.write("".join(lines))
                stream.flush()


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _quoted(path: str) -> str:
    """Return a path as JSON, shorter still where it is made of what JSON escapes."""
    quoted = json.dumps(path)
    return quoted if len(quoted) <= LONGEST_ESCAPED else json.dumps(_shortened(path, LONGEST_ESCAPED // 12))
