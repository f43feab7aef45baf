"""uvicorn with the guards that it leaves to others: late connections, long heads, too many of them."""

from __future__ import annotations

import asyncio
import gc
import math
import socket
import time
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from collector.process.at_the_door import refusal

HEAD_WITHIN = 10.0  # seconds from a connection, or a request's first byte, to the end of its headers
BODY_WITHIN = 35.0  # seconds for the body; a little above the limit that can still answer in words
LARGEST_HEAD = 32 * 1024  # bytes of request line and headers; browsers send one or two thousand
MOST_CONNECTIONS = 900  # what the usual limit of 1,024 open files leaves; more are answered 503
KEEP_ALIVE = 15.0  # seconds an idle connection is kept, for the next page and its pictures
TIME_TO_FINISH = 3  # seconds that requests under way get at a stop, which is to take five at most; a client sends again
TICKS = 10  # of uvicorn's clock in a second


class JoinedAnswer:
    """Sends the head of one answer together with the first piece of its body, in one write to the socket.

    ASGI asks servers to wait for that piece. What follows it goes out at once, as it comes.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self.head: bytes | None = None  # b"" once it is sent

    def write(self, data: bytes) -> None:
        if self.head is None:
            self.head = data
        elif self.head:
            self.transport.write(self.head + data)
            self.head = b""
        else:
            self.transport.write(data)

    def close(self) -> None:
        if self.head:  # the answer breaks off before its body
            self.write(b"")
        self.transport.close()

    def is_closing(self) -> bool:
        return self.transport.is_closing()


class GuardedProtocol(HttpToolsProtocol):
    """Knows by when the bytes it waits for must be here, and how many headers are too many."""

    late_at = math.inf
    head: int | None = 0  # bytes so far; None while no head is being read

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.late_at = time.monotonic() + HEAD_WITHIN

    def data_received(self, data: bytes) -> None:
        # Counted before parsing, so what follows a head in the same packet counts too: never less than the truth.
        if self.head is not None and self.head > LARGEST_HEAD:
            self.transport.close()
            return
        if self.head is not None:
            self.head += len(data)
        super().data_received(data)

    def send_400_response(self, msg: str) -> None:
        self.refuse(400)

    def refuse(self, status: int) -> None:
        """Answer without the application, and hang up."""
        answer = refusal(status)
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in answer.raw_headers)
        self.transport.write(STATUS_LINE[status] + lines + b"\r\n" + bytes(answer.body))
        self.transport.close()

    def hang_up(self) -> None:
        """Close the connection; whoever was slow with a body, and has heard nothing yet, is told why."""
        if self.head is None and not self.pipeline and not self.cycle.response_started:
            self.refuse(408)
        else:
            self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.late_at = time.monotonic() + HEAD_WITHIN

    def on_headers_complete(self) -> None:
        self.head = None
        self.late_at = time.monotonic() + BODY_WITHIN
        too_many = len(self.connections) >= MOST_CONNECTIONS or len(self.tasks) >= MOST_CONNECTIONS
        self.app = refusal(503) if too_many else self.config.loaded_app
        super().on_headers_complete()
        # The answer to HEAD has no body to wait for, and "100 Continue" comes before the head.
        if self.scope["method"] != "HEAD" and not self.expect_100_continue:
            self.cycle.transport = cast(asyncio.Transport, JoinedAnswer(self.transport))

    def on_message_complete(self) -> None:
        self.head = 0
        self.late_at = math.inf
        super().on_message_complete()


class GuardedServer(uvicorn.Server):
    """Looks through its connections once a second and closes those that are late."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        gc.freeze()  # what is there now stays till the end and need not be looked through

    async def on_tick(self, counter: int) -> bool:
        if counter % TICKS == 0:
            now = time.monotonic()
            for connection in list(self.server_state.connections):
                if isinstance(connection, GuardedProtocol) and connection.late_at < now:
                    connection.hang_up()
        return await super().on_tick(counter)


def server(app: ASGIApp, host: str, port: int) -> GuardedServer:
    """Return a server, not yet started. Proxy headers are not believed: anybody could send them."""
    return GuardedServer(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            loop="uvloop",
            http=GuardedProtocol,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,  # ours keeps the path only
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=int(KEEP_ALIVE),
            timeout_graceful_shutdown=TIME_TO_FINISH,
        )
    )
