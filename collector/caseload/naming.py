"""Which table and column an answer gets: the same in every caseload, and never two units in one column."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeAlias

from collector.caseload.errors import CannotFold
from site_builder.forms.definition import Form
from site_builder.forms.fields import Field
from site_builder.forms.naming import unfit_table
from site_builder.forms.signatures import signature
from site_builder.forms.versions import asked, renamed

Holders: TypeAlias = dict[str, tuple[str, Hashable]]  # name → the id that has it, and what must stay the same

# Columns that every table of a form has beside those for its questions.
STANDARD = ("submission", "client", "version", "received", "row")
NOBODY = ("-", ())  # no id


class Names:
    """The names that are given away so far. They depend only on the order in which forms were published.

    A column, a repeat's table, and the line of a scale or criterion each keep the first name that they got. Who holds
    it is an id with what must stay the same; a question that is renamed (`was`) hands its columns on, and none of them
    is ever given to another question.
    """

    def __init__(self) -> None:
        self._tables: dict[str, tuple[str, str]] = {}  # table → the form and the repeat whose it is
        self._columns: dict[str, Holders] = {}  # of each table
        self._scales: dict[str, Holders] = {}  # of each form
        self._criteria: dict[str, Holders] = {}  # of each form
        self._asked: dict[str, frozenset[str]] = {}  # form → the paths in the definition published last

    def rename(self, form: Form) -> None:
        """Hand on what questions and repeats of a new definition have had under another name."""
        pairs = renamed(form, self._asked.get(form.id, ()))
        by_table: dict[str, dict[str, str]] = {}  # old → new, within a table
        for path, was in pairs.items():
            by_table.setdefault(was.rpartition(".")[0], {})[was.rpartition(".")[2]] = path.rpartition(".")[2]
        top = by_table.get("", {})
        tables = {repeat: table for table, (owner, repeat) in self._tables.items() if owner == form.id}
        for repeat, names in by_table.items():
            if repeat in tables:
                self._columns[tables[repeat]] = _handed_on(self._columns.get(tables[repeat], {}), names)
        for table, (owner, repeat) in list(self._tables.items()):
            if owner == form.id and repeat:
                self._tables[table] = (owner, _new_name(repeat, top))
        self._asked[form.id] = frozenset(asked(form))

    def table(self, form: str, repeat: str = "", version: int = 1) -> str:
        """Give the table of a form or of one of its repeats. Raises CannotFold when the name is taken."""
        for name, owner in self._tables.items():
            if owner == (form, repeat):
                return name
        first = name = form.replace("-", "_") + (f"_{repeat}" if repeat else "")
        if name.startswith("_") or unfit_table(name, form):
            raise CannotFold(f"A form cannot have the table {name}: the caseload file uses that name itself.")
        if name in self._tables and self._tables[name][0] != form:
            raise CannotFold(f"Two forms, or a form and a repeat, would both have the table {name}.")
        attempt = 1
        while name in self._tables:  # by a repeat of this form that has another name now
            name, attempt = _next_name(first, version, attempt)
        self._tables[name] = (form, repeat)
        return name

    def column(self, table: str, id: str, field: Field, version: int) -> str:
        """Give the column of a field: its id, or `mood_v2` when version 2 changed type, range or codes."""
        taken = self._columns.setdefault(table, dict.fromkeys(STANDARD, NOBODY))
        return _name(taken, id, signature(field), version)

    def computed_column(self, table: str, id: str, rule: tuple[str, ...], version: int) -> str:
        """Give the column of a computed value; `rule` is its formula and the columns that it is made of."""
        return _name(self._columns.setdefault(table, dict.fromkeys(STANDARD, NOBODY)), id, rule, version)

    def scale(self, form: str, id: str, rule: Hashable, version: int) -> str:
        """Give what a scale's scores are kept under: its id, or `total_v2` when version 2 counts otherwise."""
        return _name(self._scales.setdefault(form, {}), id, rule, version)

    def criterion(self, form: str, id: str, rule: Hashable, version: int) -> str:
        """Give what the verdicts on a criterion are kept under, in the same way."""
        return _name(self._criteria.setdefault(form, {}), id, rule, version)


def _name(taken: Holders, id: str, same: Hashable, version: int) -> str:
    for name, holder in taken.items():
        if holder == (id, same):
            return name
    name, attempt = id, 1
    while name in taken:
        name, attempt = _next_name(id, version, attempt)
    taken[name] = (id, same)
    return name


def _next_name(name: str, version: int, attempt: int) -> tuple[str, int]:
    return f"{name}_v{version}" + (f"_{attempt}" if attempt > 1 else ""), attempt + 1


def _handed_on(holders: Holders, names: Mapping[str, str]) -> Holders:
    return {name: (_new_name(id, names), same) for name, (id, same) in holders.items()}


def _new_name(id: str, names: Mapping[str, str]) -> str:
    """Give who holds what `id` held; nobody, where another question has taken that id over."""
    return names.get(id, NOBODY[0] if id in names.values() else id)
