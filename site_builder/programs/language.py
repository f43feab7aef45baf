"""The `weeks` above a page → a program, or every mistake in it with its place and remedy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from site_builder.content.front_matter import front_block
from site_builder.content.library import Page
from site_builder.forms.language.options import Options, is_lost, words
from site_builder.forms.language.yaml_tree import Block, Listing, Mistakes, Table, Value, Word, read_block
from site_builder.forms.model.amounts import counted
from site_builder.forms.model.errors import FormError, Source

PARTS = {"weeks": "Week", "modules": "Module"}  # what a program is divided into, and what one of them is called
KINDS = ("read", "do", "practise", "measure")
WEEK = ("title", "why", *KINDS)
MOST_WEEKS = 52  # a year; whoever needs more writes two programs
LONGEST_TITLE = 80  # characters; it is a heading on a phone
LONGEST_WHY = 240  # characters; three lines on a phone
_LIKE = "- {title: A first look, why: To see how worry goes round., read: [guides/worry-cycle.md]}"


@dataclass(frozen=True, slots=True)
class Step:
    """A page of a week: its path in the content folder, what is done with it, and where that is written."""

    kind: str
    path: str
    at: Source


@dataclass(frozen=True, slots=True)
class Week:
    """One week, or one module."""

    title: str
    why: str
    steps: tuple[Step, ...]
    at: Source

    def of(self, kind: str) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.kind == kind)


@dataclass(frozen=True, slots=True)
class Program:
    """The weeks of a page; `called` is what one of them is called."""

    called: str
    weeks: tuple[Week, ...]
    errors: tuple[FormError, ...] = ()


def read_program(page: Page) -> Program | None:
    """Return the program of a page with all mistakes in it; None where its front matter has none."""
    names = [name for name in PARTS if name in page.front]
    block = front_block(page.text)
    if not names or block is None:
        return None
    mistakes = Mistakes(page.shown)
    table = read_block(Block(block, 2), mistakes)
    if table is None or (key := table.key(names[0])) is None:
        return Program(PARTS[names[0]], (), _of_programs(mistakes.errors))
    first, last = _lines_of(key, table)
    mistakes.errors = [error for error in mistakes.errors if first <= error.source.line < last]
    if len(names) > 1:
        problem = "'weeks' and 'modules' both say what this program is divided into"
        mistakes.add(key.source, problem, "keep one of the two")
    weeks = tuple(_weeks(key, table.get(names[0]), mistakes))
    return Program(PARTS[names[0]], weeks, _of_programs(mistakes.errors))


def _lines_of(key: Word, table: Table) -> tuple[int, float]:
    """Return the first line of an entry, and the one after its last: what else stands above a page is not judged."""
    following = (other.source.line for other, _ in table.entries if other.source.line > key.source.line)
    return key.source.line, min(following, default=float("inf"))


def _of_programs(errors: list[FormError]) -> tuple[FormError, ...]:
    return tuple(FormError(error.source, error.problem, error.remedy, rule="program") for error in errors)


def _weeks(key: Word, value: Value | None, mistakes: Mistakes) -> Iterator[Week]:
    if not isinstance(value, Listing) or not value.items:
        if value is None or not is_lost(value):
            mistakes.add(key.source, f"'{key.text}' has to be a list", f"write each on a line of its own: {_LIKE}")
        return
    if len(value.items) > MOST_WEEKS:
        problem = f"there are {len(value.items)} here, and {MOST_WEEKS} are the most"
        mistakes.add(key.source, problem, "make two programs of it")
    for item in value.items:
        if isinstance(item, Table):
            yield _week(Options(item, mistakes, f"one of the {key.text}"), mistakes)
        elif not is_lost(item):
            mistakes.add(item.source, f"one of the {key.text} is no table of names", f"write it like this: {_LIKE}")


def _week(options: Options, mistakes: Mistakes) -> Week:
    options.only(WEEK)
    title = _line(options, "title", LONGEST_TITLE, "title: A first look", mistakes)
    why = _line(options, "why", LONGEST_WHY, "why: To see how worry goes round.", mistakes)
    steps = tuple(step for kind in KINDS for step in _steps(kind, options.table.get(kind), mistakes))
    if not steps and not options.unclear and not any(kind in options for kind in KINDS):
        mistakes.add(
            options.table.source, "there is nothing to read or to do here", "name a page: read: [guides/sleep.md]"
        )
    return Week(title, why, steps, options.table.source)


def _line(options: Options, name: str, longest: int, like: str, mistakes: Mistakes) -> str:
    """Return a line of words that has to be there."""
    text = options.words(name)
    if options.lacks(name):
        mistakes.add(options.table.source, f"this entry has no '{name}'", f"add {like}")
    elif len(text) > longest:
        problem = f"'{name}' has {counted(len(text), 'character')}, and {longest} are the most"
        mistakes.add(options.key(name).source, problem, "say the rest on the page")
    return text


def _steps(kind: str, value: Value | None, mistakes: Mistakes) -> Iterator[Step]:
    """Yield the pages of one kind; a page alone needs no list."""
    if value is None or is_lost(value):
        return
    items = value.items if isinstance(value, Listing) else (value,)
    if not items:
        mistakes.add(value.source, f"'{kind}' is empty", "name a page, or take the line out")
    before: set[str] = set()
    for item in items:
        if not isinstance(item, Word) or item.kind == "nothing":
            mistakes.add(item.source, f"'{kind}' takes pages", f"write them like this: {kind}: [guides/sleep.md]")
        elif path := words(item, f"'{kind}'", mistakes):
            if path in before:
                mistakes.add(item.source, f"'{path}' stands here twice", "keep one of the two")
            else:
                yield Step(kind, path, item.source)
            before.add(path)
