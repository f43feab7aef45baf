"""Warnings about Markdown and HTML in words that are shown as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from site_builder.forms.language.yaml_tree import Listing, Table, Value, Word
from site_builder.forms.model.errors import FormError

# Words in which emphasis, code and links work; see model/wording.py.
RENDERED = frozenset(("ask", "hint"))
# Options that hold no words for readers.
_NO_WORDS = frozenset(("form", "from", "type", "when", "same_as", "was", "items", "reversed", "licence", "source"))
_HTML = re.compile(
    r"</?(?:a|b|i|u|s|em|strong|br|hr|p|span|div|h[1-6]|ul|ol|li|img|sub|sup|small|font|center|code|mark)\b[^<>]*>"
    r"|&(?:nbsp|amp|lt|gt|quot|#\d+|#x[0-9a-f]+);",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"[<&*_\[`|#]")  # most words have none of those that the others look for
_BLOCK = re.compile(r"!\[[^\]]*\]\([^)]*\)|^#{1,6} |^ *\|.*\| *$", re.MULTILINE)
_INLINE = re.compile(
    r"(\*\*|__)(?=\S).+?(?<=\S)\1|\[[^\]]+\]\([^)]+\)|`[^`]+`|(?<![\w*])\*(?=\S)[^*\n]+(?<=\S)\*(?![\w*])"
)


def raw_markup(block: Table) -> Iterator[FormError]:
    """Yield a warning for each of a block's words with signs that readers would see."""
    yield from _within(block, "")


def _within(table: Table, above: str) -> Iterator[FormError]:
    for key, value in table.entries:
        if key.text in _NO_WORDS:
            continue
        if isinstance(value, Table):
            yield from _within(value, key.text)
        for word in _words(value):
            rendered = key.text in RENDERED or above in ("fields", "of")
            yield from _of(word, rendered)


def _words(value: Value) -> Iterator[Word]:
    if isinstance(value, Word):
        yield value
    elif isinstance(value, Listing):
        yield from (item for item in value.items if isinstance(item, Word))


def markup_in(value: Value) -> Iterator[FormError]:
    """Yield a warning for each Markdown or HTML in a value, at any depth and in its names; none is rendered."""
    if isinstance(value, Word):
        yield from _of(value, rendered=False)
    elif isinstance(value, Listing):
        for item in value.items:
            yield from markup_in(item)
    else:
        for key, under in value.entries:
            yield from _of(key, rendered=False)
            yield from markup_in(under)


def _of(word: Word, rendered: bool) -> Iterator[FormError]:
    if not _SIGNS.search(word.text):
        return
    raw = _HTML.search(word.text) or _BLOCK.search(word.text) or (None if rendered else _INLINE.search(word.text))
    if raw:
        remedy = (
            "write *emphasis*, **strong** and [links](https://…) in Markdown" if rendered else "write the words alone"
        )
        problem = f"'{raw[0].strip()}' is shown as it stands here"
        yield FormError(word.source, problem, remedy, rule="markup", severity="warning")
