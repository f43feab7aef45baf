"""Slows down whoever asks more than people do; nobody is refused who waits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send


class Turns(Protocol):
    """How often each key may ask."""

    patience: float

    def take(self, key: str) -> float | None:
        """Return the seconds until the next turn; None if too many wait before it."""


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
        wait = self._wait(HTTPConnection(scope))
        if wait == 0:
            return self.app(scope, receive, send)
        if wait is None:
            return _after(self.turns.patience, self.refusal, scope, receive, send)
        return _after(wait, self.app, scope, receive, send)

    def _wait(self, connection: HTTPConnection) -> float | None:
        """Return the seconds to wait; 0 for a person who has not asked much, wherever they ask from."""
        wait = self.turns.take(self.key(connection))
        if wait != 0 and (person := self.person(connection)):
            return self.turns.take(person)
        return wait


async def _after(seconds: float, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.sleep(seconds)
    await app(scope, receive, send)
