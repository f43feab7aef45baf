"""A new course of treatment: what is sent from its beginning on is compared with the first score in it."""

from __future__ import annotations

from collector.caseload.folding import Fold, caseload_of_client
from collector.caseload.installed import Installed
from collector.caseload.rows import Rows
from collector.ledger.events import Kind, Recorded

_BEGIN = """
    UPDATE clients SET course_begun = ?1, course_seq = coalesce(?2,
           (SELECT max(seq) + 1 FROM submissions WHERE client = ?3 AND received < ?1), 0) WHERE client = ?3
"""


def _add(event: Recorded, installed: Installed, rows: Rows) -> None:
    """Set the beginning. One that was dated back follows the last submission before its moment."""
    begun = event.data["begun"]
    rows.change(_BEGIN, (begun or event.at, None if begun else event.seq, event.client))


FOLD = Fold(Kind.course_begun, caseload=caseload_of_client, add=_add)
