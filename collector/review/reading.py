"""Reads a caseload file for whoever asks it anything: no other file, no writing, and no more than fits."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

from collector.driver import sqlite3
from collector.errors import CollectorError
from collector.storage import DatabaseFile

CACHE = 512  # KiB of pages per connection
# The time limit stops a query only between steps: one zeroblob(500000000) took 9 GB and held up all others for 40 s.
MOST_MEMORY = 256 * 1024 * 1024  # bytes for all of SQLite in this process: pages of its connections, and a heavy query
MOST_IN_AN_ANSWER = 8 * 1024 * 1024  # bytes of text; a thousand rows of long worksheets take a quarter of it
MOST_VALUES = 2_500_000  # also numbers and blanks; a thousand rows of SQLite's widest table have two million
STEPS = 1_000  # of SQLite between two looks at the clock; they take a tenth of a millisecond, unless one is heavy
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


class TookTooLong(CollectorError):
    """A query was stopped at its time limit."""


class Query(NamedTuple):
    """What to ask of a file, and the limits of its answer; all values are plain data."""

    sql: str
    params: Mapping[str, Any] | Sequence[Any]
    most: int | None  # rows; None for all
    milliseconds: int
    cut: bool = False  # whether an answer that is too large ends early rather than being refused


class Answer(NamedTuple):
    """The first rows, whether there are more, and the columns' names, as a cursor describes them."""

    rows: list[Any]
    more: bool
    description: Sequence[Sequence[Any]]


def open_for_reading(file: DatabaseFile) -> sqlite3.Connection:
    """Open a caseload file read-only and with its limits, before anything runs on it."""
    connection = file.connect(read_only=True)
    try:
        connection.execute(f"PRAGMA cache_size = -{CACHE}")
        connection.execute(f"PRAGMA hard_heap_limit = {MOST_MEMORY}")
        connection.set_authorizer(only_reading)
    except BaseException:
        connection.close()
        raise
    return connection


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


def fetch(connection: sqlite3.Connection, query: Query) -> Answer:
    """Return the answer to a query. Raises TookTooLong, and OperationalError if the answer is too large."""
    with _stopped_after(connection, query.milliseconds), closing(connection.cursor()) as cursor:
        try:
            cursor.execute(query.sql, query.params)
            return _first_rows(cursor, query)
        except MemoryError:  # SQLite's own, at MOST_MEMORY
            raise sqlite3.OperationalError(TOO_LARGE) from None
        except sqlite3.DatabaseError as error:
            if error.args == ("interrupted",):
                raise TookTooLong from None
            raise


def _first_rows(cursor: sqlite3.Cursor, query: Query) -> Answer:
    rows: list[Any] = []
    size, values = sum(len(name) for name, *_ in cursor.description or ()), 0
    if size > MOST_IN_AN_ANSWER:  # one long name may stand above thousands of columns
        raise sqlite3.OperationalError(TOO_LARGE)
    for row in cursor:
        if len(rows) == query.most:
            return Answer(rows, True, cursor.description)
        size += sum(len(value) for value in row if isinstance(value, (str, bytes)))
        values += len(row)
        if size > MOST_IN_AN_ANSWER or values > MOST_VALUES:
            if query.cut and rows:
                return Answer(rows, True, cursor.description)
            raise sqlite3.OperationalError(TOO_LARGE)
        rows.append(row)
    return Answer(rows, False, cursor.description)


@contextmanager
def _stopped_after(connection: sqlite3.Connection, milliseconds: int) -> Iterator[None]:
    """Have SQLite interrupt what runs on the connection once the time is over; it looks between its steps only."""
    until = time.monotonic() + milliseconds / 1000
    connection.set_progress_handler(lambda: time.monotonic() >= until, STEPS if milliseconds > 20 else 1)
    try:
        yield
    finally:
        connection.set_progress_handler(None, STEPS)
