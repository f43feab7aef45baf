"""A view beside each table of a form, such as `mood_log in words`: the same rows, with labels in the place of codes.

The words are those of the definition that was answered. A name with spaces is never that of a form or a repeat. Numbers
stay numbers. The words of all columns are gathered once for each definition, in one JSON, because a subquery for each
column of each row takes many times as long.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlite_utils import Database

from collector.caseload.answers import create_view
from collector.caseload.columns import OF_A_FORM, OF_A_REPEAT

SUFFIX = " in words"
CODED = frozenset({"choice", "matrix", "yes no"})


def create_in_words(db: Database, only: Iterable[str] | None = None) -> None:
    """Create the views of these tables, or of every table of a form, for the columns that the file has now."""
    types = _types(db)
    for table in sorted(types if only is None else set(only) & types.keys()):
        create_view(db, f"{table}{SUFFIX}", in_words(table, types[table], "row" in db.table(table).columns_dict))


def in_words(table: str, types: Mapping[str, str], is_repeat: bool) -> str:
    """Return the SELECT of a view; `types` has the kind of question of each column."""
    standard = [f'{"s" if name in ("received", "version") else "t"}."{name}"' for name in _standard(is_repeat)]
    columns = [f'{_shown(column, type)} AS "{column}"' for column, type in types.items()]
    return f"""
SELECT {", ".join([*standard, *columns])}
  FROM submissions AS s JOIN "{table}" AS t ON t.submission = s.submission
  LEFT JOIN (SELECT definition, json_group_object("column", json(codes)) AS words FROM questions
              WHERE "table" = '{table}' AND codes IS NOT NULL AND "column" IS NOT NULL GROUP BY definition) AS q
    ON q.definition = s.definition
"""  # noqa: S608 - the names were checked before they became those of tables


def _types(db: Database) -> dict[str, dict[str, str]]:
    """Return the kind of question of each column, by table, in the order of the columns."""
    types: dict[str, dict[str, str]] = {}
    asked = 'SELECT "table", "column", type FROM questions WHERE "column" IS NOT NULL ORDER BY rowid'
    for table, column, type in db.execute(asked).fetchall():
        types.setdefault(table, {})[column] = type
    return types


def _standard(is_repeat: bool) -> tuple[str, ...]:
    return OF_A_REPEAT if is_repeat else OF_A_FORM


def _shown(column: str, type: str) -> str:
    """Return an expression for what a column shows; CAST, because without a type `= 'Yes'` would find nothing."""
    stored = f't."{column}"'
    if type == "choices":
        label = f"coalesce(q.words -> '{column}' ->> code.value, code.value)"
        joined = f"SELECT group_concat({label}, ', ') FROM json_each({stored}) AS code"  # noqa: S608 - as above
        return f"CAST(({joined}) AS TEXT)"
    if type in CODED:
        return f"CAST(coalesce(q.words -> '{column}' ->> CAST({stored} AS TEXT), {stored}) AS TEXT)"
    if type == "duration":
        return f"CAST(iif({stored} >= 60, ({stored} / 60) || ' h ', '') || ({stored} % 60) || ' min' AS TEXT)"
    return stored
