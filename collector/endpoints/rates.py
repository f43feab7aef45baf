"""Rate limits: token buckets in memory, one number for each key."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from starlette.requests import HTTPConnection
from throttled import RateLimiterType, Throttled, store
from throttled.rate_limiter import per_duration

from collector.proxies import address_block_of

NOBODY = "nobody"  # requests without a key share this one
MOMENT = 0.001  # seconds: a wait is never reported as 0
MOST_KEYS = 50_000  # about 10 MB; the least recently used keys go first, which only makes us more patient


class Rate:
    """Allows `burst` at once, and as many again over each `period` of seconds, for each key."""

    def __init__(self, burst: int, period: int) -> None:
        quota = per_duration(timedelta(seconds=period), limit=burst, burst=burst)
        self.share = period / burst  # seconds until one more is allowed
        self.most_behind = period - self.share
        memory = store.MemoryStore(options={"MAX_SIZE": MOST_KEYS})
        # Asked directly: what Throttled puts round it, waiting and hooks, is not used here.
        self.limiter = Throttled(using=RateLimiterType.GCRA.value, quota=quota, store=memory).limiter

    def wait(self, key: str) -> float:
        """Return the seconds until the next one is allowed, 0 for now, without counting one."""
        return max(0.0, self.limiter.peek(key or NOBODY).reset_after - self.most_behind)

    def take(self, key: str) -> float:
        """Count one, if it is allowed, and return 0; else return the seconds to wait."""
        result = self.limiter.limit(key or NOBODY)
        return max(result.state.retry_after, MOMENT) if result.limited else 0.0


def address_block(connection: HTTPConnection) -> str:
    """Return where a request comes from: an IPv4 address, or the /64 network of one IPv6 household."""
    return address_block_of(connection.client.host) if connection.client else ""


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
