"""A caseload file for Datasette: read-only, and without access to any other file, whatever the SQL.

What Datasette asks may hold what a therapist typed, so a process that can be ended answers it. What our own pages ask,
and what Datasette asks about tables and columns, is answered here, and never waits for the other.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, NoReturn

from datasette.database import Database, QueryInterrupted, Results
from datasette.views.base import DatasetteError

from collector.driver import sqlite3
from collector.review.queries import Queries, TooManyAtOnce
from collector.review.reading import Answer, Query, TookTooLong, fetch, open_for_reading
from collector.storage import DatabaseFile

MOST_IN_A_SPREADSHEET = 50_000  # rows of a query; the tables themselves are read in pages and have no limit
BUSY = "Too much of what you have asked for is still being looked up. Wait a moment, then try again."

# For the request that is being answered: the key that every order of its table ends in, and whether it asks for a
# spreadsheet, which holds more rows than a page.
order_tail: ContextVar[str] = ContextVar("order_tail", default="")
spreadsheet: ContextVar[bool] = ContextVar("spreadsheet", default=False)
_ORDER = " order by "
_BY_ONE_COLUMN = re.compile(r"((?:\[[^\]]+\]|\"[^\"]+\"|\w+)(?: desc)?)( limit \d+(?: offset -?\d+)?)")


class CaseloadDatabase(Database):  # type: ignore[misc]  # Datasette carries no types
    """The one file of a Datasette instance."""

    def __init__(self, datasette: Any, file: DatabaseFile, queries: Queries) -> None:
        super().__init__(datasette, path=str(file.path), is_mutable=True)  # mutable: the projector writes it
        self.file = file
        self._queries = queries

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """Open the file read-only and with its limits, before Datasette runs anything on it."""
        if write:
            raise sqlite3.OperationalError("a caseload file has one writer, and this is not it")
        connection = open_for_reading(self.file)
        self._all_file_connections.append(connection)
        return connection

    async def execute(
        self,
        sql: str,
        params: Any = None,
        truncate: bool = False,
        custom_time_limit: int | None = None,
        page_size: int | None = None,
        log_sql_errors: bool = True,
    ) -> Results:
        """Run a query within its limits. Unlike Datasette's own method, it never logs what a therapist typed.

        Raises QueryInterrupted if it takes too long, OperationalError if its result is too large, DatasetteError 503
        if too many of the same person's are waiting.
        """
        whole = spreadsheet.get()
        most = MOST_IN_A_SPREADSHEET if whole else self.ds.max_returned_rows
        if tail := order_tail.get():
            sql = _ending_in(tail, sql)
        rows = most + (most == (page_size or self.ds.page_size)) if truncate else None
        milliseconds = min(custom_time_limit or self.ds.sql_time_limit_ms, self.ds.sql_time_limit_ms)
        query = Query(sql, params or {}, rows, milliseconds, whole)
        try:
            return _results(await self._queries.ask(self.file, query))
        except TookTooLong as error:
            raise QueryInterrupted(error, sql, params) from None
        except TooManyAtOnce:
            raise DatasetteError(BUSY, title="Too much at once", status=503) from None

    async def execute_write_fn(self, fn: Any, block: bool = True) -> NoReturn:
        """Raise OperationalError at once, because Datasette would start a thread that it never ends."""
        raise sqlite3.OperationalError("a caseload file has one writer, and this is not it")

    async def attached_databases(self) -> list[Any]:
        """Return none, without asking SQLite, which would reveal the file's path."""
        return []


@dataclass(frozen=True)
class OwnRows:
    """The rows of a caseload file for queries of our own, in which nothing is typed but the values of parameters."""

    database: CaseloadDatabase

    async def execute(self, sql: str, params: dict[str, Any] | None = None) -> Results:
        """Run a query. Raises QueryInterrupted if it takes too long."""
        query = Query(sql, params or {}, None, self.database.ds.sql_time_limit_ms)
        try:
            return _results(await self.database.execute_fn(lambda connection: fetch(connection, query)))
        except TookTooLong as error:
            raise QueryInterrupted(error, sql, params) from None


def _ending_in(tail: str, sql: str) -> str:
    """Return a query of Datasette's that sorts by one column with the tail behind it; any other as it is."""
    before, order, last = sql.rpartition(_ORDER)
    page = _BY_ONE_COLUMN.fullmatch(last) if order else None
    return f"{before}{order}{page[1]}, {tail}{page[2]}" if page else sql


def _results(answer: Answer) -> Results:
    return Results(answer.rows, answer.more, answer.description)
