"""Counts in memory that fade: how often something was tried lately, for each key."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_KEYS = 50_000  # about 10 MB; the keys that were counted the longest ago go first


class Tally:
    """Counts for each key, up to `most`; every `fades` seconds one is forgotten. Nobody can set their clock."""

    def __init__(self, most: float, fades: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._fades, self._clock = most, fades, clock
        self._counts: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._counts)

    def count(self, key: str) -> int:
        """Return how many are remembered, each until it is wholly forgotten."""
        return math.ceil(self._level(key))

    def add(self, key: str, number: int = 1) -> None:
        """Count one more, or take one back."""
        self._counts[key] = min(self._most, max(0.0, self._level(key) + number)), self._clock()
        self._counts.move_to_end(key)
        if len(self._counts) > MOST_KEYS:
            self._counts.popitem(last=False)

    def _level(self, key: str) -> float:
        level, at = self._counts.get(key, (0.0, 0.0))
        return max(0.0, level - (self._clock() - at) / self._fades) if level else 0.0
