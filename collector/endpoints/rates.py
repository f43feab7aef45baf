"""How often somebody may knock: token buckets in memory, one number for each key."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.requests import HTTPConnection

MOST_KEYS = 50_000  # about 10 MB; the least recently used keys go first, which only makes us more patient


class Rate:
    """Allows `burst` at once, and as many again over each `period` of seconds, for each key.

    The generic cell rate algorithm (ITU-T I.371): all that is kept is the moment at which the bucket is full again.
    """

    def __init__(self, burst: int, period: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.burst = burst
        self.period = period
        self.clock = clock
        self.full_at: dict[str, float] = {}

    def wait(self, key: str) -> float:
        """Give the seconds until the next one is allowed, 0 for now; nothing is counted."""
        now = self.clock()
        return max(0.0, self.full_at.get(key, now) - now - self.period + self.period / self.burst)

    def take(self, key: str) -> float:
        """Count one, if it is allowed; give the seconds to wait when it is not, else 0."""
        if wait := self.wait(key):
            return wait
        now = self.clock()
        self.full_at[key] = max(now, self.full_at.pop(key, now)) + self.period / self.burst
        if len(self.full_at) > MOST_KEYS:
            del self.full_at[next(iter(self.full_at))]
        return 0.0


def address_block(connection: HTTPConnection) -> str:
    """Name where a request comes from: an IPv4 address, or the /64 that one IPv6 household has."""
    host = connection.client.host if connection.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((address.packed, 64), strict=False))
    return host


@dataclass(frozen=True)
class Limits:
    """How often, for whom. All are far above what people do, and far below what fills a disk or guesses a code."""

    # Two months of daily logs, kept on a phone without a network, go out at once; nobody writes more in ten minutes.
    link: Rate = field(default_factory=lambda: Rate(120, 600))
    # Somebody without a link may try again and again; a clinic's waiting room shares one address. Those who are
    # signed in are counted by their link alone, so that neighbours never stand in each other's way.
    stranger: Rate = field(default_factory=lambda: Rate(60, 60))
    # Codes have 50 bits and live for 72 hours. At this pace, three days of guesses among 1,000 open codes have a
    # chance of 1 in 80 million.
    guesses: Rate = field(default_factory=lambda: Rate(30, 600))
