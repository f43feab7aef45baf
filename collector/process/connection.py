"""One connection of uvicorn's, with the guards that it leaves to others."""

from __future__ import annotations

import asyncio
import fcntl
import math
import struct
import termios
import time
from typing import Any, cast

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from collector.middleware.pace import PUT_OFF
from collector.process.at_the_door import Door, is_entitled
from collector.process.joined_answer import JoinedAnswer
from collector.proxies import address_block_of

HEAD_WITHIN = 10.0  # seconds from a connection, or a request's first byte, to the end of its headers
BODY_WITHIN = 35.0  # seconds for the body; a little above the limit that can still answer in words
TAKES_WITHIN = 15.0  # seconds in which a reader takes LEAST_TAKEN of an answer; a tunnel lasts about so long
LEAST_TAKEN = 4_096  # bytes; the slowest of mobile networks takes that in five seconds
LARGEST_HEAD = 32 * 1024  # bytes of request line and headers; browsers send one or two thousand
LARGEST_WRAPPING = 256 * 1024  # bytes of a body that are no content: sizes of chunks, their extensions, trailers
MOST_PIPELINED = 16  # requests that wait for the answers before them; browsers send the next when they have one
LINGER = 2.0  # seconds for what is still on its way: to close before it is here would take the answer back
MOST_UNHEARD = 1024 * 1024  # bytes of it
PROXY_KEEP_ALIVE = 150  # seconds; longer than proxies keep theirs, so that none sends into a connection we close


class TooManyAhead(Exception):
    """Too many requests wait on this connection for the answers before them."""


