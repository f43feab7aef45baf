"""`verify` reads a backup as a restore would, and leaves no trace."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.backup import archive, verifying
from collector.backup.errors import UnfitBackup
from collector.backup.making import back_up
from collector.backup.manifest import PARTS, Manifest, Part
from collector.backup.verifying import verify
from collector.cli import main
from collector.driver import connect

from .conftest import SHEETS, Clinic


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where verifying unpacks."""
    path = tmp_path / "temporary"
    path.mkdir()
    monkeypatch.setenv("TMPDIR", str(path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return path


def test_the_command_says_what_a_backup_holds(backup: Path, temporary: Path) -> None:
    ran = CliRunner().invoke(main, ["verify", str(backup)])
    assert ran.exit_code == 0
    assert ran.stdout.startswith(f"{backup} can be restored.\nIt holds ")
    assert f"{SHEETS} submissions among them." in ran.stdout
    facts = json.loads(CliRunner().invoke(main, ["verify", str(backup), "--json"]).stdout)
    assert (facts["submissions"], facts["homeward"]) == (SHEETS, "0.1.0")
    assert list(temporary.iterdir()) == []


def test_a_damaged_one_ends_with_1_and_a_sentence(backup: Path, temporary: Path) -> None:
    whole = backup.read_bytes()
    for place in random.Random(20260309).sample(range(len(whole)), 12):
        backup.write_bytes(whole[:place] + bytes([whole[place] ^ 0x20]) + whole[place + 1 :])
        ran = CliRunner().invoke(main, ["verify", str(backup)])
        assert (ran.exit_code, ran.stdout) == (1, "")
        assert ran.stderr.startswith(f"{backup} cannot be restored. ")
        assert ran.stderr.count("\n") == 1
    assert list(temporary.iterdir()) == []


def made_again(backup: Path, change: Callable[[Path], None]) -> None:
    """Write the backup anew with changed parts, and everything else as it has to be."""
    folder = backup.with_name("parts")
    folder.mkdir()
    with archive.opened(backup) as (file, manifest):
        archive.read_through(file, manifest, folder)
    change(folder)
    parts = []
    for name in PARTS:
        content = (folder / name).read_bytes()
        parts.append(Part(name, len(content), hashlib.sha256(content).hexdigest()))
    backup.unlink()
    archive.write(backup, Manifest(manifest.created, manifest.homeward, manifest.ledger, tuple(parts)), folder)


def in_the_ledger(statement: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        with closing(connect(folder / "ledger.db")) as connection:
            connection.execute("PRAGMA foreign_keys = OFF")
            connection.execute(statement)

    return change


def overwrite(name: str, content: bytes, place: int = 0) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        with (folder / name).open("r+b") as file:
            file.seek(place)
            file.write(content)

    return change


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (in_the_ledger("DELETE FROM events WHERE seq = 12"), "Its ledger is not whole"),
        (in_the_ledger("DELETE FROM caseloads"), "refers to what is not there"),
        (in_the_ledger("DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)"), "not hold what it says"),
        (in_the_ledger("DROP TABLE events"), "Its ledger cannot be read: no such table"),
        (in_the_ledger("DROP TABLE _sqlite_migrations"), "Its ledger cannot be read: no such table"),
        (overwrite("ledger.db", b"\xff" * 4096, 4096 * 6), "Its ledger"),
        (overwrite("ledger.db", b"another key"), "Its ledger cannot be read: file is not a database"),
        (lambda folder: (folder / "ledger.db").write_bytes(b""), "Its ledger cannot be read: no such table"),
        (overwrite("secret", b"zz"), "does not hold a secret"),
        (lambda folder: (folder / "secret").write_bytes(b""), "does not hold a secret"),
    ],
)
def test_a_backup_whose_content_is_unsound_is_refused(
    backup: Path, change: Callable[[Path], None], reason: str, temporary: Path
) -> None:
    made_again(backup, change)
    with pytest.raises(UnfitBackup, match=reason):
        verify(backup)
    assert list(temporary.iterdir()) == []


def test_the_same_parts_made_again_are_a_backup(backup: Path) -> None:
    made_again(backup, lambda folder: None)
    assert verify(backup).ledger.submissions == SHEETS


def test_a_ledger_that_a_later_release_has_changed_is_refused_in_words(clinic: Clinic, folder: Path) -> None:
    with closing(connect(clinic.settings.ledger)) as connection:
        connection.execute("INSERT INTO _sqlite_migrations VALUES (NULL, 'ledger', 'groups', '2031-01-01')")
    path = back_up(clinic.settings, folder).path  # the clinic has it all the same, for the release that can read it
    with pytest.raises(UnfitBackup, match=r"a later release than Homeward 0\.1\.0, which does not know groups"):
        verify(path)


def test_too_little_room_is_told_before(backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "TO_SPARE", 1 << 60)
    with pytest.raises(UnfitBackup, match=r"Unpacked it takes 1099511627776 MB, and .* has \d+ MB left"):
        verify(backup)


# Takes the longest time there is in checking a ledger.
SLOW = """
import sys
from collector.backup import contents
contents._COUNTS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*), 1, 1, ? FROM n"
from collector.cli import main
main()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("words", [["verify"], ["restore", "--into", "new"], ["backup"]], ids=lambda words: words[0])
def test_a_signal_ends_it_at_once_and_it_leaves_nothing(
    clinic: Clinic, backup: Path, temporary: Path, words: list[str], number: signal.Signals, tmp_path: Path
) -> None:
    new = tmp_path / "new"
    more = [str(backup)] if words[0] != "backup" else [str(backup.parent)]
    place = {"verify": temporary, "restore": new, "backup": backup.parent}[words[0]]
    environment = os.environ | {"HOMEWARD_DATA": str(clinic.settings.data)}
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, *words, *more], env=environment, cwd=tmp_path, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 20
        while not list(place.glob("**/ledger.db")) and time.monotonic() < deadline:
            time.sleep(0.01)
        open_to_others = [path for path in place.rglob("*") if path.stat().st_mode & 0o077]
        process.send_signal(number)
        assert process.wait(20) != 0
    finally:
        process.kill()
        process.wait()
    assert open_to_others == []
    left = {path.name for path in place.rglob("*")}
    assert left <= {"up.lock", "homeward.lock", backup.name}
