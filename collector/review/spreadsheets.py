"""Makes CSV safe to open in a spreadsheet, with its letters whole: what would be read as a formula gets an apostrophe.

This is OWASP's rule against CSV injection, except for plain numbers: -3 is no formula, and a score must stay a number.
Where the comma is the decimal point, spreadsheets split lines at semicolons and do not heed our quotes. So each part of
a cell, between semicolons, tabs and ends of lines, is treated like a cell.
"""

from __future__ import annotations

import codecs
import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_CELL = re.compile(rb'("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n)')
_BREAKS = "\t\n\v\f\r\x85\u2028\u2029"
_SPLITS = ";" + _BREAKS
# Spaces, what is not seen, and quotes: spreadsheets and their imports pass over these.
_UNSEEN = '" \\u0000-\\u0008\\u000e-\\u001f\\u00a0\\u00ad\\u115f\\u1160\\u1680\\u180e\\u2000-\\u200f\\u202a-\\u202f'
_UNSEEN += "\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufeff\\uffa0"
_STARTS = "=+\\-@\\uff1d\\uff0b\\uff0d\\uff20\\ufe66\\ufe62\\ufe63\\ufe6b"  # of a formula, also in full and small width
_NUMBER = r"-?[0-9]+(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]+)?"
_FORMULA = re.compile(rf'(\A|[{_SPLITS}])(?!{_NUMBER}(?:[{_SPLITS}]|"?\Z))(?=[{_UNSEEN}]*[{_STARTS}])')


class Spreadsheet:
    """Makes CSV safe in pieces of any size, holding back only a cell that is not complete yet."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, piece: bytes) -> bytes:
        """Return the cells that are complete now."""
        text = self._rest + piece
        safe: list[bytes] = []
        at = 0
        while match := _CELL.match(text, at):
            safe.append(_as_text(match[1]) + match[2])
            at = match.end()
        self._rest = text[at:]
        return b"".join(safe)

    def end(self) -> bytes:
        """Return the last cell, once everything was fed."""
        return _as_text(self._rest)


class SafeSpreadsheets:
    """Passes CSV responses through a Spreadsheet, with the mark of UTF-8 in front; others are left unchanged.

    Without the mark, Excel takes the letters for those of the computer's own 8-bit alphabet.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        spreadsheet: Spreadsheet | None = None
        mark = codecs.BOM_UTF8

        async def send_safe(message: Message) -> None:
            nonlocal spreadsheet, mark
            if message["type"] == "http.response.start" and _is_csv(scope, message):
                spreadsheet = Spreadsheet()
                headers = [pair for pair in message["headers"] if pair[0].lower() != b"content-length"]
                message = {**message, "headers": headers}
            elif message["type"] == "http.response.body" and spreadsheet is not None:
                body = spreadsheet.feed(message.get("body", b""))
                if not message.get("more_body", False):
                    body += spreadsheet.end()
                message, mark = {**message, "body": mark + body}, b""
            await send(message)

        await self.app(scope, receive, send_safe)


def _is_csv(scope: Scope, start: Message) -> bool:
    """Return whether a response is CSV, which Datasette sends as text/plain for viewing, as text/csv for saving."""
    kind: bytes = dict(start.get("headers", ())).get(b"content-type", b"")
    shown = kind.startswith(b"text/plain") and scope["path"].endswith(".csv")
    return shown or kind.startswith(b"text/csv")


def _as_text(cell: bytes) -> bytes:
    """Return a cell, with the quotes around it, so that none of its parts is a formula."""
    quote = cell[:1] if cell.startswith(b'"') else b""
    text = cell[len(quote) :].decode("utf-8", "surrogateescape")
    safe = _FORMULA.sub(r"\1'", text)
    if safe[:1] and safe[0] in _BREAKS:
        safe = "'" + safe
    return quote + safe.encode("utf-8", "surrogateescape")
