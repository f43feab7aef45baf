"""The projector's state between runs: the number it can resume from, and the context it needs to do so.

The number is stored only after everything up to it would survive a power cut in the caseload files, so it is always
safe to resume from. The file may be deleted: the projector then reads the ledger from the beginning, and each caseload
file skips the events that it has already.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from sqlite_utils import Database, Migrations

from collector.caseload.errors import reason
from collector.caseload.schema import open_folded
from collector.driver import sqlite3
from collector.errors import CollectorError
from collector.ledger.events import By, Recorded
from collector.storage import CaseloadFiles, DatabaseFile

migrations = Migrations("progress")
_PROBLEMS = "SELECT * FROM problems ORDER BY seq"


class ProblemsUnreadable(CollectorError):
    """The projector's state cannot be read."""


@dataclass(frozen=True, slots=True)
class Problem:
    """An event that belongs to no caseload file, and why; `seen` is the event's own time."""

    seq: int
    kind: str
    client: str
    problem: str
    seen: str

    def __str__(self) -> str:
        client = f" of client {self.client}" if self.client else ""
        return f"number {self.seq}, {self.kind}{client}, {self.seen}: {self.problem}"


@migrations()
def everything(db: Database) -> None:
    db.execute("CREATE TABLE progress (position INTEGER NOT NULL) STRICT")
    db.execute("INSERT INTO progress VALUES (0)")
    db.execute("""
        CREATE TABLE known (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL,
            kind TEXT NOT NULL,
            client TEXT NOT NULL,
            at TEXT NOT NULL,
            data TEXT NOT NULL
        ) STRICT""")
    db.execute("""
        CREATE TABLE problems (
            seq INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            client TEXT NOT NULL,
            problem TEXT NOT NULL,
            seen TEXT NOT NULL
        ) STRICT""")


@migrations()
def who_acted(db: Database) -> None:
    db.execute("""ALTER TABLE known ADD COLUMN "by" TEXT NOT NULL DEFAULT 'command'""")


def read_problems(file: DatabaseFile) -> list[Problem]:
    """Return the events that were set aside, oldest first, while a projector may run. Raises ProblemsUnreadable."""
    if not file.exists():  # no projector has run yet
        return []
    try:
        with closing(file.connect(read_only=True)) as connection:
            return [Problem(*row) for row in connection.execute(_PROBLEMS)]
    except sqlite3.Error as error:
        raise ProblemsUnreadable(
            f"Events that belong to no caseload cannot be read from {file.path}: {error}."
        ) from error


def read_set_aside(files: CaseloadFiles) -> list[tuple[str, Problem]]:
    """Return what could not be put into the tables, with its caseload, while a projector may run.

    Raises ProblemsUnreadable.
    """
    set_aside = []
    for caseload in files.caseloads():
        try:
            with closing(files.file(caseload).connect(read_only=True)) as connection:
                rows = connection.execute(
                    "SELECT seq, kind, client, problem, seen FROM problems ORDER BY seq"
                ).fetchall()
        except sqlite3.Error as error:
            raise ProblemsUnreadable(f"The file of caseload {caseload} cannot be read: {error}.") from error
        set_aside += [(caseload, Problem(*row)) for row in rows]
    return set_aside


class ProjectorState:
    """The projector's own small database."""

    def __init__(self, file: DatabaseFile) -> None:
        self._connection = open_folded(file, migrations, version=0).conn

    def close(self) -> None:
        self._connection.close()

    @property
    def position(self) -> int:
        """The number that the projector can resume from."""
        (position,) = self._connection.execute("SELECT position FROM progress").fetchone()
        return int(position)

    def load(self) -> tuple[int, list[Recorded]]:
        """Return the number to resume from, and the earlier events that define owners and forms."""
        position = self.position
        rows = self._connection.execute(
            'SELECT seq, id, kind, client, at, data, "by" FROM known WHERE seq <= ? ORDER BY seq', (position,)
        )
        context = [
            Recorded(seq, id, kind, client, at, json.loads(data), By(by))
            for seq, id, kind, client, at, data, by in rows
        ]
        return position, context

    def save(self, position: int) -> None:
        """Store the number. The caller has made sure that every caseload file has everything up to it on disk."""
        self._connection.execute("UPDATE progress SET position = max(position, ?)", (position,))

    def save_context(self, events: Sequence[Recorded]) -> None:
        """Store events that define an owner or a form."""
        rows = [
            (event.seq, event.id, event.kind, event.client, event.at, _json(event.data), event.by.text)
            for event in events
        ]
        with self._connection:  # commits or rolls back
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("INSERT OR REPLACE INTO known VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def set_aside(self, event: Recorded, error: Exception) -> None:
        """Record an event that belongs to no caseload file, without any of its content."""
        row = (event.seq, event.kind, event.client, reason(error), event.at)
        self._connection.execute("INSERT OR REPLACE INTO problems VALUES (?, ?, ?, ?, ?)", row)

    def settle(self, events: Sequence[Recorded]) -> None:
        """Delete the problems of events that an earlier release set aside, and that can be read now."""
        seqs = json.dumps([event.seq for event in events])
        self._connection.execute("DELETE FROM problems WHERE seq IN (SELECT value FROM json_each(?))", (seqs,))

    def problems(self) -> list[Problem]:
        """Return the events that were set aside, oldest first."""
        return [Problem(*row) for row in self._connection.execute(_PROBLEMS)]


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False)
