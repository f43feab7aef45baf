"""Checks a backup as restoring it would, and restores nothing."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import BinaryIO

from collector.backup import archive
from collector.backup.contents import checked_contents
from collector.backup.errors import UnfitBackup, UnsoundLedger, reason
from collector.backup.manifest import SECRET, Manifest, installed_version
from collector.disk import MEGABYTE, disk_free
from collector.errors import UnfitSecret
from collector.secrets import read_secret
from collector.settings import Settings
from collector.storage import Storage

TO_SPARE = MEGABYTE  # bytes of room beside the parts
ROOMY = "/var/tmp"  # noqa: S108 - a disk of some size, where /tmp is often memory; the folder in it is our own


def verify(path: Path) -> Manifest:
    """Return what a backup holds, after reading every byte of it and all of its ledger. Raises UnfitBackup."""
    try:
        with archive.opened(path) as (file, manifest), tempfile.TemporaryDirectory(dir=_roomy()) as folder:
            unpack_checked(file, manifest, Path(folder))
            return manifest
    except UnfitBackup as error:
        raise UnfitBackup(f"{path} cannot be restored. {error}") from error
    except OSError as error:
        raise UnfitBackup(f"{path} could not be checked. {reason(error)}") from error


def unpack_checked(file: BinaryIO, manifest: Manifest, folder: Path) -> None:
    """Unpack a backup into an empty folder and check what is in it. Raises UnfitBackup, and OSError for the folder."""
    needed, free = sum(part.size for part in manifest.parts) + TO_SPARE, disk_free(folder)
    if free < needed:
        raise UnfitBackup(
            f"Unpacked it takes {needed // MEGABYTE} MB, and {folder.parent} has {free // MEGABYTE} MB left."
        )
    archive.read_through(file, manifest, folder)
    try:
        contents = checked_contents(Storage(Settings(data=folder)).ledger)
        read_secret(folder / SECRET)
    except (UnsoundLedger, UnfitSecret) as error:
        raise UnfitBackup(str(error)) from error
    if contents != manifest.ledger:
        raise UnfitBackup("It does not hold what it says it does.")
    if unknown := contents.unknown_changes:
        raise UnfitBackup(
            f"Its ledger was written by a later release than Homeward {installed_version()}, which does not know "
            f"{', '.join(unknown)}. Install that release, or a later one."
        )


def _roomy() -> str | None:
    if "TMPDIR" in os.environ or not os.access(ROOMY, os.W_OK):
        return None
    return ROOMY
