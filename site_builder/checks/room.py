"""A form has no more questions than a caseload file has columns for; its answers could not be put into a table."""

from __future__ import annotations

from collections.abc import Iterator

from site_builder.content.library import Library
from site_builder.forms.history.room import without_room
from site_builder.forms.model.errors import FormError


def check(library: Library) -> Iterator[FormError]:
    """Report forms, and repeats in them, with too many questions."""
    for page in library.pages:
        if page.form is not None and page.form_at is not None:
            for change in without_room(page.form):
                yield FormError(page.form_at, change.problem, change.remedy, rule="room")
