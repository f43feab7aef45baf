"""Python-Markdown's own constructs → the same lines as any CommonMark parser reads them, and the HTML set apart.

Every line keeps its number. What is taken out (forms, code, comments, HTML) leaves blanks behind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from markdown.util import BLOCK_LEVEL_ELEMENTS

from site_builder.fences import Fenced

_BLOCK = frozenset((*BLOCK_LEVEL_ELEMENTS, "svg"))  # a drawing is a piece of its own, and no prose
_VOID = frozenset(("br", "hr", "col", "link", "meta"))
_FENCE = re.compile(r"[ ]*(?P<mark>`{3,}|~{3,})(?P<info>[^`]*)$")
_BOX = re.compile(r"""(?P<indent>[ ]*)(?:!!!|\?{3}\+?|===[+!]?)[ ]+[^"]*(?:"(?P<title>.*)")?[ ]*$""")
_TAG = re.compile(r"[ ]{0,3}<(?P<close>/?)(?P<name>[A-Za-z][\w-]*)(?P<rest>[^<>]*)>")
_MARKDOWN = re.compile(r"""\smarkdown(?:\s|=|/|$)""")
_DEEP = 4  # spaces that the content of a box stands further in


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of the source as it stands: first line and column, both from 0."""

    line: int
    column: int
    text: str


@dataclass(slots=True)
class Plain:
    """The lines for the parser, the pieces of HTML, and the titles of boxes."""

    lines: list[str]
    html: list[Fragment] = field(default_factory=list)
    titles: list[Fragment] = field(default_factory=list)


def plain(source: Sequence[str], forms: Sequence[Fenced]) -> Plain:
    """Set apart what is no CommonMark; `forms` are blocks that count as forms."""
    return _Pass(source, forms).run()


class _Pass:
    def __init__(self, source: Sequence[str], forms: Sequence[Fenced]) -> None:
        self.lines = [line.expandtabs(_DEEP) for line in source]
        self.found = Plain([""] * len(self.lines))
        self.forms = {fenced.first: fenced.last for fenced in forms}
        self.boxes: list[int] = []  # how far in the content of each open box stands

    def run(self) -> Plain:
        at = 0
        while at < len(self.lines):
            at = self.forms[at] + 1 if at in self.forms else self.line(at)
        return self.found

    def line(self, at: int) -> int:
        """Take one line, or all the lines of what starts there; give the next one."""
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
            self.boxes.append(len(box["indent"]) + _DEEP)
            if box["title"]:
                self.found.titles.append(Fragment(at, box.start("title"), box["title"]))
            return at + 1
        inner = _DEEP * len(self.boxes)
        if (tag := _TAG.match(text, inner)) and tag["name"].lower() in _BLOCK:
            return self.element(at, tag)
        self.found.lines[at] = text[inner:]
        return at + 1

    def end_of_code(self, at: int, mark: str) -> int:
        """Give the line that closes a fence; one that is never closed is no fence for Python-Markdown."""
        below = range(at + 1, len(self.lines))
        return next((number for number in below if self.lines[number].strip() == mark), at)

    def blank_comment(self, at: int) -> bool:
        """Blank a comment that starts in a line; False when there is none, or it is shown as code."""
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
        """Take a tag at the start of a line: alone when Markdown stands in its element, else with all of that."""
        name = tag["name"].lower()
        start = tag.start("close") - 1
        alone = bool(tag["close"]) or name in _VOID or tag["rest"].endswith("/")
        if not alone and not _MARKDOWN.search(tag["rest"]):
            end, column = self.end_of_element(at, start, name)
        else:
            end, column = at, tag.end()
        self.set_apart(at, start, end, column)
        return end

    def set_apart(self, at: int, start: int, end: int, column: int) -> None:
        """Move a piece to the HTML; what follows it in its last line is looked at again."""
        pieces = [*self.lines[at:end], self.lines[end][:column]]
        pieces[0] = pieces[0][start:]
        self.found.html.append(Fragment(at, start, "\n".join(pieces)))
        margin = " " * (_DEEP * len(self.boxes))
        self.lines[end] = margin + self.lines[end][column:].lstrip()

    def end_of_element(self, at: int, start: int, name: str) -> tuple[int, int]:
        """Give the line and column behind the closing tag; the end of the page when there is none."""
        tags = re.compile(rf"<(?P<close>/?){re.escape(name)}\b[^<>]*>", re.IGNORECASE)
        deep = 0
        for number in range(at, len(self.lines)):
            for tag in tags.finditer(self.lines[number], start if number == at else 0):
                deep += -1 if tag["close"] else 1
                if deep == 0:
                    return number, tag.end()
        return len(self.lines) - 1, len(self.lines[-1])


def _blanked(line: str, first: int, last: int) -> str:
    return line[:first] + " " * (last - first) + line[last:]
