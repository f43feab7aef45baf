from __future__ import annotations

import pytest

from collector.endpoints import tallies
from collector.endpoints.tallies import Tally


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def test_a_count_fades_by_one_at_a_time() -> None:
    clock = Clock()
    tally = Tally(5, 10, clock)
    for _ in range(3):
        tally.add("alice")
    assert (tally.count("alice"), tally.count("bob")) == (3, 0)
    clock.seconds += 10
    assert tally.count("alice") == 2
    clock.seconds += 1_000
    assert tally.count("alice") == 0


def test_a_count_is_taken_back_and_has_a_limit() -> None:
    tally = Tally(2, 10, Clock())
    for _ in range(9):
        tally.add("alice")
    assert tally.count("alice") == 2
    for _ in range(9):
        tally.add("alice", -1)
    assert tally.count("alice") == 0


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "MOST_KEYS", 10)
    tally = Tally(5, 10, Clock())
    for number in range(1_000):
        tally.add("alice")
        tally.add(f"stranger {number}")
    assert len(tally) == 10
    assert tally.count("alice") == 5
