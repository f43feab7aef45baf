"""Answers what went wrong inside, and logs where without a word of what was sent."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Awaitable

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FRAMES = 8  # innermost ones; enough to find the line

log = logging.getLogger(__name__)


class Mishaps:
    """Turns an unexpected exception into `answer`. An exception's text can quote an answer, so it is not logged."""

    def __init__(self, app: ASGIApp, answer: ASGIApp) -> None:
        self.app = app
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        def watch(message: Message) -> Awaitable[None]:
            nonlocal started
            started = True
            return send(message)

        try:
            await self.app(scope, receive, watch)
        except ClientDisconnect:
            log.info("a client left before the end of the request")
        except Exception as error:
            log.error("%s in %s", type(error).__name__, place_of(error))
            if not started:
                await self.answer(scope, receive, send)


def place_of(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))
