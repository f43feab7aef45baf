"""How a made-up client's scores move over the weeks, down to the single item; the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

WEEKS = 8
HIGHEST_CODE = 3  # PHQ-9 and GAD-7 items go from 0 to 3

# How much of the way from the first to the last score has been gone, after a share of the time.
SHAPES: Mapping[str, Callable[[float], float]] = {
    "better": lambda share: 1 - (1 - share) ** 1.6,  # quick at first, then slower
    "stuck": lambda share: share,
    "worse": lambda share: share**1.3,  # creeps at first
    "dropped out": lambda share: share,
}


def sums(course: str, first: int, last: int, weeks: int, highest: int, rng: random.Random) -> list[int]:
    """Give one sum a week, from exactly `first` to exactly `last`, with a wobble of a point or two between."""
    found = [first]
    for week in range(1, weeks - 1):
        way = SHAPES[course](week / (weeks - 1))
        found.append(round(first + (last - first) * way + rng.choice((-2, -1, 0, 0, 1, 2))))
    return [min(max(value, 0), highest) for value in [*found, last]]


def items(total: int, names: list[str], rng: random.Random) -> dict[str, int]:
    """Spread a sum over items, none above 3: some items are always harder than others."""
    answers = dict.fromkeys(names, 0)
    for _ in range(total):
        open_items = [name for name in names if answers[name] < HIGHEST_CODE]
        weights = [1 + 2 * (len(names) - names.index(name)) for name in open_items]
        answers[rng.choices(open_items, weights)[0]] += 1
    return answers
