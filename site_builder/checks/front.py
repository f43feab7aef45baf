"""Front matter: a guide names its author, the date of its last review, and its sources."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Iterator

from site_builder.checks.unfinished import MARK
from site_builder.content.front_matter import is_unread, places_of
from site_builder.content.library import Library, Page
from site_builder.forms.model.errors import FormError, Source
from site_builder.forms.model.signs import NEVER, name_of, oddity, plain, visible

FOLDER = "guides/"
_TITLE_LIKE = "start it with a line like # Calming the body"
# Names of ours, of MkDocs and of the theme. Others are allowed: a clinic may use plugins.
KNOWN = (
    "title", "description", "author", "reviewed", "reviewed_by", "sources", "minutes", "needs", "weeks", "modules",
    "reading_level", "reading_reason", "hide", "template", "tags", "search", "status", "icon", "subtitle", "date",
    "image",
)  # fmt: skip
OLD = 3 * 365  # days: guidelines change about as often
_SIMILARITY = 0.75  # difflib ratio: a letter too many, too few or swapped
_HIGHEST_LEVEL = 18  # school grade, the end of university
_WANTED = {
    "author": "add a line like author: Dr Jo Example",
    "reviewed": 'add a line like reviewed: "2026-03-09", the day when a clinician last read it through',
    "sources": 'add a line sources: and below it, further in, one line like - "Beck AT. Cognitive Therapy. 1979."',
}


def check(library: Library) -> Iterator[FormError]:
    """Report missing or invalid front matter, and names that are probably mistyped."""
    for page in library.pages:
        unread = page.errors and not page.front and (not page.text or is_unread(page.text))
        if not unread:  # otherwise the library has reported it
            yield from _FrontMatter(page).findings()


class _FrontMatter:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.front = page.front

    def findings(self) -> Iterator[FormError]:
        yield from self.title()
        mistyped = self.mistyped()
        for name, written in mistyped.items():
            if odd := oddity(written):
                line, column = places_of(self.page.text).get(written, (1, 1))
                at = Source(self.page.shown, line, column + odd[0])
                yield FormError(at, f"{odd[1]}, in '{name}'", odd[2], rule="front")
                continue
            wanted = name in _WANTED and _is_guide(self.page.path)
            problem, remedy = f"'{written}' means nothing above a page", f"did you mean '{name}'?"
            yield self.mistake(written, problem, remedy) if wanted else self.warning(written, problem, remedy)
        for name, remedy in _WANTED.items() if _is_guide(self.page.path) else ():
            if not self.front.get(name) and name not in mistyped:
                yield self.mistake(name, f"this guide does not say its '{name}'", remedy)
        yield from self.sources()
        yield from self.reviewed()
        yield from self.reading_level()

    def title(self) -> Iterator[FormError]:
        if any(plain(str(name)) == "title" != name for name in self.front):
            return  # `mistyped` says so
        title = str(self.front.get("title") or (self.page.title if self.page.outline.top_heading else ""))
        if not visible(title):
            unseen = f"; it has only a {name_of(title[0])}, which cannot be seen" if title.strip() else ""
            yield self.mistake("title", f"this page has no title{unseen}", _TITLE_LIKE)
        elif never := NEVER.search(title):
            yield self.mistake(
                "title", f"there is a {name_of(never[0])} in the title, which cannot be seen", "delete it"
            )

    def sources(self) -> Iterator[FormError]:
        value = self.front.get("sources")
        if value and not isinstance(value, list):
            remedy = 'write each on a line of its own below it, further in: - "Beck AT. Cognitive Therapy. 1979."'
            yield self.mistake("sources", "'sources' has to be a list", remedy)

    def reviewed(self) -> Iterator[FormError]:
        value = self.front.get("reviewed")
        if not value or MARK in str(value):  # the date of a template, on which nobody has read the page
            return
        day, today = _day(value), datetime.datetime.now(datetime.UTC).date()
        like = 'write it as year-month-day, like reviewed: "2026-03-09"'
        if day is None:
            yield self.mistake("reviewed", f"'{value}' is not a day", like)
        elif day > today + datetime.timedelta(days=1):  # it may be tomorrow already in the author's time zone
            yield self.mistake("reviewed", f"'{value}' has not come yet", like)
        elif (today - day).days > OLD:
            problem = f"this page was last read through on {day}, more than three years ago"
            yield self.warning("reviewed", problem, "have a clinician read it, and write the new day here")

    def reading_level(self) -> Iterator[FormError]:
        level = self.front.get("reading_level")
        if level is None:
            return
        if isinstance(level, bool) or not isinstance(level, int | float) or not 0 < level <= _HIGHEST_LEVEL:
            problem = f"'reading_level' has to be a school grade from 1 to {_HIGHEST_LEVEL}, not '{level}'"
            yield self.mistake("reading_level", problem, "write it in figures, like reading_level: 9")
        if not str(self.front.get("reading_reason") or "").strip():
            remedy = "add a line like reading_reason: the names of medicines cannot be made shorter"
            yield self.mistake("reading_level", "a 'reading_level' of its own needs a reason", remedy)

    def mistyped(self) -> dict[str, str]:
        """Return the known names that are mistyped, each with the name as it is written."""
        mistyped = {}
        for name in self.front:
            near = difflib.get_close_matches(str(name), KNOWN, n=1, cutoff=_SIMILARITY)
            if near and name not in KNOWN and near[0] not in self.front:
                mistyped[near[0]] = str(name)
        return mistyped

    def mistake(self, name: str, problem: str, remedy: str) -> FormError:
        return FormError(self.place(name), problem, remedy, rule="front")

    def warning(self, name: str, problem: str, remedy: str) -> FormError:
        return FormError(self.place(name), problem, remedy, rule="front", severity="warning")

    def place(self, name: str) -> Source:
        return Source(self.page.shown, *places_of(self.page.text).get(name, (1, 1)))


def _is_guide(path: str) -> bool:
    return path.startswith(FOLDER) and path.rpartition("/")[2] not in ("index.md", "README.md")


def _day(value: object) -> datetime.date | None:
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat(str(value).strip())
    except ValueError:
        return None
