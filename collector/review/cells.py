"""A cell of a table as people read it: whole or openly cut, in its own direction, with what was looked for marked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import tzinfo
from typing import Any
from urllib.parse import quote, urlencode

from datasette.app import Datasette
from datasette.utils import is_url, tilde_encode
from markupsafe import Markup, escape

from collector.caseload.searching import Hit, hits
from collector.clinic_time import in_words, name_of
from site_builder.forms.model.amounts import counted

LONGEST = 2_048  # characters; a hundred rows of whole diaries would be a page that nobody scrolls through
LONG, VERY_LONG = 60, 400  # characters from which the column of a text is kept wide
BEFORE = 400  # characters shown before the first hit of a long text

# For the request that is being answered: what was looked for, and whether texts are shown whole (the page of one row).
searched: ContextVar[str] = ContextVar("searched", default="")
whole: ContextVar[bool] = ContextVar("whole", default=False)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


def cell(value: Any, column: str, row: Any, datasette: Datasette, zone: tzinfo) -> Markup | None:
    """Return the HTML of a cell; None for what Datasette shows well itself: numbers, links, nothing."""
    id = value.get("value") if isinstance(value, dict) else value
    if column == "submission" and isinstance(id, str):
        return Markup('<a href="{}">{}</a>').format(sheet(datasette, id), id)
    if isinstance(value, dict):
        return _labelled(value, column, datasette)
    if column == "client" and isinstance(value, str) and value:
        return Markup('<a href="{}">{}</a>').format(datasette.urls.path(f"/client/{quote(value, safe='')}"), value)
    if isinstance(value, bytes):
        # Without Datasette's link to them, which holds the whole query: no table has any, so each is somebody's own.
        return Markup("&lt;{}&gt;").format(counted(len(value), "byte"))
    if not isinstance(value, str) or not value or is_url(value.strip()):
        return None
    if _MOMENT.fullmatch(value):
        here = f"{in_words(value, zone)} in {name_of(zone)}"
        return Markup('<time datetime="{0}" title="{1}">{0}</time>').format(value, here)
    return _text(value, _of(row, "submission"), datasette)


def sheet(datasette: Datasette, submission: str) -> str:
    """Return the address of a submission's page, at the first hit of what was looked for."""
    path = str(datasette.urls.path(f"/submission/{quote(submission, safe='')}"))
    return f"{path}?{urlencode({'_search': searched.get()})}#hit" if searched.get() else path


def marked(text: str, places: list[Hit], first: str = "") -> Markup:
    """Return a text as HTML with its hits marked; `first` is an attribute of the first mark."""
    parts, at = [], 0
    for number, (start, end) in enumerate(places):
        attribute = Markup(first) if number == 0 else ""  # noqa: S704 - a constant of ours
        parts += [escape(text[at:start]), Markup("<mark{}>{}</mark>").format(attribute, text[start:end])]
        at = end
    return Markup().join([*parts, escape(text[at:])])


def _labelled(value: Mapping[str, Any], column: str, datasette: Datasette) -> Markup:
    """Return the label of a row in another table, with its code."""
    code, label = str(value["value"]), str(value["label"])
    table = datasette.urls.table("caseload", "clients" if column == "client" else column)
    link = Markup('<a href="{}/{}"><bdi>{}</bdi></a>').format(table, tilde_encode(code), label or "-")
    return link if label == code else link + Markup("&nbsp;<em>{}</em>").format(code)


def _text(text: str, submission: Any, datasette: Datasette) -> Markup:
    places = hits(text, searched.get()) if searched.get() else []
    if whole.get() or len(text) <= LONGEST:
        return Markup("<bdi{}>{}</bdi>").format(_room(text), marked(text, places))
    start = max(places[0].start - BEFORE, 0) if places and places[0].end > LONGEST else 0
    end = start + LONGEST
    inside = [Hit(hit.start - start, hit.end - start) for hit in places if hit.end <= end]
    before = Markup('<span class="hw-cut">{:,} characters before …</span> ').format(start) if start else ""
    after = _rest(len(text) - end, submission, datasette) if len(text) > end else ""
    return Markup("{}<bdi{}>{}</bdi>{}").format(before, _room(text), marked(text[start:end], inside), after)


def _room(text: str) -> Markup:
    """Return the attribute that keeps the column of a long text from being as narrow as its longest word."""
    if len(text) < LONG:
        return Markup()
    return Markup(' class="hw-long hw-long--very"') if len(text) >= VERY_LONG else Markup(' class="hw-long"')


def _rest(missing: int, submission: Any, datasette: Datasette) -> Markup:
    """Return a sentence that says how much of a text is not shown, and where it is."""
    count = counted(missing, "more character")
    if not isinstance(submission, str):
        return Markup(' <span class="hw-cut">… {}; open the row, or export it as CSV</span>').format(count)
    link = Markup(' <span class="hw-cut">… {}, <a href="{}">open the sheet</a></span>')
    return link.format(count, sheet(datasette, submission))


def _of(row: Any, column: str) -> Any:
    try:
        value = row[column]
    except (KeyError, IndexError):
        return None
    return value.get("value") if isinstance(value, dict) else value
