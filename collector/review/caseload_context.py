"""What a caseload's Datasette needs beyond its file: its name, its columns' meanings, and submissions as sent."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from collector import position
from collector.caseload.dictionary import HIDDEN, describe
from collector.caseload.projector_state import ProblemsUnreadable, read_problems
from collector.clinic_time import ClinicZone
from collector.driver import sqlite3
from collector.ledger.access import Access, Caseload
from collector.ledger.events import Kind
from collector.ledger.ledger import Ledger
from collector.settings import Settings
from collector.storage import DatabaseFile, Storage
from site_builder.forms.model.definition import Form

DATABASE = "caseload"  # Datasette's name for its one file
UNSORTED = frozenset({"answers"})  # sorting all answers for each page of a spreadsheet would take minutes
LOOK_EVERY = 1.0  # seconds between checks for new forms; Datasette asks for metadata dozens of times a page

log = logging.getLogger(__name__)


@dataclass
class CaseloadContext:
    """The context of one caseload. Its connection belongs to the event loop's thread."""

    caseload: Caseload
    file: DatabaseFile
    settings: Settings
    ledger: Ledger
    access: Access
    clinic_zone: ClinicZone

    def __post_init__(self) -> None:
        self._connection: sqlite3.Connection = self.file.connect(read_only=True)
        self._looked_at = -LOOK_EVERY
        self._version = -1
        self._metadata: dict[str, Any] = {}
        self._forms: dict[str, Form] = {}  # by definition hash; a definition never changes

    def close(self) -> None:
        self._connection.close()

    def metadata(self) -> dict[str, Any]:
        """Return Datasette's metadata, with a description of every table and column, at most a second old."""
        now = time.monotonic()
        if now - self._looked_at >= LOOK_EVERY:
            self._looked_at = now
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
            if version != self._version:
                self._metadata, self._version = self._describe(), version
        return self._metadata

    def _describe(self) -> dict[str, Any]:
        tables: dict[str, dict[str, Any]] = {
            name: {"description": table.description, "columns": table.columns}
            for name, table in describe(self._connection).items()
        }
        for name in HIDDEN:
            tables.setdefault(name, {})["hidden"] = True
        tables.setdefault("clients", {})["label_column"] = "label"
        for name, metadata in tables.items():
            if "received" in metadata.get("columns", ()) and name not in UNSORTED:
                metadata["sort_desc"] = "received"
        return {"title": self.caseload.name, "databases": {DATABASE: {"tables": tables}}}

    def form(self, definition: str) -> Form | None:
        """Return a form by its definition hash; None for an unknown one. Raises UnreadableDefinition."""
        if definition not in self._forms:
            body = self.access.definition(definition)
            if body is None:
                return None
            self._forms[definition] = Form.from_json(body)
        return self._forms[definition]

    def answers(self, submission: str) -> dict[str, Any] | None:
        """Return the answers of a submission as they were sent; None unless its client is in this caseload now."""
        data = self.sent(submission)
        return None if data is None else dict(data["answers"])

    def sent(self, submission: str) -> Mapping[str, Any] | None:
        """Return what the ledger holds of a submission; None unless its client is in this caseload now."""
        event = self.ledger.find(submission)
        client = self.access.client(event.client) if event and event.kind == Kind.submission_received else None
        if event is None or client is None or client.caseload != self.caseload.id:
            return None
        return event.data

    def set_aside(self) -> int:
        """Return how many events belong to no caseload, and so are shown in none; 0 if that cannot be read."""
        try:
            return len(read_problems(Storage(self.settings).projector_state))
        except ProblemsUnreadable as error:
            log.error("%s", error)
            return 0

    def now(self, zone: tzinfo) -> datetime:
        """Return the ledger's time, which a clock that jumps does not carry off."""
        return self.ledger.clock.now().astimezone(zone)

    def seconds_behind(self) -> float:
        """Return the age in seconds of the oldest event not shown yet; 0 if that is not late."""
        lag = position.lag(self.ledger, self.settings.position)
        return lag.seconds if lag.is_late else 0.0
