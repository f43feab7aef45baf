"""Odd signs around the names of a block, such as a tab or a special space, which YAML would read in its own way."""

from __future__ import annotations

import re
from typing import TypeAlias

from site_builder.forms.model.signs import NEVER, UNSEEN, name_of

Oddity: TypeAlias = tuple[int, int, str, str]  # line and column from 0, what is wrong, what to write instead

_SIGN = UNSEEN.pattern
_MARGIN = re.compile(f"(?:[ ]|{_SIGN})*")
_NAME = r"[ ]*(?:-[ ]+)*[A-Za-z0-9_][\w-]*(?:[ ][a-z_]+)?"
_AFTER = re.compile(rf"(?:{_NAME}:|[ ]*-)(?P<odd>(?:{_SIGN})+)", re.ASCII)
_WIDE = re.compile(rf"{_NAME}[ ]*(?P<odd>[\uff1a\ufe55\u2236\ua789])", re.ASCII)


def without_odd_signs(text: str) -> tuple[str | None, list[Oddity]]:
    """Return a block with plain signs around its names, and what has been replaced; None if it cannot be read so."""
    if text.isascii() and not NEVER.search(text) and not any(sign in text for sign in "\t%"):
        return text, []
    odd: list[Oddity] = []
    lines: list[str] = []
    readable = True
    for number, line in enumerate(text.split("\n")):
        margin = _MARGIN.match(line)
        if line.startswith("%"):
            odd.append((number, 0, "a line cannot start with '%'", "put quotes around the value, or delete the line"))
            readable = False
        elif margin and margin[0].strip(" "):
            readable &= "\t" not in margin[0]
            odd.append((number, *_reported(margin[0])))
            line = "".join(" " if sign.isspace() else "" for sign in margin[0]) + line[margin.end() :]
        lines.append(_mended(number, line, odd))
    return ("\n".join(lines) if readable else None), odd


def _mended(number: int, line: str, odd: list[Oddity]) -> str:
    """Return a line with plain signs after its name, and without those that have no place in any words."""
    if after := _AFTER.match(line):
        start, end = after.span("odd")
        column, problem, remedy = _reported(after["odd"])
        odd.append((number, start + column, problem, remedy))
        line = line[:start] + " " * (end - start) + line[end:]
    elif wide := _WIDE.match(line):
        column = wide.start("odd")
        odd.append(
            (number, column, f"there is a {name_of(line[column])} after the name", "type a plain colon and a space")
        )
        line = f"{line[:column]}: {line[column + 1 :]}"
    if never := NEVER.search(line):
        odd.append((number, never.start(), f"there is a {name_of(never[0])}, which cannot be seen", "delete it"))
        line = NEVER.sub(" ", line)
    return line


def _reported(signs: str) -> tuple[int, str, str]:
    column = next(number for number, sign in enumerate(signs) if sign != " ")
    if signs[column] == "\t":
        return column, "there is a tab", "use spaces"
    remedy = "delete it and type a plain space" if signs[column].isspace() else "delete it"
    return column, f"there is a {name_of(signs[column])}, which cannot be seen", remedy
