"""Opens a deployment's ledger together with its access checks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from collector.ledger.access import Access
from collector.ledger.ledger import Ledger
from collector.storage import Storage


@contextmanager
def open_ledger(storage: Storage) -> Iterator[tuple[Ledger, Access]]:
    """Open the ledger for appending and for access checks, creating it and its folder if needed.

    Raises UnsoundSqlite, LedgerUnavailable.
    """
    storage.make_folder()
    with Ledger(storage.ledger) as ledger, Access(storage.ledger, ledger.clock) as access:
        yield ledger, access