class GuardedProtocol(HttpToolsProtocol):
    """Knows by when the bytes it waits for must be here, or be taken, and how many are too many."""

    late_at = math.inf
    since = math.inf
    head: int | None = 0  # bytes so far; None while no head is being read
    begun = False  # whether there is a part of it
    wrapping = 0
    deaf = False  # hears no more requests
    unheard = 0
    unanswered = 0  # bytes of bodies whose answer is not complete
    written = 0  # bytes of answers, all told
    taken = -LEAST_TAKEN  # of these, when last looked at: on their way to the reader, acknowledged by its system
    taken_at = math.inf
    running: RequestResponseCycle | None = None
    left: asyncio.Future[None] | None = None  # while a request waits for its turn: to be told that nobody waits
    peer: str | None = None  # the address that connected; None for a Unix socket
    block = ""
    is_proxy = False

    def __init__(self, *args: Any, door: Door | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.door = door or Door()

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.peer = self.client[0] if self.client else None
        self.is_proxy = self.door.callers.trusted.trusts(self.peer)
        self.since = time.monotonic()
        self.late_at = self.since + HEAD_WITHIN
        if self.is_proxy:
            self.timeout_keep_alive = PROXY_KEEP_ALIVE
            self.late_at = math.inf  # proxies connect ahead of requests
            self.door.crowd.rest(self)
        else:
            self.block = address_block_of(self.peer) if self.peer else ""
            if not self.door.crowd.enter(self):
                self.refuse(503)

    def connection_lost(self, exc: Exception | None) -> None:
        self.door.crowd.leave(self)
        self.door.crowd.let_go(self)
        self._stop_waiting()
        if self.running is not None and not self.running.response_complete:  # not the newest, if several wait
            self.running.disconnected = True
            self.running.message_event.set()
        super().connection_lost(exc)

    # What arrives

    def data_received(self, data: bytes) -> None:
        if self.deaf:
            self.unheard += len(data)
            if self.unheard > MOST_UNHEARD:
                self.transport.abort()
            return
        # Counted before parsing, so what follows a head in the same packet counts too: never less than the truth.
        if self.head is None:
            self.wrapping += len(data)
        elif self.head > LARGEST_HEAD:
            self.refuse(431)
            return
        else:
            self.head += len(data)
        super().data_received(data)
        if self.wrapping > LARGEST_WRAPPING:
            self.refuse(400)
        elif self.late_at == math.inf and not self.is_answering:  # an empty line or so, which begins no request
            self.late_at = time.monotonic() + HEAD_WITHIN

    def eof_received(self) -> bool:  # type: ignore[override]  # as asyncio.Protocol has it
        """Return whether to keep the connection open: whoever has asked a whole question may still hear the answer."""
        if self.deaf or self.head is None or not self.is_answering:
            return False
        self.cycle.keep_alive = False
        return True

    def on_message_begin(self) -> None:
        if len(self.pipeline) >= MOST_PIPELINED:
            raise TooManyAhead
        super().on_message_begin()
        self.begun = True
        now = time.monotonic()
        self.late_at = now + HEAD_WITHIN
        if not self.is_answering:
            self.since = now

    def on_headers_complete(self) -> None:
        self.late_at = time.monotonic() + BODY_WITHIN
        self.door.callers.name(self.scope, self.peer, self.is_proxy)
        self.scope["state"][PUT_OFF] = self.put_off
        self.app = self.config.loaded_app if self._is_admitted() else self.door.refusal(503)
        super().on_headers_complete()
        self.head, self.begun, self.wrapping = None, False, 0
        self.headers = []  # trailers are no headers of the request
        # The answer to HEAD has no body to wait for, and "100 Continue" comes before the head.
        joined = self.scope["method"] != "HEAD" and not self.expect_100_continue
        self.cycle.transport = cast(asyncio.Transport, JoinedAnswer(self, joined))

    def on_body(self, body: bytes) -> None:
        self.wrapping -= len(body)
        self.unanswered += len(body)
        if self.unanswered > HIGH_WATER_LIMIT:
            self.door.crowd.hold(self, self.unanswered)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.head = 0
        self.late_at = math.inf
        if not (self.flow.write_paused or self.left):
            self.since = math.inf
        super().on_message_complete()

    def _is_admitted(self) -> bool:
        """Return whether there is room for this request; one of a proxy counts for its client from now on."""
        crowd = self.door.crowd
        if self.is_proxy:
            crowd.leave(self)
            client = self.scope["client"]
            self.block = address_block_of(client[0]) if client and client[0] != self.peer else ""
            if not crowd.enter(self):
                return False
        return not crowd.is_full(self) or crowd.admits(self, is_entitled(self.url, self.headers))

    # What is answered

    @property
    def is_answering(self) -> bool:
        """Whether a request is answered, or waits for that; the newest is the last one."""
        return self.cycle is not None and not self.cycle.response_complete

    def put(self, data: bytes) -> None:
        self.written += len(data)
        self.transport.write(data)

    def pause_writing(self) -> None:
        super().pause_writing()
        self.since = time.monotonic()
        self.door.crowd.hold(self, self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        super().resume_writing()
        self.door.crowd.let_go(self)
        self.since = math.inf if self.is_answering and not self.left else time.monotonic()

    def put_off(self, left: asyncio.Future[None] | None) -> None:
        """Take note that the request under way waits for its turn, until it has `left`; None once it waits no more."""
        self.left = left
        if self.head is None:  # its body is not here, and since when it keeps us waiting is known
            return
        if left:
            self.since = time.monotonic()
        elif self.is_answering and not self.flow.write_paused:
            self.since = math.inf

    def on_response_complete(self) -> None:
        waits_for_us = bool(self.pipeline)
        super().on_response_complete()
        if waits_for_us and self.head is not None:
            return
        self.since = time.monotonic()
        if not waits_for_us:
            self.unanswered = 0
            if not self.flow.write_paused:
                self.door.crowd.let_go(self)
            if self.is_proxy and not self.transport.get_write_buffer_size():
                self.door.crowd.rest(self)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self.running = cycle
        super()._start_asgi_task(cycle, app)

    def look(self, now: float) -> None:
        """Hang up on whoever sends, or takes what is sent, too slowly."""
        unsent = self.transport.get_write_buffer_size()
        if unsent:
            taken = self.written - unsent - _unacknowledged(self.transport)
            if taken - self.taken >= LEAST_TAKEN:
                self.taken, self.taken_at, self.since = taken, now, now
            elif now - self.taken_at > TAKES_WITHIN:
                self.transport.abort()
        else:
            self.taken_at = now
            if self.is_proxy and not self.is_answering:
                self.door.crowd.rest(self)
        if self.late_at < now:
            self.hang_up()

    # How it ends

    def hang_up(self) -> None:
        """Close the connection; whoever was slow, and has heard nothing yet, is told why."""
        if self.deaf or not (self.begun or self.head is None):
            self.transport.close()
        else:
            self.refuse(408)

    def send_400_response(self, msg: str) -> None:
        self.refuse(400)

    def refuse(self, status: int, *, linger: bool = True) -> None:
        """Answer without the application, and hang up: after the answers to what was asked before."""
        if self.deaf or self.transport.is_closing():
            return
        self.deaf = True
        if self.head is None and self.pipeline:  # its own request waits behind others
            self.pipeline.popleft()
            self.cycle = self.pipeline[0][0] if self.pipeline else cast(RequestResponseCycle, self.running)
            self.head = 0
        if self.head is not None and self.is_answering:
            self.cycle.keep_alive = False
            self.late_at = math.inf
            return
        if self.head is None:  # its own body is what is wrong
            if not self.is_answering or self.cycle.response_started:
                self.transport.close()
                return
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.put(self._in_words(status))
        if linger:
            self._linger()
        else:
            self.transport.close()

    def close_after_answer(self) -> None:
        """Close the connection, once the rest of a request is here that has its answer before."""
        if (self.deaf or self.head is None) and not self.is_answering and not self.transport.is_closing():
            self.deaf = True
            self._linger()
        else:
            self.transport.close()

    def make_way(self) -> None:
        """Close at once; whoever was about to ask is told why."""
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        elif self.begun or self.head is None:
            self.refuse(503, linger=False)
        elif self.left and self.running is not None and not self.running.response_started:
            self.deaf = self.running.disconnected = True  # it has read no body, and reads none now: nothing is stored
            self.running.message_event.set()
            self._stop_waiting()
            self.put(self._in_words(503))
            self.transport.close()
        else:
            self.transport.close()

    def _stop_waiting(self) -> None:
        if self.left and not self.left.done():
            self.left.set_result(None)

    def _linger(self) -> None:
        self.late_at = time.monotonic() + LINGER
        self.since = -math.inf
        self.flow.resume_reading()
        self.transport.write_eof()

    def _in_words(self, status: int) -> bytes:
        answer = self.door.refusal(status)
        headers = [*self.server_state.default_headers, *answer.raw_headers]
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
        return STATUS_LINE[status] + lines + b"\r\n" + bytes(answer.body)

    def _unsupported_upgrade_warning(self) -> None:
        """Have the request answered as if it had not asked for another protocol; the parser reads no other after it."""
        self.deaf = True
        self.cycle.keep_alive = False


def _unacknowledged(transport: asyncio.Transport) -> int:
    """Return how many bytes the system has taken from us, and the reader's has not acknowledged."""
    connected = transport.get_extra_info("socket")
    try:
        size: int = struct.unpack("i", fcntl.ioctl(connected.fileno(), termios.TIOCOUTQ, bytes(4)))[0]
    except (OSError, AttributeError):  # closed meanwhile, or a system that does not say
        return 0
    return size
