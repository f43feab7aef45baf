"""A CSV opened in a spreadsheet runs nothing that a client wrote, however it is split into chunks."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.review.spreadsheets import Spreadsheet


def safe(text: str, piece: int = 1_000) -> str:
    spreadsheet, raw = Spreadsheet(), text.encode()
    pieces = [spreadsheet.feed(raw[at : at + piece]) for at in range(0, len(raw), piece)]
    return (b"".join(pieces) + spreadsheet.end()).decode()


@pytest.mark.parametrize("start", list("=+-@\t\r"))
def test_a_cell_that_starts_like_a_formula_gets_an_apostrophe(start: str) -> None:
    written = io.StringIO()
    csv.writer(written).writerow(["a", f"{start}cmd", "b"])
    assert next(csv.reader(io.StringIO(safe(written.getvalue()), newline=""))) == ["a", f"'{start}cmd", "b"]


@pytest.mark.parametrize("cell", ["-3", "-3.5", "2", "-1e5", "", "plain", "a=1", "'=1", "é", "12-3"])
def test_numbers_and_words_stay_as_they_are(cell: str) -> None:
    assert safe(f"a,{cell}\r\n{cell},b\r\n") == f"a,{cell}\r\n{cell},b\r\n"


@pytest.mark.parametrize("cell", ["-3+1", "--3", "+3", "-", "-3 "])
def test_text_that_only_resembles_a_number_is_escaped(cell: str) -> None:
    assert safe(f"{cell},x\r\n") == f"'{cell},x\r\n"


CELLS = st.text(alphabet='=+-@\t\r\n", ab1é', max_size=6)


@given(rows=st.lists(st.lists(CELLS, min_size=2, max_size=3), max_size=4), piece=st.integers(1, 9))
def test_every_cell_is_safe_and_none_is_lost_however_it_is_split(rows: list[list[str]], piece: int) -> None:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    read = list(csv.reader(io.StringIO(safe(written.getvalue(), piece), newline="")))
    assert [[cell.removeprefix("'") for cell in row] for row in read] == rows
    for row in read:
        assert not [cell for cell in row if cell[:1] in "=+@\t\r" and cell]
