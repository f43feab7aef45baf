"""Rounds of checkpoints: a few files at a time, so that nobody waits; at the end a number is sure."""

from __future__ import annotations

import time

from collector.caseload.folder import Folder
from collector.caseload.progress import Progress

EVERY = 5.0  # seconds between two rounds: about what a new start may have to read again
AT_ONCE = 0.005  # seconds spent in one go; a checkpoint costs a few milliseconds of disk


class Rounds:
    """Moves the sure number of `progress` behind the folding of `folder`.

    Each file that had changed when the round began is checkpointed. Then everything up to the number at which
    it began would survive a power cut, whatever was folded meanwhile.
    """

    def __init__(self, folder: Folder, progress: Progress) -> None:
        self._folder, self._progress = folder, progress
        self._sure = progress.position
        self._upto: int | None = None  # the number of the round under way
        self._left: list[str] = []
        self._ended = time.monotonic()

    def go_on(self, cursor: int) -> None:
        """Do a little of the round under way, or begin one when it is time and something was folded."""
        if self._folder.failing:  # a failing file may have nothing of it: start afresh when it is mended
            self._upto = None
            return
        if self._upto is None:
            if cursor == self._sure or time.monotonic() - self._ended < EVERY:
                return
            self._begin(cursor)
        self._checkpoint(time.monotonic() + AT_ONCE)

    def finish(self, cursor: int) -> None:
        """Do a whole round now."""
        if not self._folder.failing and cursor != self._sure:
            self._begin(cursor)
            self._checkpoint(None)

    def _begin(self, cursor: int) -> None:
        self._upto, self._left = cursor, sorted(self._folder.changed)

    def _checkpoint(self, until: float | None) -> None:
        waiting: list[str] = []
        while self._left and (until is None or time.monotonic() < until):
            caseload = self._left.pop()
            if not self._folder.checkpoint(caseload):
                waiting.append(caseload)  # a reader is in the way; it will have gone by the next time
        self._left += waiting
        if not self._left and self._upto is not None:
            self._progress.save(self._upto)
            self._sure, self._upto = self._upto, None
            self._ended = time.monotonic()
