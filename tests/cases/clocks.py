"""How a computer's clock may be wrong: by how much, and what happens to the computer meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import uuid4

from collector.ledger.clock import Readings

TRUE = datetime(2026, 3, 9, 14, 0, tzinfo=UTC)  # when a story begins
TO_1970 = datetime(1970, 1, 2, tzinfo=UTC) - TRUE
TO_2099 = datetime(2099, 1, 1, tzinfo=UTC) - TRUE
SIZES = (timedelta(seconds=1), timedelta(hours=1), timedelta(days=1), timedelta(days=365))
OFFSETS = {
    **{f"back by {size}": -size for size in SIZES},
    "back to 1970": TO_1970,
    **{f"ahead by {size}": size for size in SIZES},
    "ahead to 2099": TO_2099,
}
MEANWHILE = ("it goes on", "Homeward is started again", "the computer is started again")
CASES = {f"{name}, {meanwhile}": (by, meanwhile) for (name, by), meanwhile in product(OFFSETS.items(), MEANWHILE)}


def milliseconds(length: timedelta) -> int:
    return length // timedelta(milliseconds=1)


@dataclass
class Computer:
    """A computer whose true time passes by itself, and whose clock is set as a test likes."""

    true: datetime = TRUE
    wrong_by: timedelta = timedelta()
    running: timedelta = timedelta(days=3)
    boot: str = field(default_factory=lambda: str(uuid4()))

    @property
    def readings(self) -> Readings:
        return Readings(
            lambda: milliseconds(self.true + self.wrong_by - datetime(1970, 1, 1, tzinfo=UTC)),
            lambda: milliseconds(self.running),
            lambda: self.boot,
        )

    def run(self, length: timedelta) -> None:
        self.true += length
        self.running += length

    def start_again(self, off: timedelta = timedelta(minutes=2)) -> None:
        """Be off for a while, and run anew."""
        self.true += off
        self.running = timedelta(seconds=20)
        self.boot = str(uuid4())
