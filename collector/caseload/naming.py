"""Assigns tables and columns to answers: the same in every caseload, and never two meanings in one column."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeAlias

from collector.caseload.columns import STANDARD
from collector.caseload.errors import CannotFold
from site_builder.forms.history.signatures import signature
from site_builder.forms.history.versions import asked, renamed
from site_builder.forms.history.words import Asked, Wordings, parts
from site_builder.forms.model.definition import Form
from site_builder.forms.model.identifiers import unfit_table

# name → the id that holds it, and the properties that must not change
Holders: TypeAlias = dict[str, tuple[str, Hashable]]

# Forms were called like these views and this table before they came.
LATER_VIEWS = frozenset({"answers", "last_seen", "open_alerts", "left_out"})
NO_HOLDER = ("-", ())  # "-" is never an id


class Names:
    """The names assigned so far. They depend only on the order in which forms were published.

    A column, a repeat's table, a scale and a criterion each keep the first name they were assigned. A name is held by
    an id together with the properties that must not change. A renamed question (`was`) passes its columns on to its new
    id; a column is never reused for another question. Words that mean something else need another column as well,
    even within a version: a ledger may hold definitions that were published before words were compared.
    """

    def __init__(self) -> None:
        self._tables: dict[str, tuple[str, str]] = {}  # table → its form and repeat
        self._columns: dict[str, Holders] = {}  # of each table
        self._wordings: dict[tuple[str, str], tuple[int, Wordings]] = {}  # of each table and column, with the version
        self._scales: dict[str, Holders] = {}  # of each form
        self._criteria: dict[str, Holders] = {}  # of each form
        self._asked: dict[str, frozenset[str]] = {}  # form → the paths of its latest definition

    def rename(self, form: Form) -> Mapping[str, Asked]:
        """Pass on tables and columns of what a new definition renames. Return its questions by their paths."""
        known = self._asked.get(form.id, frozenset())
        questions, pairs = asked(form, known), renamed(form, known)
        by_table: dict[str, dict[str, str]] = {}  # old → new, within a table
        for path, was in pairs.items():
            by_table.setdefault(was.rpartition(".")[0], {})[was.rpartition(".")[2]] = path.rpartition(".")[2]
        top = by_table.get("", {})
        tables = {repeat: table for table, (owner, repeat) in self._tables.items() if owner == form.id}
        for repeat, names in by_table.items():
            if repeat in tables:
                self._columns[tables[repeat]] = _with_new_ids(self._columns.get(tables[repeat], {}), names)
        for table, (owner, repeat) in list(self._tables.items()):
            if owner == form.id and repeat:
                self._tables[table] = (owner, _new_id(repeat, top))
        self._asked[form.id] = frozenset(questions)
        return questions

    def table(self, form: str, repeat: str = "", version: int = 1) -> str:
        """Return the table of a form or of one of its repeats. Raises CannotFold when the name is taken."""
        for name, owner in self._tables.items():
            if owner == (form, repeat):
                return name
        name = form.replace("-", "_") + (f"_{repeat}" if repeat else "")
        first = name = f"{name}_form" if name in LATER_VIEWS else name
        if name.startswith("_") or unfit_table(name, form):
            raise CannotFold(f"A form cannot have the table {name}: the caseload file uses that name itself.")
        if name in self._tables and self._tables[name][0] != form:
            raise CannotFold(f"Two forms, or a form and a repeat, would both have the table {name}.")
        attempt = 1
        while name in self._tables:  # by a repeat of this form that has been renamed since
            name, attempt = _next_name(first, version, attempt)
        self._tables[name] = (form, repeat)
        return name

    def column(self, table: str, id: str, asked: Asked, version: int) -> str:
        """Return the column of a question: its id, or `mood_v2` if version 2 changed its kind or its meaning."""
        taken = self._columns.setdefault(table, dict.fromkeys(STANDARD, NO_HOLDER))
        holder, now = (id, signature(asked.field)), parts(asked)
        for name, other in taken.items():
            if other != holder:
                continue
            latest, wordings = self._wordings[table, name]
            if wordings.went_on(now) if latest == version else wordings.go_on(now):
                self._wordings[table, name] = version, wordings.then(now)
                return name
        name = _free_name(taken, id, version)
        taken[name] = holder
        self._wordings[table, name] = version, Wordings.first(now)
        return name

    def computed_column(self, table: str, id: str, rule: tuple[str, ...], version: int) -> str:
        """Return the column of a computed value; `rule` is its formula and the columns it is computed from."""
        return _assign(self._columns.setdefault(table, dict.fromkeys(STANDARD, NO_HOLDER)), id, rule, version)

    def scale(self, form: str, id: str, rule: Hashable, version: int) -> str:
        """Return the name for a scale's scores: its id, or `total_v2` if version 2 scores differently."""
        return _assign(self._scales.setdefault(form, {}), id, rule, version)

    def criterion(self, form: str, id: str, rule: Hashable, version: int) -> str:
        """Return the name for the verdicts on a criterion, in the same way."""
        return _assign(self._criteria.setdefault(form, {}), id, rule, version)


def _assign(taken: Holders, id: str, properties: Hashable, version: int) -> str:
    for name, holder in taken.items():
        if holder == (id, properties):
            return name
    name = _free_name(taken, id, version)
    taken[name] = (id, properties)
    return name


def _free_name(taken: Holders, id: str, version: int) -> str:
    name, attempt = id, 1
    while name in taken:
        name, attempt = _next_name(id, version, attempt)
    return name


def _next_name(name: str, version: int, attempt: int) -> tuple[str, int]:
    return f"{name}_v{version}" + (f"_{attempt}" if attempt > 1 else ""), attempt + 1


def _with_new_ids(holders: Holders, names: Mapping[str, str]) -> Holders:
    return {name: (_new_id(id, names), properties) for name, (id, properties) in holders.items()}


def _new_id(id: str, names: Mapping[str, str]) -> str:
    """Return the id that now holds what `id` held, or no holder if another question has taken over that id."""
    return names.get(id, NO_HOLDER[0] if id in names.values() else id)
