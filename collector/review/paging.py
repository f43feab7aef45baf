"""Pages of tables, views and queries that lose no row, and address mistakes answered in words.

Datasette 0.65 sorts the first page of a table by the chosen column alone and continues after the last row's key, so
rows that are equal in that column may be lost between pages or come twice. Here every order ends in the table's key.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import parse_qsl, urlencode

from datasette.database import QueryInterrupted
from datasette.utils import escape_sqlite, path_with_replaced_args, tilde_decode, tilde_encode
from datasette.utils.asgi import AsgiStream, AsgiWriter, Request
from datasette.views.base import DatasetteError, DataView
from datasette.views.database import DatabaseView
from datasette.views.row import RowView
from datasette.views.table import TableView

from collector.caseload.errors import is_file_fault
from collector.driver import sqlite3
from collector.middleware.mishaps import place_of
from collector.review import cells
from collector.review.addresses import check
from collector.review.bounds import MOST_PARTS, TOO_MANY_PARTS, cut, is_drawn, with_fewer_rows, with_query, without
from collector.review.database import order_tail, spreadsheet
from site_builder.forms.model.amounts import counted
from site_builder.forms.model.direction import isolated
from site_builder.forms.model.markup import tag

LONGEST_IN_AN_ADDRESS = 500  # characters of a sort key; servers and browsers refuse addresses of some thousands
PIECE = 16 * 1024  # characters of a spreadsheet that are sent at once; some thousand cells, while others wait
LOOKED_UP = "$row"  # stands in an address for a sort key that is too long for it; no encoded value has a "$"

CANNOT = "This cannot be asked"
BY_BOTH = "Sort by one column, either upwards or downwards."
NO_ORDER = "Cannot sort table by "
TOO_LONG = "This took longer than a second, so it was stopped. Ask for less at once: add a filter or a LIMIT."
UNREADABLE = (
    "Something in the address cannot be read: what stands behind the question mark. Go back, or open the table again."
)
OF_WHAT = "A spreadsheet is made of one table, or of a query. Open the table or the query, and export that."
GONE = "The row that this page continues after is no longer here. Open the table again from its first page."
NOT_ALL = "NOT COMPLETE: the rows after these could not be read. Export this again."
UNFIT = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)  # what Datasette does not check

log = logging.getLogger(__name__)


class InWords(DataView):  # type: ignore[misc]  # Datasette carries no types
    """A view of Datasette's whose address mistakes are answered with 400 and a sentence."""

    async def get(self, request: Request) -> Any:
        if request.query_string.count("&") >= MOST_PARTS:
            raise DatasetteError(TOO_MANY_PARTS, title=CANNOT, status=400)
        one_row = "pks" in request.url_vars
        search = request.args.get("_search") or ""
        with (
            set_to(cells.whole, one_row),
            set_to(cells.searched, search),
            answered_in_words(one_row or bool(request.query_string)),
        ):
            return await super().get(request)

    async def as_csv(self, request: Request, database: str) -> Any:
        response = await super().as_csv(request, database)
        if isinstance(response, AsgiStream):
            response.stream_fn = in_large_pieces(response.stream_fn)
        return response


def in_letters(row: Sequence[Any]) -> Sequence[Any]:
    """Return a row with bytes as SQLite writes them; Datasette's own, a link for each, hold the whole query."""
    if not any(isinstance(value, bytes) for value in row):
        return row
    return [f"x'{value.hex()}'" if isinstance(value, bytes) else value for value in row]


