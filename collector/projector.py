"""The projector: the only writer of caseload files, which it folds from the ledger.

Three numbers tell how far it is. The *cursor* is what it has read. The *visible* number (position.py) is what
readers see in every caseload file; pages wait for it, so it is told at once. The *sure* number
(caseload/progress.py) is what a power cut would leave: it follows once every changed file has been
checkpointed, and a new start begins from it. Each file holds its own number in the same transaction as its
rows and skips what it has, so nothing is folded twice.

Any number of processes may fold or rebuild: each takes its turn, a lock that the kernel frees when its holder
dies.
"""

from __future__ import annotations

import logging
import shutil
import signal
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, suppress
from types import TracebackType
from typing import Any

from collector import position
from collector.caseload.folder import CONTEXT, Folder
from collector.caseload.progress import Problem, Progress
from collector.caseload.rounds import Rounds
from collector.driver import sqlite3
from collector.errors import CollectorError, LedgerUnavailable
from collector.ledger.events import Recorded
from collector.ledger.ledger import Ledger
from collector.ledger.turn import Turn
from collector.position import Lag
from collector.settings import Settings

POLL = 0.005  # seconds between looks at the ledger when there is nothing to do
LARGEST_READ = 1_000  # events read at once
LARGEST_BATCH = 20_000  # events folded at once: behind, few large transactions are several times as fast
HEAVIEST_BATCH = 64 * 1024 * 1024  # characters of them, so that memory stays bounded whatever was sent
GIVE_WAY = 0.001  # seconds between two batches, in which a rebuild that waits can take its turn
RETRY_EVERY = 1.0  # seconds before the ledger, or a caseload file that failed, is tried again
TIME_TO_LEAVE = 5.0  # seconds to fold what came last; the rest is for the next start

log = logging.getLogger(__name__)


class NoSuchCaseload(CollectorError):
    """There is no caseload of this name."""


class CannotRebuild(CollectorError):
    """The new files could not be written; the live ones are as they were."""


class Projector:
    """Folds the ledger at `settings.ledger` into the caseload files. Not safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        settings.data.mkdir(parents=True, exist_ok=True)
        self._settings = settings
        self._turn = Turn(settings.data / "projector")
        self._ledger = Ledger.open(settings.ledger)
        with self._turn.taken():
            self._progress = Progress(settings.data / "projector.db")
        self._live = Folder(settings.caseloads, self._progress.set_aside)
        self._rounds = Rounds(self._live, self._progress)
        self._cursor, known = self._progress.load()
        for event in known:
            self._live.learn(event)
        self._retried = 0.0

    def __enter__(self) -> Projector:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: Any, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of every file and thread."""
        self._live.close()
        self._progress.close()
        self._ledger.close()
        self._turn.close()

    def run(self, stop: threading.Event) -> None:
        """Fold what comes until `stop` is set, then what came last, and leave it all on disk."""
        self._begin()
        while not stop.is_set():
            try:
                folded = self._take_turn()
            except (LedgerUnavailable, sqlite3.Error, OSError) as error:
                log.error("not folded, tried again soon: %s", error)
                stop.wait(RETRY_EVERY)
                continue
            stop.wait(GIVE_WAY if folded else POLL)
        until = time.monotonic() + TIME_TO_LEAVE
        with suppress(LedgerUnavailable, sqlite3.Error, OSError):
            while time.monotonic() < until and self._take_turn():
                pass
            self._end()

    def catch_up(self) -> int:
        """Fold everything that the ledger holds, and leave it on disk; give how many events that took.

        Raises LedgerUnavailable.
        """
        self._begin()
        taken = 0
        while folded := self._take_turn():
            taken += folded
        self._end()
        return taken

    def rebuild(self, caseload: str | None = None) -> list[str]:
        """Fold all caseload files anew from the ledger, or one, while a projector may run; give their names.

        The new rows replace the old ones in one transaction, so readers see the old or the new ones. Raises
        NoSuchCaseload, CannotRebuild or LedgerUnavailable; then every live file is as it was.
        """
        rebuilt = self._rebuild(None if caseload is None else {caseload})
        if caseload is not None and not rebuilt:
            raise NoSuchCaseload(f"There is no caseload {caseload}.")
        return rebuilt

    def lag(self) -> Lag:
        """Tell how far the visible number is behind the ledger. Raises LedgerUnavailable."""
        return position.lag(self._ledger, self._settings.position)

    def problems(self) -> list[Problem]:
        """List the events that belong into no caseload file; a caseload's own are in its `problems` table."""
        return self._progress.problems()

    def _begin(self) -> None:
        """Make sure that every file is there and as it is made today; show no more than what surely is in them."""
        if missing := self._live.outdated():
            log.warning("folding anew what has no file, or one of the past: %s", ", ".join(missing))
            self._rebuild(missing)
        with self._turn.taken():
            self._live.bring_up_to_date()
        self._show()

    def _end(self) -> None:
        with self._turn.taken():
            self._rounds.finish(self._cursor)

    def _take_turn(self) -> int:
        """Fold one batch, as large as the backlog allows, and see to the disk; give the batch's size."""
        events = self._next_batch()
        with self._turn.taken():
            if events:
                if known := [event for event in events if event.kind in CONTEXT]:
                    self._progress.save_context(known)
                self._live.fold(events)
                self._cursor = events[-1].seq
                self._show()
            self._rounds.go_on(self._cursor)
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
            weight += sum(len(str(event.data)) for event in events)  # about what it takes of memory
        return batch

    def _show(self) -> None:
        """Tell what is visible. A failing file holds it back, so that health and pages tell of it."""
        visible = min([self._cursor, *self._live.failing.values()])
        position.write_position(self._settings.position, visible)

    def _retry_failing(self) -> None:
        if not self._live.failing or time.monotonic() - self._retried < RETRY_EVERY:
            return
        for caseload in list(self._live.failing):
            self._live.retry(caseload, self._read_again)
        self._retried = time.monotonic()
        self._show()

    def _read_again(self, after: int) -> Iterator[Sequence[Recorded]]:
        """Give what lies between a number and the cursor."""
        while after < self._cursor and (events := self._ledger.read(after, limit=LARGEST_READ)):
            yield [event for event in events if event.seq <= self._cursor]
            after = events[-1].seq

    def _rebuild(self, only: Collection[str] | None) -> list[str]:
        """Fold into a folder aside while others go on; only the last events and the copying need the turn."""
        aside = self._settings.data / "rebuild"
        with closing(Turn(aside)) as one_at_a_time, one_at_a_time.taken():
            shutil.rmtree(aside, ignore_errors=True)  # left by one that was killed
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
                shutil.rmtree(aside, ignore_errors=True)

    def _read_into(self, folder: Folder, after: int) -> int:
        """Fold everything after a number into a folder; give the number that it reached."""
        while events := self._ledger.read(after, limit=LARGEST_READ):
            folder.fold(events)
            after = events[-1].seq
        return after


def _ignore(event: Recorded, error: Exception) -> None:
    """What belongs into no caseload was set aside when it was first folded."""


def run_projector(settings: Settings) -> None:
    """Be the `project` role until SIGTERM or Ctrl-C."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with Projector(settings) as projector:
        projector.run(stop)
