"""A backup is written while all goes on, is whole before it has its name, and writes over nothing."""

from __future__ import annotations

import fcntl
import json
import os
import re
import resource
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.backup import archive, making
from collector.backup.errors import CannotBackUp
from collector.backup.making import back_up
from collector.backup.verifying import verify
from collector.cli import main
from collector.driver import connect
from collector.ledger.ledger import Ledger
from collector.settings import Settings

from .conftest import NOBODY, SHEETS, Clinic, sheet


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "homeward.lock")


def test_a_backup_is_one_file_of_its_owners_named_by_the_time(clinic: Clinic, folder: Path) -> None:
    outcome = back_up(clinic.settings, folder)
    assert names(folder) == [outcome.path.name]
    assert re.fullmatch(r"homeward-\d{8}T\d{6}Z\.tar", outcome.path.name)
    assert stat.S_IMODE(outcome.path.stat().st_mode) == 0o600
    manifest = verify(outcome.path)
    assert (manifest.ledger.submissions, manifest.ledger.events) == (SHEETS, clinic.ledger.last())
    assert manifest == outcome.manifest


def test_it_changes_nothing_in_the_data_folder(clinic: Clinic, folder: Path) -> None:
    def state() -> dict[str, bytes]:
        data = clinic.settings.data
        return {path.name: path.read_bytes() for path in data.iterdir() if not path.name.endswith("-shm")}

    before = state()
    back_up(clinic.settings, folder)
    assert state() == before


def test_it_has_what_is_still_in_the_write_ahead_log(clinic: Clinic, folder: Path) -> None:
    receipts = clinic.ledger.append([sheet(clinic.client, "just now")])
    assert back_up(clinic.settings, folder).manifest.ledger.events == receipts[0].seq


def test_an_empty_ledger_can_be_backed_up(settings: Settings, ledger: Ledger, folder: Path) -> None:
    ledger.close()
    assert verify(back_up(settings, folder).path).ledger.events == 0


