"""Answers "Send to my therapist" in the preview: shows what a submission would become, and stores nothing."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from collector.caseload.try_out import TriedOut, TriedTable, try_out
from collector.endpoints.built_site import BuiltSite
from collector.endpoints.posted import Posted, read_posted
from collector.endpoints.refusals import Refusal, Refusals, refusal_json
from collector.endpoints.submissions import check_page, fill, read, worksheet_page
from collector.ledger.tokens import new_id
from site_builder.forms.answering.alerts import raised
from site_builder.forms.answering.scoring import meaning_of, title_of
from site_builder.forms.answering.sizes import largest_post
from site_builder.forms.html.sent import render_answers
from site_builder.forms.model.definition import Form
from site_builder.forms.model.fields import Answers, Matrix
from site_builder.forms.model.wording import plain

MOST_RESULTS = 8  # in memory only; enough for both views of the preview and the browser's Back


class TryOuts:
    """Responds to submissions in the preview, and holds the latest results in memory until the preview ends."""

    def __init__(self) -> None:
        self._built_site: BuiltSite | None = None
        self._results: OrderedDict[str, dict[str, Any]] = OrderedDict()

    async def submit(self, request: Request, form: Form, site: Path, page: str) -> Response:
        """Respond as the real site does: with the problems, with a page to check a plain post, or with the result."""
        built_site = self._site_in(site)
        try:
            posted = await read_posted(request, lambda: largest_post(form).pairs)
        except Refusal as refusal:
            return Refusals(built_site).respond(request, refusal)
        filled = fill(form, form.hash, posted)
        if posted.change:
            return worksheet_page(built_site, filled)
        try:
            answers = read(filled)
        except Refusal as refusal:
            return refusal_json(refusal) if posted.as_json else worksheet_page(built_site, filled, refusal)
        if not posted.id:
            return check_page(built_site, filled, answers, new_id())
        return await self._result(posted, form, answers, page)

    async def show(self, request: Request, site: Path) -> Response:
        """Show a result; 404 once it has been dropped."""
        built_site = self._site_in(site)
        result = self._results.get(request.path_params["id"])
        if result is None:
            gone = "The preview keeps a try-out only for a little while. Fill the form in again."
            return Refusals(built_site).respond(request, Refusal(404, "This try-out is not here any more", gone))
        return built_site.page("tried_out.html", "This is a try-out", **result)

    async def _result(self, posted: Posted, form: Form, answers: Answers, page: str) -> Response:
        tried = await run_in_threadpool(try_out, form, answers)
        self._results[posted.id] = shown(form, answers, tried) | {"page_url": page}
        while len(self._results) > MOST_RESULTS:
            self._results.popitem(last=False)
        url = f"/try-outs/{posted.id}"
        if not posted.as_json:
            return RedirectResponse(url, 303)
        return JSONResponse({"id": posted.id, "receipt": "TRY-OUT", "received_at": "", "url": url}, 201)

    def _site_in(self, site: Path) -> BuiltSite:
        if self._built_site is None or self._built_site.folder != site:
            self._built_site = BuiltSite(site)
        return self._built_site


def shown(form: Form, answers: Answers, tried: TriedOut) -> dict[str, Any]:
    """Return the values for the page of a result: answers as on the receipt, then scores, alerts and table rows."""
    return {
        "form": form,
        "answers": render_answers(form, answers),
        "help": bool(raised(form, answers)),
        "scores": _scores(form, tried.table("scores")),
        "alerts": [row | {"ask": _ask(form, row["item"])} for row in _as_mappings(tried.table("alerts"))],
        "tables": [_table(table) for table in tried.tables],
        "problems": tried.problems,
    }


def _table(table: TriedTable) -> dict[str, Any]:
    """Return a table for display; a single row is shown as a list of columns with their questions."""
    rows = [list(map(_cell, row)) for row in table.rows]
    asks = [table.asks.get(column, "") for column in table.columns]
    upright = list(zip(table.columns, asks, rows[0], strict=True)) if len(rows) == 1 else []
    return {"name": table.name, "columns": table.columns, "rows": rows, "upright": upright}


def _scores(form: Form, table: TriedTable | None) -> list[dict[str, Any]]:
    """Return the rows of `scores`, each with its scale's title and the meaning of its band."""
    scales = {scale.id: scale for scale in form.scales}
    return [
        row
        | {
            "title": title_of(form, scales[row["scale"]]),
            "meaning": meaning_of(scales[row["scale"]], row["band"]),
            "raw": _cell(row["raw"]),
            "prorated": _cell(row["prorated"]),
        }
        for row in _as_mappings(table)
    ]


def _ask(form: Form, item: str) -> str:
    """Return the question, the row of a matrix, or the scale, that an alert is about."""
    repeat, _, name = item.partition(".")
    field, row = form.tested(f"{repeat}.{name.partition('.')[2]}" if name else item)
    if field is None:
        return next(title_of(form, scale) for scale in form.scales if scale.id == item)
    labels = {choice.code: choice.label for choice in field.rows} if isinstance(field, Matrix) else {}
    return labels.get(row, plain(field.ask))


def _as_mappings(table: TriedTable | None) -> list[dict[str, Any]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows] if table else []


def _cell(value: Any) -> Any:
    """Return a whole float as an int, as Datasette shows it."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
