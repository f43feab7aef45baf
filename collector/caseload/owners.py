"""Which caseload each client belongs to, and so which file their events are folded into."""

from __future__ import annotations

from collector.caseload.errors import CannotFold
from collector.ledger.events import Kind, Recorded
from collector.ledger.names import is_short_name


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
    if not is_short_name(name):
        raise CannotFold("The caseload's short name cannot be the name of a file.")
    return str(name)
