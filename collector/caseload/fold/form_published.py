"""A published form leaves no rows of its own; submissions need its definition."""

from __future__ import annotations

from collector.caseload.folding import Context, Fold
from collector.ledger.events import Kind, Recorded


def _learn(event: Recorded, context: Context) -> None:
    context.definitions.publish(event)


FOLD = Fold(Kind.form_published, learn=_learn)
