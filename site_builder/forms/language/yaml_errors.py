"""Syntax errors in YAML, in plain words and at the place that has to be changed."""

from __future__ import annotations

import re
from typing import TypeAlias

from ruamel.yaml.error import MarkedYAMLError

Fault: TypeAlias = tuple[int, int, str, str]  # line and column from 0, what is wrong, what to write instead

_CURLY = re.compile(r"[:{,\[]\s*(?P<mark>[“„‘])")
_CLOSING = {"{": "}", "[": "]"}
_QUOTES = "put quotes around the words"
_LINE_UP = "give lines that belong together the same number of spaces in front"
_FURTHER_IN = "take away spaces in front of it, or put quotes around the words if it is part of them"


def in_plain_words(error: MarkedYAMLError, text: str) -> Fault:
    """Return what is wrong in a block that YAML cannot read."""
    lines = text.split("\n")
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    while line and (line >= len(lines) or not lines[line].strip()):
        line, column = line - 1, len(lines[line - 1])
    problem, context = str(error.problem or ""), str(error.context or "")
    before, rest = lines[line][:column], lines[line][column:]
    if curly := _CURLY.search(before):
        remedy = 'type straight ones ("), at both ends of the value'
        return line, curly.start("mark"), "these are curly quotation marks, which close nothing", remedy
    opened = (error.context_mark.line, error.context_mark.column) if error.context_mark else (line, column)
    if "another document" in problem:
        return line, column, "there are three dashes or dots in the block", "delete this line"
    if "quoted scalar" in context:
        return _quotes(problem, line, column, opened)
    if "flow" in context and (bracket := _last_open_bracket(lines, line, column)):
        return _brackets(lines, line, column, bracket)
    if "simple key" in context:
        if colon := re.match(r"[\w-]+(?=:\S)", lines[opened[0]][opened[1] :]):
            return opened[0], opened[1] + colon.end(), "there is no space after the colon", "write a space after it"
        return *opened, "there is no colon after the name", "write name: value, with a space after the colon"
    if "not allowed here" in problem:
        return _misplaced_sign(lines, line, column, rest)
    if "block scalar" in context:
        sign = lines[opened[0]][opened[1] : opened[1] + 1]
        return *opened, f"'{sign}' has a meaning of its own at the start", _QUOTES
    if rest[:1] == "\t":
        return line, column, "there is a tab", "use spaces"
    if "cannot start any token" in problem or "undefined alias" in problem or "expected the node" in problem:
        return line, column, f"'{rest[:1]}' has a meaning of its own at the start", _QUOTES
    return _other_fault(lines, line, before, rest, column)


def _quotes(problem: str, line: int, column: int, opened: tuple[int, int]) -> Fault:
    if "escape" in problem:
        return line, column - 1, "'\\' has a meaning of its own between double quotes", "use single quotes"
    return *opened, "the quotation mark that opens here is not closed", "close it at the end of the value"


def _brackets(lines: list[str], line: int, column: int, opened: tuple[int, int]) -> Fault:
    bracket = lines[opened[0]][opened[1]]
    closing = _CLOSING[bracket]
    for number in range(opened[0], line + 1):
        start = opened[1] if number == opened[0] else 0
        if (comment := lines[number].find(" #", start)) >= 0:
            return number, comment + 1, "what follows '#' is left out", "put quotes around the value"
    if line == opened[0] and lines[line][column : column + 1] == ":":
        return line, column, "there is a second colon in this value", "put quotes around the value"
    remedy = f"close it with '{closing}', and put quotes around values with commas, colons or brackets"
    return *opened, f"the '{bracket}' that opens here is not closed", remedy


def _last_open_bracket(lines: list[str], line: int, column: int) -> tuple[int, int] | None:
    """Return the innermost bracket that is open at a place; YAML itself reports the outermost one or none."""
    opened: list[tuple[int, int]] = []
    for number in range(line + 1):
        end = column if number == line else None
        for index, sign in enumerate(lines[number][:end].partition(" #")[0]):
            if sign in _CLOSING:
                opened.append((number, index))
            elif sign in _CLOSING.values() and opened:
                opened.pop()
    return opened[-1] if opened else None


def _misplaced_sign(lines: list[str], line: int, column: int, rest: str) -> Fault:
    if rest[:1] != ":":
        return line, column, f"'{rest[:1]}' has a meaning of its own at the start", _QUOTES
    name = lines[line][:column]
    if line and re.fullmatch(r"\s*[\w-]+", name):
        start = len(name) - len(name.lstrip())
        above = lines[line - 1]
        if start > len(above) - len(above.lstrip()):
            return line, start, "this line stands further in than the one above it", _FURTHER_IN
        if missing := re.match(r"\s*[\w-]+(:)?", above):
            at = line - 1, missing.end()
            return *at, "there is no colon with a space after the name", "write name: value"
    return line, column, "there is a second colon in this line", _QUOTES


def _other_fault(lines: list[str], line: int, before: str, rest: str, column: int) -> Fault:
    if rest[:1] in ("}", "]"):
        return line, column, f"there is one '{rest[0]}' too many", "delete it"
    if before.rstrip()[-1:] in ("'", '"'):
        remedy = "put quotes of the other kind around the whole value"
        return line, column, "there are words after the closing quotation mark", remedy
    if before.rstrip()[-1:] in ("]", "}"):
        return line, column, "there are words after the closing bracket", _QUOTES
    if line and lines[line - 1].lstrip().startswith("#"):
        remedy = "put quotes around the whole value, or move the comment"
        return line, column, "a comment has cut off what stands here", remedy
    return line, column, "this line does not line up with those above it", _LINE_UP
