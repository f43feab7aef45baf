"""The ledger's clock: what time events get, and how long links and sign-ins live, whatever the computer's clock says.

Two times are kept by the time that the computer has been running, which nobody can set. Both survive a restart of a
process exactly, because they are stored with the boot that they belong to.

`now` is the time that an event gets. It follows the computer's clock, and by small corrections it never goes back. A
jump, ahead or back, is told at once, and believed only once it has stood for BELIEVED_AFTER; a clock that was wrong for
a few minutes leaves no trace. So a time goes back only where the ledger had believed a clock that was ahead. The order
of events is that of their numbers, always.

`life` is what expiries are compared with. It never goes back, so that nothing which has expired opens again, and no
jump or pause takes more than MOST_AT_ONCE of it, so that a clock in 2099 ends no phone's half year. When the computer
was off, or was paused without knowing it, this is the most that is counted.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from collector.ledger.events import utc

SMALL = 5 * 60_000  # milliseconds; time servers correct less in one step
BELIEVED_AFTER = 10 * 60_000  # longer than a time server takes to put a clock right that was wrong at the start
MOST_AT_ONCE = 4 * 86_400_000  # a little more than the life of a code, so that no pause keeps one open
MOST_OFF = 366 * 86_400_000  # for longer than this a clinic's computer is not off; its clock is wrong
STORED_EVERY = 60_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_RUNNING = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # goes on while a laptop sleeps


def _boot() -> str:
    """Return the name of this run of the computer; "" where it has none."""
    try:
        return _BOOT.read_text("ascii").strip()
    except OSError:
        return ""


@dataclass(frozen=True, slots=True)
class Readings:
    """Where a clock reads: the computer's clock, how long it has been running (both in milliseconds), and its boot."""

    wall: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    running: Callable[[], int] = lambda: time.clock_gettime_ns(_RUNNING) // 1_000_000
    boot: Callable[[], str] = _boot


SYSTEM = Readings()


class Stored(NamedTuple):
    """What a ledger stores of its clock: a moment of a boot, and what to add to it for `now` and for `life`."""

    boot: str
    running: int
    line: int
    life: int


class Jump(NamedTuple):
    """What the computer's clock read, and what was expected; the same again when it was right again."""

    expected: str
    read: str

    @property
    def ahead(self) -> timedelta:
        return datetime.fromisoformat(self.read) - datetime.fromisoformat(self.expected)


class Moment(NamedTuple):
    now: str
    life: str


class Clock:
    """The clock of one ledger, in one process; safe from any thread."""

    def __init__(self, readings: Readings | None = None) -> None:
        self._readings = readings or SYSTEM
        self._lock = threading.Lock()
        self._boot = self._readings.boot()
        self._ran = self._readings.running()
        self._line = self._life = self._readings.wall() - self._ran
        self._latest = self._latest_life = 0
        self._doubt: tuple[int, int] | None = None  # how far the clock is ahead, and since when
        self._stored_at: int | None = None
        self._stored_ahead = 0
        self.is_set = False

    def moment(self) -> Moment:
        """Return both times, in the ledger's notation."""
        with self._lock:
            now, life = self._read()
        text = _text(now)
        return Moment(text, text if life == now else _text(life))

    def now(self) -> datetime:
        """Return the time that an event would get."""
        with self._lock:
            return _moment(self._read()[0])

    def life(self) -> str:
        """Return the time to compare expiries with."""
        return self.moment().life

    def begin(self, latest: str) -> None:
        """Go on from the time of the latest event, "" for none: the ledger has stored nothing of its clock yet."""
        with self._lock:
            self.is_set = True
            behind = _milliseconds(latest) - (self._ran + self._line) if latest else 0
            self._line, self._life = self._line + max(0, behind), self._life + max(0, behind)

    def restore(self, stored: Stored) -> None:
        """Go on from what a ledger has stored."""
        with self._lock:
            self.is_set = True
            running, wall = self._readings.running(), self._readings.wall()
            if self._boot and stored.boot == self._boot and running >= stored.running:
                self._line, self._life = stored.line, stored.life
                return
            shown, lived = stored.running + stored.line, stored.running + stored.life + STORED_EVERY
            off = wall - shown
            self._line = (wall if 0 <= off <= MOST_OFF else shown) - running
            self._life = lived + min(max(0, off), MOST_AT_ONCE) - running

    def merge(self, stored: Stored | None) -> Stored:
        """Take over what another process has found out, and return what is to be stored now."""
        with self._lock:
            self._read()
            if stored and stored.boot == self._boot and stored.running <= self._ran:
                self._life = max(self._life, stored.life)
                if abs(self._ran + stored.line - self._readings.wall()) <= SMALL:
                    self._line, self._doubt = stored.line, None
            self._stored_at, self._stored_ahead = self._ran, self._ahead
            return Stored(self._boot, self._ran, self._line, self._life)

    def is_due(self) -> bool:
        """Return whether something has to be stored: a jump, or that time has passed."""
        with self._lock:
            self._read()
            jumped = abs(self._ahead - self._stored_ahead) > SMALL
            return jumped or self._stored_at is None or self._ran - self._stored_at >= STORED_EVERY

    def jump(self) -> Jump:
        """Return what the computer's clock reads and what is expected; twice the same while it is right."""
        with self._lock:
            now, _ = self._read()
            return Jump(_text(now), _text(now + self._ahead))

    @property
    def _ahead(self) -> int:
        return self._doubt[0] if self._doubt else 0

    def _read(self) -> tuple[int, int]:
        self._run_on()
        ahead = self._readings.wall() - (self._ran + self._line)
        if abs(ahead) <= SMALL:
            self._line += ahead
            self._doubt = None
        elif self._doubt is None or abs(ahead - self._doubt[0]) > SMALL:
            self._doubt = ahead, self._ran
        elif self._ran - self._doubt[1] >= BELIEVED_AFTER:
            self._believe(ahead)
        return self._times()

    def _run_on(self) -> None:
        """Read how long the computer has been running; if that has gone back, both times go on all the same."""
        before, self._ran = self._ran, self._readings.running()
        if (back := before - self._ran) > 0:
            self._line, self._life = self._line + back, self._life + back

    def _believe(self, ahead: int) -> None:
        self._line += ahead
        self._life += min(max(0, ahead), MOST_AT_ONCE)
        self._latest = min(self._latest, self._ran + self._line)
        self._doubt = None

    def _times(self) -> tuple[int, int]:
        now = self._latest = max(self._latest, self._ran + self._line)
        if 0 < now - (self._ran + self._life) <= SMALL:
            self._life = now - self._ran  # the same time, as long as nothing has jumped
        life = self._latest_life = max(self._latest_life, self._ran + self._life)
        return now, life


def not_before(latest: str, now: str) -> str:
    """Return the time of the latest event, if this process's clock is only a little behind it, else `now`."""
    behind = datetime.fromisoformat(latest) - datetime.fromisoformat(now)
    return latest if timedelta() <= behind <= timedelta(milliseconds=SMALL) else now


def _milliseconds(moment: str) -> int:
    return (datetime.fromisoformat(moment) - _moment(0)) // timedelta(milliseconds=1)


def _moment(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)


def _text(milliseconds: int) -> str:
    return utc(_moment(milliseconds))
