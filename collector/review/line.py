"""The line in which tries at a password wait, so that none of those who send many keeps others from their turn."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import IntEnum

from collector.errors import CollectorError

AT_ONCE = 2  # each hash takes 64 MiB and a core
MOST_WAITING = 40  # strangers, a few seconds of work
MOST_OF_ONE = 4  # of one address or device; with more, chance decides which of them stay
LONGEST_WAIT = 10.0  # seconds, more than anybody rests; then a page is better than a browser that seems stuck
SOON = 2.0  # seconds until a full line has moved on


class TooMany(CollectorError):
    """Others are in front; `wait` is the seconds after which to try again."""

    def __init__(self, wait: float) -> None:
        super().__init__("Too many are waiting.")
        self.wait = wait


class Rank(IntEnum):
    """Who comes first."""

    KNOWN = 0  # a device that has signed in as this person before
    STRANGER = 1
    SLOW = 2  # a stranger who has used up what is free


@dataclass(eq=False)
class Place:
    """A try in the line. `tried` is how much of what is free its sender has used up lately, the least goes first.

    The sender's whole network counts in it; of those in the same one, `own` tells who has asked least.
    """

    rank: Rank
    tried: float
    sender: str
    pair: str  # of name and address
    rest: float = SOON  # seconds between two of this pair, if it is slow
    own: float = 0.0
    number: int = 0
    called: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @property
    def order(self) -> tuple[int, float, float, int]:
        """The smallest is next. Among strangers who have tried as little, the latest: a flood is mostly behind them."""
        return self.rank, self.tried, self.own, self.number if self.rank == Rank.KNOWN else -self.number


class Line:
    """Calls those who wait, AT_ONCE of them, and one of the slow ones every `slow_every` seconds."""

    def __init__(self, slow_every: float, clock: Callable[[], float]) -> None:
        self._slow_every, self._clock = slow_every, clock
        self._waiting: list[Place] = []
        self._called = self._arrived = 0
        self._slow_from = 0.0
        self._rests: dict[str, float] = {}  # until when, by pair; a few, because the slow ones are few
        self._alarm: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    @asynccontextmanager
    async def turn(self, place: Place) -> AsyncIterator[None]:
        """Wait for the turn of a place, which lasts as long as the context. Raises TooMany."""
        self._join(place)
        try:
            await asyncio.wait([place.called], timeout=LONGEST_WAIT)
            if place in self._waiting:
                self._send_away(place)
            if not place.called.result():
                raise TooMany(place.rest)
            yield
        finally:
            self._leave(place)

    def _join(self, place: Place) -> None:
        self._arrived += 1
        place.number = self._arrived
        self._waiting.append(place)
        own = [other for other in self._waiting if other.sender == place.sender]
        if len(own) > MOST_OF_ONE:
            self._send_away(secrets.choice(own))
        strangers = [other for other in self._waiting if other.rank != Rank.KNOWN]
        if len(strangers) > MOST_WAITING:
            self._send_away(max(strangers, key=lambda other: other.order))
        self._call()

    def _leave(self, place: Place) -> None:
        """Free what a place holds, also of somebody who has gone meanwhile."""
        if place in self._waiting:
            self._send_away(place)
        elif place.called.result():
            self._called -= 1
            self._call()

    def _send_away(self, place: Place) -> None:
        self._waiting.remove(place)
        place.called.set_result(False)

    def _call(self) -> None:
        """Call whoever is next, as many as may be at once."""
        while self._called < AT_ONCE and self._waiting:
            now = self._clock()
            due = {place: self._due(place) for place in self._waiting}
            ready = [place for place, from_when in due.items() if from_when <= now]
            if not ready:
                self._call_later(min(due.values()) - now)
                return
            place = min(ready, key=lambda place: place.order)
            if place.rank == Rank.SLOW:
                self._rests = {pair: until for pair, until in self._rests.items() if until > now}
                self._rests[place.pair] = now + place.rest
                self._slow_from = now + self._slow_every
            self._waiting.remove(place)
            self._called += 1
            place.called.set_result(True)

    def _due(self, place: Place) -> float:
        return max(self._slow_from, self._rests.get(place.pair, 0.0)) if place.rank == Rank.SLOW else 0.0

    def _call_later(self, seconds: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = asyncio.get_running_loop().call_later(seconds, self._call)
