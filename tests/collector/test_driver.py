"""Which SQLite the collector runs on, and how its connections are set up."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from collector.driver import connect, require_sound_sqlite, sqlite3
from collector.errors import UnsoundSqlite


def python(program: str) -> str:
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def test_the_sqlite_in_use_is_sound() -> None:
    require_sound_sqlite()
    assert sqlite3.sqlite_version_info >= (3, 51, 3)


def test_an_affected_sqlite_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 2))
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.51.2")
    with pytest.raises(UnsoundSqlite, match=r"SQLite 3\.51\.2 can corrupt .* 3\.51\.3 or newer"):
        require_sound_sqlite()


def test_sqlite_utils_and_datasette_take_this_driver() -> None:
    program = (
        "import collector, sqlite_utils.db, datasette.database\n"
        "from collector.driver import require_sound_sqlite\n"
        "require_sound_sqlite()\n"
        "print(*{module.sqlite3.sqlite_version for module in (sqlite_utils.db, datasette.database)})"
    )
    assert python(program) == sqlite3.sqlite_version


@pytest.mark.parametrize("early", ["sqlite_utils", "datasette.app"])
def test_a_library_imported_too_early_is_detected(early: str) -> None:
    program = (
        f"import {early}\n"
        "from collector.driver import require_sound_sqlite\n"
        "from collector.errors import UnsoundSqlite\n"
        "try: require_sound_sqlite()\n"
        "except UnsoundSqlite as error: print(error)"
    )
    assert "import collector.driver first" in python(program)


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("trusted_schema", 0),
        ("busy_timeout", 5000),
        ("query_only", 0),
    ],
)
def test_a_connection_has_the_safe_settings(tmp_path: Path, pragma: str, value: int) -> None:
    with closing(connect(tmp_path / "a.db")) as connection:
        assert connection.execute(f"PRAGMA {pragma}").fetchone() == (value,)


def test_a_read_only_connection_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "with ? and # in its name.db"
    with closing(connect(path)) as connection:
        connection.execute("CREATE TABLE t (a)")
    with closing(connect(path, read_only=True)) as connection:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("INSERT INTO t VALUES (1)")
        connection.execute("PRAGMA query_only = OFF")
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("INSERT INTO t VALUES (1)")


def test_a_read_only_connection_creates_no_file(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        connect(tmp_path / "missing.db", read_only=True)
    assert not list(tmp_path.iterdir())


def test_a_key_encrypts_the_file_and_another_key_does_not_open_it(tmp_path: Path) -> None:
    path, key = tmp_path / "a.db", bytes(range(32))
    with closing(connect(path, key=key)) as connection:
        connection.execute("CREATE TABLE t (a)")
        connection.execute("INSERT INTO t VALUES ('canary')")
    assert b"canary" not in path.read_bytes()
    with closing(connect(path, key=key)) as connection:
        assert connection.execute("SELECT a FROM t").fetchall() == [("canary",)]
    with closing(connect(path, key=bytes(32))) as connection, pytest.raises(sqlite3.DatabaseError):
        connection.execute("SELECT a FROM t")


def test_a_key_of_another_length_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        connect(tmp_path / "a.db", key=b"passphrase")
