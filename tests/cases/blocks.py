"""Blocks as a page hands them on: read, refused, and with marks at the places of mistakes."""

from __future__ import annotations

import textwrap

import pytest

from site_builder.forms.language.form import Block, parse_blocks
from site_builder.forms.model.definition import Form
from site_builder.forms.model.errors import FormErrors

FIRST_LINE = 11  # of the first block; each later block starts 100 lines further down


def parse(*texts: str, title: str = "A worksheet") -> Form:
    blocks = [Block(textwrap.dedent(text).strip("\n"), FIRST_LINE + 100 * n) for n, text in enumerate(texts)]
    return parse_blocks(blocks, page="page.md", title=title)


def fields(text: str) -> Form:
    """Return a form with these questions."""
    return parse("form: abc\nfields:\n" + textwrap.indent(textwrap.dedent(text).strip("\n"), "  "))


def refused(*texts: str) -> list[tuple[str, int, int]]:
    with pytest.raises(FormErrors) as caught:
        parse(*texts)
    return [(f"{e.problem}; {e.remedy}", e.source.line, e.source.column) for e in caught.value.errors]


def marked(*texts: str) -> tuple[list[str], list[tuple[int, int]]]:
    """Remove the marks « from texts and return their places."""
    plain, places = [], []
    for number, text in enumerate(texts):
        lines = textwrap.dedent(text).strip("\n").split("\n")
        for index, line in enumerate(lines):
            while "«" in line:
                places.append((FIRST_LINE + 100 * number + index, line.index("«") + 1))
                line = line.replace("«", "", 1)
            lines[index] = line
        plain.append("\n".join(lines))
    return plain, places
