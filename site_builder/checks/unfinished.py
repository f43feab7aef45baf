"""Pages from `homeward new` are finished: no words of the template are left."""

from __future__ import annotations

import re
from collections.abc import Iterator

from site_builder.content.library import Library
from site_builder.forms.model.errors import FormError, Source

MARK = "✎"  # rare in any text, and without meaning in YAML and Markdown

_LONGER_FENCE = re.compile(r"(?P<mark>`{4,}|~{4,})")  # an example, which may show the mark


def check(library: Library) -> Iterator[FormError]:
    """Report what is left to write, on any page."""
    for page in library.pages:
        yield from unfinished(page.text, page.shown)


def unfinished(text: str, page: str) -> Iterator[FormError]:
    """Report every template mark in the text of a page, including front matter and forms."""
    if MARK not in text:
        return
    fence = ""
    for number, line in enumerate(text.split("\n"), 1):
        if match := _LONGER_FENCE.match(line):
            fence = "" if line.rstrip() == fence else fence or match["mark"]
        elif not fence:
            for place in re.finditer(f"(?<!`){MARK}", line):
                at = Source(page, number, place.start() + 1)
                problem = f"'{MARK}' marks words of the starter"
                yield FormError(at, problem, f"write your own in their place, and delete the {MARK}", rule="unfinished")
