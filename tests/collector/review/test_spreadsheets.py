"""A CSV opened in a spreadsheet runs nothing that a client wrote, however it is split into chunks."""

from __future__ import annotations

import csv
import io
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from collector.review.spreadsheets import Spreadsheet
from tests.cases.cells import CELLS, Cell

from .conftest import Clinic, submission

STARTS = "=+-@＝＋－＠"
BREAKS = ";\t\r\n\u2028\x85"


def safe(text: str, piece: int = 1_000) -> str:
    spreadsheet, raw = Spreadsheet(), text.encode()
    pieces = [spreadsheet.feed(raw[at : at + piece]) for at in range(0, len(raw), piece)]
    return (b"".join(pieces) + spreadsheet.end()).decode()


def written(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: repr(cell.stored))
def test_a_cell_is_exported_as_text_or_as_the_number_that_it_is(cell: Cell) -> None:
    rows = [["a", cell.stored, "b"], [cell.stored, "x"]]
    assert read(safe(written(rows))) == [["a", cell.exported, "b"], [cell.exported, "x"]]


CELL = st.text(alphabet='=+-@＝\t\r\n;\u2028\x85\u00a0\u200b", ab1é', max_size=8)


@given(rows=st.lists(st.lists(CELL, min_size=2, max_size=3), max_size=4), piece=st.integers(1, 9))
def test_every_part_of_a_cell_is_safe_and_none_is_lost_however_it_is_split(rows: list[list[str]], piece: int) -> None:
    safe_rows = read(safe(written(rows), piece))
    assert [[cell.replace("'", "") for cell in row] for row in safe_rows] == rows
    for cell in (cell for row in safe_rows for cell in row):
        for part in re.split(f"[{BREAKS}]", cell):
            seen = part.lstrip(' "\u00a0\u200b')
            assert seen[:1] not in tuple(STARTS) or re.fullmatch(r"-\d+", part), cell


def test_a_long_cell_takes_no_longer_than_its_length() -> None:
    started = time.process_time()
    for text in ("\n" * 200_000, " " * 200_000, ";" * 200_000, "-" * 200_000, '"' * 200_000, "a\u00a0" * 100_000):
        safe(written([[text, "x"]]))
    assert time.process_time() - started < 10  # quadratic, it would take minutes


@pytest.mark.parametrize(
    "address", ["evening.csv", "written.csv?_dl=on", "answers.csv", ".csv?sql=select+note+from+evening"]
)
def test_every_export_is_safe_and_opens_with_its_letters_whole(clinic: Clinic, address: str) -> None:
    clinic.ledger.append([submission("ALMA22", "schön;=1+1")])
    clinic.project()
    answer = clinic.signed_in("alice").get(f"/c/alice/caseload{'' if address[0] == '.' else '/'}{address}")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.content.count(b"\xef\xbb\xbf") == 1
    assert "schön;'=1+1" in answer.content.decode("utf-8-sig")


def test_a_page_that_is_no_spreadsheet_has_no_mark(alice: TestClient) -> None:
    assert not alice.get("/c/alice/caseload/evening.json").content.startswith(b"\xef\xbb\xbf")
