"""What every page of the review says while something is wrong with the computer."""

from __future__ import annotations

from pathlib import Path

from collector.clock_notice import clock_notice
from collector.disk import disk_notice
from collector.errors import LedgerError
from collector.ledger.access import Access


def notices(data: Path, access: Access) -> list[str]:
    """Return what is to be said, the gravest first; nothing while all is well."""
    try:
        jump = access.clock_jump()
    except LedgerError:  # the page itself says that
        jump = None
    return [notice for notice in (disk_notice(data), clock_notice(jump)) if notice]
