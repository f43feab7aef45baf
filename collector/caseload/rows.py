"""Collects what events do to the rows of a caseload file, to be written in few statements and in their order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from collector.driver import sqlite3

Value: TypeAlias = str | int | float | None
Row: TypeAlias = tuple[Value, ...]


@dataclass(frozen=True, eq=False)
class Insert:
    """A statement that inserts rows of these columns into a table."""

    table: str
    columns: tuple[str, ...]

    @cached_property
    def sql(self) -> str:
        names = ", ".join(f'"{name}"' for name in self.columns)
        places = ", ".join("?" * len(self.columns))
        return f'INSERT INTO "{self.table}" ({names}) VALUES ({places})'  # noqa: S608 - names are ours


@dataclass(slots=True)
class _Statement:
    """A statement, and the rows of values to run it with."""

    sql: str
    rows: list[Row]


class Rows:
    """The statements of a batch of events.

    Rows to be inserted are gathered by table, which is fast. A statement that changes rows comes after all inserts that
    were added before it, and before all that are added after it. References between tables are not ordered: they have
    to be checked at the end of the transaction.
    """

    def __init__(self) -> None:
        self._ordered: list[_Statement] = []
        self._inserts: dict[str, list[_Statement]] = {}  # since the latest change, by table

    def add(self, insert: Insert, *rows: Row) -> None:
        """Insert rows; in each table they keep the order in which they were added."""
        _append(self._inserts.setdefault(insert.table, []), insert.sql, rows)

    def change(self, sql: str, row: Row) -> None:
        """Run an UPDATE or DELETE with these values."""
        self._settle()
        _append(self._ordered, sql, (row,))

    def write(self, connection: sqlite3.Connection) -> None:
        """Run everything collected, inside the caller's transaction."""
        self._settle()
        for statement in self._ordered:
            connection.executemany(statement.sql, statement.rows)

    def _settle(self) -> None:
        """Move the gathered inserts to the end of the ordered statements."""
        for statements in self._inserts.values():
            self._ordered += statements
        self._inserts.clear()


def _append(statements: list[_Statement], sql: str, rows: tuple[Row, ...]) -> None:
    """Append rows to the latest statement, or begin another when that one does something else."""
    if statements and statements[-1].sql == sql:
        statements[-1].rows.extend(rows)
    elif rows:
        statements.append(_Statement(sql, list(rows)))
