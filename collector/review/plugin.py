"""Homeward's Datasette plugin: the caseload page, pages of clients and submissions, and descriptions of tables.

Datasette's plugins are global to the process, so this one has no state of its own: each instance has a `context`.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from functools import partial
from html import unescape
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.filters import FilterArguments
from datasette.renderer import json_renderer
from datasette.utils import path_with_format, path_with_removed_args
from datasette.utils.asgi import NotFound, Request, Response
from datasette.version import __version__
from datasette.views.base import DatasetteError
from markupsafe import Markup

from collector import clinic_time
from collector.caseload.courses import Course, all_of, points, signed
from collector.caseload.left_out import read_left_out, read_left_out_of
from collector.caseload.searching import expression, hits
from collector.clinic_time import in_words, name_of
from collector.driver import sqlite3
from collector.review import cells, charts, overview, reasons, results
from collector.review.caseload_context import DATABASE, CaseloadContext
from collector.review.comparisons import comparisons
from collector.review.database import OwnRows
from collector.review.notices import notices
from collector.review.set_aside import read_sheet, set_aside_page
from collector.review.unbroken import unbroken
from site_builder.forms.html.sent import render_answers
from site_builder.forms.model.amounts import counted
from site_builder.forms.model.definition import Form
from site_builder.forms.model.direction import isolated
from site_builder.forms.model.errors import UnreadableDefinition
from site_builder.forms.model.markup import trusted

UNREADABLE = (
    "The questions of this worksheet cannot be read, so its answers cannot be shown as they were asked. They are safe"
    " in the ledger, and the tables of the caseload have what was folded from them. Tell whoever looks after Homeward."
)

log = logging.getLogger(__name__)


def context_of(datasette: Datasette) -> CaseloadContext | None:
    """Return the context of an instance; None for a Datasette that is not ours."""
    return getattr(datasette, "context", None)


def zone_of(datasette: Datasette) -> tzinfo:
    """Return the time zone in which the pages of an instance speak."""
    context = context_of(datasette)
    return context.clinic_zone.current() if context else UTC


def now_of(datasette: Datasette) -> datetime:
    """Return the ledger's time in the zone of an instance, which a clock that jumps does not carry off."""
    context = context_of(datasette)
    return context.now(zone_of(datasette)) if context else datetime.now(UTC)


def own_zone(name: str | None, datasette: Datasette) -> tzinfo:
    """Return the time zone of a client, or else the clinic's."""
    return clinic_time.zone(name) if name else zone_of(datasette)


@hookimpl
def get_metadata(datasette: Datasette) -> dict[str, Any]:
    context = context_of(datasette)
    return context.metadata() if context else {}


@hookimpl
def extra_template_vars(datasette: Datasette) -> dict[str, Any]:
    context = context_of(datasette)
    if context is None:
        return {}
    zone = context.clinic_zone.current()
    return {
        "caseload": context.caseload,
        "notices": notices(context.settings.data, context.access),
        "behind": context.seconds_behind(),
        "zone": name_of(zone),
        "when": partial(in_words, zone=zone),
        "ago": lambda moment: reasons.ago(moment, context.now(zone)),
        "waiting": lambda moment: reasons.days(moment, context.now(zone)),
        "every_time": partial(every_time, zone=zone),
        "large_line": partial(charts.large_line, zone=zone),
        **TEMPLATE_FUNCTIONS,
    }


@hookimpl
def render_cell(row: Any, value: Any, column: str, datasette: Datasette) -> Markup | None:
    return cells.cell(value, column, row, datasette, zone_of(datasette)) if context_of(datasette) else None


@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection, datasette: Datasette) -> None:
    """Have Datasette's search find what a therapist means: it passes what was typed through this function."""
    if context_of(datasette):
        conn.create_function("escape_fts", 1, expression)


@hookimpl(trylast=True)
def filters_from_request(request: Request, datasette: Datasette) -> FilterArguments | None:
    """Return links that take a condition (_where) away, below the caseload; Datasette forgets its prefix in them."""
    if not context_of(datasette):
        return None
    conditions = [
        {"text": text, "remove_url": datasette.urls.path(path_with_removed_args(request, {"_where": text}))}
        for text in request.args.getlist("_where")
    ]
    return FilterArguments([], extra_context={"extra_wheres_for_ui": conditions})


@hookimpl
def register_output_renderer() -> dict[str, Any]:
    """Write JSON in a thread, in Datasette's own words: that of two million values would hold up all others."""
    return {"extension": "json", "render": json_in_a_thread}


async def json_in_a_thread(args: Any, data: dict[str, Any], view_name: str) -> Response:
    return await asyncio.to_thread(json_renderer, args, data, view_name)


@hookimpl
def register_routes(datasette: Datasette) -> list[Any]:
    if not context_of(datasette):
        return []
    return [
        (r"^/$", caseload_page),
        (r"^/client/(?P<client>[^/]+)$", client_page),
        (r"^/submission/(?P<submission>[^/]+)$", submission_page),
    ]


async def caseload_page(request: Request, datasette: Datasette) -> Response:
    """Show all clients, the most urgent first. This replaces Datasette's own index, which counts every table."""
    rows = OwnRows(datasette.get_database(DATABASE))
    page = await overview.read_overview(rows, now_of(datasette))
    metadata = datasette.metadata()
    json_address = datasette.absolute_url(
        request, datasette.urls.path(path_with_format(request=request, format="json"))
    )
    values = {
        "overview": page,
        "left_out": await read_left_out(rows),
        "set_aside": context.set_aside() if (context := context_of(datasette)) else 0,
        "tables": metadata["databases"][DATABASE]["tables"],
        "metadata": metadata,
        "datasette_version": __version__,
        "alternate_url_json": json_address,
    }
    html = await datasette.render_template("index.html", values, request=request, view_name="index")
    link = f'{json_address}; rel="alternate"; type="application/json+datasette"'
    return Response.html(html, headers={"Link": link})


