"""Bounds what a request may carry, and how long it may take to say it."""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 256 * 1024  # every answer of the longest worksheet, ten times over
MOST_SECONDS = 30.0  # for the whole body: 256 KiB over a poor mobile line; longer is somebody holding on


class BodyLimits:
    """Makes reading the body raise HTTPException: 413 when it is too large, declared or not; 408 when too slow.

    The exception rises in the endpoint that reads, so it is answered like any other.
    """

    def __init__(self, app: ASGIApp, most: int = MOST_BYTES, seconds: float = MOST_SECONDS) -> None:
        self.app = app
        self.most = most
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        deadline = asyncio.get_running_loop().time() + self.seconds
        declared = _declared(scope)
        taken = 0
        ended = False

        async def bounded() -> Message:
            nonlocal taken, ended
            if declared > self.most:
                raise HTTPException(413)
            if ended:  # whoever waits now waits for the client to leave
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408, headers={"Connection": "close"}) from None
            taken += len(message.get("body", b""))
            if taken > self.most:
                raise HTTPException(413)
            ended = not message.get("more_body", False)
            return message

        await self.app(scope, bounded, send)


def _declared(scope: Scope) -> int:
    """Give the length that the request declares, 0 for none; the server has refused what is no number."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0
