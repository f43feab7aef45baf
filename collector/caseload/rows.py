"""Collects rows for a caseload file, to be written table by table."""

from __future__ import annotations

from collections.abc import Iterable

from collector.caseload.tables import Row
from collector.driver import sqlite3

INSERT_CLIENT = "INSERT INTO clients (client, label, since, status) VALUES (?, ?, ?, ?)"
INSERT_SUBMISSION = (
    "INSERT INTO submissions (submission, client, form, version, definition, received, answered)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)


class Rows:
    """Rows by the statement that inserts them; rows that others refer to come first."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Row]] = {INSERT_CLIENT: [], INSERT_SUBMISSION: []}

    def add(self, insert: str, row: Row) -> None:
        self._waiting.setdefault(insert, []).append(row)

    def add_all(self, insert: str, rows: Iterable[Row]) -> None:
        self._waiting.setdefault(insert, []).extend(rows)

    def write(self, connection: sqlite3.Connection) -> None:
        """Insert all collected rows, inside the caller's transaction."""
        for insert, rows in self._waiting.items():
            if rows:
                connection.executemany(insert, rows)
