"""What a query begins with, read in a time that grows with its length only.

Datasette's own expressions try every way to share out spaces between comments and what follows them: 24,000 spaces
behind a comment held up everybody for four seconds.
"""

from __future__ import annotations

import re

from datasette import utils

_BEFORE = r"(?:\s|--.*\n|/\*[\s\S]*?\*/)*+"  # spaces and comments, in the one way in which they can be read
ALLOWED = tuple(
    re.compile(_BEFORE + beginning + r"\b")
    for statement in ("select", "with")
    for beginning in (statement, rf"explain\s+{statement}", rf"explain\s+query\s+plan\s+{statement}")
)


def read_in_one_way() -> None:
    """Put these in the place of Datasette's."""
    utils.allowed_sql_res[:] = ALLOWED
