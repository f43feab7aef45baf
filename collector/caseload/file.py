"""One caseload file: events go in, each exactly once; the number of the latest goes in with their rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from collector.caseload.definitions import Definition, Definitions
from collector.caseload.errors import CannotFold, is_damage, is_file_fault, reason
from collector.caseload.questions import lay_out
from collector.caseload.rows import INSERT_CLIENT, Rows
from collector.caseload.schema import make_private, open_file
from collector.caseload.submissions import add_submission
from collector.driver import connect, sqlite3
from collector.ledger.events import Kind, Recorded

_SET_ASIDE = "INSERT INTO problems (seq, kind, client, problem, seen) VALUES (?, ?, ?, ?, ?)"
ACTIVE = "active"  # a client's status; others come with the events that end a treatment


class CaseloadFile:
    """The file's one writer. Whoever writes to it must hold the projector's turn."""

    def __init__(self, path: Path, definitions: Definitions) -> None:
        self._database = open_file(path)
        self._path, self._inode = path, path.stat().st_ino
        self._connection: sqlite3.Connection = self._database.conn
        self._definitions = definitions
        self._laid_out: set[str] = set()
        self._position = 0
        self._version = -1

    def close(self) -> None:
        self._connection.close()

    @property
    def position(self) -> int:
        """The number of the latest event that is in the file."""
        self._look_again()
        return self._position

    def fold(self, events: Sequence[Recorded]) -> None:
        """Fold in, in one transaction, what the file does not have yet; what cannot be folded is set aside.

        Raises sqlite3.Error or OSError when the disk or the file fails; then nothing has changed.
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
        """Make what was folded survive a power cut; False when a reader was in the way."""
        _, in_log, moved = self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        return bool(in_log == moved)

    def copy_into(self, live: Path) -> None:
        """Put this file's content in the place of a live file's; its readers see the new rows at once.

        Never by rename: the old file's write-ahead log would attach itself to the new one. Only what is no
        database any more is removed first; its readers have to open it again.
        """
        try:
            self._copy(live)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            for name in (live.name, f"{live.name}-wal", f"{live.name}-shm"):
                live.with_name(name).unlink(missing_ok=True)
            self._copy(live)

    def _copy(self, live: Path) -> None:
        make_private(live)
        connection = connect(live)
        try:
            connection.execute("PRAGMA schema_version").fetchone()  # damage shows here with its code
            self._connection.backup(connection)
        finally:
            connection.close()

    def _look_again(self) -> None:
        """Forget what is known of the file when another process (a rebuild) has changed it.

        Raises FileNotFoundError when it is not the file any more that was opened.
        """
        if self._path.stat().st_ino != self._inode:
            raise FileNotFoundError("another file stands in its place")
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._recall()
            self._version = version

    def _recall(self) -> None:
        (self._position,) = self._connection.execute("SELECT position FROM _homeward").fetchone()
        rows = self._connection.execute("SELECT definition FROM _definitions")
        self._laid_out = {definition for (definition,) in rows}

    def _commit(self, events: Sequence[Recorded], fold: Callable[[Sequence[Recorded]], None]) -> None:
        with self._transaction("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"):
            fold(events)
            self._connection.execute("UPDATE _homeward SET position = ?", (events[-1].seq,))
        self._position = events[-1].seq

    @contextmanager
    def _transaction(self, begin: str, keep: str, undo: str) -> Iterator[None]:
        self._connection.execute(begin)
        try:
            yield
            self._connection.execute(keep)
        except BaseException:
            if self._connection.in_transaction:  # a full disk may have rolled it back already
                for statement in undo.split(";"):
                    self._connection.execute(statement)
                self._recall()
            raise

    def _fold_together(self, events: Sequence[Recorded]) -> None:
        """The fast way: one statement a table for the whole batch."""
        rows = Rows()
        for event in events:
            self._add(event, rows)
        rows.write(self._connection)

    def _fold_one_by_one(self, events: Sequence[Recorded]) -> None:
        """The slow way, after the fast one has failed: only what cannot be folded is left out."""
        for event in events:
            try:
                with self._transaction("SAVEPOINT event", "RELEASE event", "ROLLBACK TO event;RELEASE event"):
                    self._fold_together([event])
            except Exception as error:
                if is_file_fault(error):
                    raise
                row = (event.seq, event.kind, event.client, reason(error), event.at)
                self._connection.execute(_SET_ASIDE, row)

    def _others(self, definition: Definition) -> list[Definition]:
        """Give what is laid out already of the same version of a form."""
        found = self._connection.execute(
            "SELECT definition FROM _definitions WHERE form = ? AND version = ?",
            (definition.form.id, definition.form.version),
        )
        return [known for (hash,) in found if (known := self._definitions.known(hash))]

    def _add(self, event: Recorded, rows: Rows) -> None:
        if event.kind == Kind.client_added:
            rows.add(INSERT_CLIENT, (event.client, str(event.data.get("label", "")), event.at, ACTIVE))
        elif event.kind == Kind.submission_received:
            definition = self._definitions.get(event.data["definition"], before=event.seq)
            if (event.data["form"], event.data["version"]) != (definition.form.id, definition.form.version):
                raise CannotFold("The definition is that of another form, or of another version of it.")
            if definition.hash not in self._laid_out:
                lay_out(self._database, definition, self._others(definition))
                self._laid_out.add(definition.hash)
            add_submission(event, definition, rows)
