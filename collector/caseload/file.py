"""One caseload file: folds each event in exactly once and stores the number of the latest with its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from collector.caseload.definitions import Definitions
from collector.caseload.errors import is_damage, is_file_fault, reason
from collector.caseload.fold import FOLDS
from collector.caseload.installed import Installed
from collector.caseload.rows import Rows
from collector.caseload.schema import open_file
from collector.driver import sqlite3
from collector.ledger.events import Kind, Recorded
from collector.storage import DatabaseFile

_SET_ASIDE = (
    "INSERT INTO problems (seq, kind, client, problem, seen, submission, alerts_known) VALUES (?, ?, ?, ?, ?, ?, ?)"
)


class CaseloadFile:
    """The only writer of the file. Callers hold the projector's lock while they write."""

    def __init__(self, file: DatabaseFile, definitions: Definitions) -> None:
        self._database = open_file(file)
        self._path, self._inode = file.path, file.path.stat().st_ino
        self._connection: sqlite3.Connection = self._database.conn
        self._installed = Installed(self._database, definitions)
        self._position = 0
        self._version = -1

    def close(self) -> None:
        self._connection.close()

    @property
    def position(self) -> int:
        """The number of the latest event folded into the file."""
        self._refresh()
        return self._position

    def fold(self, events: Sequence[Recorded]) -> None:
        """Fold the events that are new to the file, in one transaction; set aside those that do not fit.

        Raises sqlite3.Error or OSError when the disk or the file fails; the file is unchanged then.
        """
        position = self.position
        fresh = [event for event in events if event.seq > position]
        if not fresh:
            return
        try:
            self._commit(fresh, self._fold_together)
        except Exception as error:
            if is_file_fault(error):
                raise
            self._commit(fresh, self._fold_one_by_one)

    def checkpoint(self) -> bool:
        """Checkpoint, so that the rows survive a power cut. Return False when a reader was in the way."""
        _, in_log, moved = self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        return bool(in_log == moved)

    def copy_into(self, live: DatabaseFile) -> None:
        """Replace the content of a live file with this file's; its readers see the new rows at once.

        Copies instead of renaming, because the old file's write-ahead log would be applied to the new file. A live
        file that is damaged is deleted first; its readers have to open it again.
        """
        try:
            self._copy(live)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            live.delete()
            self._copy(live)

    def _copy(self, live: DatabaseFile) -> None:
        live.create()
        connection = live.connect()
        try:
            connection.execute("PRAGMA schema_version").fetchone()  # raises here, with its code, if the file is damaged
            self._connection.backup(connection)
        finally:
            connection.close()

    def _refresh(self) -> None:
        """Reload what is cached about the file if another process (a rebuild) has changed it.

        Raises FileNotFoundError when the file was replaced since it was opened.
        """
        if self._path.stat().st_ino != self._inode:
            raise FileNotFoundError("another file stands in its place")
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._reload()
            self._version = version

    def _reload(self) -> None:
        (self._position,) = self._connection.execute("SELECT position FROM _homeward").fetchone()
        self._installed.reload()

    def _commit(self, events: Sequence[Recorded], fold: Callable[[Sequence[Recorded]], None]) -> None:
        with self._transaction("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"):
            fold(events)
            self._connection.execute("UPDATE _homeward SET position = ?", (events[-1].seq,))
        self._position = events[-1].seq

    @contextmanager
    def _transaction(self, begin: str, commit: str, undo: str) -> Iterator[None]:
        self._connection.execute(begin)
        try:
            yield
            self._connection.execute(commit)
        except BaseException:
            if self._connection.in_transaction:  # a full disk may have rolled it back already
                for statement in undo.split(";"):
                    self._connection.execute(statement)
                self._reload()
            raise

    def _fold_together(self, events: Sequence[Recorded]) -> None:
        """Fold the whole batch with one statement per table, which is fast."""
        self._connection.execute("PRAGMA defer_foreign_keys = ON")  # until the end: `Rows` does not order references
        self._fold(events)

    def _fold(self, events: Sequence[Recorded]) -> None:
        rows = Rows()
        for event in events:
            FOLDS[event.kind].add(event, self._installed, rows)
        self._installed.complete()
        rows.write(self._connection)

    def _fold_one_by_one(self, events: Sequence[Recorded]) -> None:
        """Fold event by event after the batch has failed, and set aside only the events that do not fit."""
        for event in events:
            try:
                with self._by_itself():
                    self._fold([event])
            except Exception as error:
                if is_file_fault(error):
                    raise
                self._set_aside(event, error)

    def _set_aside(self, event: Recorded, error: Exception) -> None:
        """Record an event that does not fit, and whatever of it nobody may miss."""
        is_sheet = event.kind == Kind.submission_received
        known = self._salvage(event)
        row = (event.seq, event.kind, event.client, reason(error), event.at)
        self._connection.execute(_SET_ASIDE, (*row, *((event.id, known) if is_sheet else (None, None))))

    def _salvage(self, event: Recorded) -> bool:
        """Add what can be saved of an event. Return whether that is certain to be all that matters."""
        rows = Rows()
        try:
            with self._by_itself():
                known = FOLDS[event.kind].salvage(event, self._installed, rows)
                rows.write(self._connection)
        except Exception as error:
            if is_file_fault(error):
                raise
            return False
        return known

    def _by_itself(self) -> AbstractContextManager[None]:
        return self._transaction("SAVEPOINT event", "RELEASE event", "ROLLBACK TO event;RELEASE event")
