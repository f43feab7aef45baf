"""A restore fills an empty folder, all of it or nothing, and opens no door that was closed."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from collector import people
from collector.backup.errors import CannotRestore, UnfitBackup
from collector.backup.making import back_up
from collector.backup.restoring import restore
from collector.cli import main
from collector.driver import connect
from collector.errors import LedgerUnavailable
from collector.ledger.access import Access
from collector.ledger.events import Kind
from collector.ledger.opening import open_ledger
from collector.process.one_at_a_time import AlreadyUp, one_at_a_time
from collector.secrets import load_secret
from collector.settings import Settings
from collector.storage import DatabaseFile, Storage

from .conftest import NOBODY, SHEETS, Clinic, sheet


@pytest.fixture
def new(tmp_path: Path) -> Settings:
    """Where to restore to; there is nothing yet."""
    return Settings(data=tmp_path / "new" / "data")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.suffix != ".lock")


def test_everything_that_was_stored_is_there_again(clinic: Clinic, backup: Path, new: Settings) -> None:
    before = clinic.ledger.read(0)
    restore(backup, new)
    with open_ledger(Storage(new)) as (ledger, _):
        assert ledger.read(0)[: len(before)] == before
    assert load_secret(new) == load_secret(clinic.settings)


def test_only_its_owner_may_open_it(backup: Path, new: Settings) -> None:
    before = os.umask(0)
    try:
        restore(backup, new)
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (new.data, *new.data.iterdir())}
    assert modes == {"data": 0o700, "ledger.db": 0o600, "secret": 0o600, "up.lock": 0o600}


def test_the_ledger_says_that_it_was_restored(backup: Path, new: Settings) -> None:
    manifest = restore(backup, new)
    with open_ledger(Storage(new)) as (ledger, _):
        (event,) = ledger.read(manifest.ledger.events)
    assert event.kind == Kind.ledger_restored
    assert event.data == {"backup": manifest.created, "ends_links": False}


def test_no_sign_in_lives_again_and_a_link_opens_once_more(clinic: Clinic, backup: Path, new: Settings) -> None:
    """A cookie that was stolen, and ended after the backup, is in the older ledger."""
    with Access(DatabaseFile(clinic.settings.ledger)) as access:
        assert access.client_sign_in(clinic.device)
        assert access.person_sign_in(clinic.therapist)
        assert access.link_for(code=clinic.code)
    restore(backup, new)
    with Access(DatabaseFile(new.ledger)) as access:
        assert access.client_sign_in(clinic.device) is None
        assert access.person_sign_in(clinic.therapist) is None
        assert access.link_for(code=clinic.code) is None
        assert access.link_for(token=clinic.link)
        assert [caseload.id for caseload in access.caseloads_of("alice")] == ["alice"]


def test_all_links_can_be_ended_too_and_made_anew(clinic: Clinic, backup: Path, new: Settings) -> None:
    ran = CliRunner().invoke(main, ["restore", str(backup), "--into", str(new.data), "--end-links"])
    assert ran.exit_code == 0
    assert "links of clients. Make new ones" in ran.stdout
    with open_ledger(Storage(new)) as (ledger, access):
        assert access.link_for(token=clinic.link) is None
        invitation = people.replace_link(ledger, access, clinic.client)
        assert access.link_for(token=invitation.token)


def test_what_a_device_sends_again_is_stored_under_its_id(clinic: Clinic, backup: Path, new: Settings) -> None:
    late = sheet(clinic.client, "after the backup")
    clinic.ledger.append([late])
    restore(backup, new)
    with open_ledger(Storage(new)) as (ledger, _):
        assert ledger.find(late.id) is None
        assert ledger.append([late])[0].fresh
        early = next(event for event in ledger.read(0) if event.kind == Kind.submission_received)
        assert ledger.find(early.id) == early


def test_the_command_says_what_is_not_in_it_and_what_comes_next(backup: Path, new: Settings) -> None:
    ran = CliRunner().invoke(main, ["restore", str(backup), "--data", str(new.data)])
    assert ran.exit_code == 0
    for words in (f"{SHEETS} submissions", "sign-ins have ended", "is not in it", "End again", "up` folds", "health`"):
        assert words in ran.stdout


def fill(*files: str) -> Callable[[Path], None]:
    def make(data: Path) -> None:
        for file in files:
            (data / file).parent.mkdir(parents=True, exist_ok=True)
            (data / file).write_bytes(b"the clinic's")

    return make


@pytest.mark.parametrize(
    "filled",
    [
        fill("ledger.db"),
        fill("secret"),
        fill("logs/collect.log"),
        fill("caseloads/alice.db"),
        fill("deep/in/it/a"),
        fill(".hidden"),
        fill("a", "b", "c", "d"),
        lambda data: (data / "link").symlink_to(data),
        lambda data: (data / "nowhere").symlink_to(data / "gone"),
    ],
)
def test_a_folder_with_anything_in_it_is_refused_and_untouched(
    backup: Path, new: Settings, filled: Callable[[Path], None]
) -> None:
    new.data.mkdir(parents=True)
    filled(new.data)
    before = sorted(new.data.rglob("*"))
    with pytest.raises(CannotRestore, match=r"into an empty folder, and .* Move that away first"):
        restore(backup, new)
    assert sorted(new.data.rglob("*")) == before


def test_locks_and_empty_folders_are_nothing(backup: Path, new: Settings) -> None:
    for folder in ("logs", "caseloads/deep", "lost+found"):
        (new.data / folder).mkdir(parents=True)
    for lock in ("up.lock", "ledger.db.lock", "projector.lock"):
        (new.data / lock).touch()
    restore(backup, new)
    assert {"ledger.db", "secret"} <= {*names(new.data)}


def test_a_link_to_the_data_folder_is_followed(backup: Path, new: Settings, tmp_path: Path) -> None:
    new.data.mkdir(parents=True)
    (tmp_path / "link").symlink_to(new.data)
    restore(backup, Settings(data=tmp_path / "link"))
    assert new.ledger.exists()


def test_a_folder_in_which_up_is_starting_is_refused(backup: Path, new: Settings) -> None:
    new.data.mkdir(parents=True)
    with one_at_a_time(new.up_lock), pytest.raises(AlreadyUp, match=f"process {os.getpid()}"):
        restore(backup, new)
    assert names(new.data) == []


def test_up_is_refused_while_a_restore_goes_on(new: Settings) -> None:
    new.data.mkdir(parents=True)
    Storage(new).restored.mkdir()
    ran = CliRunner().invoke(main, ["up", "--data", str(new.data)])
    assert ran.exit_code == 1
    assert f"A restore into {new.data} has not ended" in ran.stderr


@pytest.mark.parametrize("place", [0, 700, 5000, 60_000, -3000, -1])
def test_a_flipped_byte_is_refused_and_no_folder_is_made(backup: Path, new: Settings, place: int) -> None:
    content = bytearray(backup.read_bytes())
    content[place] ^= 4
    backup.write_bytes(content)
    with pytest.raises(UnfitBackup, match="cannot be restored"):
        restore(backup, new)
    assert not new.data.parent.exists()


def test_a_restore_that_was_killed_while_unpacking_can_be_run_again(backup: Path, new: Settings) -> None:
    aside = Storage(new).restored
    aside.mkdir(parents=True)
    (aside / "ledger.db").write_bytes(b"half of it")
    with pytest.raises(
        LedgerUnavailable, match=r"has not ended\. If it was interrupted, empty that folder and restore again"
    ):
        Storage(new).make_folder()
    restore(backup, new)
    Storage(new).make_folder()
    assert names(new.data) == ["ledger.db", "secret"]


def test_what_was_killed_while_moving_is_used_by_nobody_and_named(backup: Path, new: Settings) -> None:
    restore(backup, new)
    Storage(new).restored.mkdir()
    with pytest.raises(CannotRestore, match=r"ledger\.db, secret\. It is what an interrupted restore has left there"):
        restore(backup, new)
    with pytest.raises(LedgerUnavailable, match="was interrupted"), open_ledger(Storage(new)):
        pass


def test_too_little_room_is_told_and_leaves_nothing(
    backup: Path, new: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.backup.verifying.TO_SPARE", 1 << 60)
    with pytest.raises(UnfitBackup, match="Unpacked it takes"):
        restore(backup, new)
    assert names(new.data) == []


def test_a_folder_that_cannot_be_made_is_told_in_words(backup: Path, new: Settings, tmp_path: Path) -> None:
    (tmp_path / "new").touch()
    with pytest.raises(CannotRestore, match=r"Nothing was restored into .* Not a directory"):
        restore(backup, new)


def test_a_backup_in_the_folder_itself_is_in_the_way(backup: Path, new: Settings) -> None:
    new.data.mkdir(parents=True)
    inside = backup.rename(new.data / backup.name)
    with pytest.raises(CannotRestore, match=backup.name):
        restore(inside, new)
    assert inside.exists()


def test_what_root_restores_belongs_to_whom_the_folder_belongs(backup: Path, new: Settings) -> None:
    owner = os.geteuid() or NOBODY
    new.data.mkdir(parents=True)
    os.chown(new.data, owner, -1)
    restore(backup, new)
    assert {path.stat().st_uid for path in (new.data, *new.data.iterdir())} == {owner}


def test_a_ledger_of_an_earlier_release_is_brought_up_to_date(clinic: Clinic, folder: Path, new: Settings) -> None:
    """Its backup is as old as it is; restoring it is opening it."""
    with closing(connect(clinic.settings.ledger)) as connection:
        connection.execute('ALTER TABLE events DROP COLUMN "by"')
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'who_acted'")
    path = back_up(clinic.settings, folder).path
    with closing(connect(clinic.settings.ledger, read_only=True)) as connection:
        assert "by" not in [row[1] for row in connection.execute("PRAGMA table_info(events)")]
    restore(path, new)
    with open_ledger(Storage(new)) as (ledger, _):
        assert {event.by.text for event in ledger.read(0)} == {"client", "command", "person:alice"}
