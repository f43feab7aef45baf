"""A caseload file as Datasette reads it: read-only, and with no way to any other file, whatever the SQL says."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

from datasette.database import Database

from collector.driver import connect, sqlite3

CACHE = 512  # KiB of pages for each connection: an instance has two
READING = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE})
# What Datasette and FTS5 ask about a file. Not database_list: it tells where the file lies.
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
SETTABLE = frozenset({"data_version", "schema_version"})  # with a value they would be written, not read
REACHING_OUT = frozenset({"fts3_tokenizer", "load_extension", "sqlcipher_export"})


class CaseloadDatabase(Database):  # type: ignore[misc]  # Datasette carries no types
    """One file behind one Datasette instance. `key` is the place for the file's own key."""

    def __init__(self, datasette: Any, file: Path, key: bytes | None = None) -> None:
        super().__init__(datasette, path=str(file), is_mutable=True)  # mutable: the projector writes it
        self.file = file
        self.key = key

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """Open the file as it has to be before anything of Datasette's runs on it."""
        if write:
            raise sqlite3.OperationalError("a caseload file has one writer, and this is not it")
        connection = connect(self.file, key=self.key, read_only=True)
        connection.execute(f"PRAGMA cache_size = -{CACHE}")
        connection.set_authorizer(only_reading)
        self._all_file_connections.append(connection)
        return connection

    async def execute(self, sql: str, params: Any = None, **options: Any) -> Any:
        """Run a query; what a therapist typed into it is never written to the log, whatever goes wrong."""
        return await super().execute(sql, params, **options | {"log_sql_errors": False})

    async def execute_write_fn(self, fn: Any, block: bool = True) -> NoReturn:
        """Refuse, before Datasette starts the thread that it never ends."""
        raise sqlite3.OperationalError("a caseload file has one writer, and this is not it")

    async def attached_databases(self) -> list[Any]:
        """There are none, and asking SQLite would tell where the file lies."""
        return []


def only_reading(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    """Decide on one step of a statement, as SQLite's authorizer: reading is allowed; ATTACH and all else is not."""
    if action == sqlite3.SQLITE_FUNCTION:
        allowed = str(second).lower() not in REACHING_OUT
    elif action == sqlite3.SQLITE_PRAGMA:
        name = str(first).lower()
        allowed = name in PRAGMAS and not (name in SETTABLE and second)
    else:
        allowed = action in READING
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY
