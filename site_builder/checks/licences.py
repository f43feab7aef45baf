"""A measure has an owner, and is published only with a licence that says what they permit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from site_builder.content.library import Library, Page
from site_builder.forms.model.errors import FormError, Source

FOLDER = "measures/"
_FEWEST = 3  # words: "CC BY 4.0" can be looked up; "yes" and "public domain" name nobody
_REMEDY = "write who made it and what they permit, like 'licence: By A. Author, 2001. Free to use and to copy.'"


def check(library: Library) -> Iterator[FormError]:
    """Report measures without a licence, or with one too short to be looked up.

    A form with scales and no licence has already been refused by the parser.
    """
    for page in library.pages:
        form = page.form
        if form is None or page.form_at is None:
            continue
        if not form.licence:
            if page.path.startswith(FOLDER):
                problem = "a page among the measures needs a licence"
                yield FormError(page.form_at, problem, _REMEDY, rule="licence")
        elif len(form.licence.split()) < _FEWEST:
            problem = f"'{form.licence}' does not say who permits what"
            yield FormError(_place(page, page.form_at), problem, _REMEDY, rule="licence")


def _place(page: Page, form_at: Source) -> Source:
    for number, line in enumerate(page.body.split("\n"), page.first_line):
        if match := re.match(r"licence[ ]*:[ ]*", line):
            return Source(page.shown, number, match.end() + 1)
    return form_at
