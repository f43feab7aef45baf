"""The data folder is its owner's only, whatever the umask, and also when it was wider before."""

from __future__ import annotations

import grp
import logging
import os
import socket
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from collector.backup.making import back_up
from collector.backup.restoring import restore
from collector.errors import UnfitSecret, UnfitSetting
from collector.ledger.events import caseload_added
from collector.ledger.opening import open_ledger
from collector.process.supervisor import Supervisor
from collector.projector import Projector
from collector.secrets import load_secret
from collector.settings import Settings
from collector.storage import Storage


@pytest.fixture(params=[0o000, 0o002, 0o022, 0o027, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    """Return what the owner and others may do with a folder and all that is in it."""
    return {
        str(path.relative_to(folder)): stat.S_IMODE(path.lstat().st_mode)
        for path in (folder, *folder.rglob("*"))
        if not path.is_symlink()
    }


def open_to_others(folder: Path) -> list[str]:
    return [path for path, mode in modes(folder).items() if mode & 0o077]


@pytest.mark.usefixtures("umask")
def test_a_new_folder_is_its_owners_whatever_the_umask(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "new" / "data")
    with open_ledger(Storage(settings)), Projector(settings) as projector:
        projector.catch_up()
        assert modes(settings.data)["."] == 0o700
        assert {"ledger.db", "ledger.db-wal", "ledger.db.lock", "position"} <= modes(settings.data).keys()
        assert open_to_others(settings.data) == []


@pytest.mark.usefixtures("umask")
def test_a_secret_makes_no_open_folder(tmp_path: Path) -> None:
    load_secret(Settings(data=tmp_path / "data"))
    assert modes(tmp_path / "data") == {".": 0o700, "secret": 0o600}


@pytest.mark.usefixtures("umask")
def test_logs_are_their_owners(tmp_path: Path) -> None:
    supervisor = Supervisor({"HOMEWARD_PORT": "none"}, tmp_path / "logs")  # so that the roles end at once
    supervisor.start()
    supervisor.stop()
    assert modes(tmp_path / "logs") == {".": 0o700, "collect.log": 0o600, "project.log": 0o600, "review.log": 0o600}


def leave_wide(data: Path) -> None:
    """Leave a folder as a release that did not look after it could have."""
    for folder in (data, data / "caseloads", data / "logs"):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
    for name in ("ledger.db-shm", "caseloads/river.db", "caseloads/river.db-wal", "logs/collect.log", "demo.json", "x"):
        (data / name).touch()
        (data / name).chmod(0o664)
    with socket.socket(socket.AF_UNIX) as listening:
        os.chdir(data)  # a socket's path may have 107 characters
        listening.bind("door")
    (data / "door").chmod(0o777)


@pytest.fixture
def wide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    data = tmp_path / "data"
    leave_wide(data)
    return Settings(data=data)


def test_what_was_wider_is_mended_and_told_once(wide: Settings, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        Storage(wide).make_folder()
    assert open_to_others(wide.data) == []
    (line,) = caplog.messages
    assert str(wide.data) in line
    assert "and 7 more" in line
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        Storage(wide).make_folder()
    assert caplog.messages == []


def test_a_folder_behind_a_link_is_closed_and_what_a_link_in_it_leads_to_is_not(wide: Settings, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("not Homeward's")
    elsewhere.chmod(0o644)
    (wide.data / "link").symlink_to(elsewhere)
    (wide.data / "nowhere").symlink_to(tmp_path / "gone")
    (tmp_path / "door").symlink_to(wide.data)
    Storage(Settings(data=tmp_path / "door")).make_folder()
    assert open_to_others(wide.data) == []
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o644


OURS = os.getgid()  # a group that whoever runs the tests is a member of


def shared(tmp_path: Path) -> Settings:
    settings = Settings(data=tmp_path / "data", group=OURS)
    Storage(settings).make_folder()
    return settings


@pytest.mark.usefixtures("umask")
def test_a_shared_folder_is_its_groups_and_nobody_elses(tmp_path: Path) -> None:
    settings = shared(tmp_path)
    with open_ledger(Storage(settings)) as (ledger, _), Projector(settings) as projector:
        load_secret(settings)
        ledger.append([caseload_added("river", "River")])
        projector.catch_up()
        files = modes(settings.data)
        assert {files.pop(folder) for folder in (".", "caseloads")} == {0o2770}
        assert {"ledger.db-wal", "ledger.db.lock", "position", "secret", "caseloads/river.db"} <= files.keys()
        assert set(files.values()) == {0o660}
    assert {path.lstat().st_gid for path in (settings.data, *settings.data.rglob("*"))} == {OURS}


def test_a_folder_of_one_user_becomes_its_groups_and_is_closed_to_others(wide: Settings) -> None:
    Storage(replace(wide, group=OURS)).make_folder()
    files = modes(wide.data)
    assert {mode for path, mode in files.items() if (wide.data / path).is_dir()} == {0o2770}
    assert files["ledger.db-shm"] == files["caseloads/river.db"] == 0o660
    assert [path for path, mode in files.items() if mode & 0o007] == []


def test_a_shared_folder_is_not_closed_in_silence_by_a_command_that_does_not_know_of_it(tmp_path: Path) -> None:
    settings = shared(tmp_path)
    load_secret(settings)
    before = modes(settings.data)
    with pytest.raises(UnfitSetting, match=r"Set HOMEWARD_GROUP=.+chmod 700"):
        Storage(replace(settings, group=None)).make_folder()
    assert modes(settings.data) == before
    settings.data.chmod(0o700)  # as it says
    Storage(replace(settings, group=None)).make_folder()
    assert open_to_others(settings.data) == []


def test_a_folder_below_one_that_hands_its_group_on_is_not_shared_by_that(tmp_path: Path) -> None:
    tmp_path.chmod(0o2770)
    settings = Settings(data=tmp_path / "data")
    with open_ledger(Storage(settings)):
        load_secret(settings)
        assert open_to_others(settings.data) == []


def test_a_secret_that_everybody_reads_is_refused_in_a_shared_folder_too(tmp_path: Path) -> None:
    settings = shared(tmp_path)
    load_secret(settings)
    settings.secret.chmod(0o664)
    with pytest.raises(UnfitSecret):
        load_secret(settings)


def test_a_group_that_is_not_there_is_refused_in_words() -> None:
    with pytest.raises(UnfitSetting, match="groupadd --system no-such-group"):
        Settings.from_environment({"HOMEWARD_GROUP": "no-such-group"})
    assert Settings.from_environment({"HOMEWARD_GROUP": grp.getgrgid(0).gr_name}).group == 0
    assert Settings.from_environment({"HOMEWARD_GROUP": ""}).group is None


def test_a_backup_is_restored_into_a_shared_folder_for_the_whole_group(tmp_path: Path) -> None:
    settings = shared(tmp_path)
    with open_ledger(Storage(settings)) as (ledger, _):
        ledger.append([caseload_added("river", "River")])
    (tmp_path / "backups").mkdir()
    backup = back_up(settings, tmp_path / "backups")
    assert stat.S_IMODE(backup.path.stat().st_mode) == 0o600
    anew = replace(settings, data=tmp_path / "anew")
    restore(backup.path, anew)
    files = modes(anew.data)
    assert files.pop(".") == 0o2770
    assert set(files.values()) == {0o660}
