"""What a caseload's Datasette needs to know beyond its file: whose it is, what its columns mean, what was sent."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collector import position
from collector.caseload.dictionary import HIDDEN, describe
from collector.driver import connect, sqlite3
from collector.ledger.access import Caseload, Doors
from collector.ledger.events import Kind
from collector.ledger.ledger import Ledger
from collector.settings import Settings
from site_builder.forms.definition import Form

DATABASE = "caseload"  # what Datasette calls the one file that it has
LOOK_EVERY = 1.0  # seconds between looks whether a new form has come; Datasette asks dozens of times a page
LATE = 30.0  # seconds behind the ledger after which every page says so


@dataclass
class Room:
    """One caseload's room. Its own connection belongs to the event loop's thread."""

    caseload: Caseload
    file: Path
    settings: Settings
    ledger: Ledger
    doors: Doors

    def __post_init__(self) -> None:
        self._connection: sqlite3.Connection = connect(self.file, read_only=True)
        self._looked_at = -LOOK_EVERY
        self._version = -1
        self._metadata: dict[str, Any] = {}

    def close(self) -> None:
        self._connection.close()

    def metadata(self) -> dict[str, Any]:
        """Give Datasette's metadata: every table and column with its meaning, as of the last second."""
        now = time.monotonic()
        if now - self._looked_at >= LOOK_EVERY:
            self._looked_at = now
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
            if version != self._version:
                self._metadata, self._version = self._describe(), version
        return self._metadata

    def _describe(self) -> dict[str, Any]:
        tables: dict[str, dict[str, Any]] = {
            name: {"description": described.description, "columns": described.columns}
            for name, described in describe(self._connection).items()
        }
        for name in HIDDEN:
            tables.setdefault(name, {})["hidden"] = True
        tables.setdefault("clients", {})["label_column"] = "label"
        for table in tables.values():
            if "received" in table.get("columns", ()):
                table["sort_desc"] = "received"
        return {"title": self.caseload.name, "databases": {DATABASE: {"tables": tables}}}

    def form(self, definition: str) -> Form | None:
        """Give a form as it was asked, by its hash."""
        body = self.doors.definition(definition)
        return Form.from_json(body) if body else None

    def answers(self, submission: str) -> dict[str, Any] | None:
        """Give the answers of a submission as they were sent; None unless its client is in this caseload now."""
        event = self.ledger.find(submission)
        client = self.doors.client(event.client) if event and event.kind == Kind.submission_received else None
        if event is None or client is None or client.caseload != self.caseload.id:
            return None
        return dict(event.data["answers"])

    def seconds_behind(self) -> float:
        """Give the age of the oldest event that cannot be seen here yet; 0 while it is not late."""
        seconds = position.lag(self.ledger, self.settings.position).seconds
        return seconds if seconds > LATE else 0.0
