"""Sends prepared requests over keep-alive connections on loopback, and takes the time of each."""

from __future__ import annotations

import asyncio
import functools
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import cast

import uvloop

CONNECTIONS = 32


@dataclass
class Result:
    """What a run took: requests a second, latencies in ms, statuses."""

    seconds: float
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: int) -> float:
        return statistics.quantiles(self.latencies, n=100)[share - 1]


def request(method: str, path: str, body: bytes = b"", *, kind: str = "application/json", cookie: str = "") -> bytes:
    """Return the bytes of one HTTP/1.1 request to a server on loopback."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: application/json"]
    if body:
        lines += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Sender(asyncio.Protocol):
    """One connection: sends a request, waits for the whole answer, sends the next."""

    def __init__(self, requests: Iterator[bytes], result: Result, done: asyncio.Future[None]) -> None:
        self.requests = requests
        self.result = result
        self.done = done
        self.buffer = b""
        self.sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's own class does not say so
        self.send()

    def send(self) -> None:
        following = next(self.requests, None)
        if following is None:
            self.transport.close()
            return
        self.sent = time.perf_counter()
        self.transport.write(following)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, gap, body = self.buffer.partition(b"\r\n\r\n")
        if not gap:
            return
        lower = head.lower()
        mark = lower.find(b"content-length:")
        if mark >= 0:
            whole = len(body) >= int(lower[mark + 15 :].split(b"\r\n", 1)[0])
        else:
            whole = body.endswith(b"0\r\n\r\n") or b"chunked" not in lower
        if not whole:
            return
        self.buffer = b""  # one request at a time: nothing can follow
        self.result.latencies.append(1000 * (time.perf_counter() - self.sent))
        self.result.statuses[int(head[9:12])] += 1
        self.send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


def send_all(port: int, requests: Iterable[bytes], connections: int = CONNECTIONS) -> Result:
    """Send every request over so many connections at once, each as fast as it is answered."""

    async def run() -> Result:
        loop = asyncio.get_running_loop()
        result = Result(0.0)
        waiting = iter(requests)
        done = [loop.create_future() for _ in range(connections)]
        started = time.perf_counter()
        for future in done:
            await loop.create_connection(functools.partial(Sender, waiting, result, future), "127.0.0.1", port)
        await asyncio.gather(*done)
        result.seconds = time.perf_counter() - started
        return result

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(run())