async def client_page(request: Request, datasette: Datasette) -> Response:
    """Show a client: scores over time with their bands, alerts, and everything they sent."""
    rows = OwnRows(datasette.get_database(DATABASE))
    code = request.url_vars["client"]
    zone = zone_of(datasette)
    standing = await overview.read_standing(rows, code, now_of(datasette))
    if standing is None:
        raise NotFound("There is no such client in this caseload")
    sent = sent_rows(datasette, await all_of(rows, overview.LATEST, client=code), zone)
    criteria = results.by_form(await results.read_criteria(rows, code))
    sheets = str(datasette.urls.path("/submission/"))  # once: a link for each row would take a fifth of the page's time
    values = {
        "standing": standing,
        "criteria": criteria,
        "sent": sent,
        "sheets": sheets,
        "left_out": (await read_left_out(rows, code)).get(code, []),
        "today": now_of(datasette).date().isoformat(),
    }
    return Response.html(await datasette.render_template("client.html", values, request=request))


async def submission_page(request: Request, datasette: Datasette) -> Response:
    """Show a submission as the client saw it, with its scores and criteria."""
    rows, context = OwnRows(datasette.get_database(DATABASE)), context_of(datasette)
    id = request.url_vars["submission"]
    if context and (sheet := await read_sheet(rows, id)):
        return await set_aside_page(request, datasette, rows, context, sheet)
    stored = await all_of(rows, overview.SUBMISSION, submission=id)
    form = _form(context, stored[0]["definition"]) if context and stored else None
    answers = context.answers(id) if context and stored else None
    if form is None or answers is None:
        raise NotFound("There is no such submission in this caseload")
    scores = results.score_results(form, await all_of(rows, overview.SCORES_OF_SUBMISSION, submission=id))
    search = request.args.get("_search") or ""
    shown = render_answers(form, answers, own_zone(stored[0]["time_zone"], datasette))
    values = {
        "submission": stored[0],
        "form": form,
        "answers": with_hits(shown, search) if search else shown,
        "scores": scores,
        "unsaid": results.unsaid(scores),
        "criteria": await results.read_criteria(rows, stored[0]["client"], id),
        "alerts": await all_of(rows, overview.ALERTS_OF_SUBMISSION, submission=id),
        "left_out": await read_left_out_of(rows, id),
    }
    return Response.html(await datasette.render_template("submission.html", values, request=request))


_ANSWER = re.compile(r"(<dd[^>]*>)(.*?)(?=</dd>|<dl>|<ol)", re.DOTALL)
_WORDS = re.compile(r"[^<>]+(?=<|$)")


def with_hits(answers: Markup, search: str) -> Markup:
    """Return a sheet's answers with what was looked for marked; the first has the id that a search leads to."""
    first = ' id="hit"'

    def mark(words: re.Match[str]) -> str:
        nonlocal first
        text = unescape(words[0])
        places = hits(text, search)
        marked = cells.marked(text, places, first)
        first = "" if places else first
        return str(marked) if places else words[0]

    def in_answer(answer: re.Match[str]) -> str:
        tags = re.split(r"(<[^>]*>)", answer[2])
        return answer[1] + "".join(part if part.startswith("<") else _WORDS.sub(mark, part) for part in tags)

    return trusted(_ANSWER.sub(in_answer, str(answers)))


def _form(context: CaseloadContext, definition: str) -> Form | None:
    """Return a form; None for an unknown definition. Raises DatasetteError 503 for one that cannot be read."""
    try:
        return context.form(definition)
    except UnreadableDefinition as error:
        log.error("the definition %s in the ledger cannot be used: %s", definition, error)
        raise DatasetteError(UNREADABLE, title="This submission cannot be shown", status=503) from error


def form_titles(datasette: Datasette, definitions: list[str]) -> dict[str, str]:
    """Return form titles by definition hash, without those of definitions that cannot be read."""
    context, titles = context_of(datasette), {}
    for definition in set(definitions):
        with suppress(UnreadableDefinition):
            if context and (form := context.form(definition)):
                titles[definition] = form.title
    return titles


# Rows are formatted here: Datasette's templates await every call, which takes ten times as long.


def sent_rows(datasette: Datasette, sent: Sequence[Any], zone: tzinfo) -> list[tuple[str, str, str, str, int]]:
    """Return (id, received, received in words, title, answered) of each submission."""
    titles = form_titles(datasette, [row["definition"] for row in sent])
    return [
        (id, received, in_words(received, zone), titles.get(definition, form), answered)
        for id, form, _, definition, received, answered in sent
    ]


def every_time(course: Course, zone: tzinfo) -> list[tuple[str, str, str, str, int, int]]:
    """Return (id, received, score, band, answered, items), in words, of each time that the scale was filled in."""
    return [
        (point.submission, in_words(point.received, zone), points(point.value), point.band, point.answered, point.items)
        for point in course.points
    ]


TEMPLATE_FUNCTIONS = {
    "counted": counted,
    "isolated": isolated,
    "points": points,
    "signed": signed,
    "small_line": charts.small_line,
    "comparisons": comparisons,
    "unbroken": unbroken,
}
