"""What the collector raises on purpose."""

from __future__ import annotations


class CollectorError(Exception):
    """Base of every error that this package raises on purpose; its text is fit to be shown."""


class UnsoundSqlite(CollectorError):
    """The SQLite library is one that can corrupt a database in WAL mode."""


class UnfitSecret(CollectorError):
    """The deployment's secret is not where only its owner reads it, or is no secret."""


class LedgerError(CollectorError):
    """Base of what the ledger raises."""


class LedgerBusy(LedgerError):
    """Too much is waiting to be written; nothing was stored. Try again in a moment."""


class LedgerUnavailable(LedgerError):
    """The disk did not take it; nothing was acknowledged. The same events may be sent again."""


class Unstorable(LedgerError):
    """The event holds what the ledger cannot keep exactly (text outside Unicode, NaN, too much of it)."""


class IdTaken(LedgerError):
    """Another event with this id, and other content, is in the ledger already."""


class Refused(LedgerError):
    """The event contradicts what the ledger holds (an ended link, a used code, a name that is taken)."""
