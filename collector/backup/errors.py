"""Why a backup was not written, is not whole, or was not restored."""

from __future__ import annotations

from collector.errors import CollectorError


class BackupError(CollectorError):
    """Base of the errors of this package."""


class CannotBackUp(BackupError):
    """No backup was written; nothing that looks like one was left."""


class UnfitBackup(BackupError):
    """The file is no backup, is not whole, or was written by a later release."""


class CannotRestore(BackupError):
    """Nothing was restored; the data folder is as it was."""


class UnsoundLedger(BackupError):
    """A ledger is damaged, or is no ledger."""


def reason(error: Exception) -> str:
    """Return in a sentence what went wrong, with the file where the system names one."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}." if error.filename else f"{error.strerror}."
    return f"{str(error).removesuffix('.')}."
