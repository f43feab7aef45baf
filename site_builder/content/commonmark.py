"""Rewrites Python-Markdown's own constructs as CommonMark, and separates the HTML from the text.

Line numbers stay the same: forms, code, comments and HTML are replaced by blanks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from markdown.util import BLOCK_LEVEL_ELEMENTS

from site_builder.content.fences import Fenced

_BLOCK = frozenset((*BLOCK_LEVEL_ELEMENTS, "svg"))  # a drawing is one block and contains no prose
_VOID = frozenset(("br", "hr", "col", "link", "meta"))
_FENCE = re.compile(r"[ ]*(?P<mark>`{3,}|~{3,})(?P<info>[^`]*)$")
_BOX = re.compile(r"""(?P<indent>[ ]*)(?:!!!|\?{3}\+?|===[+!]?)[ ]+[^"]*(?:"(?P<title>.*)")?[ ]*$""")
_TAG = re.compile(r"[ ]{0,3}<(?P<close>/?)(?P<name>[A-Za-z][\w-]*)(?P<rest>[^<>]*)>")
_MARKDOWN = re.compile(r"""\smarkdown(?:\s|=|/|$)""")
_INDENT = 4  # spaces that the content of a box is indented by


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of unchanged source, with its first line and column, both from 0."""

    line: int
    column: int
    text: str


@dataclass(slots=True)
class Plain:
    """The lines for the CommonMark parser, the pieces of HTML, and the titles of boxes."""

    lines: list[str]
    html: list[Fragment] = field(default_factory=list)
    titles: list[Fragment] = field(default_factory=list)


def plain(source: Sequence[str], forms: Sequence[Fenced]) -> Plain:
    """Separate a page's lines into CommonMark, HTML and box titles, leaving out the blocks in `forms`."""
    return _Splitter(source, forms).run()


class _Splitter:
    def __init__(self, source: Sequence[str], forms: Sequence[Fenced]) -> None:
        self.lines = [line.expandtabs(_INDENT) for line in source]
        self.plain = Plain([""] * len(self.lines))
        self.forms = {fenced.first: fenced.last for fenced in forms}
        self.boxes: list[int] = []  # indentation of the content of each open box

    def run(self) -> Plain:
        at = 0
        while at < len(self.lines):
            at = self.forms[at] + 1 if at in self.forms else self.line(at)
        return self.plain

    def line(self, at: int) -> int:
        """Process one line, or the whole block that starts there, and return the number of the next line."""
        text = self.lines[at]
        if not text.strip():
            return at + 1
        while self.boxes and len(text) - len(text.lstrip()) < self.boxes[-1]:
            self.boxes.pop()
        if fence := _FENCE.match(text):
            return self.end_of_code(at, fence["mark"]) + 1
        if self.blank_comment(at):
            return at
        if box := _BOX.match(text):
            self.boxes.append(len(box["indent"]) + _INDENT)
            if box["title"]:
                self.plain.titles.append(Fragment(at, box.start("title"), box["title"]))
            return at + 1
        inner = _INDENT * len(self.boxes)
        if (tag := _TAG.match(text, inner)) and tag["name"].lower() in _BLOCK:
            return self.element(at, tag)
        self.plain.lines[at] = text[inner:]
        return at + 1

    def end_of_code(self, at: int, mark: str) -> int:
        """Return the line that closes a fence, or `at` when nothing does: Python-Markdown ignores an unclosed fence."""
        below = range(at + 1, len(self.lines))
        return next((number for number in below if self.lines[number].strip() == mark), at)

    def blank_comment(self, at: int) -> bool:
        """Replace a comment that starts in this line by spaces. Return False when there is none outside code."""
        text = self.lines[at]
        start = text.find("<!--")
        if start < 0 or text[:start].count("`") % 2:
            return False
        for number in range(at, len(self.lines)):
            end = self.lines[number].find("-->", start + len("<!--") if number == at else 0)
            if end >= 0:
                break
        else:
            return False
        for inside in range(at, number + 1):
            first = start if inside == at else 0
            last = end + len("-->") if inside == number else len(self.lines[inside])
            self.lines[inside] = _blanked(self.lines[inside], first, last)
        return True

    def element(self, at: int, tag: re.Match[str]) -> int:
        """Move the element at the start of a line to the HTML, or only its tag when it contains Markdown."""
        name = tag["name"].lower()
        start = tag.start("close") - 1
        alone = bool(tag["close"]) or name in _VOID or tag["rest"].endswith("/")
        if not alone and not _MARKDOWN.search(tag["rest"]):
            end, column = self.end_of_element(at, start, name)
        else:
            end, column = at, tag.end()
        self.move_to_html(at, start, end, column)
        return end

    def move_to_html(self, at: int, start: int, end: int, column: int) -> None:
        """Move a piece to the HTML and leave the rest of its last line to be processed again."""
        pieces = [*self.lines[at:end], self.lines[end][:column]]
        pieces[0] = pieces[0][start:]
        self.plain.html.append(Fragment(at, start, "\n".join(pieces)))
        margin = " " * (_INDENT * len(self.boxes))
        self.lines[end] = margin + self.lines[end][column:].lstrip()

    def end_of_element(self, at: int, start: int, name: str) -> tuple[int, int]:
        """Return the line and column after the closing tag, or the end of the page when there is none."""
        tags = re.compile(rf"<(?P<close>/?){re.escape(name)}\b[^<>]*>", re.IGNORECASE)
        depth = 0
        for number in range(at, len(self.lines)):
            for tag in tags.finditer(self.lines[number], start if number == at else 0):
                depth += -1 if tag["close"] else 1
                if depth == 0:
                    return number, tag.end()
        return len(self.lines) - 1, len(self.lines[-1])


def _blanked(line: str, first: int, last: int) -> str:
    return line[:first] + " " * (last - first) + line[last:]
