"""Which table and column an answer gets: the same in every caseload, and never two units in one column."""

from __future__ import annotations

from typing import Any

from collector.caseload.errors import CannotFold
from site_builder.forms.fields import AnyOf, Field, Matrix, Number, OneOf, Rating, Text, YesNo

# Names of the tables that every caseload file has, or will have; a form may not take them.
FIXED = frozenset(
    {
        *("clients", "homework", "submissions", "scores", "scales", "alerts", "feedback", "progress"),
        *("adherence", "outcomes", "questions", "problems", "written", "criteria", "clusters"),
    }
)

# Columns that every table of a form has beside those for its questions.
STANDARD = ("submission", "client", "version", "received", "row")


def signature(field: Field) -> tuple[Any, ...]:
    """Give what must stay the same for answers to share a column: type, range and codes, not the wording."""
    match field:
        case Text():
            return ("text",)
        case Number():
            return ("number", field.at_least, field.at_most, field.decimals, field.unit)
        case Rating():
            return ("rating", field.lowest, field.highest, field.step)
        case YesNo():
            return (field.type,)
        case OneOf() | Matrix():
            return ("choice", *sorted(choice.code for choice in field.choices))
        case AnyOf():
            return ("choices", *sorted(choice.code for choice in field.choices))
    return (field.type,)


class Names:
    """The names that are given away so far. They depend only on the order in which forms were published."""

    def __init__(self) -> None:
        self._owners: dict[str, tuple[str, str]] = {}  # table → the form and the repeat whose it is
        self._columns: dict[str, dict[str, tuple[Any, ...]]] = {}  # table → column → whose it is

    def table(self, form: str, repeat: str = "") -> str:
        """Give the table of a form or of one of its repeats. Raises CannotFold when the name is taken."""
        name = form.replace("-", "_") + (f"_{repeat}" if repeat else "")
        if name in FIXED or name.startswith(("_", "sqlite")) or name.endswith("_fts"):
            raise CannotFold(f"A form cannot have the table {name}: the caseload file uses that name itself.")
        if self._owners.setdefault(name, (form, repeat)) != (form, repeat):
            raise CannotFold(f"Two forms, or a form and a repeat, would both have the table {name}.")
        return name

    def column(self, table: str, id: str, field: Field, version: int) -> str:
        """Give the column of a field: its id, or `mood_v2` when version 2 changed type, range or codes."""
        return self._give(table, id, (id, *signature(field)), version)

    def computed_column(self, table: str, id: str, rule: tuple[str, ...], version: int) -> str:
        """Give the column of a computed value; `rule` is its formula and the columns that it is made of."""
        return self._give(table, id, (id, "computed", *rule), version)

    def _give(self, table: str, id: str, whose: tuple[Any, ...], version: int) -> str:
        taken = self._columns.setdefault(table, dict.fromkeys(STANDARD, ()))
        for name, holder in taken.items():
            if holder == whose:
                return name
        name, attempt = id, 1
        while name in taken:
            name = f"{id}_v{version}" + (f"_{attempt}" if attempt > 1 else "")
            attempt += 1
        taken[name] = whose
        return name
