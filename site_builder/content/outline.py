"""Finds the links, pictures, headings, ids and prose of a page, each with its place in the file.

Python-Markdown builds the site but records no places. markdown-it-py records the lines of blocks, and the columns are
added here while it parses a line. `commonmark` rewrites what the two would parse differently.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from markdown.extensions.attr_list import AttrListTreeprocessor, get_attrs_and_remainder
from markdown.extensions.toc import slugify, unique
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from site_builder.content.commonmark import Fragment, plain
from site_builder.content.fences import Fenced, Fences, find_fences
from site_builder.content.html_elements import Element, Elements
from site_builder.content.wordings import Wording, place_of, wordings
from site_builder.forms.language.yaml_tree import Mistakes
from site_builder.forms.model.definition import Form
from site_builder.practices.model import Practice

Rule = Callable[[StateInline, bool], bool]
Wrong = Literal["", "reference", "space", "turned", "apart"]

_PLACED = ("link", "image", "autolink", "html_inline")  # rules whose tokens get a place
_ATTRIBUTES = re.compile(r"\{:?[ ]*(?=[#.\w])[^}\n]*\}")
_ENDS_ELEMENT = ("link_close", "strong_close", "em_close", "code_inline", "image")
_ADDRESS = re.compile(r"\((?P<inside>[^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\)")
_APART = re.compile(r"[ ]+\((?P<inside>[^()\s]*\.(?:md|html)[^()\s]*|https?://[^()\s]+)\)")
_TURNED = re.compile(r"\[(?P<inside>[^\[\]\s]*\.(?:md|html)(?:#[^\[\]\s]*)?|https?://[^\[\]\s]+)\]")
_LABEL = re.compile(r"\[(?P<label>[^\[\]\n]*)\]")
# Headings of sections that list sources, which do not count as prose.
_SOURCES = frozenset(("sources", "source", "references", "literature", "further reading", "who made it", "licence"))


@dataclass(frozen=True, slots=True)
class Link:
    """A link or picture. `alt` is None where HTML has none; `wrong` is why Markdown does not see a link."""

    target: str
    line: int
    column: int
    kind: Literal["link", "picture"] = "link"
    alt: str | None = ""
    in_html: bool = False
    wrong: Wrong = ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """An id; `explicit` when it is written on the page, else derived from a heading."""

    id: str
    line: int
    column: int
    explicit: bool = True


@dataclass(frozen=True, slots=True)
class Passage:
    """The plain text of a heading, paragraph, list item or question; `lines` records where each line starts."""

    text: str
    lines: tuple[tuple[int, int], ...]  # offset in the text, line of the file

    def line_at(self, offset: int) -> int:
        return next(line for start, line in reversed(self.lines) if start <= offset)


@dataclass(slots=True)
class Outline:
    """The links, ids and prose of one page."""

    links: list[Link] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    top_heading: bool = False

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(anchor.id for anchor in self.anchors)


def outline_of(
    body: str,
    first_line: int = 1,
    form: Form | None = None,
    fences: Fences | None = None,
    practice: Practice | None = None,
) -> Outline:
    """Return the outline of a page's body, which starts in `first_line` of its file and has these `fences`."""
    blocks = (fences or find_fences(body, Mistakes(""))).blocks
    return _Reader(body.split("\n"), first_line).read(form, blocks, practice)


