"""Finds the blocks of forms, practices and examples in Markdown, and reports fences that were probably meant as one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from site_builder.forms.language.yaml_tree import Block, Mistakes
from site_builder.forms.model.errors import Source
from site_builder.forms.model.signs import UNSEEN, name_of, oddity, plain

_SIMILARITY = 0.7  # difflib ratio: accepts 'yml' for 'yaml' and 'from' for 'form', but not 'toml' or 'xml'
_SHORTEST = 3  # characters of a fence; a longer fence can contain a shorter one as an example
EXAMPLE = "markdown form example"  # after four backticks
PRACTICE_EXAMPLE = "markdown practice example"
_EXAMPLES = (EXAMPLE, PRACTICE_EXAMPLE)
Kind: TypeAlias = Literal["form", "practice"]
_KINDS: tuple[Kind, ...] = ("form", "practice")

_NEST = r"(?P<nest>(?:[ \t]|>|[-*+][ \t]|[0-9]{1,9}[.)][ \t])*)"
_FENCE = re.compile(_NEST + r"(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)")
_TOO_SHORT = re.compile(
    _NEST + r"(?P<fence>`{1,2}|~{1,2})(?P<info>[ \t]*[yY][aA]?[mM][lL][ \t]+(?:[fF]orms?|[pP]ractices?)[ \t]*)$"
)
_HOLDS_A_FORM = re.compile(r"(?:(?:form|practice)[ ]*:[ ]*\S|fields[ ]*:[ ]*$)")
_QUICK_EXAMPLE = re.compile(r"(?:`{3}|~{3})[ \t]*\w+[ \t]+\w+[ \t]+\w")  # three words, as EXAMPLE has
_NAMES_A_FORM = re.compile(r"form: ?[a-z][a-z0-9-]*[ ]*$", re.ASCII)
_OF_A_FORM = re.compile(r"(?:fields|version|title|why|purpose|licence|source|scales):(?: |$)", re.ASCII)
_COMMENT = re.compile(r"<!--|-->")
_CODE = re.compile(r"(`+)[^`]*\1")
_MARKS = ("`", "~", "form:")  # a page without any of these has no form; most pages have none
_QUICK = re.compile(r"`{3}|~{3}|^form:|^[^a-z\n]*[`~]{1,2}[ \t]*ya?ml", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Fenced:
    """A block of a form or practice, from the line of its opening fence to that of its closing fence, both from 0.

    `block` is None when the block has been reported as a mistake.
    """

    first: int
    last: int
    block: Block | None
    kind: Kind = "form"


@dataclass(frozen=True, slots=True)
class Example:
    """A whole page in a longer fence, shown beside the form it becomes; `first` and `last` as in Fenced.

    `line` is where its text starts on the page, from 1. `text` is None when it has been reported as a mistake.
    """

    first: int
    last: int
    text: str | None
    line: int
    kind: Kind = "form"


@dataclass(frozen=True, slots=True)
class _Fence:
    nest: str
    mark: str
    info: str

    @property
    def closes(self) -> bool:
        return not self.info.strip()

    def opens_like(self, other: _Fence) -> bool:
        """Return whether this fence has the marks to close `other`, whatever follows them."""
        return self.mark[0] == other.mark[0] and len(self.mark) >= len(other.mark)


@dataclass(frozen=True, slots=True)
class Fences:
    """The blocks of forms and practices, and the examples of a text, each in its order."""

    forms: tuple[Fenced, ...] = ()
    examples: tuple[Example, ...] = ()
    practices: tuple[Fenced, ...] = ()

    @property
    def blocks(self) -> tuple[Fenced, ...]:
        if not self.practices:
            return self.forms
        return tuple(sorted([*self.forms, *self.practices], key=lambda fenced: fenced.first))

    @property
    def in_order(self) -> list[Fenced | Example]:
        return sorted([*self.blocks, *self.examples], key=lambda place: place.first)


def find_fences(body: str, mistakes: Mistakes, first_line: int = 1) -> Fences:
    """Return every block of a form or practice, and every example: a fence that starts with the words of one.

    `first_line` is the line of the page where `body` starts.
    """
    if not any(mark in body for mark in _MARKS) or not _QUICK.search(body):
        return Fences()
    scanner = _FenceScanner(body.split("\n"), mistakes, first_line)
    blocks = tuple(scanner.run())
    forms = tuple(fenced for fenced in blocks if fenced.kind == "form")
    practices = tuple(fenced for fenced in blocks if fenced.kind == "practice")
    return Fences(forms, tuple(scanner.examples(blocks)) if _QUICK_EXAMPLE.search(body) else (), practices)


class _FenceScanner:
    def __init__(self, lines: Sequence[str], mistakes: Mistakes, first_line: int) -> None:
        self.lines = lines
        self.mistakes = mistakes
        self.first_line = first_line

    def run(self) -> Iterator[Fenced]:
        at = 0
        begun: int | None = None  # the line of a comment that begins behind words or another comment, and goes on
        while at < len(self.lines):
            line = self.lines[at]
            last = at
            if (comment := self.end_of_comment(at)) is not None:
                last = comment
                begun = at if comment == at and _leaves_open(line, False) else None
            elif fence := _fence(line):
                if kind_of(fence.info):
                    fenced = self.form(at, fence) if begun is None else self.form_in_comment(at, fence, begun)
                    yield fenced
                    last = fenced.last
                else:
                    last = self.end_of_code(at, fence)
                    self.report_unclosed(at, last, fence)
                    yield from self.report_forms_in_code(at, last, fence)
            elif self.looks_like_a_form(at):
                self.report_no_fence(at)
                last = self.end_of_paragraph(at)
                yield Fenced(at, last, None)
            elif short := _TOO_SHORT.match(line):
                kind = kind_of(short["info"]) or "form"
                remedy = f"write ```yaml {kind}"
                self.report(at, short.start("fence"), f"a {kind} starts with three backticks", remedy)
                last = self.end_of_paragraph(at)
                yield Fenced(at, last, None)
            elif _leaves_open(line, begun is not None):
                begun = at if begun is None else begun
            else:
                begun = None
            at = last + 1

    def form_in_comment(self, at: int, fence: _Fence, begun: int) -> Fenced:
        """Report a form below a comment whose beginning hides it from readers, but not from us."""
        last, _ = self.end_of_form(at, fence)
        if not any("-->" in line for line in self.lines[last:]):
            return self.form(at, fence)  # the comment never ends, so that it is none
        kind = kind_of(fence.info) or "form"
        problem = f"this {kind} stands in the comment that begins in line {self.first_line + begun}, behind other words"
        remedy = f"begin that comment on a line of its own, so that the {kind} is left out; or end it above the {kind}"
        self.report(at, len(fence.nest), problem, remedy)
        return Fenced(at, last, None, kind)

    def examples(self, fences: Sequence[Fenced]) -> Iterator[Example]:
        forms = {fenced.first: fenced.last for fenced in fences}
        at = 0
        while at < len(self.lines):
            last = forms.get(at, self.end_of_comment(at) or at)
            fence = _fence(self.lines[at]) if at not in forms and last == at else None
            if fence:
                last = self.end_of_code(at, fence)
                if meant := next((words for words in _EXAMPLES if _like_words(fence.info, words)), ""):
                    yield self.example(at, last, fence, meant)
            at = last + 1

    def example(self, at: int, last: int, fence: _Fence, meant: str) -> Example:
        first = self.first_line + at + 1
        kind: Kind = "practice" if meant == PRACTICE_EXAMPLE else "form"
        if fence.info.split() != meant.split():
            problem, remedy = f"'{fence.info.strip()}' does not start an example", f"did you mean '{meant}'?"
        elif fence.nest:
            problem = "an example cannot stand inside a list, a quotation or a box"
            remedy = "move the fence and all its lines to the left margin"
        elif last == at:
            problem = "the example that starts here does not end"
            remedy = f"write {fence.mark} on a line of its own below it"
        else:
            return Example(at, last, "\n".join(self.lines[at + 1 : last]), first, kind)
        self.report(at, len(fence.nest), problem, remedy)
        return Example(at, last, None, first, kind)

    def looks_like_a_form(self, at: int) -> bool:
        """Return whether these two lines begin a form; prose never has such a pair of lines."""
        following = self.lines[at + 1] if at + 1 < len(self.lines) else ""
        return bool(_NAMES_A_FORM.match(self.lines[at]) and _OF_A_FORM.match(following))

    def report_no_fence(self, at: int) -> None:
        """Report a form without a fence; one above it may have a sign in front that cannot be seen."""
        above = self.lines[at - 1] if at else ""
        if (unseen := UNSEEN.match(above.lstrip(" "))) and "```" in above:
            column = above.index(unseen[0])
            problem = f"there is a {name_of(unseen[0])} in front of the backticks, which cannot be seen"
            self.report(at - 1, column, problem, "delete it")
        else:
            remedy = "write ```yaml form on a line of its own above it, and ``` below it"
            self.report(at, 0, "this looks like a form, and stands in no fence", remedy)

    def end_of_paragraph(self, at: int) -> int:
        below = range(at + 1, len(self.lines))
        return next((number for number in below if not self.lines[number].strip()), len(self.lines)) - 1

    def end_of_comment(self, at: int) -> int | None:
        """Return the last line of an HTML comment that starts here, or None; its content is not published."""
        line = self.lines[at]
        if "<!--" not in line[:7] or not line.lstrip(" ").startswith("<!--") or line.startswith("    "):
            return None
        return next((number for number in range(at, len(self.lines)) if "-->" in self.lines[number]), None)

    def form(self, at: int, fence: _Fence) -> Fenced:
        kind = kind_of(fence.info) or "form"
        column = len(fence.nest)
        last, closed = self.end_of_form(at, fence)
        if fence.info.split() != ["yaml", kind]:
            column += len(fence.mark) + len(fence.info) - len(fence.info.lstrip())
            odd = oddity(fence.info.strip())
            what = f"{odd[1]}, in 'yaml {kind}'" if odd else f"'{fence.info.strip()}' does not start a {kind}"
            self.report(at, column + (odd[0] if odd else 0), what, odd[2] if odd else f"did you mean 'yaml {kind}'?")
        elif fence.nest:
            problem = f"a {kind} cannot stand inside a list, a quotation or a box"
            self.report(at, column, problem, "move the fence and all its lines to the left margin")
        elif not closed:
            remedy = f"write {fence.mark} on a line of its own below its {'questions' if kind == 'form' else 'steps'}"
            self.report(at, column, f"the {kind} that starts here does not end", remedy)
        else:
            text = "\n".join(self.lines[at + 1 : last])
            return Fenced(at, last, Block(text, self.first_line + at + 1), kind)
        return Fenced(at, last, None, kind)

    def end_of_form(self, at: int, opening: _Fence) -> tuple[int, bool]:
        """Return the last line of a form block, and whether a fence closes it there."""
        for number in range(at + 1, len(self.lines)):
            fence = _fence(self.lines[number])
            if fence is None or not fence.opens_like(opening):
                continue
            if not fence.closes:
                return number - 1, False
            if opening.nest or (fence.nest.isspace() and len(fence.nest) < 4) or not fence.nest:
                return number, True
        return len(self.lines) - 1, False

    def end_of_code(self, at: int, opening: _Fence) -> int:
        """Return the line that closes other code, or `at` when nothing does: Markdown ignores an unclosed fence."""
        for number in range(at + 1, len(self.lines)):
            fence = _fence(self.lines[number])
            if fence and fence.mark == opening.mark and fence.closes and not fence.nest.strip(" \t>"):
                return number
        return at

    def report_unclosed(self, at: int, end: int, code: _Fence) -> None:
        """Report an unclosed longer fence above a form: the form was meant as an example, and would be published."""
        if end > at or len(code.mark) == _SHORTEST or any(_like_words(code.info, words) for words in _EXAMPLES):
            return  # `example` reports these
        below = (_fence(line) for line in self.lines[at + 1 :])
        if any(fence and kind_of(fence.info) for fence in below):
            remedy = f"write {code.mark} on a line of its own below it"
            self.report(at, len(code.nest), "the code that starts here does not end", remedy)

    def report_forms_in_code(self, at: int, end: int, code: _Fence) -> Iterator[Fenced]:
        """Report forms that are swallowed by other code; inside a longer fence they are a deliberate example."""
        example = False
        for number in range(at + 1, end):
            fence = _fence(self.lines[number])
            if fence is None or not (kind := kind_of(fence.info)):
                continue
            if fence.opens_like(code) or len(fence.nest) < len(code.nest):
                problem = f"this {kind} is inside the code that starts in line {self.first_line + at}"
                remedy = "end that code before it; to show an example, start the code with four backticks"
                self.report(number, len(fence.nest), problem, remedy)
                yield Fenced(at, end, None, kind)
                return
            example = True
        inside = (line[len(code.nest) :] for line in self.lines[at + 1 : end])
        plain = len(code.mark) == _SHORTEST and code.info.strip().lower() in ("yaml", "yml", "")
        if plain and not example and (holds := next(filter(None, map(_HOLDS_A_FORM.match, inside)), None)):
            kind = "practice" if holds[0].startswith("practice") else "form"
            problem = f"this code looks like a {kind}, but does not start like one"
            remedy = f"write ```yaml {kind}; to show an example, put four backticks around it"
            self.report(at, len(code.nest), problem, remedy)
            yield Fenced(at, end, None, kind)

    def report(self, at: int, column: int, problem: str, remedy: str) -> None:
        self.mistakes.add(Source(self.mistakes.page, self.first_line + at, column + 1), problem, remedy)


def commented_forms(lines: Sequence[str]) -> Iterator[int]:
    """Yield the number, from 0, of each line in a comment that would begin a form, which nobody sees."""
    scanner, at = _FenceScanner(lines, Mistakes(""), 1), 0
    while at < len(lines):
        comment = scanner.end_of_comment(at)
        last = at if comment is None else comment
        if comment is None and (fence := _fence(lines[at])):
            last = scanner.end_of_form(at, fence)[0] if kind_of(fence.info) else scanner.end_of_code(at, fence)
        elif comment is not None:
            fences = ((number, _fence(lines[number])) for number in range(at, comment + 1))
            yield from (number for number, fence in fences if fence and kind_of(fence.info))
        at = last + 1


def _leaves_open(line: str, is_open: bool) -> bool:
    """Return whether a comment is open at the end of a line; signs of code are no comment."""
    for mark in _COMMENT.findall(_CODE.sub("", line)) if "--" in line else ():
        is_open = mark == "<!--"
    return is_open


def _fence(line: str) -> _Fence | None:
    if "```" not in line and "~~~" not in line:
        return None
    match = _FENCE.match(line)
    if match is None or ("`" in match["info"] and match["fence"][0] == "`"):
        return None
    return _Fence(match["nest"], match["fence"], match["info"])


def kind_of(info: str) -> Kind | None:
    """Return what the words after a fence were probably meant to start."""
    words = re.findall(r"[a-z]+", plain(info).lower())[:2]
    return next((kind for kind in _KINDS if _starts(words, kind)), None) if words else None


def _starts(words: list[str], kind: Kind) -> bool:
    if len(words) == 2:
        return any(_like(a, "yaml", "yml") and _like(b, kind) for a, b in (words, words[::-1]))
    return words[0] in (kind, f"{kind}s") or _like(words[0], f"yaml{kind}", f"yml{kind}")


def _like_words(info: str, expected: str) -> bool:
    """Return whether these are the expected words, in any order and allowing a typo in each."""
    words, known = info.lower().split(), expected.split()
    return len(words) == len(known) and all(any(_like(word, one) for word in words) for one in known)


@lru_cache(maxsize=2048)  # code on a page repeats its words
def _like(word: str, *expected: str) -> bool:
    return bool(difflib.get_close_matches(word, expected, n=1, cutoff=_SIMILARITY))
