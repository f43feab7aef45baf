"""What clients left out that could have raised an alert, as pages tell it: a blank is not a no."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from collector.caseload.courses import OF_ONE, Rows, all_of

# Only of the latest submission of each form: what was left out once may have been answered since.
LATEST = """
    SELECT client, submission, question, answer, received FROM left_out {of_one}
       {joint} submission = (
           SELECT submission FROM submissions AS latest
            WHERE (latest.client, latest.form) = (left_out.client, left_out.form)
            ORDER BY seq DESC LIMIT 1)
     ORDER BY received DESC, rowid
"""
OF_SUBMISSION = """
    SELECT client, submission, question, answer, received FROM left_out WHERE submission = :submission ORDER BY rowid
"""


class LeftOut(NamedTuple):
    """A question without an answer; `answer` is one that counts as missing, if there is one."""

    client: str
    submission: str
    question: str
    answer: str | None
    received: str

    def in_words(self) -> str:
        """Return it as text: "“Thoughts of self-harm” was answered “I would rather not say”"."""
        asked = f"“{self.question}”"
        return f"{asked} was answered “{self.answer}”" if self.answer else f"{asked} was left out"


async def read_left_out(rows: Rows, client: str = "") -> dict[str, list[LeftOut]]:
    """Return what every client, or one, left out of the latest submission of each form, the latest first."""
    of_one, joint = (OF_ONE, "AND") if client else ("", "WHERE")
    blanks: dict[str, list[LeftOut]] = defaultdict(list)
    for row in await all_of(rows, LATEST.format(of_one=of_one, joint=joint), client=client):
        blanks[row["client"]].append(LeftOut(*row))
    return dict(blanks)


async def read_left_out_of(rows: Rows, submission: str) -> list[LeftOut]:
    """Return what was left out of one submission, in the order of its alerts."""
    return [LeftOut(*row) for row in await all_of(rows, OF_SUBMISSION, submission=submission)]
