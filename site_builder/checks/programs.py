"""Programs name pages that exist, each under what is done with it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from site_builder.checks.unfinished import MARK
from site_builder.content.library import Library, Page
from site_builder.forms.model.errors import FormError, Source
from site_builder.forms.model.identifiers import suggest
from site_builder.programs.language import Step, read_program

FOLDER = "programs/"
_LISTS = ("index.md", "README.md")
KIND_OF = {"read": "a page to read", "do": "a worksheet", "practise": "a practice", "measure": "a measure"}


def check(library: Library) -> Iterator[FormError]:
    """Report programs without weeks, mistakes in their weeks, and pages that are not there or of another kind."""
    for page in library.pages:
        program = read_program(page)
        if program is None:
            if page.path.startswith(FOLDER) and posixpath.basename(page.path) not in _LISTS and not page.errors:
                remedy = "write them above it, between the dashes: weeks: and below it a line for each"
                yield FormError(Source(page.shown, 1, 1), "this program has no weeks", remedy, rule="program")
            continue
        yield from program.errors
        for week in program.weeks:
            for step in week.steps:
                yield from _step(step, library)


def _step(step: Step, library: Library) -> Iterator[FormError]:
    if MARK in step.path:
        return  # reported as unfinished
    page = library.by_path.get(step.path)
    if page is None:
        paths = [path for path, other in library.by_path.items() if kind_of(other) in ("", step.kind)]
        nearest = suggest(step.path, paths) if paths else "write that page first"
        if posixpath.normpath(step.path) in library.by_path or step.path.lstrip("./") in library.by_path:
            nearest = f"write it as it stands in the content folder: {posixpath.normpath(step.path).lstrip('./')}"
        yield _mistake(step, f"there is no page '{step.path}'", nearest)
    elif library.site.leaves_out(page.path):
        yield _mistake(
            step, f"the page '{step.path}' is left out of the site", "name another one, or change 'exclude_docs'"
        )
    elif (kind := kind_of(page)) not in ("", step.kind):
        problem = f"'{step.path}' is {KIND_OF[kind]}, and stands under '{step.kind}'"
        yield _mistake(step, problem, f"write it under '{kind}'")
    elif page.form and page.form.with_clinician:
        problem = f"'{step.path}' is filled in together with a clinician, and is no homework"
        yield _mistake(step, problem, "take it out; the words of the page may name it")


def kind_of(page: Page) -> str:
    """Return what is done with a page, as in a program; "" where mistakes in its form leave that open."""
    if page.practice:
        return "practise"
    if page.form:
        return "measure" if page.form.scales else "do"
    return "" if page.form_at or page.errors else "read"


def _mistake(step: Step, problem: str, remedy: str) -> FormError:
    return FormError(step.at, problem, remedy, rule="program")
