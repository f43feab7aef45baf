"""Reads the HTML inside a page: its elements, their places, and the text in them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser

# Elements whose text is read as one passage.
_PASSAGES = frozenset(
    ("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "figcaption", "summary", "blockquote", "div")
)
_NO_PROSE = frozenset(("script", "style", "svg", "table", "pre", "code", "button"))


@dataclass(slots=True)
class Element:
    """One start tag: line and column from 0 in the piece of HTML; `text` is filled for passages only."""

    tag: str
    attributes: Mapping[str, str | None]
    line: int
    column: int
    text: str = ""


class Elements(HTMLParser):
    """Parses a piece of HTML on construction and lists its elements."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.open_passages: list[Element] = []
        self.without_prose: list[str] = []
        # The parser raises this at what looks like an SGML section, <![…; it has read everything before.
        with suppress(AssertionError):
            self.feed(text)
            self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line, column = self.getpos()
        element = Element(tag, dict(attrs), line - 1, column)
        self.elements.append(element)
        if tag in _NO_PROSE:
            self.without_prose.append(tag)
        elif tag in _PASSAGES:
            self.open_passages.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line, column = self.getpos()
        self.elements.append(Element(tag, dict(attrs), line - 1, column))

    def handle_endtag(self, tag: str) -> None:
        if tag in self.without_prose:
            self.without_prose.remove(tag)
        elif any(passage.tag == tag for passage in self.open_passages):
            while self.open_passages.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self.open_passages and not self.without_prose:
            self.open_passages[-1].text += data.replace("\n", " ")
