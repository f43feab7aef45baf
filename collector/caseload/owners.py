"""Which caseload each client belongs to, and so which file their events are folded into."""

from __future__ import annotations

import re

from collector.caseload.errors import CannotFold
from collector.ledger.events import Kind, Recorded

_CASELOAD = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")  # becomes a file name


class Owners:
    """The caseload of each client, from the events read so far."""

    def __init__(self) -> None:
        self._caseloads: dict[str, str] = {}

    def learn(self, event: Recorded) -> None:
        """Remember the caseload of a client_added event; only the first one for a client counts."""
        if event.kind == Kind.client_added:
            self._caseloads.setdefault(event.client, caseload_named(event))

    def caseload_of(self, event: Recorded) -> str:
        """Return the caseload that an event belongs to. Raises CannotFold when the client is unknown."""
        if event.kind in (Kind.caseload_added, Kind.client_added):
            return caseload_named(event)
        try:
            return self._caseloads[event.client]
        except KeyError:
            raise CannotFold("Nobody knows the client whom this event concerns.") from None


def caseload_named(event: Recorded) -> str:
    """Return the caseload that an event names. Raises CannotFold when it cannot be a file name."""
    name = event.data["caseload"]
    if not isinstance(name, str) or not _CASELOAD.fullmatch(name) or len(name) > 64:
        raise CannotFold("The caseload's short name cannot be the name of a file.")
    return name
