"""Installs a definition in a caseload file: its tables and columns, questions, scales and criteria.

The data dictionary (`questions`, `scales`, `clusters`) describes the tables of this one file, so a form appears in it
with its first submission. `questions` holds every wording that was answered, by its definition; `scales` and `clusters`
hold the latest one in use of each version. A question that was renamed appears under both names, each with the same
column.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from sqlite_utils import Database

from collector.caseload.definitions import Definition
from collector.caseload.rows import Row
from collector.caseload.tables import Column, Table
from site_builder.forms.model.choices import words_by_code
from site_builder.forms.model.computed import Computed
from site_builder.forms.model.definition import Scale, Section
from site_builder.forms.model.fields import Field, Matrix, Number, OneOf, Rating, Repeat
from site_builder.forms.model.wording import plain

_INSERT_QUESTION = (
    'INSERT INTO questions (definition, form, version, field, "column", "table", section, ask, hint, type, codes,'
    " points) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_INSERT_SCALE = (
    "INSERT OR REPLACE INTO scales (form, version, scale, title, items, reversed, multiplier, missing,"
    " bands, cut_offs, reliable_change, better, possible_change, main, method, rounding, rounding_source, gate,"
    " licence, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_INSERT_CLUSTER = (
    "INSERT OR REPLACE INTO clusters (form, version, criterion, cluster, criterion_title, title, items, reversed,"
    " counts_from, needs, meaning, licence, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def install(database: Database, definition: Definition, others: Sequence[Definition]) -> None:
    """Create the tables and columns for a definition's answers, inside the caller's transaction.

    `others` are the definitions of the same form and version that the file has already. The view `answers` is the
    caller's to create, once for several definitions.
    """
    for table in definition.layout.tables:
        _create_or_extend(database, table)
    connection = database.conn
    connection.executemany(_INSERT_QUESTION, list(_questions(definition)))
    # Oldest first, so that the latest wording replaces the earlier ones.
    for each in sorted((definition, *others), key=lambda each: each.published):
        connection.executemany(_INSERT_SCALE, list(_scales(each)))
        connection.executemany(_INSERT_CLUSTER, list(_clusters(each)))
    connection.execute(
        "INSERT INTO _definitions (definition, form, version, published) VALUES (?, ?, ?, ?)",
        (definition.hash, definition.form.id, definition.form.version, definition.published),
    )


def _create_or_extend(database: Database, table: Table) -> None:
    stored = database.table(table.name)
    if not stored.exists():
        stored.create(
            {**table.standard, **{column.name: column.type for column in table.columns}},
            pk=table.key if table.repeat else "submission",
            foreign_keys=[("submission", "submissions", "submission"), ("client", "clients", "client")],
            not_null=set(table.standard),
            strict=True,
        )
        stored.create_index(["client", "received"])
        return
    existing = stored.columns_dict
    for column in table.columns:
        if column.name not in existing:
            stored.add_column(column.name, column.type)


def _questions(definition: Definition) -> Iterator[Row]:
    layout = definition.layout
    columns: dict[int, list[tuple[str, Column]]] = {}
    for column in layout.main.columns:
        columns.setdefault(id(column.field), []).append((layout.main.name, column))
    tables = {id(table.repeat): table for table in layout.repeats}
    for section in definition.form.sections:
        for field in section.fields:
            if isinstance(field, Repeat):
                table = tables[id(field)]
                yield _question(definition, section, field, field.id, None, table.name)
                for column in table.columns:
                    if column.computed:
                        yield _computed(definition, section, column, column.computed, table.name)
                    else:
                        yield _question(definition, section, column.field, column.path, column, table.name)
            for name, column in columns.get(id(field), ()):
                yield _question(definition, section, field, column.path, column, name)
        for computed in section.computed:
            column = next(column for column in layout.main.columns if column.computed == computed)
            yield _computed(definition, section, column, computed, layout.main.name)


def _question(
    definition: Definition, section: Section, field: Field, path: str, column: Column | None, table: str
) -> Row:
    return (
        *(definition.hash, definition.form.id, definition.form.version),
        *(path, column.name if column else None, table),
        *(section.title, column.ask if column else plain(field.ask), _hint(field), field.type, _codes(field)),
        _points(field),
    )


def _computed(definition: Definition, section: Section, column: Column, computed: Computed, table: str) -> Row:
    form = definition.form
    unit = f" · In {computed.unit}" if computed.unit else ""
    hint = f"{computed.formula}: {', '.join(computed.of)}{unit}"
    return (
        *(definition.hash, form.id, form.version, column.path, column.name, table),
        *(section.title, computed.label, hint, "computed", None, None),
    )


def _hint(field: Field) -> str:
    """Return the hint beside the question; for a row of a matrix, with the question above all rows."""
    parts = [plain(field.ask)] if isinstance(field, Matrix) else []
    parts += [plain(field.hint)] if field.hint else []
    parts += [f"In {field.unit}"] if isinstance(field, Number | Rating) and field.unit else []
    return " · ".join(parts)


def _codes(field: Field) -> str | None:
    """Return the label of each code as JSON; for a rating, the words at its two ends."""
    if isinstance(field, Rating):
        first, last = field.ends or ("", "")
        return _json({str(field.lowest): first, str(field.highest): last})
    choices = getattr(field, "choices", ())
    return _json(words_by_code(choices)) if choices else None


def _points(field: Field) -> str | None:
    """Return what each code counts as JSON, null for what counts as missing; None where every code is its number."""
    choices = field.choices if isinstance(field, OneOf | Matrix) else ()
    if all(choice.scored and choice.points is None for choice in choices):
        return None
    return _json({choice.code: choice.value for choice in choices})


def _scales(definition: Definition) -> Iterator[Row]:
    form = definition.form
    for scale in form.scales:
        name = definition.layout.scales[scale.id]
        yield (*(form.id, form.version, name), *_rule(scale), *(form.licence, form.source))


def _rule(scale: Scale) -> Row:
    bands = [{"at_least": band.at_least, "label": band.label, "meaning": band.meaning} for band in scale.bands]
    return (
        scale.title,
        _json(scale.items),
        _json(scale.reversed),
        scale.multiplier,
        scale.missing_up_to,
        _json(bands),
        _json({cutoff.name: cutoff.points for cutoff in scale.cutoffs}),
        scale.reliable_change,
        scale.better,
        scale.possible_change,
        *(scale.main, scale.method, scale.rounding, scale.rounding_source or None),
        _json([condition.to_json() for condition in scale.gate]) if scale.gate else None,
    )


def _clusters(definition: Definition) -> Iterator[Row]:
    form, names = definition.form, definition.layout.criteria
    for criterion in form.criteria:
        for cluster in criterion.clusters:
            reverse_scored = [item for item in cluster.items if item in criterion.reversed]
            yield (
                *(form.id, form.version, names[criterion.id], cluster.id, criterion.title, cluster.title),
                *(_json(cluster.items), _json(reverse_scored), criterion.counts_from, cluster.needs),
                *(criterion.meaning, form.licence, form.source),
            )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
