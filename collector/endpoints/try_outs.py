"""Answers "Send to my therapist" in the preview: with everything that a submission would become, and nothing stored."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Any

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from collector.endpoints.posted import Posted, read_posted
from collector.endpoints.refusals import Refusal, Refusals, problem_json
from collector.endpoints.submissions import Filled, check_page, entered, read, worksheet_page
from collector.ledger.tokens import new_id
from collector.pages import Website
from collector.tryout import TriedOut, TriedTable, try_out
from site_builder.forms.definition import Form, Scale
from site_builder.forms.fields import Answers, Matrix
from site_builder.forms.render import render_answers
from site_builder.forms.scoring import raised
from site_builder.forms.wording import plain

KEPT = 8  # results, in memory only: both views of the preview and the browser's Back


class TryOuts:
    """The preview's own answer to a submission. The latest results are kept in memory until the preview ends."""

    def __init__(self) -> None:
        self._website: Website | None = None
        self._results: OrderedDict[str, dict[str, Any]] = OrderedDict()

    async def submit(self, request: Request, form: Form, site: Path, page: str) -> Response:
        """Answer as the real site does: problems as problems, a plain post with a page to check, else the result."""
        website = self._website_in(site)
        try:
            posted = await read_posted(request)
        except Refusal as refusal:
            return Refusals(website).respond(request, refusal)
        filled = Filled(form, form.hash, *entered(form, posted))
        if posted.change:
            return worksheet_page(website, filled)
        try:
            answers = read(filled)
        except Refusal as refusal:
            return problem_json(refusal) if posted.as_json else worksheet_page(website, filled, refusal)
        if not posted.id:
            return check_page(website, filled, answers, new_id())
        return await self._result(posted, form, answers, page)

    async def show(self, request: Request, site: Path) -> Response:
        """Show a result; what is gone is only said to be gone."""
        website = self._website_in(site)
        result = self._results.get(request.path_params["id"])
        if result is None:
            gone = "The preview keeps a try-out only for a little while. Fill the form in again."
            return Refusals(website).respond(request, Refusal(404, "This try-out is not here any more", gone))
        return website.page("tried_out.html", "This is a try-out", **result)

    async def _result(self, posted: Posted, form: Form, answers: Answers, page: str) -> Response:
        tried = await run_in_threadpool(try_out, form, answers)
        self._results[posted.id] = shown(form, answers, tried) | {"page_url": page}
        while len(self._results) > KEPT:
            self._results.popitem(last=False)
        url = f"/try-outs/{posted.id}"
        if not posted.as_json:
            return RedirectResponse(url, 303)
        return JSONResponse({"id": posted.id, "receipt": "TRY-OUT", "received_at": "", "url": url}, 201)

    def _website_in(self, site: Path) -> Website:
        if self._website is None or self._website.folder != site:
            self._website = Website(site)
        return self._website


def shown(form: Form, answers: Answers, tried: TriedOut) -> dict[str, Any]:
    """Give what the page of a result shows: the receipt's answers, then scores, alerts and rows from the file."""
    return {
        "form": form,
        "answers": Markup(render_answers(form, answers)),  # noqa: S704 - escaped by its maker
        "help": bool(raised(form, answers)),
        "scores": _scores(form, tried.table("scores")),
        "alerts": [row | {"ask": _ask(form, row["item"])} for row in _as_mappings(tried.table("alerts"))],
        "tables": [_table(table) for table in tried.tables],
        "problems": tried.problems,
    }


def _table(table: TriedTable) -> dict[str, Any]:
    """Give a table as it is shown: one row stands upright, each column with what it asks."""
    rows = [list(map(_cell, row)) for row in table.rows]
    asks = [table.asks.get(column, "") for column in table.columns]
    upright = list(zip(table.columns, asks, rows[0], strict=True)) if len(rows) == 1 else []
    return {"name": table.name, "columns": table.columns, "rows": rows, "upright": upright}


def _scores(form: Form, table: TriedTable | None) -> list[dict[str, Any]]:
    """Give the rows of the scores, each with its scale's title and what its band means."""
    scales = {scale.id: scale for scale in form.scales}
    return [
        row
        | {
            "title": scales[row["scale"]].title or row["scale"],
            "meaning": _meaning(scales[row["scale"]], row["band"]),
            "raw": _cell(row["raw"]),
            "prorated": _cell(row["prorated"]),
        }
        for row in _as_mappings(table)
    ]


def _ask(form: Form, item: str) -> str:
    """Give the question, or the row of a matrix, that an alert is about."""
    field, row = form.items[item]
    labels = {choice.code: choice.label for choice in field.rows} if isinstance(field, Matrix) else {}
    return labels.get(row, plain(field.ask))


def _meaning(scale: Scale, band: str) -> str:
    return next((known.meaning for known in scale.bands if known.label == band), "")


def _as_mappings(table: TriedTable | None) -> list[dict[str, Any]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows] if table else []


def _cell(value: Any) -> Any:
    """Give a whole number without a point, as Datasette shows it."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
