"""A matrix as written in YAML: the same choices for several rows, each with words of its own."""

from __future__ import annotations

from typing import Any

from site_builder.forms.language.choices import (
    CHOICES_LIKE,
    choices_of,
    only_one,
    read_numbers,
    read_quotes,
    report_equal,
    require_two,
)
from site_builder.forms.language.options import Options, words
from site_builder.forms.language.scope import Names
from site_builder.forms.language.yaml_tree import Mistakes, Table, Value, Word
from site_builder.forms.model import fields as kinds
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.fields import Field
from site_builder.forms.model.identifiers import suggest

ROW = ("label", "was_worded")
_ROWS_LIKE = "rows: {q1: Feeling tense}"
_ROWS_WERE_LIKE = "was: {new_row: old_row}"


def read_matrix(options: Options, common: dict[str, Any], names: Names) -> Field | None:
    at = options.key("type").source
    if options.lacks("rows") and not any(name in options for name in ("choices", "from", "to", "ends")):
        remedy = f"write them like this: {CHOICES_LIKE}, {_ROWS_LIKE}"
        options.mistakes.add(at, "a matrix needs choices and rows", remedy)
        return None
    choices = _matrix_choices(options, names)
    if options.lacks("rows"):
        options.mistakes.add(at, "a matrix needs rows", f"write it like this: {_ROWS_LIKE}")
    table = options.entries("rows", _ROWS_LIKE)
    rows = []
    for row, value in table.entries if table else ():
        names.take(row)
        rows.append(_matrix_row(row, value, options.mistakes))
    report_equal(zip(table.entries, (row.label for row in rows), strict=True) if table else (), options.mistakes)
    renamed = _renamed_rows(options, [row.code for row in rows], names)
    return None if choices is None else kinds.Matrix(**common, choices=choices, rows=tuple(rows), renamed=renamed)


def _matrix_choices(options: Options, names: Names) -> tuple[Choice, ...] | None:
    if not any(name in options for name in ("from", "to", "ends")):
        choices = choices_of(options, names)
        require_two(choices or (), options)
        return None if choices is None else only_one(choices, options)
    if "choices" in options:
        problem = "'choices' and numbers with ends cannot both be chosen from"
        options.mistakes.add(options.key("choices").source, problem, "leave the choices out, or from, to and ends")
    return read_numbers(options)


def _matrix_row(row: Word, value: Value, mistakes: Mistakes) -> Choice:
    """Read a row of a matrix: its words, or these and the earlier ones that they replace."""
    if not isinstance(value, Table):
        return Choice(row.text, words(value, f"'{row.text}'", mistakes))
    options = Options(value, mistakes, "a row")
    options.only(ROW)
    if options.lacks("label"):
        mistakes.add(row.source, f"the row '{row.text}' has no words", "add 'label:' with what people read")
    return Choice(row.text, options.words("label"), was_worded=read_quotes(options))


def _renamed_rows(options: Options, rows: list[str], names: Names) -> tuple[tuple[str, str], ...]:
    """Return the rows that had another name, each with its earlier name."""
    table = options.table.get("was")
    if isinstance(table, Word):
        problem = "only the rows of a matrix have answers of their own, so 'was' names rows"
        options.mistakes.add(table.source, problem, f"write it like this: {_ROWS_WERE_LIKE}, or leave it out")
    if not isinstance(table, Table):
        return ()
    renamed = []
    for row, value in table.entries:
        if row.text not in rows:
            options.mistakes.add(row.source, f"there is no row '{row.text}'", suggest(row.text, rows))
        elif words(value, f"the earlier name of '{row.text}'", options.mistakes) and isinstance(value, Word):
            names.add_rename(row.text, value)
            renamed.append((row.text, value.text))
    return tuple(renamed)
