"""The baseline of the caseload pages: Starlette pages that read as many rows of the same file, and list them."""

from __future__ import annotations

import sqlite3
import sys
from html import escape
from itertools import groupby

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

SCORES = "SELECT client, form, scale, received, prorated FROM scores ORDER BY client, form, scale, received"
CLIENTS = "SELECT client, label, count(*), max(received) FROM clients JOIN submissions USING (client) GROUP BY client"
OF_ONE = "SELECT form, received, submission, prorated, band FROM scores WHERE client = ? ORDER BY form, scale, received"
SENT = "SELECT submission, form, received, answered FROM submissions WHERE client = ? ORDER BY received DESC"


async def caseload(request: Request) -> HTMLResponse:
    """Show a line for each client, with all their scores and moments."""
    rows = request.app.state.connection
    lines = [table(rows.execute(CLIENTS))]
    for course, scores in groupby(rows.execute(SCORES), key=lambda row: row[:3]):
        lines.append(f"<p>{' '.join(course)}: {', '.join(f'{at} {score}' for *_, at, score in scores)}</p>")
    return HTMLResponse("".join(lines))


async def client(request: Request) -> HTMLResponse:
    """Show a line for each score and each submission of a client."""
    rows, code = request.app.state.connection, (request.path_params["client"],)
    return HTMLResponse(table(rows.execute(OF_ONE, code)) + table(rows.execute(SENT, code)))


def table(rows: sqlite3.Cursor) -> str:
    lines = ("".join(f"<td>{escape(str(value))}</td>" for value in row) for row in rows)
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


app = Starlette(routes=[Route("/", caseload), Route("/client/{client}", client)])

if __name__ == "__main__":
    app.state.connection = sqlite3.connect(f"file:{sys.argv[2]}?mode=ro", uri=True)
    uvicorn.run(
        app, host="127.0.0.1", port=int(sys.argv[1]), loop="uvloop", http="httptools", access_log=False,
        log_level="warning",
    )  # fmt: skip
