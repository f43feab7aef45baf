"""The results of a measure are explained in plain words."""

from __future__ import annotations

from collections.abc import Iterator

from site_builder.content.library import Library
from site_builder.forms.model.errors import FormError


def check(library: Library) -> Iterator[FormError]:
    """Warn of bands and criteria without a meaning, on any page."""
    for page in library.pages:
        yield from page.warnings
