"""The view `answers`: one row for each answer to any form. Its SELECT is generated from the tables that the file has.

It is a view, because a table filled on folding would more than double the file. It has one SELECT for each table and
not for each column, because SQLite joins at most 500 of them.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence

from sqlite_utils import Database

MOST_JOINED = 400  # SELECTs in one UNION ALL
LONGEST = 900_000  # characters of all of them; SQLite takes a million

log = logging.getLogger(__name__)

_IN_WORDS = """CASE
         WHEN type = 'choices' THEN (
              SELECT group_concat(coalesce(codes ->> code.value, code.value), ', ') FROM json_each(stored) AS code)
         WHEN type = 'duration' THEN iif(stored >= 60, (stored / 60) || ' h ', '') || (stored % 60) || ' min'
         WHEN type <> 'rating' AND codes IS NOT NULL THEN coalesce(codes ->> CAST(stored AS TEXT), stored)
         WHEN typeof(stored) = 'real' THEN format('%.15g', stored)
         ELSE stored END"""
# What counts as missing is no number, though its code may be one.
_NUMBER = """CASE
         WHEN points IS NOT NULL THEN points ->> CAST(stored AS TEXT)
         WHEN typeof(stored) IN ('integer', 'real') THEN stored END"""
_STORED = 'submission, client, form, received, question, type, codes, points, "row", "table", "column", stored'
_NONE = f"SELECT {', '.join(f'NULL AS {name}' for name in _STORED.split(', '))} WHERE 0"


def create_view(db: Database, name: str, select: str) -> None:
    """Create a view, replacing the one of an earlier release."""
    db.execute(f'DROP VIEW IF EXISTS "{name}"')
    db.execute(f'CREATE VIEW "{name}" AS {select.strip()}')


def create_answers(db: Database) -> None:
    """Create the view `answers` for the tables and columns that the file has now."""
    create_view(db, "answers", answers(db))


def answers(db: Database) -> str:
    """Return the SELECT of `answers`: every stored value with its question, in the wording that was answered."""
    return f"""
SELECT submission, client, form, received, question, CAST({_IN_WORDS} AS TEXT) AS answer,
       CAST({_NUMBER} AS REAL) AS number, "row", "table", "column"
  FROM ({_joined(list(_that_fit(_terms(db))) or [_NONE])})
 WHERE stored IS NOT NULL
"""  # noqa: S608 - made of the words of this module and the names of tables and columns


def _joined(terms: list[str]) -> str:
    """Return the union of SELECTs, in several layers if there are too many for one."""
    if len(terms) <= MOST_JOINED:
        return " UNION ALL ".join(terms)
    groups = (terms[start : start + MOST_JOINED] for start in range(0, len(terms), MOST_JOINED))
    return _joined([f"SELECT * FROM ({' UNION ALL '.join(group)})" for group in groups])  # noqa: S608


def _that_fit(terms: Iterable[str]) -> Iterator[str]:
    """Yield the first SELECTs, up to what a view can be made of: the tables of the others hold their answers still."""
    length = 0
    for term in terms:
        length += len(term)
        if length > LONGEST:
            log.error("the view answers leaves tables out: there are more questions than a view can have")
            return
        yield term


def _terms(db: Database) -> Iterator[str]:
    columns: dict[str, dict[str, None]] = {}
    for table, column in db.execute(
        'SELECT "table", "column" FROM questions WHERE "column" IS NOT NULL ORDER BY rowid'
    ).fetchall():
        columns.setdefault(table, {})[column] = None
    with_rows = """
        SELECT m.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c
         WHERE m.type = 'table' AND c.name = 'row'"""
    repeats = {table for (table,) in db.execute(with_rows).fetchall()}
    for table, names in columns.items():
        yield _term(table, tuple(names), table in repeats)


def _term(table: str, columns: Sequence[str], is_repeat: bool) -> str:
    """Return the SELECT of the answers in one table."""
    row = 't."row"' if is_repeat else "NULL"
    values = " ".join(f"WHEN '{column}' THEN t.\"{column}\"" for column in columns)
    return f"""
SELECT t.submission, t.client, q.form, t.received, q.ask AS question, q.type, q.codes, q.points,
       {row} AS "row", q."table", q."column", CASE q."column" {values} END AS stored
  FROM "{table}" AS t JOIN submissions AS s USING (submission)
  JOIN questions AS q ON (q.definition, q."table") = (s.definition, '{table}')
"""  # noqa: S608 - the names were checked before they became those of tables
