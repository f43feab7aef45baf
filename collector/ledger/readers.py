"""A pool of read-only connections to the ledger; each query sees the latest committed state."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from collector.driver import sqlite3
from collector.errors import LedgerUnavailable
from collector.storage import DatabaseFile

MOST_IDLE = 4  # connections; when more threads read at once, more are opened and closed again


class Readers:
    """A pool of read-only connections, safe from any thread; none is opened before the first query."""

    def __init__(self, file: DatabaseFile) -> None:
        self._file = file
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._closed = False

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query. Raises LedgerUnavailable when the ledger cannot be read."""
        try:
            with self._borrowed() as connection:
                return connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise LedgerUnavailable(f"The ledger cannot be read: {error}.") from error

    def row(self, query: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """Return the first row of a query, None if there is none. Raises LedgerUnavailable."""
        rows = self.rows(query, values)
        return rows[0] if rows else None

    def close(self) -> None:
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def _borrowed(self) -> Iterator[sqlite3.Connection]:
        connection = self._take()
        try:
            yield connection
        except BaseException:  # the connection itself may be broken, so the next query gets a new one
            connection.close()
            raise
        self._give_back(connection)

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise LedgerUnavailable("The ledger is closed.")
            if self._idle:
                return self._idle.pop()
        return self._file.connect(read_only=True)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if not self._closed and len(self._idle) < MOST_IDLE:
                self._idle.append(connection)
                return
        connection.close()
