"""A change of a client's label or time zone updates their row of `clients`."""

from __future__ import annotations

from collector.caseload.folding import Fold, caseload_of_client
from collector.caseload.installed import Installed
from collector.caseload.rows import Rows
from collector.ledger.events import Kind, Recorded

_CHANGE = (
    "UPDATE clients SET label = coalesce(?1, label), time_zone = iif(?2 IS NULL, time_zone, nullif(?2, ''))"
    " WHERE client = ?3"
)


def _add(event: Recorded, installed: Installed, rows: Rows) -> None:
    rows.change(_CHANGE, (event.data.get("label"), event.data.get("time_zone"), event.client))


FOLD = Fold(Kind.client_changed, caseload=caseload_of_client, add=_add)
