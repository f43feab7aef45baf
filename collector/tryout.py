"""What a submission would become, found by folding it for real into a caseload file that goes away again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collector.caseload.errors import reason
from collector.caseload.folder import Folder
from collector.driver import connect, sqlite3
from collector.ledger.events import Kind, Recorded, now
from site_builder.forms.definition import Form
from site_builder.forms.fields import Answers

CASELOAD, CLIENT, SUBMISSION = "try-out", "TRYOUT", "try-out"


@dataclass(frozen=True, slots=True)
class TriedTable:
    """The rows that a submission brings into one table, and what each column that holds an answer asks."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    asks: dict[str, str]


@dataclass(frozen=True, slots=True)
class TriedOut:
    """Everything that a submission would become; `problems` says why something could not be folded."""

    tables: tuple[TriedTable, ...]
    problems: tuple[str, ...] = ()

    def table(self, name: str) -> TriedTable | None:
        return next((table for table in self.tables if table.name == name), None)


def try_out(form: Form, answers: Answers) -> TriedOut:
    """Fold one submission into an empty caseload file in a folder that is removed again, and give all its rows."""
    refused: list[str] = []
    with tempfile.TemporaryDirectory(prefix="homeward-try-out-") as name:
        folder = Folder(Path(name), lambda event, error: refused.append(reason(error)))
        try:
            folder.fold(_events(form, answers))
        finally:
            folder.close()
        tables, problems = _read(folder.file_of(CASELOAD), form)
    return TriedOut(tables, (*refused, *problems))


def _events(form: Form, answers: Answers) -> list[Recorded]:
    """Give what the ledger would hold: a caseload, a client, the form, and the submission."""
    published = {"form": form.id, "version": form.version, "definition": form.hash, "body": form.to_json()}
    sent = {"form": form.id, "version": form.version, "definition": form.hash, "answers": answers, "marks": []}
    found: list[tuple[Kind, str, dict[str, Any]]] = [
        (Kind.caseload_added, "", {"caseload": CASELOAD, "name": "Try-out"}),
        (Kind.client_added, CLIENT, {"caseload": CASELOAD, "label": "Nobody"}),
        (Kind.form_published, "", published),
        (Kind.submission_received, CLIENT, sent),
    ]
    return [
        Recorded(seq, SUBMISSION if kind == Kind.submission_received else str(seq), kind, client, now(), data)
        for seq, (kind, client, data) in enumerate(found, 1)
    ]


def _read(path: Path, form: Form) -> tuple[tuple[TriedTable, ...], list[str]]:
    connection = connect(path, read_only=True)
    try:
        problems = [problem for (problem,) in connection.execute("SELECT problem FROM problems")]
        return tuple(_tables(connection, form)), problems
    finally:
        connection.close()


def _tables(connection: sqlite3.Connection, form: Form) -> Iterator[TriedTable]:
    """Give each table that has rows of the submission: the form's own ones first, as a therapist looks for them."""
    asked: dict[str, dict[str, str]] = {}
    for table, column, ask in connection.execute('SELECT "table", "column", ask FROM questions'):
        asked.setdefault(table, {})[column] = ask
    own = [table for table in asked if table]
    for name in dict.fromkeys([form.table, *own, "scores", "criteria", "alerts", "submissions"]):
        try:
            found = connection.execute(f'SELECT * FROM "{name}" WHERE submission = ? ORDER BY 1, 2, 3', (SUBMISSION,))  # noqa: S608
        except sqlite3.OperationalError:
            continue  # a question without a table of its own
        columns = tuple(column[0] for column in found.description)
        rows = tuple(tuple(row) for row in found)
        if rows:
            yield TriedTable(name, columns, rows, asked.get(name, {}))
