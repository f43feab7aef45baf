"""Who owns a client: the caseload that a client's events are folded into."""

from __future__ import annotations

import re

from collector.caseload.errors import CannotFold
from collector.ledger.events import Kind, Recorded

_CASELOAD = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")  # becomes a file name


class Owners:
    """The caseload of each client, as the events so far tell it."""

    def __init__(self) -> None:
        self._caseloads: dict[str, str] = {}

    def learn(self, event: Recorded) -> None:
        """Take note of an event that may give a client an owner; the first one stands."""
        if event.kind == Kind.client_added:
            self._caseloads.setdefault(event.client, caseload_named(event))

    def home(self, event: Recorded) -> str:
        """Give the caseload that an event belongs into. Raises CannotFold when nobody owns the client."""
        if event.kind in (Kind.caseload_added, Kind.client_added):
            return caseload_named(event)
        try:
            return self._caseloads[event.client]
        except KeyError:
            raise CannotFold("Nobody knows the client whom this event concerns.") from None


def caseload_named(event: Recorded) -> str:
    """Give the caseload that an event names. Raises CannotFold when it is no fit name for a file."""
    name = event.data["caseload"]
    if not isinstance(name, str) or not _CASELOAD.fullmatch(name) or len(name) > 64:
        raise CannotFold("The caseload's short name cannot be the name of a file.")
    return name
