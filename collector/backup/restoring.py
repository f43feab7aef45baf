"""Restores a backup into an empty data folder."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import BinaryIO

from collector.backup import archive
from collector.backup.errors import CannotRestore, UnfitBackup, reason
from collector.backup.manifest import PARTS, Manifest
from collector.backup.verifying import unpack_checked
from collector.disk import sync_folder
from collector.driver import sqlite3
from collector.errors import LedgerError
from collector.ledger.events import ledger_restored
from collector.ledger.ledger import Ledger
from collector.process.one_at_a_time import one_at_a_time
from collector.settings import Settings
from collector.storage import Storage

MOST_NAMED = 3  # files that are in the way
OF_A_DISK = "lost+found"  # what a new file system has at its top


def restore(path: Path, settings: Settings, *, ends_links: bool = False) -> Manifest:
    """Restore a backup into the data folder, which must be empty, and return what is in it.

    Every byte is checked first. Raises UnfitBackup, CannotRestore or AlreadyUp; nothing is in its place then.
    """
    try:
        with archive.opened(path) as (file, manifest):
            archive.read_through(file, manifest)
            _require_empty(settings)
            settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            settings.data.chmod(0o700)
            with one_at_a_time(settings.up_lock):
                _require_empty(settings)
                _restore(file, manifest, settings, ends_links)
                Storage(settings).make_folder()  # it is the group's, where there is one
            return manifest
    except UnfitBackup as error:
        raise UnfitBackup(f"{path} cannot be restored. {error}") from error
    except (sqlite3.Error, OSError, LedgerError) as error:
        raise CannotRestore(f"Nothing was restored into {settings.data}. {reason(error)}") from error


def _restore(file: BinaryIO, manifest: Manifest, settings: Settings, ends_links: bool) -> None:
    data, aside = settings.data, Storage(settings).restored
    shutil.rmtree(aside, ignore_errors=True)  # left by a restore that was killed
    aside.mkdir(mode=0o700)
    try:
        unpack_checked(file, manifest, aside)
        _close_doors(aside, manifest, ends_links)
        _hand_over(data, settings.up_lock, *aside.iterdir())
        _put_in_place(aside, data)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def _require_empty(settings: Settings) -> None:
    """Raise CannotRestore if anything but locks and empty folders is in the data folder."""
    data, aside = settings.data, Storage(settings).restored
    if not data.exists():
        return
    in_the_way = sorted(entry.name for entry in data.iterdir() if entry != aside and not _is_nothing(entry))
    if in_the_way:
        named = ", ".join(in_the_way[:MOST_NAMED]) + (" and more" if len(in_the_way) > MOST_NAMED else "")
        interrupted = " It is what an interrupted restore has left there." if aside.exists() else ""
        raise CannotRestore(
            f"A backup is restored into an empty folder, and {data} has {named}.{interrupted} Move that away first, "
            "or name another folder with --into."
        )


def _is_nothing(entry: Path) -> bool:
    """Return whether this is a lock, which holds nothing, or a folder without any file."""
    if entry.name == OF_A_DISK or entry.suffix == ".lock":
        return True
    return entry.is_dir() and not entry.is_symlink() and all(_is_nothing(inner) for inner in entry.iterdir())


def _close_doors(aside: Path, manifest: Manifest, ends_links: bool) -> None:
    """End what must not come back to life with an older ledger, before the ledger can be used.

    What was erased after the backup was made will have to be erased again here, too, once clinics can erase.
    """
    with Ledger(Storage(Settings(data=aside)).ledger) as ledger:
        ledger.append([ledger_restored(backup=manifest.created, ends_links=ends_links)])


def _put_in_place(aside: Path, data: Path) -> None:
    """Move every part to its place, all of them or none. No role uses the folder until the one aside is gone."""
    in_place: list[str] = []
    try:
        for name in PARTS:
            if (data / name).exists():
                raise CannotRestore(f"Something has begun to use {data} just now: stop it, and empty that folder.")
            (aside / name).rename(data / name)
            in_place.append(name)
    except BaseException:
        for name in in_place:
            (data / name).rename(aside / name)
        raise
    sync_folder(data)
    shutil.rmtree(aside)
    sync_folder(data)


def _hand_over(data: Path, *paths: Path) -> None:
    """Let what root has made belong to whom the data folder belongs to."""
    if os.geteuid() == 0:
        owner = data.stat()
        for path in paths:
            os.chown(path, owner.st_uid, owner.st_gid)
