"""Pictures have a text alternative."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from site_builder.content.library import Library
from site_builder.forms.model.errors import FormError, Source

_FILE_NAME = re.compile(r"\S+\.(?:png|jpe?g|gif|svg|webp|avif|heic|bmp|tiff?)|(?:IMG|DSC|PXL)[_-]?\d+", re.IGNORECASE)
_SAY = "say in a few words what the picture shows"


def check(library: Library) -> Iterator[FormError]:
    """Report pictures without alternative text, and warn of text that is only a file name."""
    for page in library.pages:
        for picture in (link for link in page.outline.links if link.kind == "picture"):
            at = Source(page.shown, picture.line, picture.column)
            name = posixpath.basename(picture.target)
            decoration = f'if it only decorates, write <img src="{picture.target}" alt="">'
            if picture.alt is None:
                remedy = f'add alt="…" and {_SAY}; if it only decorates, add alt=""'
                yield FormError(
                    at, f"the picture '{name}' has no words for people who do not see it", remedy, rule="alt"
                )
            elif not picture.alt.strip() and not picture.in_html:
                remedy = f"{_SAY} between the square brackets; {decoration}"
                yield FormError(
                    at, f"the picture '{name}' has no words for people who do not see it", remedy, rule="alt"
                )
            elif _FILE_NAME.fullmatch(picture.alt.strip()):
                problem = f"the words for a picture are only the name of a file, '{picture.alt.strip()}'"
                yield FormError(at, problem, _SAY, rule="alt", severity="warning")
