"""How the server hands an answer to the socket: counted on a transport that only writes down what it gets."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from collector.process.connection import LEAST_TAKEN, TAKES_WITHIN, GuardedProtocol

HEAD_END = b"\r\n\r\n"
LONG = b"x" * 300_000


class Paper(asyncio.Transport):
    """A transport without a socket."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 2)})
        self.writes: list[bytes] = []
        self.closed = False
        self.aborted = False
        self.unsent = 0
        self.ended = False  # nothing more is said; what comes is heard for a moment

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.closed
        self.writes.append(bytes(data))

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = self.aborted = True

    def write_eof(self) -> None:
        self.ended = True

    def is_closing(self) -> bool:
        return self.closed

    def get_write_buffer_size(self) -> int:
        return self.unsent

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


async def short(request: Request) -> Response:
    return PlainTextResponse("short", headers={"x-got": str(len(await request.body()))})


async def long(request: Request) -> Response:
    return Response(LONG)


async def nothing(request: Request) -> Response:
    return Response(status_code=204)


async def unchanged(request: Request) -> Response:
    return Response(status_code=304)


class Broken:
    """Breaks off after the head."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})


class Stream:
    """An answer in pieces, each sent when the test says so."""

    def __init__(self) -> None:
        self.pieces: asyncio.Queue[bytes] = asyncio.Queue()

    async def __call__(self, request: Request) -> Response:
        return StreamingResponse(self._pieces())

    async def _pieces(self) -> AsyncIterator[bytes]:
        while (piece := await self.pieces.get()) != b"end":
            yield piece


class Talk:
    """One connection to a server with a few answers of every sort."""

    def __init__(self) -> None:
        self.stream = Stream()
        app = Starlette(
            routes=[
                Route("/short", short, methods=["GET", "POST"]),
                Route("/long", long),
                Route("/nothing", nothing),
                Route("/unchanged", unchanged),
                Route("/broken", Broken()),
                Route("/stream", self.stream.__call__),
            ]
        )
        config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, date_header=False)
        self.transport = Paper()
        self.protocol = GuardedProtocol(config, ServerState(), {}, asyncio.get_running_loop())
        self.protocol.connection_made(self.transport)

    @property
    def writes(self) -> list[bytes]:
        return self.transport.writes

    async def send(self, *lines: str, body: bytes = b"") -> list[bytes]:
        """Send a request, and return everything that was written once nothing more happens."""
        self.protocol.data_received("\r\n".join((*lines, "Host: x", "", "")).encode() + body)
        return await self.settled()

    async def settled(self) -> list[bytes]:
        for _ in range(50):
            await asyncio.sleep(0)
        return self.writes

    async def close(self) -> None:
        self.protocol.connection_lost(None)
        await self.settled()


def talking(test: Callable[[Talk], Awaitable[None]]) -> None:
    async def run() -> None:
        talk = Talk()
        try:
            await test(talk)
        finally:
            await talk.close()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("line", "status", "body"),
    [
        ("GET /short HTTP/1.1", b"200", b"short"),
        ("POST /short HTTP/1.1", b"200", b"short"),
        ("GET /long HTTP/1.1", b"200", LONG),
        ("GET /nothing HTTP/1.1", b"204", b""),
        ("GET /unchanged HTTP/1.1", b"304", b""),
        ("HEAD /short HTTP/1.1", b"200", b""),
        ("GET /nowhere HTTP/1.1", b"404", b"Not Found"),
        ("DELETE /short HTTP/1.1", b"405", b"Method Not Allowed"),
        ("GET /short HTTP/1.0", b"200", b"short"),
    ],
)
def test_an_answer_is_one_write(line: str, status: bytes, body: bytes) -> None:
    async def test(talk: Talk) -> None:
        (answer,) = await talk.send(line)
        head, _, rest = answer.partition(HEAD_END)
        assert head.startswith(b"HTTP/1.1 " + status)
        assert rest == body

    talking(test)


def test_a_connection_serves_one_answer_after_another_in_one_write_each() -> None:
    async def test(talk: Talk) -> None:
        for count in range(1, 4):
            assert len(await talk.send("GET /short HTTP/1.1")) == count

    talking(test)


def test_requests_that_come_together_are_answered_in_their_order() -> None:
    async def test(talk: Talk) -> None:
        both = b"GET /long HTTP/1.1\r\nHost: x\r\n\r\nGET /short HTTP/1.1\r\nHost: x\r\n\r\n"
        talk.protocol.data_received(both)
        first, second = await talk.settled()
        assert (first.endswith(LONG), second.endswith(b"short")) == (True, True)

    talking(test)


def test_pieces_flow_as_they_come() -> None:
    async def test(talk: Talk) -> None:
        assert await talk.send("GET /stream HTTP/1.1") == []
        for count, piece in enumerate((b"one", b"two", b"three"), 1):
            talk.stream.pieces.put_nowait(piece)
            writes = await talk.settled()
            assert len(writes) == count
            assert piece in writes[-1]
        assert writes[0].startswith(b"HTTP/1.1 200")
        talk.stream.pieces.put_nowait(b"end")
        assert (await talk.settled())[-1] == b"0\r\n\r\n"

    talking(test)


def test_an_empty_first_piece_sends_the_head() -> None:
    async def test(talk: Talk) -> None:
        await talk.send("GET /stream HTTP/1.1")
        talk.stream.pieces.put_nowait(b"")
        (head,) = await talk.settled()
        assert head.startswith(b"HTTP/1.1 200")
        assert head.endswith(HEAD_END)

    talking(test)


def test_a_reader_who_is_slow_holds_the_pieces_up() -> None:
    async def test(talk: Talk) -> None:
        await talk.send("GET /stream HTTP/1.1")
        talk.stream.pieces.put_nowait(b"one")
        await talk.settled()
        talk.protocol.pause_writing()
        talk.stream.pieces.put_nowait(b"two")
        assert len(await talk.settled()) == 1
        talk.protocol.resume_writing()
        assert b"two" in (await talk.settled())[1]

    talking(test)


def test_whoever_asks_before_sending_the_body_hears_at_once() -> None:
    async def test(talk: Talk) -> None:
        waiting = ("POST /short HTTP/1.1", "Content-Length: 4", "Expect: 100-continue")
        assert await talk.send(*waiting) == [b"HTTP/1.1 100 Continue\r\n\r\n"]
        talk.protocol.data_received(b"body")
        answer = b"".join((await talk.settled())[1:])
        assert b"x-got: 4" in answer
        assert answer.endswith(b"short")

    talking(test)


@pytest.mark.parametrize("line", ["GET /short HTTP/1.0", "GET /short HTTP/1.1\r\nConnection: close"])
def test_the_whole_answer_is_out_before_the_connection_closes(line: str) -> None:
    async def test(talk: Talk) -> None:
        (answer,) = await talk.send(line)
        assert answer.endswith(b"short")
        assert talk.transport.closed

    talking(test)


def test_an_answer_that_breaks_off_still_has_its_head() -> None:
    async def test(talk: Talk) -> None:
        (head,) = await talk.send("GET /broken HTTP/1.1")
        assert head.endswith(HEAD_END)
        assert talk.transport.closed

    talking(test)


def test_nothing_is_written_to_a_connection_that_is_gone() -> None:
    async def test(talk: Talk) -> None:
        await talk.send("GET /stream HTTP/1.1")
        talk.protocol.connection_lost(ConnectionResetError())
        talk.stream.pieces.put_nowait(b"one")
        talk.stream.pieces.put_nowait(b"end")
        assert await talk.settled() == []

    talking(test)


def test_what_is_no_request_is_answered_in_one_write() -> None:
    async def test(talk: Talk) -> None:
        talk.protocol.data_received(b"nonsense\r\n\r\n")
        (answer,) = await talk.settled()
        assert answer.startswith(b"HTTP/1.1 400")
        assert talk.transport.ended

    talking(test)


@pytest.mark.parametrize(
    ("bytes_each_time", "seconds_each_time", "stays"),
    [
        (LEAST_TAKEN, TAKES_WITHIN - 1, True),
        (64 * LEAST_TAKEN, TAKES_WITHIN - 1, True),
        (LEAST_TAKEN // 10, TAKES_WITHIN / 20, True),
        (LEAST_TAKEN // 20, TAKES_WITHIN / 10, False),
        (1, 1.0, False),
        (0, 1.0, False),
    ],
)
def test_whoever_takes_next_to_nothing_is_dropped_and_a_slow_phone_is_not(
    bytes_each_time: int, seconds_each_time: float, stays: bool
) -> None:
    async def test(talk: Talk) -> None:
        await talk.send("GET /long HTTP/1.1")
        now = time.monotonic()
        talk.protocol.written = talk.transport.unsent = 1_000_000_000
        talk.protocol.late_at = math.inf
        for _ in range(100):
            talk.protocol.look(now)
            now += seconds_each_time
            talk.transport.unsent -= bytes_each_time
        assert talk.transport.aborted is not stays

    talking(test)


def test_whoever_stands_still_has_the_whole_time_after_reading_well() -> None:
    async def test(talk: Talk) -> None:
        await talk.send("GET /long HTTP/1.1")
        now = time.monotonic()
        talk.protocol.written, talk.transport.unsent = 1_000_000, 500_000
        talk.protocol.late_at = math.inf
        talk.protocol.look(now)
        talk.protocol.look(now + TAKES_WITHIN - 1)
        assert not talk.transport.aborted
        talk.protocol.look(now + TAKES_WITHIN + 1)
        assert talk.transport.aborted

    talking(test)