def in_large_pieces(write_all: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
    """Return `write_all` with its rows gathered: sending each by itself takes most of a spreadsheet's time."""

    async def write(writer: AsgiWriter) -> None:
        gathered = Gathered(writer)
        await write_all(gathered)
        await gathered.flush()

    return write


class Gathered:
    """A writer that passes on what is written in pieces of `PIECE` characters."""

    def __init__(self, writer: AsgiWriter) -> None:
        self._writer, self._rows, self._size = writer, list[str](), 0

    async def write(self, row: str) -> None:
        self._rows.append(row)
        self._size += len(row)
        if self._size >= PIECE:
            await self.flush()

    async def flush(self) -> None:
        rows, self._rows, self._size = "".join(self._rows), [], 0
        await self._writer.write(rows)
        await asyncio.sleep(0)  # others come in between, also if all fits into the buffers of the connection


@contextmanager
def answered_in_words(asked: bool) -> Iterator[None]:
    """Raise DatasetteError 400 for what `asked`, the query string, may have caused; other failures stay as they are."""
    try:
        yield
    except QueryInterrupted:
        raise DatasetteError(TOO_LONG, title="This took too long", status=400) from None
    except DatasetteError as error:
        if isinstance(error.__context__, QueryInterrupted):
            raise _too_long(error.__context__.sql) from None
        if error.status != 500:
            raise
        raise DatasetteError(_of_sorting(error.message), title=error.title or CANNOT, status=400) from None
    except (sqlite3.Error, sqlite3.Warning) as error:  # a warning: several statements at once
        if is_file_fault(error) or not asked:
            raise
        raise DatasetteError(str(error), title=CANNOT, status=400) from None
    except UNFIT as error:
        if not asked:
            raise
        log.warning("%s in %s, by the query string", type(error).__name__, place_of(error))
        raise DatasetteError(UNREADABLE, title="This cannot be read", status=400) from None


def _too_long(sql: str) -> DatasetteError:
    """Return the refusal of a query that was stopped, with the query: Datasette's own speaks of a setting of ours."""
    query = tag("textarea", sql, class_="hw-query", rows="8", readonly=True, aria_label="The query")
    return DatasetteError(tag("p", TOO_LONG) + query, title="This took too long", status=400, message_is_html=True)


def _of_sorting(message: str) -> str:
    """Return a message of Datasette's about an order in words that say what to do."""
    if message.startswith("Cannot use _sort and _sort_desc"):
        return BY_BOTH
    if message.startswith(NO_ORDER):
        return f"There is no column {message.removeprefix(NO_ORDER)} to sort by. Choose one of the table's columns."
    return message


class CaseloadRow(InWords, RowView):  # type: ignore[misc]
    """The page of one row."""


class CaseloadQueries(InWords, DatabaseView):  # type: ignore[misc]
    """The list of tables, and the rows of a query. A spreadsheet of a query says how many rows it lacks."""

    async def data(self, request: Request, default_labels: bool = False, _size: Any = None) -> Any:
        if request.url_vars["format"] != "csv":
            answer = await super().data(request, default_labels, _size)
            if is_drawn(request) and isinstance(answer, tuple):
                cut(answer[0])
            return answer
        if not request.args.get("sql"):
            raise DatasetteError(OF_WHAT, title=CANNOT, status=400)
        with set_to(spreadsheet, True):
            data, *rest = await super().data(request, default_labels, _size)
        if data.get("error"):
            raise DatasetteError(data["error"], title=CANNOT, status=400)
        data["rows"] = [in_letters(row) for row in data["rows"]]
        if data["truncated"]:
            words = await self._missing(data["database"], data["query"], len(data["rows"]))
            data["rows"] = [*data["rows"], [words] + [""] * (len(data["columns"]) - 1)]
        return (data, *rest)

    async def _missing(self, database: str, query: dict[str, Any], rows: int) -> str:
        """Return a sentence with the number of rows that are missing, if it can be counted in time."""
        try:
            count = f"select count(*) from ({query['sql']})"  # noqa: S608 - the therapist's own, on a file of their own
            (all_rows,) = (await self.ds.get_database(database).execute(count, query["params"])).first()
        except (QueryInterrupted, sqlite3.Error):
            return f"NOT COMPLETE: there are more rows than the {rows:,} above. Ask for fewer at once."
        return f"NOT COMPLETE: {all_rows - rows:,} of {counted(all_rows, 'row')} missing. Ask for fewer at once."


class CaseloadTable(InWords, TableView):  # type: ignore[misc]
    """A table or view, page by page."""

    async def columns_to_select(self, table_columns: list[str], pks: list[str], request: Request) -> list[str]:
        """Return the columns to show: not what is only there for the search, unless it is asked for."""
        columns = await super().columns_to_select(table_columns, pks, request)
        if request.url_vars["table"] == "written" and "_col" not in request.args:
            return [column for column in columns if column != "words"]
        return list(columns)

    async def as_csv(self, request: Request, database: str) -> Any:
        """Return all rows, whatever page the spreadsheet was asked for on, as many as possible at a time."""
        pairs = parse_qsl(request.query_string, keep_blank_values=True)
        paging = {"_next", "_size", "_stream"}
        asked = [pair for pair in pairs if pair[0] not in paging] + [("_stream", "on"), ("_size", "max")]
        return await super().as_csv(with_query(request, urlencode(asked)), database)

    async def data(
        self, request: Request, default_labels: bool = False, _next: str | None = None, _size: Any = None
    ) -> Any:
        try:
            return await self._page(request, default_labels, _next, _size)
        except Exception as error:
            if _next is None:
                raise
            # A spreadsheet has begun. Datasette would write the error into it and onto stderr.
            log.error("%s in %s, in a spreadsheet", type(error).__name__, place_of(error))
            return {"columns": [""], "rows": [[NOT_ALL]], "next": None}, None, None

    async def _page(self, request: Request, default_labels: bool, _next: str | None, _size: Any) -> Any:
        table, db = tilde_decode(request.url_vars["table"]), self.ds.get_database()
        columns, keys = await db.table_columns(table), await db.primary_keys(table)
        if not (request.args.get("_search") or "").strip():
            request = without(request, "_search")  # Datasette would look for nothing, and find nothing
        if columns:  # else there is no such table, which Datasette says
            await check(db, request, table, columns)
        if not keys:
            keys = columns if await db.get_view_definition(table) else ["rowid"]
        if is_drawn(request):
            request = with_fewer_rows(request, len(columns), self.ds.page_size, self.ds.max_returned_rows)
        _next = await self._with_sort_key(request, table, keys, _next or request.args.get("_next"))
        if _hides_sort(request, sorted_by(request, self.ds.table_metadata(db.name, table))):
            default_labels = False  # Datasette looks for the hidden column in rows that have labels, and fails
            request = with_query(request, urlencode([*parse_qsl(request.query_string, True), ("_labels", "off")]))
        with set_to(order_tail, ", ".join(map(escape_sqlite, keys))):
            answer = await super().data(request, default_labels, _next, _size)
        if isinstance(answer, tuple) and len(answer) == 3:
            self._mend_links(request, answer[0])
            answer[0]["human_description_en"] = isolated(answer[0]["human_description_en"])
        return answer

    async def _with_sort_key(self, request: Request, table: str, keys: list[str], _next: str | None) -> str | None:
        """Return where to go on, with the sort key that `_mend_links` left out of the address because of its length."""
        column = sorted_by(request, self.ds.table_metadata(self.ds.get_database().name, table))
        if not _next or not _next.startswith(f"{LOOKED_UP},") or not column:
            return _next
        values = [tilde_decode(part) for part in _next.split(",")[1:]]
        if len(values) != len(keys):
            raise DatasetteError(GONE, title="This page is gone", status=400)
        where = " and ".join(f"{escape_sqlite(key)} = :k{number}" for number, key in enumerate(keys))
        sql = f"select {escape_sqlite(column)} from {escape_sqlite(table)} where {where}"  # noqa: S608 - escaped
        row = (await self.ds.get_database().execute(sql, {f"k{n}": value for n, value in enumerate(values)})).first()
        if row is None:
            raise DatasetteError(GONE, title="This page is gone", status=400)
        key = "$null" if row[0] is None else tilde_encode(str(row[0]))
        return ",".join([key, *_next.split(",")[1:]])

    def _mend_links(self, request: Request, data: dict[str, Any]) -> None:
        """Keep the links of facets below the caseload, and long answers out of the address of the next page."""
        for facet in data.get("facet_results", {}).values():
            facet["toggle_url"] = self.ds.urls.path(facet["toggle_url"])
        key, *rest = (data["next"] or "").split(",")
        if rest and len(key) > LONGEST_IN_AN_ADDRESS:
            short = {"_next": ",".join([LOOKED_UP, *rest])}
            path = path_with_replaced_args(request, short)
            data["next_url"] = self.ds.absolute_url(request, self.ds.urls.path(path))


def sorted_by(request: Request, metadata: dict[str, Any]) -> str | None:
    """Return the column that a table is sorted by, upwards or downwards."""
    by = request.args.get("_sort") or request.args.get("_sort_desc")
    return by or metadata.get("sort") or metadata.get("sort_desc")


def _hides_sort(request: Request, column: str | None) -> bool:
    shown = request.args.getlist("_col")
    return column is not None and (column in request.args.getlist("_nocol") or bool(shown and column not in shown))


@contextmanager
def set_to(variable: ContextVar[Any], value: Any) -> Iterator[None]:
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)