class _Reader:
    def __init__(self, source: list[str], first_line: int) -> None:
        self.source = source
        self.first_line = first_line
        self.outline = Outline()
        self.taken: set[str] = set()  # ids that Python-Markdown knows; it does not see those in raw HTML
        self.headings: list[tuple[str, int, int]] = []  # text and place of headings without an explicit id
        self.sources_level = 0  # level of the heading of a section of sources, 0 outside one

    def read(self, form: Form | None, forms: Sequence[Fenced], practice: Practice | None = None) -> Outline:
        text = plain(self.source, forms)
        for piece in text.html:
            self.html(piece)
        for title in text.titles:
            self.title(title)
        self.blocks(_parser().parse("\n".join(text.lines), {"references": {}}))
        if form:
            self.form(form, forms)
        for step in {step.say: step for step in practice.steps}.values() if practice else ():
            line, _ = place_of(Wording(step.say, 0), self.source, forms)
            self.passage(step.say, [(0, line)])
        self.name_headings()
        self.outline.links.sort(key=lambda link: (link.line, link.column))
        self.outline.passages.sort(key=lambda passage: passage.lines[0][1])
        return self.outline

    def blocks(self, tokens: Sequence[Token]) -> None:
        in_table = False
        for number, token in enumerate(tokens):
            if token.type in ("table_open", "table_close"):
                in_table = token.type == "table_open"
            elif token.type == "html_block" and token.map:
                self.html(Fragment(token.map[0], 0, "\n".join(self.source[slice(*token.map)])))
            elif token.type == "inline" and token.map:
                heading = tokens[number - 1] if tokens[number - 1].type == "heading_open" else None
                self.inline(token, token.map[0], heading, counts=not in_table)

    def title(self, title: Fragment) -> None:
        (token,) = _parser().parseInline(title.text, {"references": {}})
        text, lines = self.children(token, title.line, [title.column])
        self.passage(text, lines)

    def inline(self, token: Token, first: int, heading: Token | None, *, counts: bool) -> None:
        columns = self.columns(token.content, first)
        if attributes := _own_attributes(token.content, heading is not None):
            self.attributes(attributes[0], first + token.content.count("\n", 0, attributes[1]))
        text, lines = self.children(token, first, columns)
        if heading:
            self.heading(
                text, int(heading.tag[1]), first, columns[0], has_id=bool(attributes and "id" in attributes[0])
            )
        if counts and not self.sources_level:
            self.passage(text, lines)

    def columns(self, content: str, first: int) -> list[int]:
        """Return the column where each line of a block's text starts in the file."""
        columns = []
        for number, line in enumerate(content.split("\n"), first):
            written, line = self.source[number].rstrip(), line.rstrip()
            columns.append(len(written) - len(line) if written.endswith(line) else max(written.find(line), 0))
        return columns

    def children(self, token: Token, first: int, columns: Sequence[int]) -> tuple[str, list[tuple[int, int]]]:
        """Record links, pictures and ids; return the remaining text, and where its lines start."""
        words: list[str] = []
        lines = [(0, first)]
        length = 0
        before: Token | None = None
        for child in token.children or ():
            self.link(child, token.content, first, columns)
            word = child.content if child.type in ("text", "code_inline", "text_special") else ""
            if word and before and before.type in _ENDS_ELEMENT and (match := _ATTRIBUTES.match(word)):
                self.attributes(dict(_attributes(match[0])), lines[-1][1])
                word = word[match.end() :]
            if child.type in ("softbreak", "hardbreak"):
                word = " "
                lines.append((length + 1, lines[-1][1] + 1))
            words.append(word)
            length += len(word)
            before = child
        return _ATTRIBUTES.sub("", "".join(words)) if "{" in token.content else "".join(words), lines

    def link(self, child: Token, content: str, first: int, columns: Sequence[int]) -> None:
        at = child.meta.get("at")
        if at is None:
            return
        row = content.count("\n", 0, at)
        self.record(child, first + row, columns[row] + at - (content.rfind("\n", 0, at) + 1))

    def record(self, child: Token, line: int, column: int) -> None:
        if child.type == "html_inline":
            self.html(Fragment(line, column, child.content))
            return
        picture = child.type == "image"
        target = str(child.attrs.get("src" if picture else "href", child.meta.get("target", "")))
        alt = child.content if picture else ""
        place = (line + self.first_line, column + 1)
        kind: Literal["link", "picture"] = "picture" if picture else "link"
        self.outline.links.append(Link(target, *place, kind, alt, wrong=child.meta.get("wrong", "")))

    def attributes(self, attributes: dict[str, str | None], line: int) -> None:
        if id := attributes.get("id"):
            column = max(self.source[line].find(f"#{id}"), 0)
            self.outline.anchors.append(Anchor(id, line + self.first_line, column + 1))
            self.taken.add(id)

    def heading(self, text: str, level: int, line: int, column: int, *, has_id: bool) -> None:
        self.outline.top_heading |= level == 1
        if not self.sources_level or level <= self.sources_level:
            self.sources_level = level if text.strip().rstrip(":").lower() in _SOURCES else 0
        if not has_id:
            self.headings.append((text, line + self.first_line, column + 1))

    def name_headings(self) -> None:
        """Add the ids that Python-Markdown's table of contents derives for headings without one."""
        for text, line, column in self.headings:
            id = unique(slugify(html.unescape(text.strip()), "-"), self.taken)
            self.outline.anchors.append(Anchor(id, line, column, explicit=False))

    def html(self, piece: Fragment) -> None:
        for element in Elements(piece.text).elements:
            line = piece.line + element.line
            self.element(element, line, element.column + (0 if element.line else piece.column))

    def element(self, element: Element, line: int, column: int) -> None:
        place = (line + self.first_line, column + 1)
        attributes = element.attributes
        for name in ("id", "name") if element.tag == "a" else ("id",):
            if id := attributes.get(name):
                self.outline.anchors.append(Anchor(id, *place))
                if "markdown" in attributes:
                    self.taken.add(id)
        if element.tag == "a" and attributes.get("href") is not None:
            self.outline.links.append(Link(attributes["href"] or "", *place, in_html=True))
        elif element.tag == "img":
            alt = (attributes["alt"] or "") if "alt" in attributes else None
            self.outline.links.append(Link(attributes.get("src") or "", *place, "picture", alt, in_html=True))
        elif element.tag == "h1":
            self.outline.top_heading = True
        if element.text:
            self.passage(element.text, [(0, line)])

    def passage(self, text: str, lines: Sequence[tuple[int, int]]) -> None:
        if text.strip():
            self.outline.passages.append(Passage(text, tuple((at, line + self.first_line) for at, line in lines)))

    def form(self, form: Form, forms: Sequence[Fenced]) -> None:
        """Add the wordings of a form; those of a licensed measure are fixed and do not count as prose."""
        for wording in wordings(form):
            place = place_of(wording, self.source, forms)
            if wording.counts:
                self.passage(wording.text, [(0, place[0])])
            if "[" in wording.text or "<" in wording.text:
                self.links_in(wording, place, forms)

    def links_in(self, wording: Wording, place: tuple[int, int], forms: Sequence[Fenced]) -> None:
        (token,) = _parser().parseInline(wording.text, {"references": {}})
        for child in token.children or ():
            if "at" not in child.meta:
                continue
            written = wording.text[child.meta["at"] : child.meta["end"]]
            self.record(child, *place_of(Wording(written, wording.section), self.source, forms, place[0]))