@contextmanager
def sending(clinic: Clinic) -> Iterator[list[str]]:
    """Append sheets from two threads throughout the block; the list has the ids that were acknowledged."""
    acknowledged: list[str] = []
    stop = threading.Event()

    def send() -> None:
        while not stop.is_set():
            event = sheet(clinic.client, "x" * 500)
            clinic.ledger.append([event])
            acknowledged.append(event.id)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield acknowledged
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_a_backup_under_load_ends_holds_nobody_up_and_has_all_that_was_acknowledged(
    clinic: Clinic, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two pages something new is stored; without its reading transaction it would begin anew each time."""
    monkeypatch.setattr(making, "PAGES_AT_ONCE", 1)
    clinic.ledger.append([sheet(clinic.client, "x" * 3000) for _ in range(50)])
    steps: list[int] = []
    meanwhile: list[int] = []
    with sending(clinic) as acknowledged:

        def wait_for_one_more(status: int, remaining: int, total: int) -> None:
            assert len(steps) <= total, "it has begun anew"
            steps.append(remaining)
            stored = len(acknowledged)
            while len(steps) < 20 and len(acknowledged) == stored:
                pass
            meanwhile.append(len(acknowledged) - before)

        monkeypatch.setattr(making, "_look_up", wait_for_one_more)
        before = len(acknowledged)
        path = back_up(clinic.settings, folder).path
        there_before = acknowledged[:before]
    assert steps[-1] == 0
    assert steps == sorted(steps, reverse=True)
    assert meanwhile[18] >= 19, "what was sent meanwhile was acknowledged meanwhile"
    with archive.opened(path) as (file, manifest):
        archive.read_through(file, manifest, tmp_path)
    with closing(connect(tmp_path / "ledger.db", read_only=True)) as copy:
        ids = {id for (id,) in copy.execute("SELECT id FROM events")}
    assert {*there_before} <= ids


@pytest.mark.parametrize("inside", ["", "backups", "logs/deep", "link"])
def test_a_folder_in_the_data_folder_is_refused(clinic: Clinic, tmp_path: Path, inside: str) -> None:
    target = clinic.settings.data / inside
    if inside == "link":
        target = tmp_path / "link"
        target.symlink_to(clinic.settings.data)
    target.mkdir(parents=True, exist_ok=True)
    with pytest.raises(CannotBackUp, match="is in the data folder"):
        back_up(clinic.settings, target)


def test_a_folder_that_is_not_there_is_refused_and_not_made(clinic: Clinic, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for target in (tmp_path / "gone", tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(CannotBackUp, match="There is no folder"):
            back_up(clinic.settings, target)
    assert not (tmp_path / "gone").exists()


def test_a_data_folder_without_a_ledger_is_refused(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(CannotBackUp, match="no ledger in"):
        back_up(Settings(data=tmp_path / "nothing"), folder)
    assert not (tmp_path / "nothing").exists()
    assert names(folder) == []


def test_without_its_secret_it_would_not_be_whole(clinic: Clinic, folder: Path) -> None:
    clinic.settings.secret.unlink()
    with pytest.raises(CannotBackUp, match="no secret beside it"):
        back_up(clinic.settings, folder)
    assert names(folder) == []


def test_a_damaged_ledger_is_not_backed_up_as_a_sound_one(clinic: Clinic, folder: Path) -> None:
    clinic.access.close()
    clinic.ledger.close()
    with clinic.settings.ledger.open("r+b") as file:
        file.seek(6 * 4096)
        file.write(b"\xff" * 4096)
    with pytest.raises(CannotBackUp, match=r"Its ledger .* Keep the data folder as it is"):
        back_up(clinic.settings, folder)
    assert names(folder) == []


def test_what_is_no_ledger_is_not_backed_up(clinic: Clinic, folder: Path) -> None:
    clinic.access.close()
    clinic.ledger.close()
    for content in (b"no database, or one that has another key. " * 300, b""):
        clinic.settings.ledger.write_bytes(content)
        with pytest.raises(CannotBackUp, match=r"No backup of .* was written"):
            back_up(clinic.settings, folder)
        assert clinic.settings.ledger.read_bytes() == content
    assert names(folder) == []


def test_a_ledger_with_a_hole_in_its_numbers_is_refused(clinic: Clinic, folder: Path) -> None:
    last = clinic.ledger.last()
    with closing(connect(clinic.settings.ledger)) as connection:
        connection.execute("DELETE FROM events WHERE seq = 9")
    with pytest.raises(CannotBackUp, match=f"of {last} numbers of events, {last - 1} are there"):
        back_up(clinic.settings, folder)


def test_too_little_room_is_told_before_and_leaves_nothing(
    clinic: Clinic, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "TO_SPARE", 1 << 60)
    with pytest.raises(CannotBackUp, match=r"has \d+ MB left, and 1099511627776 MB are needed"):
        back_up(clinic.settings, folder)
    assert names(folder) == []


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("size", [10_000, 60_000, 102_400 + 1000])
def test_a_disk_that_fills_up_meanwhile_leaves_nothing(clinic: Clinic, folder: Path, size: int) -> None:
    """While the ledger is copied, or when the copy is there and the file is written."""
    with files_no_larger_than(size), pytest.raises(CannotBackUp, match=r"No backup of .* was written"):
        back_up(clinic.settings, folder)
    assert names(folder) == []
    assert verify(back_up(clinic.settings, folder).path)


def test_none_is_written_over_and_two_in_one_second_are_two(clinic: Clinic, folder: Path) -> None:
    paths = [back_up(clinic.settings, folder).path for _ in range(2)]
    assert names(folder) == [path.name for path in paths]
    assert paths[0] < paths[1]


def test_two_at_once_wait_for_each_other(clinic: Clinic, folder: Path) -> None:
    paths: list[Path] = []
    threads = [threading.Thread(target=lambda: paths.append(back_up(clinic.settings, folder).path)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names(folder) == sorted(path.name for path in paths)
    assert len(names(folder)) == 2


def test_what_a_killed_one_has_left_is_cleared_by_the_next(clinic: Clinic, folder: Path) -> None:
    left = folder / "homeward-20260309T020000Z.tar.partial"
    left.mkdir()
    (left / "ledger.db").write_bytes(b"half of it")
    path = back_up(clinic.settings, folder).path
    assert names(folder) == [path.name]


def test_one_that_is_being_written_is_not_cleared(clinic: Clinic, folder: Path) -> None:
    left = folder / "homeward-20260309T020000Z.tar.partial"
    left.mkdir()
    with (folder / "homeward.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        waiting = threading.Thread(target=back_up, args=(clinic.settings, folder))
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
        assert names(folder) == [left.name]
    waiting.join(20)
    assert not left.exists()


@pytest.fixture
def old_ones(clinic: Clinic, folder: Path) -> list[Path]:
    """Four backups of earlier days."""
    latest = back_up(clinic.settings, folder).path
    paths = [folder / f"homeward-2026030{day}T020000Z.tar" for day in range(1, 5)]
    for path in paths:
        path.write_bytes(latest.read_bytes())
    latest.unlink()
    return paths


def test_old_ones_stay_unless_asked(clinic: Clinic, folder: Path, old_ones: list[Path]) -> None:
    assert back_up(clinic.settings, folder).removed == []
    assert len(names(folder)) == 5


def test_so_many_of_this_ledger_are_left(clinic: Clinic, folder: Path, old_ones: list[Path]) -> None:
    damaged = bytearray(old_ones[3].read_bytes())
    damaged[-3000] ^= 1
    old_ones[3].write_bytes(damaged)
    (folder / "homeward-20260305T020000Z.tar").symlink_to(old_ones[0])
    (folder / "homeward-20200101T000000Z.tar.gpg").write_bytes(b"the clinic's own")
    (folder / "notes.txt").write_bytes(b"the clinic's own")
    outcome = back_up(clinic.settings, folder, keep=2)
    assert outcome.removed == [old_ones[1], old_ones[0]]
    assert outcome.unfit == [old_ones[3]]
    assert {*names(folder)} == {
        old_ones[2].name,
        old_ones[3].name,
        outcome.path.name,
        "homeward-20260305T020000Z.tar",
        "homeward-20200101T000000Z.tar.gpg",
        "notes.txt",
    }


def test_an_old_one_that_cannot_be_deleted_does_not_unmake_the_new_one(
    clinic: Clinic, folder: Path, old_ones: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(1, "Operation not permitted", str(path))

    monkeypatch.setattr(Path, "unlink", refuse)  # as where each file is made immutable
    with pytest.raises(CannotBackUp, match=r"tar was written, and older ones could not be deleted\. Operation not"):
        back_up(clinic.settings, folder, keep=1)
    assert len(names(folder)) == 5


def test_backups_of_another_clinic_in_the_same_folder_stay(clinic: Clinic, folder: Path, tmp_path: Path) -> None:
    other = Settings(data=tmp_path / "other")
    assert CliRunner().invoke(main, ["therapist", "add", "Bob", "--data", str(other.data)]).exit_code == 0
    theirs = back_up(other, folder).path
    back_up(clinic.settings, folder, keep=1)
    assert theirs.exists()


def test_the_new_one_stays_when_the_clock_was_ahead(clinic: Clinic, folder: Path) -> None:
    first = back_up(clinic.settings, folder).path
    first.rename(folder / "homeward-20990101T000000Z.tar")
    outcome = back_up(clinic.settings, folder, keep=1)
    assert names(folder) == [outcome.path.name]


def test_the_command_says_what_it_wrote(clinic: Clinic, folder: Path) -> None:
    ran = CliRunner().invoke(main, ["backup", str(folder), "--data", str(clinic.settings.data)])
    assert ran.exit_code == 0
    assert f"It holds {clinic.ledger.last()} events, the last at 2" in ran.stdout
    assert f"{SHEETS} submissions among them" in ran.stdout
    assert "not encrypted" in ran.stdout
    asked = ["backup", str(folder), "--keep", "1", "--data", str(clinic.settings.data), "--json"]
    facts = json.loads(CliRunner().invoke(main, asked).stdout)
    assert (facts["events"], facts["submissions"]) == (clinic.ledger.last(), SHEETS)
    assert names(folder) == [Path(facts["file"]).name]
    assert len(facts["deleted"]) == 1


@contextmanager
def another_user(data: Path) -> Iterator[None]:
    """Let the data folder be another's for the block."""
    if os.geteuid():
        data.chmod(0)
    else:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if os.getuid():
            data.chmod(0o700)
        else:
            os.seteuid(0)


def test_another_users_data_folder_is_told_in_words(clinic: Clinic, folder: Path) -> None:
    with another_user(clinic.settings.data), pytest.raises(CannotBackUp, match=r"was written\. Permission denied: "):
        back_up(clinic.settings, folder)
    assert names(folder) == []


def test_an_unreadable_backup_is_told_in_words(backup: Path) -> None:
    with another_user(backup.parent):
        ran = CliRunner().invoke(main, ["verify", str(backup)])
    assert (ran.exit_code, ran.stderr) == (1, f"{backup} cannot be restored. It cannot be read: Permission denied.\n")


def test_a_folder_that_cannot_be_written_is_told_in_words(clinic: Clinic, folder: Path) -> None:
    (folder / "homeward.lock").mkdir()
    with pytest.raises(CannotBackUp, match=r"was written\. Is a directory: .*homeward\.lock"):
        back_up(clinic.settings, folder)


def test_a_link_in_place_of_the_lock_is_not_followed(clinic: Clinic, folder: Path, tmp_path: Path) -> None:
    (folder / "homeward.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CannotBackUp, match="Too many levels"):
        back_up(clinic.settings, folder)
    assert not (tmp_path / "elsewhere").exists()
