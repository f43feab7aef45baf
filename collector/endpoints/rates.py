"""Rate limits: token buckets in memory, one number for each key."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from starlette.requests import HTTPConnection
from throttled import RateLimiterType, Throttled, store
from throttled.rate_limiter import per_duration

from collector.proxies import address_block_of

NOBODY = "nobody"  # requests without a key share this one
MOMENT = 0.001  # seconds: a wait is never reported as 0
RETRY_PACED = 10  # seconds; by then those who wait for a turn have had theirs
MOST_KEYS = 50_000  # about 10 MB; the least recently used keys go first, which only makes us more patient


class Rate:
    """Allows `burst` at once, and as many again over each `period` of seconds, for each key."""

    def __init__(self, burst: int, period: int) -> None:
        quota = per_duration(timedelta(seconds=period), limit=burst, burst=burst)
        self.burst = burst
        self.share = period / burst  # seconds until one more is allowed
        self.most_behind = period - self.share
        memory = store.MemoryStore(options={"MAX_SIZE": MOST_KEYS})
        # Asked directly: what Throttled puts round it, waiting and hooks, is not used here.
        self.limiter = Throttled(using=RateLimiterType.GCRA.value, quota=quota, store=memory).limiter

    def wait(self, key: str) -> float:
        """Return the seconds until the next one is allowed, 0 for now, without counting one."""
        return max(0.0, self.limiter.peek(key or NOBODY).reset_after - self.most_behind)

    def take(self, key: str, cost: int = 1) -> float:
        """Count one, or as many as it costs, if it is allowed, and return 0; else return the seconds to wait."""
        result = self.limiter.limit(key or NOBODY, min(cost, self.burst))
        return max(result.state.retry_after, MOMENT) if result.limited else 0.0


class Turns:
    """Lets everybody ask, each key at a pace: `burst` at once, then `pace` a second, and whoever asks more waits.

    Nobody is refused who comes back within `patience` seconds' worth of turns.
    """

    def __init__(self, burst: int, pace: float, patience: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.share = 1 / pace
        self.ahead = burst * self.share
        self.patience = patience
        self.clock = clock
        self.next: dict[str, float] = {}  # when each key has used up what it may ask at once

    def take(self, key: str) -> float | None:
        """Return the seconds until the key's next turn, which is then taken; None if too many wait before it."""
        now = self.clock()
        used = max(self.next.pop(key, 0.0) - now, 0.0)  # seconds; as small as it is, so that no rounding costs a turn
        wait = used + self.share - self.ahead
        if wait > self.patience:
            self.next[key] = now + used
            return None
        if len(self.next) >= MOST_KEYS:
            del self.next[next(iter(self.next))]  # the one that has asked least lately
        self.next[key] = now + used + self.share
        return max(0.0, wait)

    def give_back(self, key: str) -> None:
        """Let others have a turn that was taken, and that nobody waits for any more."""
        if key in self.next:
            self.next[key] -= self.share


def address_block(connection: HTTPConnection) -> str:
    """Return where a request comes from: an IPv4 address, or the /64 network of one IPv6 household."""
    return address_block_of(connection.client.host) if connection.client else ""


def usual_pace() -> Turns:
    """Return the turns of those who ask for pages and files.

    A group of twelve that opens a page together asks for 300 at once. Whoever asks for more is slowed to what leaves
    a process nearly all of its time for others.
    """
    return Turns(burst=600, pace=50, patience=5)


@dataclass(frozen=True)
class Limits:
    """The rate limits. All are far above normal use, and far below what would fill a disk."""

    # Two months of daily logs, kept on a phone without a network, go out at once; nobody writes more in ten minutes.
    link: Rate = field(default_factory=lambda: Rate(120, 600))
    # Somebody without a link may try again and again; a clinic's waiting room shares one address. Those who are
    # signed in are counted by their link alone, so that neighbours never stand in each other's way.
    stranger: Rate = field(default_factory=lambda: Rate(60, 60))
    # Every code is looked up, however many wrong ones came from the same address, so that a waiting room or a mobile
    # network shuts nobody out; after these, wrong ones are told to slow down. What makes guessing hopeless is a code's
    # 60 bits and 72 hours: 10,000 guesses a second, more than this collector can answer, from any number of addresses,
    # find one of 1,000 open codes with a chance of 1 in 440,000. A link's 256 bits need no arithmetic.
    wrong_codes: Rate = field(default_factory=lambda: Rate(30, 600))
    # Pages and files. Those who are signed in are counted by their link once their address has asked too much.
    asking: Turns = field(default_factory=usual_pace)
    # Refusals that hold what was written, to those who have sent too much: it is read and drawn at this pace.
    refusing: Turns = field(default_factory=lambda: Turns(burst=5, pace=1, patience=10))
