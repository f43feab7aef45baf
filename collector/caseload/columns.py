"""The columns that every table of a form has beside those for its questions."""

from __future__ import annotations

from typing import NamedTuple


class StandardColumn(NamedTuple):
    """The type of a column in SQLite, as Python has it, and what the column means."""

    type: type[str] | type[int]
    description: str


STANDARD = {
    "submission": StandardColumn(str, "The submission, a UUID"),
    "client": StandardColumn(str, "The client's code"),
    "version": StandardColumn(int, "The version of the form that was answered"),
    "row": StandardColumn(int, "Which of the entries, from 1"),
    "received": StandardColumn(str, "When it was received, UTC"),
}
OF_A_FORM = ("submission", "client", "version", "received")
OF_A_REPEAT = ("submission", "client", "row", "received")