def _own_attributes(content: str, heading: bool) -> tuple[dict[str, str | None], int] | None:
    """Return the attributes at the end of a block, as attr_list reads them, and their offset."""
    if "{" not in content:
        return None
    rule = AttrListTreeprocessor.HEADER_RE if heading else AttrListTreeprocessor.BLOCK_RE
    match = rule.search(content)
    return (dict(_attributes(match[0])), match.end() - 1) if match else None


def _attributes(written: str) -> Iterator[tuple[str, str | None]]:
    pairs, _ = get_attrs_and_remainder(written.strip().strip("{}").lstrip(":").strip())
    yield from pairs


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table")
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign] # messages show the address as written
    parser.validateLink = lambda url: True  # type: ignore[method-assign] # the link check reports what is wrong
    rules = {rule.name: rule.fn for rule in parser.inline.ruler.__rules__}
    for name in _PLACED:
        parser.inline.ruler.at(name, _placed(rules[name], broken=name == "link"))
    return parser


def _placed(rule: Rule, *, broken: bool) -> Rule:
    def run(state: StateInline, silent: bool) -> bool:
        at, count = state.pos, len(state.tokens)
        if rule(state, silent):
            pending = len(state.tokens) > count and state.tokens[count].type == "text"
            if not silent and len(state.tokens) > count + pending:
                state.tokens[count + pending].meta |= {"at": at, "end": state.pos}
            return True
        if broken and state.src[at] == "[" and not silent and not state.linkLevel:
            _record_broken_link(state, at)
        return False

    return run


def _record_broken_link(state: StateInline, at: int) -> None:
    """Add a token where a link was meant but mistyped; its text stays text."""
    for wrong, target, end in _broken_links(state.src, at):
        if wrong != "reference" or not state.pending.endswith("]"):
            token = state.push("broken_link", "", 0)
            token.meta = {"at": at, "end": end, "wrong": wrong, "target": target}
        return


def _broken_links(text: str, at: int) -> Iterator[tuple[Wrong, str, int]]:
    if text[at - 1 : at] == ")" and (match := _TURNED.match(text, at)):
        yield "turned", match["inside"], match.end()
    if not (label := _LABEL.match(text, at)):
        return
    if (match := _ADDRESS.match(text, label.end())) and " " in match["inside"].strip():
        yield "space", match["inside"].strip(), match.end()
    elif match := _APART.match(text, label.end()):
        yield "apart", match["inside"], match.end()
    elif (match := _LABEL.match(text, label.end())) and not label["label"].startswith("^"):
        yield "reference", match["label"] or label["label"], match.end()
