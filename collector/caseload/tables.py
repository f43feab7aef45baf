"""The tables and columns for the answers to a form, worked out once per definition."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from collector.caseload.columns import OF_A_FORM, OF_A_REPEAT, STANDARD
from collector.caseload.errors import CannotFold
from collector.caseload.naming import Names
from collector.caseload.rows import Insert, Row, Value
from site_builder.forms.answering.computed import PLACES, compute, compute_row
from site_builder.forms.history.versions import counting
from site_builder.forms.history.words import Asked
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.computed import Computed
from site_builder.forms.model.definition import Form
from site_builder.forms.model.fields import AnyOf, Duration, Field, Matrix, Number, OneOf, Rating, Repeat, Text, YesNo
from site_builder.forms.model.wording import plain

Convert: TypeAlias = Callable[[Any], Value]

# "01" must stay text: as an INTEGER it would come back as 1.
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True)
class Column:
    """A column for one question. `path` is its name in `questions`: q1, or feelings.before inside a repeat.

    A computed value has a column too; its `field` is a Number with the value's label and unit.
    """

    name: str
    type: type[str] | type[int] | type[float]
    path: str
    field: Field
    row: str  # the row of a matrix; "" otherwise
    convert: Convert
    computed: Computed | None = None

    @property
    def is_writing(self) -> bool:
        return isinstance(self.field, Text)

    @property
    def ask(self) -> str:
        """The wording that the client saw; for a matrix, that of the row."""
        if isinstance(self.field, Matrix):
            return next(row.label for row in self.field.rows if row.code == self.row)
        return plain(self.field.ask)


@dataclass(frozen=True)
class Table:
    """A form's own table or, with `repeat`, the table for the entries of one of its repeats."""

    name: str
    columns: tuple[Column, ...]
    repeat: Repeat | None = None

    @property
    def key(self) -> tuple[str, ...]:
        return ("submission", "row") if self.repeat else ("submission",)

    @property
    def standard(self) -> dict[str, type[str] | type[int]]:
        """The columns that come before those of the questions."""
        return {name: STANDARD[name].type for name in (OF_A_REPEAT if self.repeat else OF_A_FORM)}

    @cached_property
    def insert(self) -> Insert:
        return Insert(self.name, (*self.standard, *(column.name for column in self.columns)))

    @cached_property
    def writing(self) -> tuple[tuple[int, Column], ...]:
        """The columns that hold free text, with their positions in a row of values."""
        return tuple((index, column) for index, column in enumerate(self.columns) if column.is_writing)

    @cached_property
    def _getters(self) -> tuple[tuple[str, str, Convert], ...]:
        return tuple((column.field.id, column.row, column.convert) for column in self.columns)

    @cached_property
    def _rows(self) -> Mapping[str, frozenset[str]]:
        """The fields that can be answered in this table, each with the rows of its matrix."""
        return {
            column.field.id: frozenset(c.row for c in self.columns if c.field is column.field and c.row)
            for column in self.columns
            if not column.computed
        }

    def row_values(self, row: Mapping[str, Any]) -> Row:
        """Return the values of an entry of a repeat, including computed ones. Raises CannotFold."""
        return self.values({**row, **compute_row(self.repeat, row)} if self.repeat and self.repeat.computed else row)

    def values(self, answers: Mapping[str, Any]) -> Row:
        """Return the value of each column, None where there is no answer. Raises CannotFold."""
        values: list[Value] = []
        for id, row, convert in self._getters:
            answer = answers.get(id)
            if row and answer is not None:
                answer = answer.get(row)
            values.append(None if answer is None else convert(answer))
        return tuple(values)

    def require_known(self, answers: Mapping[str, Any], others: frozenset[str] = frozenset()) -> None:
        """Raise CannotFold for an answer to a question that this table does not have; it would be lost silently."""
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
    scales: Mapping[str, str]  # scale → the name its scores are stored under: its id, or total_v2
    criteria: Mapping[str, str]  # the same for the verdicts on each criterion

    def main_values(self, answers: Mapping[str, Any]) -> Row:
        """Return the values of the form's own table, including computed ones. Raises CannotFold."""
        computed = compute(self.form, dict(answers)) if self.form.computed else {}
        return self.main.values({**answers, **computed})

    @cached_property
    def repeat_ids(self) -> frozenset[str]:
        return frozenset(table.repeat.id for table in self.repeats if table.repeat)

    @property
    def tables(self) -> tuple[Table, ...]:
        return (self.main, *self.repeats)


def lay_out(form: Form, names: Names) -> Layout:
    """Return the tables of a definition, assigning the names it needs in `names`. Raises CannotFold."""
    questions = names.rename(form)
    singles = [field for field in form.fields if not isinstance(field, Repeat)]
    repeats = [field for field in form.fields if isinstance(field, Repeat)]
    main = names.table(form.id)
    tables = [(names.table(form.id, repeat.id, form.version), repeat) for repeat in repeats]
    columns = _columns(main, singles, form.version, names, questions)
    columns_by_path = {column.path: column.name for column in columns}
    return Layout(
        form,
        Table(main, columns + _computed_columns(main, form.computed, columns, form.version, names)),
        tuple(_repeat_table(name, repeat, form.version, names, questions) for name, repeat in tables),
        _scales(form, columns_by_path, names),
        _criteria(form, columns_by_path, names),
    )


