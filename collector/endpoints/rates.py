"""How often somebody may knock: one moment in memory for each key (GCRA, the leaky bucket as a meter)."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from starlette.requests import HTTPConnection

NOBODY = "nobody"  # who gave no name is one key
MOMENT = 0.001  # seconds: a wait is never reported as 0
MOST_KEYS = 50_000  # about 10 MB; the least recently used keys go first, which only makes us more patient


class Rate:
    """Allows `burst` at once, and as many again over each `period` of seconds, for each key."""

    def __init__(self, burst: int, period: int) -> None:
        self.share = period / burst  # seconds until one more is allowed
        self.most_behind = period - self.share
        self.most_keys = MOST_KEYS
        self.used_up: OrderedDict[str, float] = OrderedDict()  # when all that a key has taken is allowed again

    def wait(self, key: str) -> float:
        """Return the seconds until the next one is allowed, 0 for now, without counting one."""
        return max(0.0, self.used_up.get(key or NOBODY, 0.0) - time.monotonic() - self.most_behind)

    def take(self, key: str) -> float:
        """Count one, if it is allowed, and return 0; else return the seconds to wait."""
        key = key or NOBODY
        now = time.monotonic()
        until = max(self.used_up.pop(key, now), now)  # out and in again: the last one used is the last to go
        behind = until - now - self.most_behind
        self.used_up[key] = until if behind > 0 else until + self.share
        if len(self.used_up) > self.most_keys:
            self.used_up.popitem(last=False)
        return max(behind, MOMENT) if behind > 0 else 0.0


def address_block(connection: HTTPConnection) -> str:
    """Return where a request comes from: an IPv4 address, or the /64 that one IPv6 household has."""
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
