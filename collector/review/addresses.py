"""Checks what stands behind the question mark of a table's address, where Datasette would answer something else.

An unknown column is a text to SQLite ("bad" = '1' finds nothing), and Datasette passes over an unknown comparison: both
would show rows that nobody has asked for.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

from datasette.filters import Filters
from datasette.utils import escape_sqlite
from datasette.utils.asgi import Request
from datasette.views.base import DatasetteError

FACETS = ("_facet", "_facet_array", "_facet_date")


async def check(db: Any, request: Request, table: str, columns: Collection[str]) -> None:
    """Raise DatasetteError 400 for a column, comparison or search that the table does not have."""
    known = {*columns, "rowid"}
    for column in (*_compared(request), *_facet_columns(request)):
        if column not in known:
            raise _mistake(f"There is no column {column}. {table} has the columns {', '.join(columns)}.")
    for column in _facet_columns(request, "_facet_array"):
        name, rows = escape_sqlite(column), escape_sqlite(table)
        other = f"select 1 from {rows} where {name} <> '' and not json_valid({name}) limit 1"  # noqa: S608 - escaped
        if (await db.execute(other)).rows:
            raise _mistake(f"The column {column} holds no lists, so it has no facet of lists.")
    searches = any(key.startswith("_search") and request.args.get(key) for key in request.args)
    if searches and not await db.fts_table(table):
        raise _mistake(f"{table} cannot be searched. Search in the table written.")


def _compared(request: Request) -> Iterator[str]:
    """Yield the columns that rows are filtered by. Raises DatasetteError for an unknown comparison."""
    for key in request.args:
        if key.startswith("_") and "__" not in key:
            continue
        column, _, comparison = key.rpartition("__") if "__" in key else (key, "", "exact")
        if comparison not in Filters._filters_by_key:
            raise _mistake(f"There is no comparison {comparison}. Choose one from the list above the table.")
        yield column


def _facet_columns(request: Request, *names: str) -> Iterator[str]:
    for name in names or FACETS:
        for value in request.args.getlist(name):
            config = json.loads(value) if value.startswith("{") else {"simple": value}
            yield config.get("column") or config["simple"]


def _mistake(words: str) -> DatasetteError:
    return DatasetteError(words, title="This cannot be asked", status=400)
