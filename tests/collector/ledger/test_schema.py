"""The ledger file is durable and private, and its schema changes by recorded steps."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from collector.driver import connect, sqlite3
from collector.errors import LedgerUnavailable
from collector.ledger.ledger import Ledger
from collector.ledger.schema import migrations, open_for_writing
from collector.settings import Settings
from collector.storage import DatabaseFile


@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)])
def test_a_commit_returns_when_its_data_is_on_the_disk(tmp_path: Path, pragma: str, value: str | int) -> None:
    with closing(open_for_writing(DatabaseFile(tmp_path / "ledger.db"))) as connection:
        assert connection.execute(f"PRAGMA {pragma}").fetchone() == (value,)


def test_the_folder_is_on_the_disk_before_a_new_ledger_is_used(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite makes its log's name durable, not the database's own: after a power cut the file would be gone."""
    synced = []
    fsync = os.fsync

    def note(handle: int) -> None:
        synced.append(os.fstat(handle).st_ino)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", note)
    Ledger.open(settings.ledger).close()
    assert settings.data.stat().st_ino in synced


def test_only_its_owner_reads_the_ledger(ledger: Ledger, settings: Settings) -> None:
    files = list(settings.data.iterdir())
    assert {file.name for file in files} >= {"ledger.db", "ledger.db.lock"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_every_step_of_the_schema_is_recorded_once(settings: Settings) -> None:
    for _ in range(2):
        Ledger.open(settings.ledger).close()
    with closing(connect(settings.ledger)) as connection:
        database = Database(connection, execute_plugins=False)
        assert not migrations.pending(database)
        names = [step.name for step in migrations.applied(database)]
        assert len(names) == len(set(names)) > 0


def test_a_new_ledger_can_be_opened_by_many_at_once(settings: Settings) -> None:
    def open_and_close(_: int) -> int:
        with Ledger.open(settings.ledger) as ledger:
            return ledger.last()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(open_and_close, range(16))) == [0] * 16


def test_a_failed_schema_step_leaves_no_trace(tmp_path: Path) -> None:
    with closing(connect(tmp_path / "ledger.db")) as connection:
        connection.execute("CREATE TABLE people (something TEXT)")
        database = Database(connection, execute_plugins=False)
        with pytest.raises(Exception, match="already exists"):
            migrations.apply(database)
        assert [step.name for step in migrations.applied(database)] == ["events"]
        assert "caseloads" not in database.table_names()


def test_a_ledger_that_a_later_release_has_changed_is_refused_and_left_as_it_is(settings: Settings) -> None:
    Ledger.open(settings.ledger).close()
    with closing(connect(settings.ledger)) as connection:
        row = (migrations.name, "something_of_tomorrow", "2099-01-01T00:00:00Z")
        columns = "migration_set, name, applied_at"
        connection.execute(f"INSERT INTO _sqlite_migrations ({columns}) VALUES (?, ?, ?)", row)
        before = everything(connection)
    with pytest.raises(LedgerUnavailable, match=r"A later release .+something_of_tomorrow"):
        Ledger.open(settings.ledger)
    with closing(connect(settings.ledger)) as connection:
        assert everything(connection) == before


def everything(connection: sqlite3.Connection) -> list[object]:
    names = [
        name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    ]
    return [(name, connection.execute(f"SELECT * FROM [{name}]").fetchall()) for name in names]
