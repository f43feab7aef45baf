"""Shows what a submission would become, by folding it into a temporary caseload file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collector.caseload.errors import reason
from collector.caseload.folder import Folder
from collector.driver import sqlite3
from collector.ledger.events import (
    Recorded,
    caseload_added,
    client_added,
    form_published,
    submission_received,
)
from collector.storage import CaseloadFiles, DatabaseFile
from site_builder.forms.model.definition import Form
from site_builder.forms.model.fields import Answers

CASELOAD, CLIENT, SUBMISSION = "try-out", "TRYOUT", "try-out"


@dataclass(frozen=True, slots=True)
class TriedTable:
    """The rows that a submission adds to one table, and the question of each column that holds an answer."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    asks: dict[str, str]


@dataclass(frozen=True, slots=True)
class TriedOut:
    """All rows of a submission; `problems` says why something could not be folded."""

    tables: tuple[TriedTable, ...]
    problems: tuple[str, ...] = ()

    def table(self, name: str) -> TriedTable | None:
        return next((table for table in self.tables if table.name == name), None)


def try_out(form: Form, answers: Answers) -> TriedOut:
    """Return all rows of a submission, by folding it into an empty caseload file in a temporary folder."""
    refused: list[str] = []
    with tempfile.TemporaryDirectory(prefix="homeward-try-out-") as name:
        folder = Folder(CaseloadFiles(Path(name)), lambda event, error: refused.append(reason(error)))
        try:
            folder.fold(_events(form, answers))
        finally:
            folder.close()
        tables, problems = _read(folder.file_of(CASELOAD), form)
    return TriedOut(tables, (*refused, *problems))


def _events(form: Form, answers: Answers) -> list[Recorded]:
    """Return the events of a minimal ledger: a caseload, a client, the form, and the submission."""
    identity: Any = {"form": form.id, "version": form.version, "definition": form.hash}
    events = (
        caseload_added(CASELOAD, "Try-out"),
        client_added(CLIENT, caseload=CASELOAD, label="Nobody"),
        form_published(**identity, body=form.to_json()),
        submission_received(CLIENT, **identity, answers=answers, id=SUBMISSION),
    )
    return [event.recorded(seq) for seq, event in enumerate(events, 1)]


def _read(file: DatabaseFile, form: Form) -> tuple[tuple[TriedTable, ...], list[str]]:
    connection = file.connect(read_only=True)
    try:
        problems = [problem for (problem,) in connection.execute("SELECT problem FROM problems")]
        return tuple(_tables(connection, form)), problems
    finally:
        connection.close()


def _tables(connection: sqlite3.Connection, form: Form) -> Iterator[TriedTable]:
    """Yield each table with rows of the submission, the form's own ones first, where a therapist looks first."""
    asked: dict[str, dict[str, str]] = {}
    for table, column, ask in connection.execute('SELECT "table", "column", ask FROM questions'):
        asked.setdefault(table, {})[column] = ask
    own = sorted(asked, key=lambda table: table != form.table)
    for name in (*own, "scores", "criteria", "alerts", "left_out", "submissions"):
        cursor = connection.execute(f'SELECT * FROM "{name}" WHERE submission = ? ORDER BY 1, 2, 3', (SUBMISSION,))  # noqa: S608
        columns = tuple(column[0] for column in cursor.description)
        rows = tuple(tuple(row) for row in cursor)
        if rows:
            yield TriedTable(name, columns, rows, asked.get(name, {}))
