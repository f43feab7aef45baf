"""Checks, in the transaction that stores an event, that the client or person who acts may do so.

A client's sign-in must be valid and belong to that client. A person's sign-in must be valid, and the person must be a
member of the caseload that the event concerns, in a role that may do this.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from collector.errors import Refused
from collector.ledger.events import Event

# Each is one value of JSON, so that a batch can read both in the one value that it reads anyway. Their parameters are
# ?1 to ?3, what `parameters` returns; names would cost more (batch.py).
CLIENTS = """
    SELECT json_group_object(sign_in, client) FROM sign_ins JOIN links USING (link)
     WHERE sign_in IN (SELECT value FROM json_each(?1)) AND kind = 'client' AND expires > ?3 AND NOT ended
"""
PEOPLE = """
    SELECT json_group_array(json_array(sign_in, act.value ->> 1, act.value ->> 2, sign_ins.person, role))
      FROM json_each(?2) AS act
      JOIN sign_ins ON sign_in = act.value ->> 0 AND kind = 'person' AND expires > ?3
      LEFT JOIN clients ON clients.client = act.value ->> 1
      LEFT JOIN members ON members.person = sign_ins.person
           AND members.caseload = iif(act.value ->> 2 = '', clients.caseload, act.value ->> 2)
"""


def parameters(events: Sequence[Event], life: str) -> tuple[str, str, str]:
    """Return the parameters of CLIENTS and PEOPLE for a batch of events."""
    clients = [event.by.sign_in for event in events if event.by.text == "client"]
    people = [
        (event.by.sign_in, event.client, event.caseload)
        for event in events
        if event.by.text != "client" and event.by.sign_in
    ]
    return json.dumps(clients), json.dumps(people), life


class Acting:
    """The clients and people who may act, as CLIENTS and PEOPLE returned them."""

    def __init__(self, clients: Mapping[str, str], people: Iterable[Sequence[Any]]) -> None:
        self._clients = clients
        self._people: dict[tuple[str, str, str], tuple[str, str | None]] = {
            (sign_in, client, caseload): (person, role) for sign_in, client, caseload, person, role in people
        }

    def require(self, event: Event) -> None:
        """Raise Refused unless the holder of the event's sign-in may do this."""
        if event.by.text != "client":
            self._require_person(event)
        elif self._clients.get(event.by.sign_in) != event.client:
            raise Refused("This device is signed in no more.")

    def _require_person(self, event: Event) -> None:
        person, role = self._people.get((event.by.sign_in, event.client, event.caseload), ("", None))
        if not person or person != event.by.person:
            raise Refused("You are signed in no more.")
        if (event.client or event.caseload or event.roles) and role not in event.roles:
            raise Refused("Your part in this caseload does not include this.")
