"""Bounds what a request may carry, and what all large ones may carry together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 256 * 1024  # every answer of a usual worksheet, ten times over
MOST_LARGE = 32 * 1024 * 1024  # bytes of all larger bodies in memory at a time: two of the largest sheets
RETRY_LARGE = 20  # seconds: by then a large body that is on its way has arrived, or has been given up


def _no_larger(scope: Scope) -> int:
    return 0


class BodyLimits:
    """Makes reading the body raise HTTPException 413 when it is too large, declared or not.

    `larger` tells how much a request may carry when it is more than `most`; all of these together are bounded, and 503
    asks those beyond to wait. The exception rises in the endpoint that reads, so it is answered like any other. How
    long a body may take is the server's to watch (process/server.py).
    """

    def __init__(
        self, app: ASGIApp, most: int = MOST_BYTES, larger: Callable[[Scope], int] = _no_larger, large: int = MOST_LARGE
    ) -> None:
        self.app = app
        self.most = most
        self.larger = larger
        self.left = large  # bytes that large bodies may still take

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        declared = _declared(scope) if scope["type"] == "http" else 0
        if declared is not None and declared <= self.most:  # the server lets no more than that through
            return self.app(scope, receive, send)
        return self._counted(_LargeBody(self, scope, receive, declared or 0), scope, send)

    async def _counted(self, body: _LargeBody, scope: Scope, send: Send) -> None:
        try:
            await self.app(scope, body.receive, send)
        finally:
            self.left += body.held


class _LargeBody:
    """A body that is counted while it arrives. What it takes beyond the usual is held until it is answered."""

    def __init__(self, limits: BodyLimits, scope: Scope, receive: Receive, declared: int) -> None:
        self.limits = limits
        self.scope = scope
        self.next = receive
        self.taken = declared
        self.counts = not declared  # a declared length is known before the first byte
        self.most: int | None = None
        self.held = 0

    async def receive(self) -> Message:
        self._require_room()
        message = await self.next()
        if self.counts:
            self.taken += len(message.get("body", b""))
            self._require_room()
        return message

    def _require_room(self) -> None:
        if self.taken <= self.limits.most:
            return
        if self.most is None:
            self.most = max(self.limits.most, self.limits.larger(self.scope))
        if self.taken > self.most:
            raise HTTPException(413)
        more = self.taken - self.held
        if more > self.limits.left:
            raise HTTPException(503, headers={"Retry-After": str(RETRY_LARGE)})
        self.limits.left -= more
        self.held += more


def _declared(scope: Scope) -> int | None:
    """Return the length that the request declares, None when it comes in pieces; the server refuses other values."""
    length = 0
    for name, value in scope["headers"]:
        if name == b"transfer-encoding":
            return None
        if name == b"content-length":
            length = int(value) if value.isdigit() else 0
    return length
