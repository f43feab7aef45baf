"""Chooses the SQLite library for the whole collector, and configures its connections.

Python's own SQLite may have the WAL-reset bug that SQLite 3.51.3 fixed. The `sqlcipher3` wheel brings a fixed one;
sqlite-utils and Datasette use it if it is registered as `pysqlite3` before they are imported.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import sqlcipher3  # type: ignore[import-untyped]  # the wheel carries no stubs
import sqlcipher3.dbapi2  # type: ignore[import-untyped]  # the same

from collector.errors import UnsoundSqlite

if TYPE_CHECKING:
    import sqlite3  # the same interface, with types
else:
    sqlite3 = sqlcipher3.dbapi2

__all__ = ["connect", "in_memory", "require_sound_sqlite", "sqlite3"]

OLDEST_SOUND = (3, 51, 3)  # before it, a WAL reset at the wrong moment corrupts the database
BUSY_TIMEOUT = 5.0  # seconds; hardly ever needed, thanks to the ledger's lock file
STATEMENTS = 128  # prepared statements cached per connection; Python's own default
KEY_LENGTH = 32  # bytes; a raw key takes 0.2 ms per connection, a passphrase 118 ms
SQLITE_USERS = ("sqlite_utils.utils", "datasette.utils.sqlite")  # where the two import their driver


def _register() -> None:
    sys.modules["pysqlite3"] = sqlcipher3
    sys.modules["pysqlite3.dbapi2"] = sqlcipher3.dbapi2


def require_sound_sqlite() -> None:
    """Raise UnsoundSqlite if the SQLite in use can corrupt a database."""
    needed = ".".join(map(str, OLDEST_SOUND))
    if sqlite3.sqlite_version_info < OLDEST_SOUND:
        raise UnsoundSqlite(
            f"SQLite {sqlite3.sqlite_version} can corrupt a database; {needed} or newer is needed. "
            "Install a newer sqlcipher3."
        )
    for name in SQLITE_USERS:
        module = sys.modules.get(name)
        driver = getattr(module, "sqlite3", None)
        if module is not None and driver not in (sqlcipher3, sqlcipher3.dbapi2):
            raise UnsoundSqlite(
                f"{name} was imported before collector.driver and took Python's own SQLite; "
                "import collector.driver first."
            )
    if sys.modules.get("pysqlite3") is not sqlcipher3:
        raise UnsoundSqlite("Something else has taken the name pysqlite3; uninstall pysqlite3.")


def connect(
    path: Path,
    *,
    key: bytes | None = None,
    read_only: bool = False,
    busy_timeout: float = BUSY_TIMEOUT,
    statements: int = STATEMENTS,
) -> sqlite3.Connection:
    """Open a database in autocommit mode; any thread may use the connection, one at a time.

    With a key (32 raw bytes) the file is encrypted; with a wrong key the first read raises DatabaseError.
    """
    mode = "ro" if read_only else "rwc"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=busy_timeout,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=statements,
    )
    try:
        if key is not None:
            connection.execute(f"PRAGMA key = \"x'{_raw(key)}'\"")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        if read_only:
            connection.execute("PRAGMA query_only = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def in_memory() -> sqlite3.Connection:
    """Open a database without any table, which no other connection sees."""
    return sqlite3.connect(":memory:", check_same_thread=False)


def _raw(key: bytes) -> str:
    if len(key) != KEY_LENGTH:
        raise ValueError(f"a raw key is {KEY_LENGTH} bytes")
    return key.hex()


_register()
