"""The caseload that each client belongs to, into whose file their events are folded."""

from __future__ import annotations

from collector.caseload.errors import CannotFold
from collector.ledger.events import Recorded
from collector.ledger.names import is_short_name


class Owners:
    """The caseloads, and that of each client, from the events read so far."""

    def __init__(self) -> None:
        self.first_event: dict[str, int] = {}  # each caseload, with the number of the first event that named it
        self._caseloads: dict[str, str] = {}

    def add_caseload(self, event: Recorded) -> None:
        """Remember the caseload that an event names. Raises CannotFold."""
        self.first_event.setdefault(named_in(event), event.seq)

    def add_client(self, event: Recorded) -> None:
        """Remember the caseload of a client; only the first event for a client counts. Raises CannotFold."""
        self.add_caseload(event)
        self._caseloads.setdefault(event.client, named_in(event))

    def caseload_of(self, client: str) -> str:
        """Return the caseload that a client belongs to. Raises CannotFold when the client is unknown."""
        try:
            return self._caseloads[client]
        except KeyError:
            raise CannotFold("Nobody knows the client whom this event concerns.") from None


def named_in(event: Recorded) -> str:
    """Return the caseload that an event names. Raises CannotFold when it cannot be a file name."""
    name = event.data["caseload"]
    if not is_short_name(name):
        raise CannotFold("The caseload's short name cannot be the name of a file.")
    return str(name)
