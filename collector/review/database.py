"""A caseload file for Datasette: read-only, and without access to any other file, whatever the SQL."""

from __future__ import annotations

import re
from contextlib import closing
from contextvars import ContextVar
from typing import Any, NoReturn

from datasette.database import Database, QueryInterrupted, Results
from datasette.utils import sqlite_timelimit

from collector.driver import sqlite3
from collector.storage import DatabaseFile

CACHE = 512  # KiB of pages per connection; an instance has two
# The time limit stops a query only between steps: one zeroblob(500000000) took 9 GB and held up all others for 40 s.
MOST_MEMORY = 256 * 1024 * 1024  # bytes for all of SQLite in this process: every instance's pages, and a heavy query
MOST_IN_AN_ANSWER = 8 * 1024 * 1024  # bytes; a thousand rows of long worksheets take a quarter of it
MOST_IN_A_SPREADSHEET = 50_000  # rows of a query; the tables themselves are read in pages and have no limit
TOO_LARGE = "This asks for too much at once. Choose fewer rows or columns."
READING = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE})
# What Datasette and FTS5 ask about a file. Not database_list, which reveals the file's path.
PRAGMAS = frozenset(
    {
        "data_version",
        "foreign_key_list",
        "function_list",
        "index_info",
        "index_list",
        "index_xinfo",
        "schema_version",
        "table_info",
        "table_list",
        "table_xinfo",
    }
)
SETTABLE = frozenset({"data_version", "schema_version"})  # with a value they would write, not read
REACHING_OUT = frozenset({"fts3_tokenizer", "load_extension", "sqlcipher_export"})

# For the request that is being answered: the key that every order of its table ends in, and whether it asks for a
# spreadsheet, which holds more rows than a page.
order_tail: ContextVar[str] = ContextVar("order_tail", default="")
spreadsheet: ContextVar[bool] = ContextVar("spreadsheet", default=False)
_BY_ONE_COLUMN = re.compile(r"(?s)(.* order by (?:\[[^\]]+\]|\"[^\"]+\"|\w+)(?: desc)?)( limit \d+(?: offset -?\d+)?)")


class CaseloadDatabase(Database):  # type: ignore[misc]  # Datasette carries no types
    """The one file of a Datasette instance."""

    def __init__(self, datasette: Any, file: DatabaseFile) -> None:
        super().__init__(datasette, path=str(file.path), is_mutable=True)  # mutable: the projector writes it
        self.file = file

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """Open the file read-only and with its limits, before Datasette runs anything on it."""
        if write:
            raise sqlite3.OperationalError("a caseload file has one writer, and this is not it")
        connection = self.file.connect(read_only=True)
        try:
            connection.execute(f"PRAGMA cache_size = -{CACHE}")
            connection.execute(f"PRAGMA hard_heap_limit = {MOST_MEMORY}")
            connection.set_authorizer(only_reading)
        except BaseException:
            connection.close()
            raise
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

        Raises QueryInterrupted if it takes too long, OperationalError if its result is too large.
        """
        whole = spreadsheet.get()
        most = MOST_IN_A_SPREADSHEET if whole else self.ds.max_returned_rows
        if (tail := order_tail.get()) and (page := _BY_ONE_COLUMN.fullmatch(sql)):
            sql = f"{page[1]}, {tail}{page[2]}"
        rows = most + (most == (page_size or self.ds.page_size)) if truncate else None
        milliseconds = min(custom_time_limit or self.ds.sql_time_limit_ms, self.ds.sql_time_limit_ms)
        return await self.execute_fn(lambda connection: fetch(connection, sql, params or {}, rows, milliseconds, whole))

    async def execute_write_fn(self, fn: Any, block: bool = True) -> NoReturn:
        """Raise OperationalError at once, because Datasette would start a thread that it never ends."""
        raise sqlite3.OperationalError("a caseload file has one writer, and this is not it")

    async def attached_databases(self) -> list[Any]:
        """Return none, without asking SQLite, which would reveal the file's path."""
        return []


def fetch(
    connection: sqlite3.Connection, sql: str, params: Any, most: int | None, milliseconds: int, cut: bool = False
) -> Results:
    """Return the first `most` rows of a query (all rows if None), and whether there are more.

    With `cut`, a result that is too large ends before the row that does not fit any more.
    """
    rows: list[Any] = []
    size = 0
    with sqlite_timelimit(connection, milliseconds), closing(connection.cursor()) as cursor:
        try:
            for row in cursor.execute(sql, params):
                if len(rows) == most:
                    return Results(rows, True, cursor.description)
                size += sum(len(value) for value in row if isinstance(value, (str, bytes)))
                if size > MOST_IN_AN_ANSWER:
                    if cut and rows:
                        return Results(rows, True, cursor.description)
                    raise sqlite3.OperationalError(TOO_LARGE)
                rows.append(row)
        except MemoryError:  # SQLite's own, at MOST_MEMORY
            raise sqlite3.OperationalError(TOO_LARGE) from None
        except sqlite3.DatabaseError as error:
            if error.args == ("interrupted",):
                raise QueryInterrupted(error, sql, params) from None
            raise
        return Results(rows, False, cursor.description)


def only_reading(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    """Return whether SQLite's authorizer allows an action: reading is allowed; ATTACH and everything else is not."""
    if action == sqlite3.SQLITE_FUNCTION:
        allowed = str(second).lower() not in REACHING_OUT
    elif action == sqlite3.SQLITE_PRAGMA:
        name = str(first).lower()
        allowed = name in PRAGMAS and not (name in SETTABLE and second)
    else:
        allowed = action in READING
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY
