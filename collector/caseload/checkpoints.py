"""Rounds of checkpoints: a few files at a time, so that folding never waits long for the disk."""

from __future__ import annotations

import time

from collector.caseload.folder import Folder
from collector.caseload.projector_state import ProjectorState

EVERY = 5.0  # seconds between rounds: about as much as has to be read again after a restart
AT_ONCE = 0.005  # seconds spent per call; a checkpoint takes a few milliseconds of disk time


class Checkpoints:
    """Advances the durable number in `state` to what `folder` has folded.

    A round checkpoints each file that had changed when the round began. After that, everything up to the number at
    which it began would survive a power cut, whatever was folded meanwhile.
    """

    def __init__(self, folder: Folder, state: ProjectorState) -> None:
        self._folder, self._state = folder, state
        self._durable = state.position
        self._target: int | None = None  # the number that becomes durable when the current round ends
        self._remaining: list[str] = []
        self._ended = time.monotonic()

    def go_on(self, cursor: int) -> None:
        """Continue the current round for a moment, or begin one when it is due and something was folded."""
        if self._folder.failing:  # it may lack rows of this round: begin again once it can be written
            self._target = None
            return
        if self._target is None:
            if cursor == self._durable or time.monotonic() - self._ended < EVERY:
                return
            self._begin(cursor)
        self._checkpoint(time.monotonic() + AT_ONCE)

    def finish(self, cursor: int) -> None:
        """Do a whole round now, unless a file is failing."""
        if not self._folder.failing and cursor != self._durable:
            self._begin(cursor)
            self._checkpoint(None)

    def _begin(self, cursor: int) -> None:
        self._target, self._remaining = cursor, sorted(self._folder.changed)

    def _checkpoint(self, until: float | None) -> None:
        waiting: list[str] = []
        while self._remaining and (until is None or time.monotonic() < until):
            caseload = self._remaining.pop()
            if not self._folder.checkpoint(caseload):
                waiting.append(caseload)  # a reader is in the way; try again at the next call
        self._remaining += waiting
        if not self._remaining and self._target is not None:
            self._state.save(self._target)
            self._durable, self._target = self._target, None
            self._ended = time.monotonic()
