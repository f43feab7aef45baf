"""Bounds what a request may carry."""

from __future__ import annotations

from collections.abc import Awaitable

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 256 * 1024  # every answer of the longest worksheet, ten times over


class BodyLimits:
    """Makes reading the body raise HTTPException 413 when it is too large, declared or not.

    The exception rises in the endpoint that reads, so it is answered like any other. How long a body may take is
    the server's to watch (process/server.py).
    """

    def __init__(self, app: ASGIApp, most: int = MOST_BYTES) -> None:
        self.app = app
        self.most = most

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        declared = _declared(scope) if scope["type"] == "http" else 0
        if declared is not None and declared <= self.most:  # the server lets no more than that through
            return self.app(scope, receive, send)
        return self.app(scope, self._bounded(receive, declared or 0), send)

    def _bounded(self, receive: Receive, taken: int) -> Receive:
        async def bounded() -> Message:
            nonlocal taken
            if taken > self.most:
                raise HTTPException(413)
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self.most:
                raise HTTPException(413)
            return message

        return bounded


def _declared(scope: Scope) -> int | None:
    """Return the length that the request declares, None when it comes in pieces; the server refuses other values."""
    length = 0
    for name, value in scope["headers"]:
        if name == b"transfer-encoding":
            return None
        if name == b"content-length":
            length = int(value) if value.isdigit() else 0
    return length
