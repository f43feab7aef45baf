"""A lock file for writers: SQLite's own waiting does not serve processes in turn."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from collector.closed_folder import open_private


class Turn:
    """A lock file beside the ledger; the kernel releases it when its holder dies."""

    def __init__(self, ledger: Path) -> None:
        self._file = open_private(ledger.with_name(f"{ledger.name}.lock"), os.O_RDWR)

    def __enter__(self) -> Turn:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: Any, trace: TracebackType | None) -> None:
        self.close()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for the lock and hold it for the block."""
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._file)
