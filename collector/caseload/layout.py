"""How the answers to a form lie in tables and columns, worked out once for each definition."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from collector.caseload.errors import CannotFold
from collector.caseload.naming import Names
from site_builder.forms.computing import PLACES, compute
from site_builder.forms.definition import Computed, Form
from site_builder.forms.fields import (
    AnyOf,
    Choice,
    Duration,
    Field,
    Matrix,
    Number,
    OneOf,
    Rating,
    Repeat,
    Text,
    YesNo,
)
from site_builder.forms.wording import plain

Value: TypeAlias = str | int | float | None
Row: TypeAlias = tuple[Value, ...]
Convert: TypeAlias = Callable[[Any], Value]

# "01" is a code and no number: as an INTEGER it would come back as 1.
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True)
class Column:
    """A column for one question. `path` names it in `questions`: q1, or feelings.before inside a repeat.

    A value that is worked out has a column too; its `field` is a number with the value's label and unit.
    """

    name: str
    type: type[str] | type[int] | type[float]
    path: str
    field: Field
    row: str  # of a matrix; "" otherwise
    convert: Convert
    computed: Computed | None = None

    @property
    def is_writing(self) -> bool:
        return isinstance(self.field, Text)

    @property
    def ask(self) -> str:
        """The wording that the client saw; of a matrix, the row's."""
        if isinstance(self.field, Matrix):
            return next(row.label for row in self.field.rows if row.code == self.row)
        return plain(self.field.ask)


@dataclass(frozen=True)
class Table:
    """A form's own table, or, with `repeat`, the table for the rows of one of its repeats."""

    name: str
    columns: tuple[Column, ...]
    repeat: Repeat | None = None

    @property
    def key(self) -> tuple[str, ...]:
        return ("submission", "row") if self.repeat else ("submission",)

    @property
    def standard(self) -> dict[str, type[str] | type[int]]:
        """The columns that it has before those for its questions."""
        if self.repeat:
            return {"submission": str, "client": str, "row": int, "received": str}
        return {"submission": str, "client": str, "version": int, "received": str}

    @cached_property
    def insert(self) -> str:
        names = [*self.standard, *(column.name for column in self.columns)]
        listed = ", ".join(f'"{name}"' for name in names)
        return f'INSERT INTO "{self.name}" ({listed}) VALUES ({", ".join("?" * len(names))})'  # noqa: S608

    @cached_property
    def writing(self) -> tuple[tuple[int, Column], ...]:
        """The columns that hold what a client wrote, with their places in a row of values."""
        return tuple((place, column) for place, column in enumerate(self.columns) if column.is_writing)

    @cached_property
    def _getters(self) -> tuple[tuple[str, str, Convert], ...]:
        return tuple((column.field.id, column.row, column.convert) for column in self.columns)

    @cached_property
    def _rows(self) -> Mapping[str, frozenset[str]]:
        """What may be answered here: each field with the rows of its matrix."""
        return {
            column.field.id: frozenset(c.row for c in self.columns if c.field is column.field and c.row)
            for column in self.columns
            if not column.computed
        }

    def values(self, answers: Mapping[str, Any]) -> Row:
        """Give the value of each column, None where there is no answer. Raises CannotFold."""
        found: list[Value] = []
        for id, row, convert in self._getters:
            answer = answers.get(id)
            if row and answer is not None:
                answer = answer.get(row)
            found.append(None if answer is None else convert(answer))
        return tuple(found)

    def require_known(self, answers: Mapping[str, Any], others: frozenset[str] = frozenset()) -> None:
        """Refuse an answer to what is not asked here: it would be lost in silence. Raises CannotFold."""
        for id, answer in answers.items():
            rows = self._rows.get(id)
            if rows is None and id not in others:
                raise CannotFold("There is an answer to a question that this form does not ask.")
            if rows and not rows >= answer.keys():
                raise CannotFold("There is an answer to a row that this form does not have.")


@dataclass(frozen=True)
class Layout:
    """The tables of one definition of a form."""

    form: Form
    main: Table
    repeats: tuple[Table, ...]
    scales: Mapping[str, str]  # what the scores of each scale are kept under: its id, or total_v2
    criteria: Mapping[str, str]  # and the verdicts on each criterion

    def main_values(self, answers: Mapping[str, Any]) -> Row:
        """Give the values of the form's own table, those that are worked out among them. Raises CannotFold."""
        computed = compute(self.form, dict(answers)) if self.form.computed else {}
        return self.main.values({**answers, **computed})

    @cached_property
    def repeat_ids(self) -> frozenset[str]:
        return frozenset(table.repeat.id for table in self.repeats if table.repeat)

    @property
    def tables(self) -> tuple[Table, ...]:
        return (self.main, *self.repeats)


