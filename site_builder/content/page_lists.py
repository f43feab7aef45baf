"""Finds fenced `pages` blocks, which stand for a list of pages by folder and need, and the pages of each list."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from site_builder.content.library import Library, Page
from site_builder.content.mkdocs_settings import Site

NEEDS = "needs"  # a folder with a page for each need; other pages name its title in their front matter, under `needs`
OPTIONS = ("in", "need")
_MEANT = re.compile(r"[ \t>*+-]*(?:`{3,}|~{3,})[ \t]*(?:pages?|lists?)\b.*", re.IGNORECASE)
_FENCE = re.compile(r"(?P<mark>`{3,}|~{3,})[ \t]*(?P<info>.*?)[ \t]*")


@dataclass(frozen=True, slots=True)
class PageList:
    """A block from its opening to its closing line, both from 0; `lines` are its options, with their line."""

    first: int
    last: int
    lines: tuple[tuple[str, str, int], ...]

    def option(self, name: str) -> str:
        return next((value for option, value, _ in self.lines if option == name), "")


def find_lists(body: str) -> Iterator[PageList]:
    """Return every block of a text that is not inside another fence; one that is not closed ends with the text."""
    lines = body.split("\n")
    first, mark, info = 0, "", ""
    for number, line in enumerate(lines):
        fence = _FENCE.fullmatch(line)
        if not fence:
            continue
        if not mark:
            first, mark, info = number, fence["mark"], fence["info"]
        elif fence["mark"].startswith(mark) and not fence["info"]:
            if info == "pages":
                yield _read(lines, first, number)
            mark = ""
    if mark and info == "pages":
        yield _read(lines, first, len(lines))


def missed_lists(body: str) -> Iterator[int]:
    """Return the lines, from 0, of fences that were probably meant as a list, and that readers would see as code."""
    lines, outer = body.split("\n"), ""
    for number, line in enumerate(lines):
        fence = _FENCE.fullmatch(line)
        if not outer and _MEANT.fullmatch(line) and not (fence and fence["info"] == "pages"):
            yield number
        if fence and not outer:
            outer = fence["mark"]
        elif fence and fence["mark"].startswith(outer) and not fence["info"]:
            outer = ""


def has_lists(body: str) -> bool:
    return "pages" in body and any(find_lists(body))


def _read(lines: list[str], first: int, last: int) -> PageList:
    options = []
    for number, line in enumerate(lines[first + 1 : last], first + 1):
        name, _, value = line.partition(":")
        if line.strip():
            options.append((name.strip(), value.strip().strip("\"'"), number))
    return PageList(first, min(last, len(lines) - 1), tuple(options))


def needs_of(page: Page) -> tuple[str, ...]:
    """Return what a page says it is for; a single need may stand without brackets."""
    value = page.front.get("needs")
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),) if value else ()


def need_pages(library: Library) -> tuple[Page, ...]:
    """Return the pages of needs, of which each has its need as its title."""
    return tuple(page for page in library.pages if _folder(page) == NEEDS and not _is_index(page))


def listed(wanted: PageList, library: Library, site: Site, here: str = "") -> list[Page]:
    """Return the pages of a list in the order of the menu, then of their paths.

    Not among them are the page `here` with the list, those that it links to by itself, the list of a folder, and a form
    for use with a clinician.
    """
    away = {here, *(_linked(library.by_path[here]) if here in library.by_path else ())}
    folder, need = wanted.option("in").strip("/"), wanted.option("need")
    order = {path: place for place, (path, _) in reversed([*enumerate(site.nav)])}
    pages = [
        page
        for page in library.pages
        if (not folder or _folder(page) == folder)
        and (not need or need in needs_of(page))
        and not (page.path in away or _is_index(page) or site.leaves_out(page.path))
        and not (page.form and page.form.with_clinician)
    ]
    return sorted(pages, key=lambda page: (order.get(page.path, len(order)), page.path))


def _linked(page: Page) -> Iterator[str]:
    for link in page.outline.links:
        yield posixpath.normpath(posixpath.join(_folder(page), link.target.partition("#")[0]))


def _folder(page: Page) -> str:
    return posixpath.dirname(page.path)


def _is_index(page: Page) -> bool:
    return posixpath.basename(page.path) in ("index.md", "README.md")
