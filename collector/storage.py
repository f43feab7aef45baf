"""Every database file of a deployment and its key; nothing else opens one."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from collector.closed_folder import close_to_others, open_private
from collector.driver import BUSY_TIMEOUT, STATEMENTS, connect, sqlite3
from collector.errors import LedgerUnavailable
from collector.secrets import ensure_secret
from collector.settings import Settings

SUFFIX = ".db"
BESIDE = ("-wal", "-shm")  # SQLite's files beside an open database


def unencrypted(purpose: str) -> None:
    """Return no key, for files that are not encrypted."""


@dataclass(frozen=True, slots=True)
class DatabaseFile:
    """A database file, which need not exist yet, and its key; None if it is not encrypted."""

    path: Path
    key: bytes | None = field(default=None, repr=False)

    def connect(self, *, read_only: bool = False, statements: int = STATEMENTS) -> sqlite3.Connection:
        """Open the file in autocommit mode. Raises sqlite3.Error; with a wrong key only the first read does."""
        return connect(self.path, key=self.key, read_only=read_only, busy_timeout=BUSY_TIMEOUT, statements=statements)

    def exists(self) -> bool:
        return self.path.exists()

    def create(self) -> None:
        """Create an empty file that is not for everybody, as SQLite would make it, if there is none."""
        if not self.exists():
            os.close(open_private(self.path, os.O_RDWR))

    def delete(self) -> None:
        """Delete the file and its write-ahead log, which a new file of this name would otherwise inherit."""
        for suffix in ("", *BESIDE):
            self.path.with_name(f"{self.path.name}{suffix}").unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class CaseloadFiles:
    """A folder with a database file for each caseload."""

    folder: Path
    key: Callable[[str], bytes | None] = unencrypted

    def file(self, caseload: str) -> DatabaseFile:
        return DatabaseFile(self.folder / f"{caseload}{SUFFIX}", self.key(f"caseload {caseload}"))

    def caseloads(self) -> list[str]:
        """Return the caseloads that have a file, by name."""
        return sorted(path.stem for path in self.folder.glob(f"*{SUFFIX}"))


@dataclass(frozen=True, slots=True)
class Storage:
    """The database files of one deployment; `key` returns the key for a purpose."""

    settings: Settings
    key: Callable[[str], bytes | None] = unencrypted

    @property
    def ledger(self) -> DatabaseFile:
        return DatabaseFile(self.settings.ledger, self.key("ledger"))

    @property
    def projector_state(self) -> DatabaseFile:
        return DatabaseFile(self.settings.data / f"projector{SUFFIX}", self.key("projector"))

    @property
    def caseloads(self) -> CaseloadFiles:
        return CaseloadFiles(self.settings.caseloads, self.key)

    @property
    def rebuilt(self) -> CaseloadFiles:
        """The folder in which a rebuild makes new files, before it copies them over the live ones."""
        return CaseloadFiles(self.settings.data / "rebuild", self.key)

    @property
    def restored(self) -> Path:
        """The folder in which a restore unpacks and checks; it is gone once everything is in its place."""
        return self.settings.data / "restored"

    def make_folder(self) -> None:
        """Create the data folder and its secret if there is none, and close it to all but its owner, or its group.

        The secret comes before the ledger, so that a ledger without one has lost it. Raises LedgerUnavailable, and
        UnfitSetting for a group that does not fit the folder.
        """
        try:
            self.settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            close_to_others(self.settings.data, self.settings.group)
            if self.restored.exists():
                raise LedgerUnavailable(
                    f"A restore into {self.settings.data} has not ended. If it was interrupted, empty that folder and "
                    "restore again."
                )
            if not self.ledger.exists():
                ensure_secret(self.settings)
        except OSError as error:
            raise LedgerUnavailable(f"The data folder {self.settings.data} cannot be made: {error}.") from error
