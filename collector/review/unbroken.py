"""Keeps short names with a hyphen whole: to its readers PHQ-9 is one word, and a line must not end inside of it."""

from __future__ import annotations

import re

from site_builder.forms.model.markup import Markup, joined, tag

_NAME = re.compile(r"(?<![\w-])([^\W\d]\w{1,7}-\d{1,3})(?![\w-])")


def unbroken(words: str) -> Markup:
    """Return words as HTML in which no line ends inside of such a name."""
    pieces = _NAME.split(words)
    return joined(tag("span", piece, class_="hw-unbroken") if n % 2 else piece for n, piece in enumerate(pieces))
