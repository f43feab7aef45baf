"""Who is connected, how many from where, and who makes way when there are too many."""

from __future__ import annotations

import heapq
import math
import time
from typing import Protocol

SHARE_OF_ONE = 4  # one address block has a quarter at most: a hospital's waiting rooms fit, everybody else does too
RESERVED = 8  # an eighth is kept for /health and for whoever is signed in
FAIR = 16  # connections that no household is asked about; whoever has more makes way first
PATIENCE = 1.0  # seconds that a connection may keep us waiting, in a full house, before it has to make way
AT_ONCE = 16  # how many make way together, so that not every newcomer looks through all
LOOK_AGAIN = 0.1  # seconds, when nobody could make way
MOST_HELD = 64 * 1024 * 1024  # bytes that wait in memory: of answers for their readers, of bodies for their rest
NOWHERE = ""  # the block of those whose address is not known; not counted as one


class Connection(Protocol):
    """One connection, as its crowd sees it."""

    block: str
    since: float  # since when it keeps us waiting, monotonic; inf while we work for it

    def make_way(self) -> None:
        """Close at once."""


class Crowd:
    """Counts connections by address block. One that is a trusted proxy's counts for its client, while there is one."""

    def __init__(self, room: int) -> None:
        self.reserve = room // RESERVED
        self.most = room - self.reserve
        self.most_of_one = max(1, self.most // SHARE_OF_ONE)
        self.size = 0
        self.blocks: dict[str, set[Connection]] = {}
        self.resting: dict[Connection, None] = {}  # of proxies, without a request
        self.held: dict[Connection, int] = {}  # bytes
        self.all_held = 0
        self.look_at = -math.inf

    def enter(self, one: Connection) -> bool:
        """Count a connection in, and have others make way for it. Return whether there is room for it."""
        self.leave(one)
        block = self.blocks.setdefault(one.block, set())
        block.add(one)
        self.size += 1
        if self._has_its_share(one.block):
            self._make_room_in(block, one)
            if len(block) > self.most_of_one + FAIR:
                return False
        elif self.size > self.most:
            self._make_room(one)
        self._bound_resting()
        return self.size <= self.most + self.reserve

    def rest(self, one: Connection) -> None:
        """Count a proxy's connection among those without a request."""
        if one in self.resting:
            return
        self.leave(one)
        self.resting[one] = None
        self._bound_resting()

    def leave(self, one: Connection) -> None:
        self.resting.pop(one, None)
        block = self.blocks.get(one.block)
        if block is None or one not in block:
            return
        block.remove(one)
        self.size -= 1
        if not block:
            del self.blocks[one.block]

    def is_full(self, one: Connection) -> bool:
        """Return whether there are too many, altogether or from where this one comes, and none could make way."""
        return self.size > self.most or self._has_its_share(one.block)

    def admits(self, one: Connection, is_entitled: bool) -> bool:
        """Return whether a request may be answered in a full house: of the entitled only, each household a few."""
        fair = self.size <= self.most or one.block == NOWHERE or len(self.blocks.get(one.block, ())) <= FAIR
        return is_entitled and fair

    def _has_its_share(self, block: str) -> bool:
        return block != NOWHERE and len(self.blocks.get(block, ())) > self.most_of_one

    def hold(self, one: Connection, size: int) -> None:
        """Count the bytes that wait in memory on a connection's account; the slowest make way for too many."""
        self.let_go(one)
        self.held[one] = size
        self.all_held += size
        while self.all_held > MOST_HELD:
            slowest = min(self.held, key=lambda other: other.since)
            if slowest.since == math.inf:
                break
            self._send_away(slowest)

    def let_go(self, one: Connection) -> None:
        self.all_held -= self.held.pop(one, 0)

    def _make_room_in(self, block: set[Connection], newcomer: Connection) -> None:
        """Send away those of one address that wait, the longest first, until it has its share and no more."""
        while len(block) > self.most_of_one:
            longest = min((other for other in block if other is not newcomer), key=lambda other: other.since)
            if longest.since == math.inf:
                return
            self._send_away(longest)

    def _make_room(self, newcomer: Connection) -> None:
        now = time.monotonic()
        if now < self.look_at:
            return
        waiting = [
            (-(len(members) // FAIR) if block != NOWHERE else 0, one.since, number, one)
            for block, members in self.blocks.items()
            for number, one in enumerate(members)
            if one is not newcomer and one.since < (now if len(members) > FAIR else now - PATIENCE)
        ]
        if not waiting:
            self.look_at = now + LOOK_AGAIN
        for *_, one in heapq.nsmallest(AT_ONCE, waiting, key=lambda each: each[:2]):
            self._send_away(one)

    def _bound_resting(self) -> None:
        while self.resting and self.size + len(self.resting) > self.most + self.reserve:
            self._send_away(next(iter(self.resting)))

    def _send_away(self, one: Connection) -> None:
        self.leave(one)
        self.let_go(one)
        one.make_way()
