"""Ids are unique on their page."""

from __future__ import annotations

from collections.abc import Iterator

from site_builder.content.library import Library
from site_builder.content.outline import Anchor
from site_builder.forms.model.errors import FormError, Source


def check(library: Library) -> Iterator[FormError]:
    """Report every id that its page already has; the library reports forms that clash across the site."""
    for page in library.pages:
        first: dict[str, Anchor] = {}
        for anchor in sorted(page.outline.anchors, key=lambda anchor: (anchor.line, anchor.column)):
            other = first.setdefault(anchor.id, anchor)
            if other is anchor:
                continue
            at = Source(page.shown, anchor.line, anchor.column)
            derived = "" if anchor.explicit and other.explicit else " (one of the two is made from a heading)"
            problem = f"the id '{anchor.id}' stands in line {other.line} already{derived}"
            yield FormError(at, problem, "give one of the two another name", rule="clash")
