"""Slows down whoever asks more than people do; nobody is refused who waits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

PUT_OFF = "put_off"  # of a request's state: tells its connection whether it waits for its turn


class Turns(Protocol):
    """How often each key may ask."""

    patience: float

    def take(self, key: str) -> float | None:
        """Return the seconds until the next turn; None if too many wait before it."""

    def give_back(self, key: str) -> None:
        """Let others have a turn that was taken, and that nobody waits for any more."""


class Pace:
    """Counts requests by `key`, where they come from, and by `person`, who is signed in, once those are too many.

    `unless` names what counts itself. When too many wait, `refusal` answers, and that waits, too.
    """

    def __init__(
        self,
        app: ASGIApp,
        turns: Turns,
        key: Callable[[HTTPConnection], str],
        person: Callable[[HTTPConnection], str],
        refusal: ASGIApp,
        unless: Callable[[Scope], bool] = lambda scope: False,
    ) -> None:
        self.app = app
        self.turns = turns
        self.key = key
        self.person = person
        self.refusal = refusal
        self.unless = unless

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http" or self.unless(scope):
            return self.app(scope, receive, send)
        wait, key = self._wait(HTTPConnection(scope))
        if wait == 0:
            return self.app(scope, receive, send)
        if wait is None:
            return _refuse_after(self.turns.patience, self.refusal, scope, receive, send)
        return self._after(wait, key, scope, receive, send)

    def _wait(self, connection: HTTPConnection) -> tuple[float | None, str]:
        """Return the seconds to wait, and whose turn that is; 0 for a person who has not asked much from anywhere."""
        key = self.key(connection)
        wait = self.turns.take(key)
        if wait != 0 and (person := self.person(connection)):
            return self.turns.take(person), person
        return wait, key

    async def _after(self, seconds: float, key: str, scope: Scope, receive: Receive, send: Send) -> None:
        if await wait_for_turn(scope, seconds):
            await self.app(scope, receive, send)
        else:
            self.turns.give_back(key)


async def wait_for_turn(scope: Scope, seconds: float) -> bool:
    """Wait, and return whether the connection is still there: meanwhile it may have had to make way for others."""
    left: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    put_off: Callable[[asyncio.Future[None] | None], None] = scope.get("state", {}).get(PUT_OFF, bool)
    put_off(left)
    try:
        await asyncio.wait((left,), timeout=seconds)
        return not left.done()
    finally:
        put_off(None)


async def _refuse_after(seconds: float, refusal: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    if await wait_for_turn(scope, seconds):
        await refusal(scope, receive, send)
