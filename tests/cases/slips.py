"""Slips of the pen: one line of a form that works, spoilt as people spoil it. Each slip is one cause."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

Slip = Callable[[str], Iterator[str]]  # one line → that line with a slip, once for each place where it may happen

_NAME = re.compile(r"[A-Za-z_]{3,}(?=:(?!//))")
_TYPE = re.compile(r"(?<=type: )[a-z ]{3,}[a-z]")


def _at_colon(between: Callable[[str, str], str]) -> Slip:
    def slip(line: str) -> Iterator[str]:
        before, colon, after = line.partition(":")
        if colon:
            yield between(before, after.lstrip())

    return slip


def _in_names(slip: Callable[[str], str], names: re.Pattern[str] = _NAME) -> Slip:
    def spoilt(line: str) -> Iterator[str]:
        for name in names.finditer(line):
            yield line[: name.start()] + slip(name[0]) + line[name.end() :]

    return spoilt


SLIPS: dict[str, Slip] = {
    "two letters swapped in a name": _in_names(lambda name: name[0] + name[2] + name[1] + name[3:]),
    "a capital letter": _in_names(str.capitalize),
    "a letter left out of a type": _in_names(lambda name: name[:-2] + name[-1], _TYPE),
    "a letter of another script": _in_names(lambda name: name.replace("e", "\u0435", 1).replace("o", "\u043e", 1)),
    "a soft hyphen in a name": _in_names(lambda name: f"{name[0]}\u00ad{name[1:]}"),
    "a zero width space behind a name": _in_names(lambda name: f"{name}\u200b"),
    "a no-break space behind a name": _in_names(lambda name: f"{name}\u00a0"),
    "a no-break space before a type": _in_names(lambda name: f"\u00a0{name}", _TYPE),
    "no colon": _at_colon(lambda before, after: f"{before} {after}"),
    "no space after the colon": _at_colon(lambda before, after: f"{before}:{after}"),
    "a full-width colon": _at_colon(lambda before, after: f"{before}\uff1a{after}"),
    "a no-break space after the colon": _at_colon(lambda before, after: f"{before}:\u00a0{after}"),
    "a second colon": _at_colon(lambda before, after: f"{before}: so: {after}"),
    "a quotation mark that is not closed": _at_colon(lambda before, after: f'{before}: "{after}'),
    "a quotation mark at the end": lambda line: iter([f'{line}"']),
    "curly quotation marks": _at_colon(lambda before, after: f"{before}: “{after}”"),
    "a space too many in front": lambda line: iter([f" {line}"]),
    "a space too few in front": lambda line: iter([line[1:]] if line.startswith(" ") else []),
    "a tab in front": lambda line: iter([f"\t{line.lstrip()}"] if line.startswith(" ") else []),
    "a non-breaking hyphen": lambda line: iter([line.replace("-", "\u2011", 1)] if "-" in line else []),
    "a comma left out": lambda line: iter([line.replace(",", "", 1)] if "," in line else []),
    "a bracket left out": lambda line: iter([re.sub(r"[\]}]", "", line, count=1)] if re.search(r"[\]}]", line) else []),
    "half of the line": lambda line: iter([line[: len(line) // 2]]),
    "the line left out": lambda line: iter([""]),
    "the line twice": lambda line: iter([f"{line}\n{line}"]),
}  # fmt: skip


def lines_of_forms(lines: list[str]) -> Iterator[int]:
    """Yield the number of each line with something written, inside the fences of a page's form."""
    inside = False
    for number, line in enumerate(lines):
        if line.startswith("```"):
            inside = line.strip() == "```yaml form"
        elif inside and line.strip():
            yield number


def spoilt_pages(text: str, slip: Slip) -> Iterator[tuple[int, str]]:
    """Yield a page once for each place where the slip may happen, with the line of it from 1."""
    lines = text.split("\n")
    for number in lines_of_forms(lines):
        for spoilt in slip(lines[number]):
            yield number + 1, "\n".join([*lines[:number], spoilt, *lines[number + 1 :]])
