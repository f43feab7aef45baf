"""HTML inside a page: its elements with their places, and the words in them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser

# Elements that are a passage of their own: people read each as one piece.
_PIECES = frozenset(
    ("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "figcaption", "summary", "blockquote", "div")
)
_NO_PROSE = frozenset(("script", "style", "svg", "table", "pre", "code", "button"))


@dataclass(slots=True)
class Element:
    """One start tag: line and column from 0 in the piece of HTML; `text` is what stands in a piece of its own."""

    tag: str
    attributes: Mapping[str, str | None]
    line: int
    column: int
    text: str = ""


class Elements(HTMLParser):
    """Reads a piece of HTML as soon as it is made."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Element] = []
        self.pieces: list[Element] = []
        self.hidden: list[str] = []
        # The parser gives up like this at what looks like a section of SGML, <![…; what stood before it is read.
        with suppress(AssertionError):
            self.feed(text)
            self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line, column = self.getpos()
        element = Element(tag, dict(attrs), line - 1, column)
        self.found.append(element)
        if tag in _NO_PROSE:
            self.hidden.append(tag)
        elif tag in _PIECES:
            self.pieces.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line, column = self.getpos()
        self.found.append(Element(tag, dict(attrs), line - 1, column))

    def handle_endtag(self, tag: str) -> None:
        if tag in self.hidden:
            self.hidden.remove(tag)
        elif any(piece.tag == tag for piece in self.pieces):
            while self.pieces.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self.pieces and not self.hidden:
            self.pieces[-1].text += data.replace("\n", " ")
