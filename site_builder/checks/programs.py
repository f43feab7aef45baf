"""Programs name pages that exist, each under what is done with it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from site_builder.checks.unfinished import MARK
from site_builder.content.library import Library, Page
from site_builder.forms.model.errors import FormError, Source
from site_builder.forms.model.identifiers import meant_by, suggest
from site_builder.programs.language import KINDS, Step, read_program

FOLDER, MEASURES = "programs/", "measures/"
_LISTS = ("index.md", "README.md")
NAMES = {"read": "a page to read", "do": "a worksheet", "practise": "a practice", "measure": "a measure"}


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
        yield _mistake(step, f"there is no page '{step.path}'", _nearest(step, library))
    elif page.shown == step.at.page:
        yield _mistake(step, "a program cannot name itself", "name another page")
    elif library.site.leaves_out(page.path):
        yield _mistake(
            step, f"the page '{step.path}' is left out of the site", "name another one, or change 'exclude_docs'"
        )
    elif step.kind not in (kinds := kinds_of(page)):
        problem = f"'{step.path}' is {NAMES[kinds[0]]}, and stands under '{step.kind}'"
        yield _mistake(step, problem, f"write it under '{kinds[0]}'")
    elif page.form and page.form.with_clinician:
        problem = f"'{step.path}' is filled in together with a clinician, and is no homework"
        yield _mistake(step, problem, "take it out; the words of the page may name it")


def _nearest(step: Step, library: Library) -> str:
    """Return which page is meant: the same one written otherwise, one of the same name, or the likeliest."""
    pages = library.by_path
    if (written := posixpath.normpath(step.path).lstrip("./")) in pages:
        return f"write it as it stands in the content folder: {written}"
    paths = [path for path, page in pages.items() if step.kind in kinds_of(page) and page.shown != step.at.page]
    stems = {_stem(path): path for path in paths if posixpath.basename(path) not in _LISTS}
    if (stem := meant_by(_stem(step.path), stems)) and meant_by(step.path, paths) is None:
        return f"did you mean '{stems[stem]}'?"
    return suggest(step.path, paths) or "write that page first"


def _stem(path: str) -> str:
    return posixpath.basename(path).removesuffix(".md")


def kinds_of(page: Page) -> tuple[str, ...]:
    """Return under which words a page may stand in a program; all, where mistakes in its form leave that open."""
    if page.practice:
        return ("practise",)
    if page.form and page.form.scales:
        return ("measure",)
    if page.form:  # a questionnaire may have no score
        return ("measure", "do") if page.path.startswith(MEASURES) else ("do",)
    return KINDS if page.form_at or page.errors else ("read",)


def _mistake(step: Step, problem: str, remedy: str) -> FormError:
    return FormError(step.at, problem, remedy, rule="program")
