"""The page of a submission that fits no table: its answers as they were sent, with what words there are for them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

from collector.caseload.courses import Rows, all_of
from collector.review.as_sent import as_sent
from collector.review.caseload_context import CaseloadContext
from collector.review.overview import ALERTS_OF_SUBMISSION
from site_builder.forms.model.errors import UnreadableDefinition

SHEET = """
    SELECT submission, problems.client, label, problem, alerts_known, seen
      FROM problems LEFT JOIN clients USING (client) WHERE submission = :submission
"""


async def read_sheet(rows: Rows, submission: str) -> Any:
    """Return the row of a submission that was set aside; None if it was not."""
    return next(iter(await all_of(rows, SHEET, submission=submission)), None)


async def set_aside_page(
    request: Request, datasette: Datasette, rows: Rows, context: CaseloadContext, sheet: Any
) -> Response:
    """Show it, with the alerts that it raised. Raises NotFound unless its client is in this caseload now."""
    data = context.sent(sheet["submission"])
    if data is None:
        raise NotFound("There is no such submission in this caseload")
    body: Any = {}
    with suppress(UnreadableDefinition):
        body = context.access.definition(str(data.get("definition"))) or {}
    title = body.get("title")
    values = {
        "sheet": sheet,
        "title": title if isinstance(title, str) else str(data.get("form")),
        "answers": as_sent(data.get("answers"), body),
        "alerts": await all_of(rows, ALERTS_OF_SUBMISSION, submission=sheet["submission"]),
    }
    return Response.html(await datasette.render_template("set_aside.html", values, request=request))
