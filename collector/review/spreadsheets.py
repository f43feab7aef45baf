"""Makes CSV safe to open in a spreadsheet: a cell that would be read as a formula gets an apostrophe in front.

This is OWASP's rule against CSV injection, except for plain numbers: -3 is no formula, and a score must stay a number.
"""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_CELL = re.compile(rb'("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n)')
_FORMULA = re.compile(rb'"?[=+\-@\t\r]')
_NUMBER = re.compile(rb'"?-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"?')


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
    """Passes CSV responses through a Spreadsheet; others are left unchanged."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        spreadsheet: Spreadsheet | None = None

        async def send_safe(message: Message) -> None:
            nonlocal spreadsheet
            if message["type"] == "http.response.start" and _is_csv(scope, message):
                spreadsheet = Spreadsheet()
                headers = [pair for pair in message["headers"] if pair[0].lower() != b"content-length"]
                message = {**message, "headers": headers}
            elif message["type"] == "http.response.body" and spreadsheet is not None:
                body = spreadsheet.feed(message.get("body", b""))
                if not message.get("more_body", False):
                    body += spreadsheet.end()
                message = {**message, "body": body}
            await send(message)

        await self.app(scope, receive, send_safe)


def _is_csv(scope: Scope, start: Message) -> bool:
    """Return whether a response is CSV, which Datasette sends as text/plain for viewing, as text/csv for saving."""
    kind: bytes = dict(start.get("headers", ())).get(b"content-type", b"")
    shown = kind.startswith(b"text/plain") and scope["path"].endswith(".csv")
    return shown or kind.startswith(b"text/csv")


def _as_text(cell: bytes) -> bytes:
    if not _FORMULA.match(cell) or _NUMBER.fullmatch(cell):
        return cell
    return b"\"'" + cell[1:] if cell.startswith(b'"') else b"'" + cell
