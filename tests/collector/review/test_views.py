"""Views in Datasette: no key to page by, and yet every row is shown, and shown once."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from collector import people
from collector.driver import connect

from .conftest import CLIENTS, Clinic, submission

VIEWS = ("progress", "open_alerts", "last_seen", "answers")
COUNT = 25  # submissions of each client: the answers make several pages
OTHERS = ("CLEO44", "DORA55", "EMIL66")


@pytest.fixture
def full(clinic: Clinic) -> Clinic:
    """Fill Alice's caseload: four clients, and many rows that are equal in what one sorts by."""
    for code in OTHERS:
        people.add_client(clinic.ledger, "alice", "Same label", code=code)
    for code in (CLIENTS["alice"], *OTHERS):
        clinic.ledger.append([submission(code, "the same words", str(number % 3)) for number in range(COUNT)])
    clinic.project()
    return clinic


def stored(clinic: Clinic, view: str) -> Counter[tuple[str, ...]]:
    connection = connect(clinic.settings.caseloads / "alice.db", read_only=True)
    rows = Counter(tuple(map(as_text, row)) for row in connection.execute(f'SELECT * FROM "{view}"'))
    connection.close()
    return rows


def as_text(value: Any) -> str:
    return "" if value is None else f"{float(value):g}" if isinstance(value, int | float) else str(value)


def walked(visitor: TestClient, view: str, **query: Any) -> Iterator[dict[str, Any]]:
    """Yield every row of a view, page by page, as far as there is a next page."""
    address = f"/c/alice/caseload/{view}.json?{urlencode({'_shape': 'objects', **query})}"
    while address:
        page = visitor.get(address).json()
        yield from page["rows"]
        following = page["next_url"] or ""
        address = following[following.find("/c/alice/") :] if following else ""


@pytest.mark.parametrize("view", VIEWS)
def test_page_after_page_shows_every_row_once_in_any_order(full: Clinic, view: str) -> None:
    alice = full.signed_in("alice")
    rows = stored(full, view)
    assert len(rows) > 3
    size = max(1, len(rows) // 4)
    columns = alice.get(f"/c/alice/caseload/{view}.json").json()["columns"]
    orders = [{}, *({"_sort": column} for column in columns), *({"_sort_desc": column} for column in columns)]
    for order in orders:
        pages = Counter(tuple(map(as_text, row.values())) for row in walked(alice, view, _size=size, **order))
        assert pages == rows, order


@pytest.mark.parametrize("view", VIEWS)
def test_a_streamed_spreadsheet_has_every_row_once(full: Clinic, view: str) -> None:
    answer = full.signed_in("alice").get(f"/c/alice/caseload/{view}.csv?_stream=on&_size=max")
    header, *rows = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert len(rows) == stored(full, view).total()
    assert len({tuple(row) for row in rows}) == len(rows)
    assert "client" in header


def test_a_page_of_a_view_names_its_columns(full: Clinic) -> None:
    page = full.signed_in("alice").get("/c/alice/caseload/progress").text
    assert "The score before the last" in page
    assert "Scores compared over time" in page


@pytest.mark.parametrize(
    ("query", "fits"),
    [("number=2", lambda number: number == 2), ("number__gt=1", lambda number: number > 1),
     ("number__lt=1", lambda number: number < 1)],
)  # fmt: skip
def test_numbers_of_a_view_are_compared_as_numbers(full: Clinic, query: str, fits: Callable[[float], bool]) -> None:
    alice = full.signed_in("alice")
    numbers = [row["number"] for row in walked(alice, "answers") if row["number"] is not None]
    page = alice.get(f"/c/alice/caseload/answers.json?{query}").json()
    assert page["filtered_table_rows_count"] == sum(map(fits, numbers)) > 0