def lay_out(form: Form, names: Names) -> Layout:
    """Work out the tables of a definition, giving away the names it needs. Raises CannotFold."""
    names.rename(form)
    singles = [field for field in form.fields if not isinstance(field, Repeat)]
    repeats = [field for field in form.fields if isinstance(field, Repeat)]
    main = names.table(form.id)
    tables = [(names.table(form.id, repeat.id, form.version), repeat) for repeat in repeats]
    columns = _columns(main, singles, form.version, names)
    kept_in = {column.path: column.name for column in columns}
    return Layout(
        form,
        Table(main, columns + _computed_columns(main, form, columns, names)),
        tuple(
            Table(name, _columns(name, repeat.of, form.version, names, f"{repeat.id}."), repeat)
            for name, repeat in tables
        ),
        _scales(form, kept_in, names),
        _criteria(form, kept_in, names),
    )


def _scales(form: Form, columns: Mapping[str, str], names: Names) -> dict[str, str]:
    """Name each scale; one that counts other columns, or counts them otherwise, is another scale."""
    found = {}
    for scale in form.scales:
        rule = (
            frozenset(columns[item] for item in scale.items),
            frozenset(columns[item] for item in scale.reversed),
            scale.multiplier,
            scale.missing_up_to,
        )
        found[scale.id] = names.scale(form.id, scale.id, rule, form.version)
    return found


def _criteria(form: Form, columns: Mapping[str, str], names: Names) -> dict[str, str]:
    """Name each criterion; one with other clusters, or from another answer on, is another criterion."""
    found = {}
    for criterion in form.criteria:
        clusters = (
            (cluster.needs, frozenset(columns[item] for item in cluster.items)) for cluster in criterion.clusters
        )
        turned = frozenset(columns[item] for item in criterion.reversed)
        rule = (criterion.counts_from, turned, frozenset(clusters))
        found[criterion.id] = names.criterion(form.id, criterion.id, rule, form.version)
    return found


def _columns(table: str, fields: Sequence[Field], version: int, names: Names, prefix: str = "") -> tuple[Column, ...]:
    def found() -> Iterator[Column]:
        for field in fields:
            type, convert = _kept_as(field)
            rows = [row.code for row in field.rows] if isinstance(field, Matrix) else [""]
            for row in rows:
                id = row or field.id
                name = names.column(table, id, field, version)
                yield Column(name, type, f"{prefix}{id}", field, row, convert)

    return tuple(found())


def _computed_columns(table: str, form: Form, columns: Sequence[Column], names: Names) -> tuple[Column, ...]:
    """Give each computed value a column; another formula, or other units in it, makes another column."""
    made_of = {column.path: column for column in columns}
    found = []
    for made in form.computed:
        whole = made.formula != "ratio" and all(made_of[name].type is not float for name in made.of)
        field = Number(id=made.id, ask=made.label, unit=made.unit, decimals=0 if whole else PLACES)
        rule = (made.formula, *(made_of[name].name for name in made.of))
        name = names.computed_column(table, made.id, rule, form.version)
        type, convert = _kept_as(field)
        found.append(Column(name, type, made.id, field, "", convert, made))
        made_of[made.id] = found[-1]
    return tuple(found)


def _kept_as(field: Field) -> tuple[type[str] | type[int] | type[float], Convert]:
    """Give the type of a field's column, and what makes a stored answer fit it."""
    match field:
        case YesNo():
            return str, _code({choice.code: choice.code for choice in field.choices})
        case OneOf() | Matrix() if all(_WHOLE.fullmatch(choice.code) for choice in field.choices):
            return int, _code({choice.code: int(choice.code) for choice in field.choices})
        case OneOf() | Matrix():
            return str, _code({choice.code: choice.code for choice in field.choices})
        case AnyOf():
            return str, _codes(field.choices)
        case Rating() | Duration():
            return int, _whole
        case Number():
            return (float, _number) if field.decimals else (int, _whole)
    return str, _words


def _misfit() -> CannotFold:
    return CannotFold("There is an answer that does not fit its question.")


def _code(stored: Mapping[str, Value]) -> Convert:
    def convert(answer: Any) -> Value:
        try:
            return stored[answer]
        except (KeyError, TypeError):
            raise _misfit() from None

    return convert


def _codes(choices: Sequence[Choice]) -> Convert:
    known = {choice.code for choice in choices}

    def convert(answer: Any) -> Value:
        if not isinstance(answer, list) or not all(isinstance(code, str) and code in known for code in answer):
            raise _misfit()
        return json.dumps(answer, ensure_ascii=False)

    return convert


def _whole(answer: Any) -> Value:
    if type(answer) is not int:  # True is an int, and no number
        raise _misfit()
    return answer


def _number(answer: Any) -> Value:
    if type(answer) is not int and type(answer) is not float:
        raise _misfit()
    return float(answer)


def _words(answer: Any) -> Value:
    if type(answer) is not str:
        raise _misfit()
    return answer
