"""Bounds what one address may ask for and what one page draws, because nobody else is answered meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from datasette.utils.asgi import Request

MOST_PARTS = 200  # of a query string; what Datasette does with many conditions or facets grows with their square
MOST_CELLS = 50_000  # drawn on one page, in about a third of a second; JSON and spreadsheets hold all that was asked
MOST_NAMES = 4 * 1024 * 1024  # characters of columns' names on one page: each cell has its column's, as its class
TOO_MANY_PARTS = f"This asks for more than {MOST_PARTS} things at once. Ask for fewer."


def is_drawn(request: Request) -> bool:
    """Return whether a page is asked for; JSON and spreadsheets take a small part of a page's time."""
    return request.url_vars.get("format") is None


def cut(data: dict[str, Any]) -> None:
    """Leave out the rows of a query that do not fit on a page, and say that there are more."""
    columns = data.get("columns") or ()
    rows, most = data.get("rows") or [], min(_most_rows(len(columns)), _most_named(columns))
    if len(rows) > most:
        del rows[most:]  # the same list that the page is drawn from
        data["truncated"] = True


def with_fewer_rows(request: Request, columns: int, usual: int, largest: int) -> Request:
    """Return a request for as many rows of a table as fit on a page; the rest is on the next pages."""
    size, most = request.args.get("_size") or str(usual), _most_rows(columns)
    asked = largest if size == "max" else int(size) if size.isdecimal() else 0
    if not most < asked <= largest:
        return request
    pairs = parse_qsl(without(request, "_size").query_string, True)
    return with_query(request, urlencode([*pairs, ("_size", str(most))]))


def _most_rows(columns: int) -> int:
    return max(MOST_CELLS // max(columns, 1), 1)


def _most_named(columns: Sequence[str]) -> int:
    return max(MOST_NAMES // max(sum(map(len, columns)), 1), 1)


def without(request: Request, name: str) -> Request:
    pairs = [pair for pair in parse_qsl(request.query_string, True) if pair[0] != name]
    return with_query(request, urlencode(pairs)) if name in request.args else request


def with_query(request: Request, query: str) -> Request:
    return Request({**request.scope, "query_string": query.encode("latin-1")}, request.receive)