def _repeat_table(name: str, repeat: Repeat, version: int, names: Names, questions: Mapping[str, Asked]) -> Table:
    prefix = f"{repeat.id}."
    columns = _columns(name, repeat.of, version, names, questions, prefix)
    return Table(name, columns + _computed_columns(name, repeat.computed, columns, version, names, prefix), repeat)


def _scales(form: Form, columns: Mapping[str, str], names: Names) -> dict[str, str]:
    """Return the name of each scale; one that scores other columns, or scores them differently, gets a new name."""
    scale_names = {}
    for scale in form.scales:
        rule = {
            part: frozenset(columns[item] for item in value) if isinstance(value, tuple) else value
            for part, value in counting(scale).items()
        }
        scale_names[scale.id] = names.scale(form.id, scale.id, frozenset(rule.items()), form.version)
    return scale_names


def _criteria(form: Form, columns: Mapping[str, str], names: Names) -> dict[str, str]:
    """Return the name of each criterion; one with other clusters, or another threshold, gets a new name."""
    criterion_names = {}
    for criterion in form.criteria:
        clusters = (
            (cluster.needs, frozenset(columns[item] for item in cluster.items)) for cluster in criterion.clusters
        )
        reverse_scored = frozenset(columns[item] for item in criterion.reversed)
        rule = (criterion.counts_from, reverse_scored, frozenset(clusters))
        criterion_names[criterion.id] = names.criterion(form.id, criterion.id, rule, form.version)
    return criterion_names


def _columns(
    table: str, fields: Sequence[Field], version: int, names: Names, questions: Mapping[str, Asked], prefix: str = ""
) -> tuple[Column, ...]:
    def columns() -> Iterator[Column]:
        for field in fields:
            type, convert = _storage(field)
            rows = [row.code for row in field.rows] if isinstance(field, Matrix) else [""]
            for row in rows:
                id = row or field.id
                path = f"{prefix}{id}"
                name = names.column(table, id, questions[path], version)
                yield Column(name, type, path, field, row, convert)

    return tuple(columns())


def _computed_columns(
    table: str, values: Sequence[Computed], columns: Sequence[Column], version: int, names: Names, prefix: str = ""
) -> tuple[Column, ...]:
    """Return a column for each computed value; another formula, or other input columns, gets a new column."""
    inputs = {column.path.removeprefix(prefix): column for column in columns}
    computed_columns = []
    for computed in values:
        divides = computed.formula in ("ratio", "mean")
        whole = not divides and all(inputs[name].type is not float for name in computed.of)
        field = Number(id=computed.id, ask=computed.label, unit=computed.unit, decimals=0 if whole else PLACES)
        rule = (computed.formula, *(inputs[name].name for name in computed.of))
        name = names.computed_column(table, computed.id, rule, version)
        type, convert = _storage(field)
        computed_columns.append(Column(name, type, f"{prefix}{computed.id}", field, "", convert, computed))
        inputs[computed.id] = computed_columns[-1]
    return tuple(computed_columns)


def _storage(field: Field) -> tuple[type[str] | type[int] | type[float], Convert]:
    """Return the type of a field's column, and the function that converts an answer to it."""
    match field:
        case YesNo():
            return str, _code_converter({choice.code: choice.code for choice in field.choices})
        case OneOf() | Matrix() if all(_WHOLE.fullmatch(choice.code) for choice in field.choices):
            return int, _code_converter({choice.code: int(choice.code) for choice in field.choices})
        case OneOf() | Matrix():
            return str, _code_converter({choice.code: choice.code for choice in field.choices})
        case AnyOf():
            return str, _codes_converter(field.choices)
        case Rating() | Duration():
            return int, _whole
        case Number():
            return (float, _number) if field.decimals else (int, _whole)
    return str, _text


def _misfit() -> CannotFold:
    return CannotFold("There is an answer that does not fit its question.")


def _code_converter(stored: Mapping[str, Value]) -> Convert:
    def convert(answer: Any) -> Value:
        try:
            return stored[answer]
        except (KeyError, TypeError):
            raise _misfit() from None

    return convert


def _codes_converter(choices: Sequence[Choice]) -> Convert:
    codes = {choice.code for choice in choices}

    def convert(answer: Any) -> Value:
        if not isinstance(answer, list) or not all(isinstance(code, str) and code in codes for code in answer):
            raise _misfit()
        return json.dumps(answer, ensure_ascii=False)

    return convert


def _whole(answer: Any) -> Value:
    if type(answer) is not int:  # excludes True, which is an int
        raise _misfit()
    return answer


def _number(answer: Any) -> Value:
    if type(answer) is not int and type(answer) is not float:
        raise _misfit()
    return float(answer)


def _text(answer: Any) -> Value:
    if type(answer) is not str:
        raise _misfit()
    return answer
