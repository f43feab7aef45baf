"""A new caseload gets a file, without rows."""

from __future__ import annotations

from collector.caseload.folding import Context, Fold, caseload_named
from collector.ledger.events import Kind, Recorded


def _learn(event: Recorded, context: Context) -> None:
    context.owners.add_caseload(event)


FOLD = Fold(Kind.caseload_added, caseload=caseload_named, learn=_learn)
