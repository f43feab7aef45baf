"""The number up to which events have been folded, in a small file that every process can read and wait on.

This is the *visible* number: every event up to it is in its caseload file now. The *durable* number, up to which events
would survive a power cut, is the projector's own (caseload/projector_state.py); it resumes from that one.
"""

from __future__ import annotations

import asyncio
import os
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from collector.closed_folder import open_private
from collector.ledger.events import Recorded
from collector.ledger.ledger import Ledger

_NUMBER = struct.Struct("<Q")
LATE = 30.0  # seconds behind the ledger after which health and every caseload page say so
ASKED = 100  # events behind one whose time is still to come
ASK_EVERY = 0.003  # seconds; a read takes about 10 µs, so polling often costs little and keeps pages from waiting


@dataclass(frozen=True, slots=True)
class Lag:
    """How far the caseload files are behind: the number of events, and the age of the oldest one in seconds."""

    behind: int
    seconds: float

    @property
    def is_late(self) -> bool:
        return self.seconds > LATE


def read_position(path: Path) -> int:
    """Return the visible number; 0 if nothing has been folded yet."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return 0
    try:
        stored = os.pread(handle, _NUMBER.size, 0)
    finally:
        os.close(handle)
    return int(_NUMBER.unpack(stored)[0]) if len(stored) == _NUMBER.size else 0


def write_position(path: Path, seq: int) -> None:
    """Publish that everything up to `seq` is visible. Not durable, and need not be."""
    handle = open_private(path, os.O_WRONLY)
    try:
        os.pwrite(handle, _NUMBER.pack(seq), 0)
    finally:
        os.close(handle)


async def wait_for(path: Path, seq: int, timeout: float) -> bool:
    """Wait until event `seq` is visible, at most `timeout` seconds. Return False if it is not by then."""
    deadline = time.monotonic() + timeout
    while read_position(path) < seq:
        if time.monotonic() >= deadline:
            return False
        await asyncio.sleep(ASK_EVERY)
    return True


def lag(ledger: Ledger, path: Path) -> Lag:
    """Return how far the projector is behind the ledger, with two indexed reads. Raises LedgerUnavailable."""
    position = read_position(path)
    behind = max(0, ledger.last() - position)
    now = ledger.clock.now()
    oldest = _ages(ledger.read(position, limit=1) if behind else [], now)
    if not oldest:
        return Lag(0, 0.0)
    if oldest[0] < 0:  # a clock that is right again was ahead; those after it say how late it is
        oldest = _ages(ledger.read(position, limit=ASKED), now)
    return Lag(behind, max([0.0, *oldest]))


def _ages(events: Sequence[Recorded], now: datetime) -> list[float]:
    return [(now - datetime.fromisoformat(event.at)).total_seconds() for event in events]
