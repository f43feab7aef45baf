"""One caseload file: events are folded exactly once, all or nothing, and a rebuild copies into the same file."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlite_utils import Database

from collector.caseload.dictionary import HIDDEN, TABLES, describe
from collector.caseload.file import CaseloadFile
from collector.caseload.folder import MOST_OPEN, Folder
from collector.caseload.schema import migrations, open_file
from collector.driver import connect, sqlite3
from collector.storage import CaseloadFiles, DatabaseFile
from site_builder.forms.model.definition import Form

if TYPE_CHECKING:
    from tests.collector.caseload.conftest import Clinic


def position(clinic: Clinic) -> int:
    number: int = clinic.row("SELECT position FROM _homeward")["position"]
    return number


def test_events_already_in_the_file_are_skipped(clinic: Clinic, record: Form) -> None:
    clinic.send(record, {"situation": "At home"})
    for _ in range(3):
        clinic.fold(*clinic.events)
    assert clinic.row("SELECT count(*) AS n FROM submissions") == {"n": 1}
    assert clinic.rows("SELECT * FROM problems") == []
    assert position(clinic) == clinic.events[-1].seq


def test_the_number_moves_with_the_rows(clinic: Clinic, record: Form) -> None:
    before = position(clinic)
    good, bad = clinic.sent(record, {"situation": "x"}), clinic.sent(record, {"situation": 7})
    clinic.fold(good, bad)
    assert before < position(clinic) == bad.seq


def test_rows_without_their_number_are_undone(clinic: Clinic, record: Form) -> None:
    with clinic.folder.file_of("alice").connect() as meddler:
        meddler.execute("CREATE TRIGGER cut BEFORE UPDATE ON _homeward BEGIN SELECT RAISE(ABORT, 'cut'); END")
        clinic.send(record, {"situation": "At home"})
        assert list(clinic.folder.failing) == ["alice"]
        assert clinic.rows("SELECT * FROM submissions") == []
        meddler.execute("DROP TRIGGER cut")
    meddler.close()
    clinic.folder.retry("alice", clinic.read_again)
    assert clinic.row("SELECT situation FROM thought_record") == {"situation": "At home"}
    assert clinic.rows("SELECT * FROM problems") == []


def test_a_locked_file_changes_nothing_and_catches_up_later(clinic: Clinic, record: Form) -> None:
    clinic.folder.close()
    path = clinic.folder.file_of("alice").path
    path.chmod(0o600)
    blocker = connect(path)
    sent = clinic.sent(record, {"situation": "At home"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("collector.storage.BUSY_TIMEOUT", 0.05)
        blocker.execute("BEGIN IMMEDIATE")
        clinic.fold(sent)
        assert list(clinic.folder.failing) == ["alice"]
        clinic.fold(clinic.odd("link_made", "CHARLIE"))
        clinic.folder.retry("alice", clinic.read_again)
        assert list(clinic.folder.failing) == ["alice"]
        blocker.execute("ROLLBACK")
        blocker.close()
        clinic.folder.retry("alice", clinic.read_again)
    assert clinic.folder.failing == {}
    assert clinic.row("SELECT situation FROM thought_record") == {"situation": "At home"}
    assert clinic.rows("SELECT * FROM problems") == []


def test_a_full_disk_while_events_are_folded_one_by_one_sets_none_of_them_aside(clinic: Clinic, record: Form) -> None:
    """One that cannot be folded makes the others come one by one; what then fails is the disk, not they."""
    clinic.send(record, {"situation": "At home"})  # the tables are there, and need no room any more
    file = clinic.folder._open["alice"]
    (pages,) = file._connection.execute("PRAGMA page_count").fetchone()
    file._connection.execute(f"PRAGMA max_page_count = {pages + 4}").fetchone()
    before = position(clinic)
    bad, large = clinic.sent(record, {"situation": 7}), clinic.sent(record, {"thought": "x" * 100_000})
    clinic.fold(bad, large)
    assert list(clinic.folder.failing) == ["alice"]
    assert position(clinic) == before
    assert clinic.rows("SELECT * FROM problems") == []
    clinic.folder.retry("alice", clinic.read_again)
    assert [problem["seq"] for problem in clinic.rows("SELECT seq FROM problems")] == [bad.seq]
    assert clinic.row("SELECT max(length(thought)) AS n FROM thought_record") == {"n": 100_000}


def test_one_failing_file_does_not_delay_the_others(clinic: Clinic, record: Form) -> None:
    clinic.add_client("BOB", caseload="dora")
    clinic.folder.close()
    for path in clinic.folder.files.folder.glob("alice.db*"):
        path.unlink()
    clinic.folder.file_of("alice").path.mkdir()
    clinic.fold(clinic.sent(record, {"situation": "one"}), clinic.sent(record, {"situation": "two"}, "BOB"))
    assert list(clinic.folder.failing) == ["alice"]
    assert clinic.rows("SELECT situation FROM thought_record", caseload="dora") == [{"situation": "two"}]


def test_a_removed_file_is_folded_again(clinic: Clinic, record: Form) -> None:
    """Even while the file is still open, because rows written to a removed file would be lost."""
    clinic.send(record, {"situation": "one"})
    for path in clinic.folder.files.folder.glob("alice.db*"):
        path.unlink()
    clinic.send(record, {"situation": "two"})
    clinic.folder.retry("alice", clinic.read_again)
    assert clinic.folder.failing == {}
    records = clinic.rows("SELECT situation FROM thought_record ORDER BY received")
    assert [row["situation"] for row in records] == ["one", "two"]


def test_a_closed_file_that_was_removed_is_folded_again(clinic: Clinic, record: Form) -> None:
    clinic.send(record, {"situation": "one"})
    clinic.folder.close()
    clinic.folder.file_of("alice").path.unlink()
    clinic.send(record, {"situation": "two"})
    clinic.folder.retry("alice", clinic.read_again)
    assert clinic.row("SELECT count(*) AS n FROM submissions") == {"n": 2}


def test_a_damaged_file_is_replaced_by_a_copy(clinic: Clinic, record: Form, tmp_path: Path) -> None:
    aside = Folder(CaseloadFiles(tmp_path / "aside"), lambda event, error: None)
    aside.fold(clinic.events)
    clinic.folder.close()
    clinic.folder.file_of("alice").path.write_bytes(b"no database at all" * 1000)
    aside.copy_into(clinic.folder)
    aside.close()
    clinic.send(record, {"situation": "two"})
    assert clinic.row("SELECT situation FROM thought_record") == {"situation": "two"}


def test_another_process_that_changes_the_file_is_noticed(clinic: Clinic, record: Form, tmp_path: Path) -> None:
    """A rebuild copies new content over the open file; its number and tables apply from then on."""
    aside = Folder(CaseloadFiles(tmp_path / "aside"), lambda event, error: None)
    clinic.send(record, {"situation": "one"})
    aside.fold(clinic.events)
    ahead = clinic.sent(record, {"situation": "two"})
    aside.fold([ahead])
    assert aside.copy_into(clinic.folder) == ["alice"]
    aside.close()
    clinic.fold(ahead)
    clinic.send(record, {"situation": "three"})
    records = clinic.rows("SELECT situation FROM thought_record ORDER BY received")
    assert [row["situation"] for row in records] == ["one", "two", "three"]


def test_a_reader_sees_the_copied_rows_without_opening_again(clinic: Clinic, record: Form, tmp_path: Path) -> None:
    reader = clinic.folder.file_of("alice").connect(read_only=True)
    assert reader.execute("SELECT count(*) FROM submissions").fetchone() == (0,)
    aside = Folder(CaseloadFiles(tmp_path / "aside"), lambda event, error: None)
    aside.fold([*clinic.events, clinic.sent(record, {"situation": "At home"})])
    aside.copy_into(clinic.folder)
    aside.close()
    assert reader.execute("SELECT situation FROM thought_record").fetchone() == ("At home",)
    reader.close()


def test_only_the_owner_can_read_the_files(clinic: Clinic) -> None:
    path = clinic.folder.file_of("alice").path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_few_files_stay_open_however_many_there_are(clinic: Clinic) -> None:
    for number in range(MOST_OPEN + 5):
        clinic.add_client(f"CLIENT{number}", caseload=f"caseload-{number}")
    opened = {link.resolve() for link in Path("/proc/self/fd").iterdir() if link.is_symlink()}
    assert (
        len([path for path in opened if path.parent == clinic.folder.files.folder and path.suffix == ".db"])
        <= MOST_OPEN
    )
    clinic.folder.close()
    assert not [
        link for link in Path("/proc/self/fd").iterdir() if clinic.folder.files.folder in link.resolve().parents
    ]


def test_an_open_reader_postpones_the_checkpoint(clinic: Clinic, record: Form) -> None:
    reader = clinic.folder.file_of("alice").connect(read_only=True)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM submissions").fetchone()
    clinic.send(record, {"situation": "At home"})
    assert not clinic.folder.checkpoint("alice")
    assert clinic.folder.changed == {"alice"}
    reader.close()
    assert clinic.folder.checkpoint("alice")
    assert clinic.folder.changed == set()


def test_every_table_and_column_is_described(clinic: Clinic, record: Form, measure: Form) -> None:
    clinic.send(record, {"situation": "At home"})
    clinic.send(measure, {"items": {"m1": "0"}})
    connection = clinic.folder.file_of("alice").connect(read_only=True)
    described = describe(connection)
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')").fetchall()
    shown = {name for (name,) in tables if name not in HIDDEN and not name.startswith(("written_fts", "sqlite_"))}
    assert shown == set(described)
    for table, (_, columns) in described.items():
        assert list(columns) == clinic.columns(table)
    assert described["low_mood"].columns["m2"] == (
        "Feeling down · How often in the last two weeks?"
        " · 0 = Not at all, 1 = Several days, 2 = Often, 3 = Nearly every day"
    )
    assert described["thought_record_feelings"].columns["before"] == (
        "How strong was it? · From 0 (Not at all) to 100 (Strongest)"
    )
    assert described["thought_record"].columns["thought"] == "What went through your mind? · In your own words"
    assert "with labels in the place of codes" in described["low_mood in words"].description
    assert described["thought_record_feelings"].description == "What did you feel?"
    connection.close()


def test_the_described_tables_are_those_of_a_new_file(tmp_path: Path) -> None:
    connection = open_file(DatabaseFile(tmp_path / "new.db")).conn
    for table, described in TABLES.items():
        columns = connection.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()
        assert [name for (name,) in columns] == list(described.columns)
    connection.close()


def test_a_file_that_is_not_a_database_is_not_overwritten(tmp_path: Path) -> None:
    from collector.caseload.definitions import Definitions

    path = tmp_path / "alice.db"
    path.write_bytes(b"no database at all" * 1000)
    with pytest.raises(sqlite3.DatabaseError):
        CaseloadFile(DatabaseFile(path), Definitions())
    assert path.read_bytes() == b"no database at all" * 1000


def test_an_older_file_gets_the_cut_offs_its_scores_reach(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    old = Database(connect(path), execute_plugins=False)
    migrations.apply(old, stop_before="criteria_and_clusters")
    old.execute("INSERT INTO clients VALUES ('CHARLIE', 'Charlie', '', 'active')")
    rule = '["m1", "m2", "m3"]', "[]", 1, 1, "[]", '{"caseness": 7, "severe": 7.5, "worst": 8}'
    old.execute("INSERT INTO scales VALUES ('low-mood', 1, 'total', '', ?, ?, ?, ?, ?, ?, 3, 'lower', '', '')", rule)
    scored = {"s1": (5, 2, 3, 7.5, "Mild"), "s2": (2, 1, 3, None, ""), "s3": (0, 3, 3, 0, "None")}
    for id, score in scored.items():
        old.execute("INSERT INTO submissions VALUES (?, 'CHARLIE', 'low-mood', 1, '', '', 1)", [id])
        old.execute("INSERT INTO scores VALUES (?, 'CHARLIE', 'low-mood', 'total', '', ?, ?, ?, ?, ?)", (id, *score))
    old.conn.commit()
    old.conn.close()
    new = open_file(DatabaseFile(path))
    reached = new.execute("SELECT submission, reached FROM scores ORDER BY submission").fetchall()
    assert reached == [("s1", '["caseness", "severe"]'), ("s2", None), ("s3", "[]")]
    assert new.table("criteria").exists()
    new.conn.close()
