"""Writes a backup, while everything runs."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from collector.backup import archive
from collector.backup.contents import checked_contents
from collector.backup.errors import CannotBackUp, UnfitBackup, UnsoundLedger, reason
from collector.backup.manifest import LEDGER, PARTS, SECRET, Manifest, Part, installed_version
from collector.disk import MEGABYTE, disk_free, sync_folder
from collector.driver import sqlite3
from collector.errors import UnfitSecret
from collector.ledger.events import utc
from collector.secrets import load_secret
from collector.settings import Settings
from collector.storage import BESIDE, DatabaseFile, Storage
from site_builder.forms.model.amounts import counted

PAGES_AT_ONCE = 4096  # copied between two looks at whether to stop: 16 MB
TO_SPARE = MEGABYTE  # bytes of room beside what is known to be needed
WAIT_FOR_A_NAME = 0.05  # seconds; a backup's name has the second, and none is written over
_NAME = re.compile(r"homeward-\d{8}T\d{6}Z\.tar")


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was written, and what became of older ones in the same folder."""

    path: Path
    manifest: Manifest
    removed: list[Path] = field(default_factory=list)
    unfit: list[Path] = field(default_factory=list)  # older ones that are damaged; they are not counted, and stay


def back_up(settings: Settings, folder: Path, *, keep: int | None = None) -> Backup:
    """Write one new file with everything that cannot be rebuilt, and check it before it gets its name.

    With `keep`, older backups of the same ledger in that folder are deleted, all but so many. Raises CannotBackUp.
    """
    try:
        _require_deployment(settings)
        _require_folder(settings, folder)
        with _turn(folder):
            backup = _back_up(settings, folder)
            if keep:
                _thin_out(backup, keep)
            return backup
    except (sqlite3.Error, OSError, UnfitSecret, UnsoundLedger, UnfitBackup) as error:
        raise CannotBackUp(f"No backup of {settings.data} was written. {_in_words(error)}") from error


def _back_up(settings: Settings, folder: Path) -> Backup:
    path, created = _free_name(folder)
    partial = folder / f"{path.name}.partial"
    partial.mkdir(mode=0o700)
    try:
        manifest = _collect(settings, partial, created)
        archive.write(partial / path.name, manifest, partial)
        with archive.opened(partial / path.name) as (file, _):
            archive.read_through(file, manifest)
        (partial / path.name).rename(path)
        sync_folder(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return Backup(path, manifest)


def _collect(settings: Settings, into: Path, created: str) -> Manifest:
    """Copy every part into a folder, and return the manifest of the copies."""
    ledger = Storage(settings).ledger
    copy = DatabaseFile(into / LEDGER, ledger.key)
    stored_before = _copy(ledger, copy)
    contents = checked_contents(copy)
    if contents.events < stored_before:
        raise UnsoundLedger(f"Its ledger has {counted(stored_before, 'event')}, and the copy {contents.events}.")
    shutil.copyfile(settings.secret, into / SECRET)
    parts = tuple(_part(into / name) for name in PARTS)
    return Manifest(created, installed_version(), contents, parts)


def _copy(live: DatabaseFile, copy: DatabaseFile) -> int:
    """Copy a database as it is at this moment. Return the number of the last event then.

    The reading transaction keeps that moment: without it, the copy would begin anew with every submission, and never
    end. Nobody waits for it; what is written meanwhile stays in the write-ahead log for as long.
    """
    copy.create()
    with closing(live.connect(read_only=True)) as source, closing(copy.connect()) as target:
        source.execute("BEGIN")
        (last,) = source.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()
        target.execute("PRAGMA journal_mode = OFF").fetchone()
        target.execute("PRAGMA synchronous = OFF")
        source.backup(target, pages=PAGES_AT_ONCE, progress=_look_up)
    with closing(copy.connect()) as target:
        target.execute("PRAGMA journal_mode = DELETE").fetchone()  # one file, with nothing beside it
    return int(last)


def _look_up(status: int, remaining: int, total: int) -> None:
    """Let Python handle a signal between two steps of copying."""


def _part(path: Path) -> Part:
    with path.open("rb") as file:
        return Part(path.name, path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def _require_deployment(settings: Settings) -> None:
    if not settings.ledger.exists():
        raise CannotBackUp(f"There is no ledger in {settings.data}. Is it the right data folder?")
    load_secret(settings)


def _require_folder(settings: Settings, folder: Path) -> None:
    if not folder.is_dir():
        raise CannotBackUp(f"There is no folder {folder}. Is its disk there? If it is to be a new one, make it first.")
    if folder.resolve().is_relative_to(settings.data.resolve()):
        raise CannotBackUp(
            f"{folder} is in the data folder: what destroys the one would destroy its backups too. Name another folder."
        )
    stored = sum(_size(settings.ledger.with_name(f"{settings.ledger.name}{suffix}")) for suffix in ("", *BESIDE))
    needed, free = 2 * stored + TO_SPARE, disk_free(folder)  # a copy to check, and the backup itself
    if free < needed:
        raise CannotBackUp(
            f"{folder} has {free // MEGABYTE} MB left, and {needed // MEGABYTE} MB are needed, half of them only "
            "while the backup is written."
        )


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """Wait until no other backup is being written to this folder, and clear what killed ones have left."""
    handle = os.open(folder / "homeward.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        for left in folder.glob("homeward-*.tar.partial"):
            shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        os.close(handle)


def _free_name(folder: Path) -> tuple[Path, str]:
    """Return a file that is not there yet, and the moment that it is named after."""
    while True:
        moment = datetime.now(UTC)
        path = folder / f"homeward-{moment:%Y%m%dT%H%M%SZ}.tar"
        if not os.path.lexists(path):
            return path, utc(moment)
        time.sleep(WAIT_FOR_A_NAME)


def _thin_out(backup: Backup, keep: int) -> None:
    """Delete the oldest backups of the same ledger beside a new one. Raises CannotBackUp, of them only."""
    fit, folder = 1, backup.path.parent
    try:
        for path in sorted(folder.iterdir(), reverse=True):
            if path == backup.path or not _NAME.fullmatch(path.name) or path.is_symlink():
                continue
            is_fit = _is_fit(path, backup)
            fit += is_fit
            if is_fit and fit > keep:
                path.unlink()
                backup.removed.append(path)
        sync_folder(folder)
    except OSError as error:
        raise CannotBackUp(
            f"{backup.path} was written, and older ones could not be deleted. {reason(error)}"
        ) from error


def _is_fit(path: Path, newer: Backup) -> bool:
    """Return whether a file is a whole backup of the same ledger; one that is damaged is noted."""
    try:
        with archive.opened(path) as (file, manifest):
            if manifest.ledger.id != newer.manifest.ledger.id:
                return False
            archive.read_through(file, manifest)
    except UnfitBackup:
        newer.unfit.append(path)
        return False
    return True


def _in_words(error: Exception) -> str:
    care = " Keep the data folder as it is, and the backups that you have." if isinstance(error, UnsoundLedger) else ""
    return f"{reason(error)}{care}"
