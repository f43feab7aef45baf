"""What a copy of a ledger holds, after checking that it is sound."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

from collector.backup.errors import UnsoundLedger
from collector.driver import sqlite3
from collector.ledger.events import Kind
from collector.ledger.schema import known_changes, migrations
from collector.storage import DatabaseFile

MOST_FAULTS = 3  # that are named; one is enough to know, and a damaged file has thousands

_COUNTS = "SELECT count(*), coalesce(min(seq), 1), coalesce(max(seq), 0), count(*) FILTER (WHERE kind = ?) FROM events"
_FIRST_AND_LAST = """
    SELECT coalesce((SELECT id FROM events ORDER BY seq LIMIT 1), ''),
           coalesce((SELECT at FROM events ORDER BY seq DESC LIMIT 1), '')
"""
_CHANGES = "SELECT name FROM _sqlite_migrations WHERE migration_set = ? ORDER BY rowid"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a ledger holds: `id` is that of its first event, and tells one clinic's ledger from another's."""

    id: str
    changes: tuple[str, ...]  # of its tables, by name; each release knows those up to its own
    events: int
    submissions: int
    until: str  # the time of the last event, UTC

    @property
    def unknown_changes(self) -> list[str]:
        """The changes that this release does not know, because a later one has made them."""
        known = known_changes()
        return [name for name in self.changes if name not in known]


def checked_contents(file: DatabaseFile) -> Contents:
    """Return what a ledger holds, after reading all of it without changing it. Raises UnsoundLedger.

    SQLite finds every page and index sound, all references lead somewhere, and no number of an event is missing.
    """
    try:
        with closing(file.connect(read_only=True)) as connection:
            return _interruptible(connection, lambda: _checked(connection))
    except sqlite3.Error as error:
        raise UnsoundLedger(f"Its ledger cannot be read: {error}.") from error


def _checked(connection: sqlite3.Connection) -> Contents:
    faults = [str(row[0]) for row in connection.execute(f"PRAGMA integrity_check({MOST_FAULTS})")]
    if faults != ["ok"]:
        raise UnsoundLedger(f"Its ledger is damaged: {'; '.join(faults)}.")
    if connection.execute("PRAGMA foreign_key_check").fetchone():
        raise UnsoundLedger("Its ledger is damaged: something refers to what is not there.")
    events, first, last, submissions = connection.execute(_COUNTS, (Kind.submission_received,)).fetchone()
    if (first, last) != (1, events):
        raise UnsoundLedger(f"Its ledger is not whole: of {last} numbers of events, {events} are there.")
    id, until = connection.execute(_FIRST_AND_LAST).fetchone()
    changes = tuple(name for (name,) in connection.execute(_CHANGES, (migrations.name,)))
    return Contents(id, changes, events, submissions, until)


def _interruptible(connection: sqlite3.Connection, work: Callable[[], Contents]) -> Contents:
    """Return what `work` returns, from another thread, so that Ctrl-C need not wait for a long query to end."""
    with ThreadPoolExecutor(1) as pool:
        try:
            return pool.submit(work).result()
        except BaseException:
            connection.interrupt()
            raise
