"""The disk of the data folder: how much room it has left, when that is to be said, and what is sure to be on it."""

from __future__ import annotations

import os
from pathlib import Path

LEAST_FREE = 256 * 1024 * 1024  # bytes; below it there is a day, not a week, to free some space
MEGABYTE = 1024 * 1024


def disk_free(folder: Path) -> int:
    """Return the bytes that are free for what is stored in a folder; 0 if its file system is read-only."""
    volume = os.statvfs(folder)
    return 0 if volume.f_flag & os.ST_RDONLY else volume.f_bavail * volume.f_frsize


def disk_problem(free: int) -> str:
    """Return in a few words what is wrong with the room that is left; empty if nothing is."""
    if not free:
        return "the disk cannot be written"
    return "the disk is nearly full" if free < LEAST_FREE else ""


def disk_notice(folder: Path) -> str:
    """Return what therapists read on every page when the room runs out; empty while there is enough."""
    free = disk_free(folder)
    if not free:
        return (
            "The disk of Homeward is full or cannot be written. What clients send is not stored, and they are told so."
            " Tell whoever looks after Homeward now."
        )
    if free < LEAST_FREE:
        return (
            f"The disk of Homeward is nearly full: {free // MEGABYTE} MB are left. What clients send is still stored."
            " Tell whoever looks after Homeward today."
        )
    return ""


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
