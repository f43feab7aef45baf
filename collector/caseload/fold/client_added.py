"""A new client is a row of `clients`; their later events go into the same file."""

from __future__ import annotations

from collector.caseload.folding import Context, Fold, caseload_named
from collector.caseload.installed import Installed
from collector.caseload.rows import Insert, Rows
from collector.ledger.events import Kind, Recorded

ACTIVE = "active"  # a client's status until an event ends the treatment
_INSERT = Insert("clients", ("client", "label", "since", "status"))


def _learn(event: Recorded, context: Context) -> None:
    context.owners.add_client(event)


def _add(event: Recorded, installed: Installed, rows: Rows) -> None:
    rows.add(_INSERT, (event.client, str(event.data.get("label", "")), event.at, ACTIVE))


FOLD = Fold(Kind.client_added, caseload=caseload_named, learn=_learn, add=_add)
