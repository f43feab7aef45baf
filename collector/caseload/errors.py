"""Errors that keep an event, or a whole file, from being folded."""

from __future__ import annotations

from collector.driver import sqlite3
from collector.errors import CollectorError

# Primary result codes of SQLite (the low byte) that concern the disk or the whole file, never a single event.
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
    """An event does not fit the caseload files; the message says why and never quotes an answer."""


def is_file_fault(error: BaseException) -> bool:
    """Return whether the disk or the file failed, in which case folding the same event may work later."""
    if isinstance(error, sqlite3.Error):
        return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _FILE_FAULTS
    return isinstance(error, OSError | MemoryError)


def is_damage(error: sqlite3.Error) -> bool:
    """Return whether the error means that the file is not a valid database."""
    return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in (11, 26)  # CORRUPT, NOTADB


def reason(error: Exception) -> str:
    """Return why an event was not folded, in words that never quote what a client wrote."""
    if isinstance(error, CannotFold):
        return str(error)
    innermost = error.__traceback__
    while innermost is not None and innermost.tb_next is not None:
        innermost = innermost.tb_next
    where = f" in {innermost.tb_frame.f_code.co_name}" if innermost is not None else ""
    return f"This event is not what was expected ({type(error).__name__}{where})."
