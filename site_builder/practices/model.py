"""A guided practice as pure data: steps with seconds, done in rounds, at one pace or at one of several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Shape: TypeAlias = Literal["grow", "hold", "shrink", "rest"]
SHAPES: tuple[Shape, ...] = ("grow", "hold", "shrink", "rest")


@dataclass(frozen=True, slots=True)
class Step:
    """Words, and how many seconds they stand; `shape` is what the circle does meanwhile."""

    say: str
    seconds: float
    shape: Shape = "rest"


@dataclass(frozen=True, slots=True)
class Pace:
    """Steps that are done `rounds` times. `name` is what a client chooses by, "" where there is no choice."""

    steps: tuple[Step, ...]
    rounds: int = 1
    name: str = ""

    @property
    def seconds(self) -> float:
        return self.rounds * sum(step.seconds for step in self.steps)


@dataclass(frozen=True, slots=True)
class Log:
    """The form that a practice ends in, its question for the minutes, and answers that are suggested in it."""

    form: str
    minutes: str = "minutes"
    answers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Practice:
    """A whole practice; the first pace is the one that is suggested."""

    id: str
    title: str
    paces: tuple[Pace, ...]
    opening: tuple[Step, ...] = ()
    closing: tuple[Step, ...] = ()
    log: Log | None = None

    @property
    def longest(self) -> float:
        """The seconds that it takes at its slowest pace."""
        around = sum(step.seconds for step in (*self.opening, *self.closing))
        return around + max((pace.seconds for pace in self.paces), default=0)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step as it is written, each pace once."""
        return (*self.opening, *(step for pace in self.paces for step in pace.steps), *self.closing)
