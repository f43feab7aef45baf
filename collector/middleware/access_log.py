"""One JSON line a request: which room, what was asked, how it went. Never a query, a header or an answer."""

from __future__ import annotations

import asyncio
import functools
import json
import sys
import time
from collections.abc import Awaitable
from contextlib import suppress
from typing import TextIO

from starlette.types import ASGIApp, Message, Receive, Scope, Send

FLUSH_EVERY = 0.2  # seconds; a write for each request would cost more than the line itself
LONGEST_PATH = 200  # characters of a path that are kept; ours have fewer than a hundred


class AccessLog:
    """Writes `{"at", "room", "method", "path", "status", "ms", "bytes"}` for each request it passes on.

    `ms` is until the answer was handed over whole, `bytes` its body. A request that nobody answered has status 0.
    """

    def __init__(self, app: ASGIApp, room: str, stream: TextIO | None = None) -> None:
        self.app = app
        self.room = json.dumps(room)
        self.stream = stream
        self.lines: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            try:
                await self.app(scope, receive, send)
            finally:
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
        """Keep the line for the next flush; the first one of a batch asks for it."""
        if not self.lines:
            asyncio.get_running_loop().call_later(FLUSH_EVERY, self.flush)
        self.lines.append(
            f'{{"at": {time.time():.3f}, "room": {self.room}, "method": {_quoted(_shortened(scope["method"]))}, '
            f'"path": {_quoted(_shortened(scope["path"]))}, "status": {status}, "ms": {took:.1f}, "bytes": {length}}}\n'
        )

    def flush(self) -> None:
        """Write what has been kept, to standard output unless there is a stream."""
        lines, self.lines = self.lines, []
        if lines:
            stream = self.stream or sys.stdout
            with suppress(OSError):  # nobody reads the log any more, or its disk is full: clients can still send
                stream.write("".join(lines))
                stream.flush()


def _shortened(path: str) -> str:
    return path if len(path) <= LONGEST_PATH else f"{path[:LONGEST_PATH]}…"


@functools.lru_cache(maxsize=1024)
def _quoted(text: str) -> str:
    """Return a text as JSON; methods and most paths come again and again."""
    return json.dumps(text)
