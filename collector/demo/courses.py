"""How a made-up client's scores change over the weeks, down to single items; the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

WEEKS = 8
HIGHEST_CODE = 3  # PHQ-9 and GAD-7 items go from 0 to 3

# The share of the change from first to last score that is reached after a share of the time.
SHAPES: Mapping[str, Callable[[float], float]] = {
    "better": lambda share: 1 - (1 - share) ** 1.6,  # quick at first, then slower
    "stuck": lambda share: share,
    "worse": lambda share: share**1.3,  # slow at first
    "dropped out": lambda share: share,
}


def sums(course: str, first: int, last: int, weeks: int, highest: int, rng: random.Random) -> list[int]:
    """Return one sum per week, from exactly `first` to exactly `last`, varying by a point or two in between."""
    weekly = [first]
    for week in range(1, weeks - 1):
        progress = SHAPES[course](week / (weeks - 1))
        weekly.append(round(first + (last - first) * progress + rng.choice((-2, -1, 0, 0, 1, 2))))
    return [min(max(value, 0), highest) for value in [*weekly, last]]


def items(total: int, names: list[str], rng: random.Random) -> dict[str, int]:
    """Return items that add up to `total`, none above 3; earlier items tend to score higher."""
    answers = dict.fromkeys(names, 0)
    for _ in range(total):
        open_items = [name for name in names if answers[name] < HIGHEST_CODE]
        weights = [1 + 2 * (len(names) - names.index(name)) for name in open_items]
        answers[rng.choices(open_items, weights)[0]] += 1
    return answers
