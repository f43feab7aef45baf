"""How often, and how many at once, people may try to sign in."""

from __future__ import annotations

import anyio

from collector.endpoints.rates import Rate
from collector.passwords import decoy_hash

MOST_WAITING = 20  # queued sign-ins, a few seconds of work; further ones are refused with 429
SOON = 5.0  # seconds


class Attempts:
    """Limits on attempts: per name against guessing, per address against trying many names."""

    def __init__(self) -> None:
        self.name = Rate(10, 600)
        self.address = Rate(60, 600)  # a clinic's therapists share one, and all sign in at nine
        self.at_once = anyio.CapacityLimiter(2)  # each hash takes 64 MiB and a core
        decoy_hash()  # computed now, so that the first unknown name takes no longer than later ones

    def take(self, name: str, address: str) -> float:
        """Count an attempt, whatever its result. Return the seconds to wait if there were too many, else 0."""
        if self.at_once.statistics().tasks_waiting >= MOST_WAITING:
            return SOON
        return self.address.take(address) or self.name.take(name)
