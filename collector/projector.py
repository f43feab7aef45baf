"""The projector: folds the ledger's events into the caseload files, and is the only one to write them.

Three numbers describe its progress. The *cursor* is the last event read. The *visible* number (position.py) is what
readers see in every caseload file; pages wait for it, so it is published at once. The *durable* number
(caseload/projector_state.py) is what would survive a power cut: it advances once every changed file has been
checkpointed, and a restart resumes from it. Each file stores its own number in the same transaction as its rows and
skips older events, so nothing is folded twice.

Any number of processes may fold or rebuild: each waits for a lock, which the kernel releases when its holder dies.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from types import TracebackType
from typing import Any

from collector import position
from collector.caseload.checkpoints import Checkpoints
from collector.caseload.folder import CONTEXT, Folder
from collector.caseload.projector_state import Problem, ProjectorState
from collector.driver import sqlite3
from collector.errors import CollectorError, LedgerUnavailable
from collector.ledger.events import Recorded
from collector.ledger.ledger import Ledger
from collector.ledger.turn import Turn
from collector.settings import Settings
from collector.storage import Storage

POLL = 0.005  # seconds between reads of the ledger when there is nothing to do
LARGEST_READ = 1_000  # events read at once
LARGEST_BATCH = 20_000  # events folded at once: for a backlog, few large transactions are several times as fast
HEAVIEST_BATCH = 64 * 1024 * 1024  # characters of these events, so that memory use stays bounded
GIVE_WAY = 0.001  # seconds between two batches, so that a waiting rebuild can get the lock
RETRY_EVERY = 1.0  # seconds before the ledger or a failing caseload file is tried again
TIME_TO_LEAVE = 3.0  # seconds to fold the latest events when stopping; the rest waits for the next start

log = logging.getLogger(__name__)


class NoSuchCaseload(CollectorError):
    """There is no caseload of this name."""


class CannotRebuild(CollectorError):
    """The new files could not be written; the live ones are unchanged."""


class Projector:
    """Folds a deployment's ledger into its caseload files. Not safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._storage = settings, Storage(settings)
        self._storage.make_folder()
        with ExitStack() as opening:  # if a step fails, everything opened before it is closed
            self._turn = opening.enter_context(Turn(settings.data / "projector"))
            self._ledger = opening.enter_context(Ledger(self._storage.ledger))
            with self._turn.taken():
                self._state = opening.enter_context(closing(ProjectorState(self._storage.projector_state)))
            self._live = opening.enter_context(closing(Folder(self._storage.caseloads, self._state.set_aside)))
            self._checkpoints = Checkpoints(self._live, self._state)
            self._cursor, context = self._state.load()
            self._state.settle([event for event in context if self._live.learn(event)])
            self._opened = opening.pop_all()
        self._retried = 0.0

    def __enter__(self) -> Projector:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: Any, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close every file and end every thread."""
        self._opened.close()

    def run(self, stop: threading.Event) -> None:
        """Fold new events until `stop` is set, then the remaining ones, and leave them all on disk."""
        self._begin()
        while not stop.is_set():
            try:
                folded = self._fold_batch()
            except (LedgerUnavailable, sqlite3.Error, OSError) as error:
                log.error("not folded, tried again soon: %s", error)
                stop.wait(RETRY_EVERY)
                continue
            stop.wait(GIVE_WAY if folded else POLL)
        until = time.monotonic() + TIME_TO_LEAVE
        with suppress(LedgerUnavailable, sqlite3.Error, OSError):
            while time.monotonic() < until and self._fold_batch():
                pass
            self._end()

    def catch_up(self) -> int:
        """Fold everything in the ledger and leave it on disk. Return the number of events folded.

        Raises LedgerUnavailable.
        """
        self._begin()
        total = 0
        while folded := self._fold_batch():
            total += folded
        self._end()
        return total

    def rebuild(self, caseload: str | None = None) -> list[str]:
        """Rebuild all caseload files from the ledger, or one, even while a projector runs. Return their names.

        The new rows of a file replace the old ones in one transaction, so readers see either. Raises NoSuchCaseload,
        CannotRebuild or LedgerUnavailable; every live file is unchanged then.
        """
        rebuilt = self._rebuild(None if caseload is None else {caseload})
        if caseload is not None and not rebuilt:
            raise NoSuchCaseload(f"There is no caseload {caseload}.")
        return rebuilt

    def problems(self) -> list[Problem]:
        """Return the events that belong to no caseload file; other failures are in their file's `problems` table."""
        return self._state.problems()

    def _begin(self) -> None:
        """Migrate every file, rebuild missing and outdated ones, and publish the number sure to be in all of them.

        Migrating comes first, because pages read the old rows while a rebuild goes on, and need the current views.
        """
        with self._turn.taken():
            self._live.bring_up_to_date()
        if outdated := self._live.outdated():
            log.warning("rebuilding caseloads without a file, or with one of an older version: %s", ", ".join(outdated))
            self._rebuild(outdated)
        self._publish_position()

    def _end(self) -> None:
        with self._turn.taken():
            self._checkpoints.finish(self._cursor)

    def _fold_batch(self) -> int:
        """Fold one batch of the backlog and continue checkpoints and retries. Return the batch's size."""
        events = self._next_batch()
        with self._turn.taken():
            if events:
                if context := [event for event in events if event.kind in CONTEXT]:
                    self._state.save_context(context)
                self._live.fold(events)
                self._cursor = events[-1].seq
                self._publish_position()
            self._checkpoints.go_on(self._cursor)
            self._retry_failing()
        return len(events)

    def _next_batch(self) -> list[Recorded]:
        batch: list[Recorded] = []
        weight = 0
        while len(batch) < LARGEST_BATCH and weight < HEAVIEST_BATCH:
            after = batch[-1].seq if batch else self._cursor
            events = self._ledger.read(after, limit=LARGEST_READ)
            batch += events
            if len(events) < LARGEST_READ:
                break
            weight += sum(len(str(event.data)) for event in events)  # about the memory that it takes
        return batch

    def _publish_position(self) -> None:
        """Publish the visible number. A failing file holds it back, so that health and pages report the delay."""
        visible = min([self._cursor, *self._live.failing.values()])
        position.write_position(self._settings.position, visible)

    def _retry_failing(self) -> None:
        if not self._live.failing or time.monotonic() - self._retried < RETRY_EVERY:
            return
        for caseload in list(self._live.failing):
            self._live.retry(caseload, self._read_up_to_cursor)
        self._retried = time.monotonic()
        self._publish_position()

    def _read_up_to_cursor(self, after: int) -> Iterator[Sequence[Recorded]]:
        """Yield, in batches, the events after a number up to the cursor."""
        while after < self._cursor and (events := self._ledger.read(after, limit=LARGEST_READ)):
            yield [event for event in events if event.seq <= self._cursor]
            after = events[-1].seq

    def _rebuild(self, only: Collection[str] | None) -> list[str]:
        """Fold into a separate folder while others go on; only the last events and the copying need the lock."""
        aside = self._storage.rebuilt
        with Turn(aside.folder) as one_at_a_time, one_at_a_time.taken():
            shutil.rmtree(aside.folder, ignore_errors=True)  # left by a rebuild that was killed
            try:
                with closing(Folder(aside, _ignore, only)) as folder:
                    reached = self._read_into(folder, 0)
                    with self._turn.taken():
                        self._read_into(folder, reached)
                        if folder.failing:
                            raise CannotRebuild("The new files could not be written. Is the disk full?")
                        return folder.copy_into(self._live)
            except (sqlite3.Error, OSError) as error:
                raise CannotRebuild(f"The caseload files could not be written anew: {error}.") from error
            finally:
                shutil.rmtree(aside.folder, ignore_errors=True)

    def _read_into(self, folder: Folder, after: int) -> int:
        """Fold everything after a number into a folder. Return the number of the last event."""
        while events := self._ledger.read(after, limit=LARGEST_READ):
            folder.fold(events)
            after = events[-1].seq
        return after


def _ignore(event: Recorded, error: Exception) -> None:
    """Do nothing: events that belong to no caseload were set aside when they were first folded."""
