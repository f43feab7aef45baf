"""The ledger on SQLite: append events durably, read them in order."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from concurrent import futures
from pathlib import Path
from types import TracebackType
from typing import Any

from collector.driver import require_sound_sqlite, sqlite3
from collector.errors import LedgerUnavailable
from collector.ledger.batch import prepare
from collector.ledger.clock import Clock
from collector.ledger.events import By, Event, Kind, Receipt, Recorded
from collector.ledger.readers import Readers
from collector.ledger.writer import Writer
from collector.storage import DatabaseFile

_COLUMNS = 'SELECT seq, id, kind, client, at, data, "by" FROM events'


class Ledger:
    """All events, in order. Any number of processes may open it and append; safe to use from any thread.

    The id identifies an event: appending the same event again returns the stored receipt, with `fresh` False.
    """

    def __init__(self, file: DatabaseFile, clock: Clock | None = None) -> None:
        """Open the ledger, creating it if needed. Raises UnsoundSqlite, LedgerUnavailable."""
        require_sound_sqlite()
        self.clock = clock or Clock()
        try:
            self._writer = Writer(file, self.clock)
        except (sqlite3.Error, OSError) as error:
            raise LedgerUnavailable(f"The ledger {file.path} cannot be opened: {error}.") from error
        self._readers = Readers(file)

    @classmethod
    def open(cls, path: Path, *, key: bytes | None = None, clock: Clock | None = None) -> Ledger:
        """Open the ledger at a path, for programs that have no Storage."""
        return cls(DatabaseFile(path, key), clock)

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: Any, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Write what is still waiting, then end the writer thread and close every file."""
        self._readers.close()  # first: the last connection to close removes the log, which a read-only one cannot
        self._writer.close()

    def append(self, events: Sequence[Event]) -> list[Receipt]:
        """Append all of the events or none; they are on disk when it returns.

        Raises IdTaken, Refused, Unstorable, LedgerBusy or LedgerUnavailable; then nothing is acknowledged.
        """
        return self.submit(events).result()

    def submit(self, events: Sequence[Event]) -> futures.Future[list[Receipt]]:
        """Queue events and return a future of their receipts. Invalid events or a full queue raise at once."""
        reply: futures.Future[list[Receipt]] = futures.Future()
        reply.set_running_or_notify_cancel()  # a queued write cannot be cancelled
        self._writer.put(prepare(events), reply)
        return reply

    async def append_soon(self, events: Sequence[Event]) -> list[Receipt]:
        """Append like `append`, without blocking the event loop."""
        reply: asyncio.Future[list[Receipt]] = asyncio.get_running_loop().create_future()
        self._writer.put(prepare(events), reply)
        return await reply

    @property
    def waiting(self) -> int:
        """The number of this process's events that wait to be written."""
        return self._writer.waiting

    def read(self, after: int, limit: int = 1000, client: str | None = None) -> list[Recorded]:
        """Return events after number `after`, oldest first; events appended later always have greater numbers."""
        if client is None:
            rows = self._readers.rows(f"{_COLUMNS} WHERE seq > ? ORDER BY seq LIMIT ?", (after, limit))
        else:
            rows = self._readers.rows(
                f"{_COLUMNS} WHERE client = ? AND client <> '' AND seq > ? ORDER BY seq LIMIT ?",
                (client, after, limit),
            )
        return [_recorded(row) for row in rows]

    def last(self) -> int:
        """Return the number of the latest event; 0 if there is none."""
        row = self._readers.row("SELECT max(seq) FROM events")
        return (row and row[0]) or 0

    def find(self, id: str) -> Recorded | None:
        """Return an event by its id."""
        row = self._readers.row(f"{_COLUMNS} WHERE id = ?", (id,))
        return _recorded(row) if row else None

    def submissions_since(self, client: str, moment: str) -> list[Recorded]:
        """Return what a client has sent since a moment and until now, the latest first."""
        query = f"{_COLUMNS} WHERE client = ? AND kind = ? AND at BETWEEN ? AND ? ORDER BY seq DESC"
        values = (client, Kind.submission_received, moment, self.clock.moment().now)
        return [_recorded(row) for row in self._readers.rows(query, values)]

    def is_past(self, seq: int, moment: str) -> bool:
        """Return whether an event after number `seq` happened after a moment, which is past then for good."""
        query = "SELECT 1 FROM events WHERE seq > ? AND at > ? LIMIT 1"
        return self._readers.row(query, (seq, moment)) is not None


def _recorded(row: tuple[Any, ...]) -> Recorded:
    seq, id, kind, client, at, data, by = row
    return Recorded(seq, id, kind, client, at, json.loads(data), By(by))
