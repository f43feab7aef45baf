"""A program → Markdown: a heading for each week, its reason, and its pages as a list of links."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from site_builder.content.library import Page
from site_builder.programs.language import Program, Step, Week

VERBS = {"read": "Read", "do": "Do", "practise": "Practise", "measure": "See how things are"}
_SPECIAL = re.compile(r"([\\`*_\[\]<>{}|#])")
_SECOND_HEADING = re.compile(r"##[ \t]")
_FENCE = re.compile(r"[ ]{0,3}(`{3,}|~{3,})")


def with_weeks(lines: list[str], program: Program, page: Page, pages: Mapping[str, Page]) -> list[str]:
    """Return a page's lines with the weeks before its first heading of the second level, or else at the end."""
    place, fence = len(lines), ""
    for number, line in enumerate(lines):
        if match := _FENCE.match(line):
            fence = "" if fence and match[1].startswith(fence) else fence or match[1]
        elif not fence and _SECOND_HEADING.match(line):
            place = number
            break
    return [*lines[:place], "", *weeks_of(program, page, pages), "", *lines[place:]]


def weeks_of(program: Program, page: Page, pages: Mapping[str, Page]) -> Iterator[str]:
    """Yield the lines of all weeks, with links as they are written on this page."""
    for number, week in enumerate(program.weeks, 1):
        yield from ("", f"## {program.called} {number}: {escaped(week.title)}", "")
        yield from (escaped(week.why), "")
        yield from _links(week, page, pages)


def _links(week: Week, page: Page, pages: Mapping[str, Page]) -> Iterator[str]:
    for kind, verb in VERBS.items():
        for step in week.of(kind):
            if step.path in pages:
                yield f"- **{verb}:** {_link(step, page, pages)}"


def _link(step: Step, page: Page, pages: Mapping[str, Page]) -> str:
    way = posixpath.relpath(step.path, posixpath.dirname(page.path) or ".")
    return f"[{escaped(pages[step.path].title)}](<{way}>)"


def escaped(text: str) -> str:
    """Return words in which nothing is Markdown or HTML."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split())).replace("&", "&amp;")
