"""Needs in front matter are those that have a page, each need has pages for it, and lists of pages are not empty."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from site_builder.content.front_matter import places_of
from site_builder.content.library import Library, Page
from site_builder.content.page_lists import (
    NEEDS,
    OPTIONS,
    PageList,
    find_lists,
    has_lists,
    listed,
    missed_lists,
    need_pages,
    needs_of,
)
from site_builder.forms.model.errors import FormError, Source
from site_builder.forms.model.identifiers import suggest


def check(library: Library) -> Iterator[FormError]:
    """Report unknown needs, needs that no page is for, and lists that cannot be made.

    Where the content has no page for any need, the words are free.
    """
    needs = [page.title for page in need_pages(library)]
    for page in library.pages:
        for need in needs_of(page) if needs else ():
            if need not in needs:
                at = Source(page.shown, *places_of(page.text).get("needs", (1, 1)))
                yield FormError(at, f"no page in '{NEEDS}' has the title '{need}'", suggest(need, needs), rule="needs")
        for wanted in find_lists(page.body) if has_lists(page.body) else ():
            yield from list_mistakes(wanted, page, library)
        for line in missed_lists(page.body):
            problem, remedy = "this block is shown as code", "for a list of pages, begin the line with ```pages"
            yield FormError(Source(page.shown, page.first_line + line, 1), problem, remedy, rule="needs")
    named = {need for page in library.pages for need in needs_of(page)}
    for page in need_pages(library):
        if page.title not in named:
            remedy = f"name it in the front matter of pages that help: needs: [{page.title}]"
            at, problem = Source(page.shown, 1, 1), f"no page is for the need '{page.title}'"
            yield FormError(at, problem, remedy, rule="needs", severity="warning")


def list_mistakes(wanted: PageList, page: Page, library: Library) -> Iterator[FormError]:
    """Report why a list cannot be made: its options, or that it has no pages."""

    def mistake(line: int, problem: str, remedy: str) -> FormError:
        return FormError(Source(page.shown, page.first_line + line, 1), problem, remedy, rule="needs")

    before = len(wanted.lines)
    folders = {folder for each in library.pages if (folder := posixpath.dirname(each.path))}
    known = {"in": folders, "need": {need.title for need in need_pages(library)}}
    for name, value, line in wanted.lines:
        if name not in OPTIONS:
            yield mistake(line, f"a list of pages has no option '{name}'", suggest(name, OPTIONS))
        elif value.strip("/") not in known[name]:
            what = f"there is no folder '{value}'" if name == "in" else f"no page in '{NEEDS}' has the title '{value}'"
            yield mistake(line, what, suggest(value, sorted(known[name])))
        else:
            before -= 1
    if not wanted.lines:
        yield mistake(wanted.first, "this list does not say which pages", "write a line like in: worksheets")
    elif not before and not listed(wanted, library, library.site, page.path):
        yield mistake(wanted.first, "no page belongs to this list", "delete it, or name the need in a page's 'needs'")
