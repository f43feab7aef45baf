"""The collector's errors."""

from __future__ import annotations


class CollectorError(Exception):
    """Base of every error that this package raises deliberately; its message can be shown to people."""


class UnsoundSqlite(CollectorError):
    """The SQLite library in use can corrupt a database in WAL mode."""


class UnfitSetting(CollectorError):
    """A setting in the environment says something that cannot be meant."""


class UnfitSecret(CollectorError):
    """The deployment's secret is readable by others, or is not valid."""


class LedgerError(CollectorError):
    """Base of the ledger's errors."""


class LedgerBusy(LedgerError):
    """Too much is waiting to be written; nothing was stored. Trying again in a moment may work."""


class LedgerUnavailable(LedgerError):
    """The ledger could not be read or written; nothing was acknowledged. The same events may be sent again."""


class Unstorable(LedgerError):
    """The event holds data that the ledger cannot store exactly (invalid Unicode, NaN), or too much of it."""


class IdTaken(LedgerError):
    """The ledger already has an event with this id and different content."""


class Refused(LedgerError):
    """The event contradicts what the ledger holds (an ended link, a used code, a name that is taken)."""
