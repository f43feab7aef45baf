"""Makes cells of a CSV that start like a formula harmless: a spreadsheet would run what a client wrote."""

from __future__ import annotations

import csv
import io
import re

from starlette.types import Message, Send

# OWASP, CSV Injection: these make a spreadsheet take a cell for a formula. A plain number is none.
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII)


class Harmless:
    """A send that puts an apostrophe in front of such cells. Datasette sends each row as a chunk of its own."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.is_csv = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            kind = dict(message.get("headers", ())).get(b"content-type", b"")
            self.is_csv = kind.startswith((b"text/csv", b"text/plain"))
        elif self.is_csv and message.get("body"):
            message = {**message, "body": harmless(message["body"].decode()).encode()}
        await self.send(message)


def harmless(rows: str) -> str:
    """Give rows of a CSV with the cells that start like a formula made text."""
    written = io.StringIO()
    csv.writer(written).writerows([_cell(cell) for cell in row] for row in csv.reader(io.StringIO(rows, newline="")))
    return written.getvalue()


def _cell(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell
