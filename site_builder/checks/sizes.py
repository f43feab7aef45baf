"""What a form admits question by question can be sent as a whole."""

from __future__ import annotations

from collections.abc import Iterator

from site_builder.content.library import Library
from site_builder.forms.answering.sizes import BYTES_A_CHARACTER, MOST_SENDABLE, largest_post
from site_builder.forms.model.errors import FormError

_STEP = 100_000  # characters: nobody counts them one by one
_MOST = MOST_SENDABLE // BYTES_A_CHARACTER // _STEP * _STEP
_REMEDY = "below, lower 'max_length' of a long text or 'at_most' of a repeat"


def check(library: Library) -> Iterator[FormError]:
    """Report forms whose longest answers are too long together to be sent."""
    for page in library.pages:
        if page.form is None or page.form_at is None:
            continue
        size = largest_post(page.form).bytes
        if size > MOST_SENDABLE:
            characters = -(-size // BYTES_A_CHARACTER // _STEP) * _STEP
            problem = f"its answers may have {characters:,} characters together, and at most {_MOST:,} can be sent"
            yield FormError(page.form_at, problem, _REMEDY, rule="size")
