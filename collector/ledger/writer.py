"""The ledger's writer thread: events that arrive together are committed together."""

from __future__ import annotations

import asyncio
import logging
import math
import threading
import time
import traceback
from collections import deque
from collections.abc import Sequence
from concurrent import futures
from contextlib import closing
from dataclasses import dataclass

from collector.driver import sqlite3
from collector.errors import LedgerBusy, LedgerError, LedgerUnavailable
from collector.ledger import clock_store, schema
from collector.ledger.batch import Outcome, Prepared, write
from collector.ledger.clock import Clock
from collector.ledger.events import Receipt
from collector.ledger.turn import Turn
from collector.storage import DatabaseFile

LARGEST_BATCH = 256  # events; in a larger one everybody would only wait longer
MOST_WAITING = 4096  # events; half a second of work, more than that is refused with "try again"
MOST_WAITING_CHARACTERS = 64 * 1024 * 1024  # of JSON, so that memory use stays bounded
LOOK_AT_CLOCK = 60.0  # seconds without events after which a jump of the clock is told all the same
PATIENCE = 5.0  # seconds a batch may take before new calls are refused, because the disk or a lock is stuck

Reply = asyncio.Future[list[Receipt]] | futures.Future[list[Receipt]]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """A queued append, and the future that its caller waits on."""

    events: Sequence[Prepared]
    reply: Reply
    characters: int


class Writer:
    """Owns this process's only writing connection to the ledger, and the thread that uses it."""

    def __init__(self, file: DatabaseFile, clock: Clock) -> None:
        self._file, self._clock = file, clock
        self._connection: sqlite3.Connection | None = None
        self._waiting: deque[Call] = deque()
        self._events = self._characters = 0
        self._batch_began = math.inf
        self._closing = False
        self._changed = threading.Condition()
        self._turn = Turn(file.path)
        try:
            with self._turn.taken():
                schema.prepare(file)
                with closing(file.connect(read_only=True)) as connection:
                    clock_store.restore(connection, clock)
        except BaseException:
            self._turn.close()
            raise
        self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """The number of events that wait to be written."""
        return self._events

    def put(self, events: Sequence[Prepared], reply: Reply) -> None:
        """Queue a call. Raises LedgerBusy when too much is waiting, LedgerUnavailable after close()."""
        call = Call(events, reply, sum(len(prepared.content.data) for prepared in events))
        with self._changed:
            if self._closing:
                raise LedgerUnavailable("The ledger is closed.")
            if self._overloaded():
                raise LedgerBusy("Too much is waiting to be written. Try again in a moment.")
            self._waiting.append(call)
            self._events += len(events)
            self._characters += call.characters
            self._changed.notify()

    def _overloaded(self) -> bool:
        too_many = self._events >= MOST_WAITING or self._characters >= MOST_WAITING_CHARACTERS
        return too_many or time.monotonic() - self._batch_began > PATIENCE

    def close(self) -> None:
        """Write what is waiting, end the thread and close the files."""
        with self._changed:
            if self._closing:
                return
            self._closing = True
            self._changed.notify()
        self._thread.join()
        self._turn.close()

    def _run(self) -> None:
        while (calls := self._next_batch()) or not self._closing:
            self._batch_began = time.monotonic()
            outcomes = self._write(calls)
            self._batch_began = math.inf
            _deliver(calls, outcomes)
        self._disconnect()

    def _next_batch(self) -> list[Call]:
        """Wait for calls and return those there are, up to a full batch; none when closing, or to store the clock."""
        with self._changed:
            if not self._waiting and not self._closing:
                self._changed.wait(LOOK_AT_CLOCK)
            calls: list[Call] = []
            events = 0
            while self._waiting and (not calls or events + len(self._waiting[0].events) <= LARGEST_BATCH):
                call = self._waiting.popleft()
                calls.append(call)
                events += len(call.events)
                self._characters -= call.characters
            self._events -= events
            return calls

    def _write(self, calls: Sequence[Call]) -> list[Outcome]:
        """Commit a batch. If that fails nothing is acknowledged, and the next batch gets a new connection."""
        try:
            with self._turn.taken():
                if self._connection is None:
                    self._connection = schema.open_for_writing(self._file)
                if self._clock.is_due():
                    clock_store.store(self._connection, self._clock)
                return write(self._connection, [call.events for call in calls], self._clock) if calls else []
        except Exception as error:  # also programming errors: if the thread died, every caller would wait forever
            log.error("ledger not written: %s", _reason(error))
        self._disconnect()
        return [LedgerUnavailable("The ledger could not be written. Try again in a moment.") for _ in calls]

    def _disconnect(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            try:
                connection.close()
            except sqlite3.Error as error:
                log.error("ledger not closed: %s", error)


def _reason(error: Exception) -> str:
    """Return what went wrong, without answers: only messages of SQLite and the system are known to hold none."""
    if isinstance(error, sqlite3.Error | OSError):
        return str(error)
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"


def _deliver(calls: Sequence[Call], outcomes: Sequence[Outcome]) -> None:
    """Deliver each outcome to its caller; an event loop is woken once for all of its callers."""
    loops: dict[asyncio.AbstractEventLoop, list[tuple[Reply, Outcome]]] = {}
    for call, outcome in zip(calls, outcomes, strict=True):
        if isinstance(call.reply, futures.Future):
            _settle([(call.reply, outcome)])
        else:
            loops.setdefault(call.reply.get_loop(), []).append((call.reply, outcome))
    for loop, answers in loops.items():
        try:
            loop.call_soon_threadsafe(_settle, answers)
        except RuntimeError:  # the loop has closed, so nobody is waiting
            log.info("an event loop closed before %d answers reached it", len(answers))


def _settle(answers: Sequence[tuple[Reply, Outcome]]) -> None:
    for reply, outcome in answers:
        if reply.cancelled():
            continue
        if isinstance(outcome, LedgerError):
            reply.set_exception(outcome)
        else:
            reply.set_result(outcome)
