"""What keeps an event, or a whole file, from being folded."""

from __future__ import annotations

from collector.driver import sqlite3
from collector.errors import CollectorError

# The low byte of SQLite's result codes that tell of the disk or of the file as a whole, never of one event.
_FILE_FAULTS = frozenset(
    {
        3,  # PERM
        5,  # BUSY
        6,  # LOCKED
        7,  # NOMEM
        8,  # READONLY
        9,  # INTERRUPT
        10,  # IOERR
        11,  # CORRUPT
        13,  # FULL
        14,  # CANTOPEN
        15,  # PROTOCOL
        26,  # NOTADB
    }
)


class CannotFold(CollectorError):
    """An event that the caseload files cannot take; the text says why and holds nothing of an answer."""


def is_file_fault(error: BaseException) -> bool:
    """Tell whether the disk or the file failed, so that the same event may well be folded later."""
    if isinstance(error, sqlite3.Error):
        return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _FILE_FAULTS
    return isinstance(error, OSError | MemoryError)


def is_damage(error: sqlite3.Error) -> bool:
    """Tell whether a file is no database (any more)."""
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in (11, 26)  # CORRUPT, NOTADB


def reason(error: Exception) -> str:
    """Say why an event was not folded, in words that can hold nothing of what a client wrote."""
    if isinstance(error, CannotFold):
        return str(error)
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f" in {place.tb_frame.f_code.co_name}" if place is not None else ""
    return f"This event is not what was expected ({type(error).__name__}{where})."
