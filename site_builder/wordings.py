"""What a form says to people, and where each of it stands on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from site_builder.fences import Fenced
from site_builder.forms.definition import Form
from site_builder.forms.fields import Field, Repeat

_KNOWN_BY = 24  # characters of a wording that find its line; the first line of a folded one is rarely shorter


@dataclass(frozen=True, slots=True)
class Wording:
    """Words of a section, by its number. `counts` is False for what its owner does not permit to be changed."""

    text: str
    section: int
    counts: bool = True


def wordings(form: Form) -> Iterator[Wording]:
    """Give titles, reasons, questions and hints, in the order of the page; choices and rows are no sentences."""
    ours = not form.licence
    for number, section in enumerate(form.sections):
        for text in (section.title, section.why):
            yield Wording(text, number)
        for field in section.fields:
            yield from _field(field, number, ours)


def _field(field: Field, section: int, ours: bool) -> Iterator[Wording]:
    yield Wording(field.ask, section, ours)
    yield Wording(field.hint, section, ours)
    for inner in field.of if isinstance(field, Repeat) else ():
        yield from _field(inner, section, ours)


def place_of(wording: Wording, source: Sequence[str], forms: Sequence[Fenced], below: int = 0) -> tuple[int, int]:
    """Give the line and column, from 0, where a wording starts; the top of its block when it is not written so."""
    block = forms[wording.section] if wording.section < len(forms) else None
    first, last = (block.first, block.last) if block else (0, len(source) - 1)
    start = wording.text[:_KNOWN_BY].rstrip()
    for number in range(max(first, below), last + 1) if start else ():
        match = re.search(rf"(?<!\w){re.escape(start)}", source[number])
        if match:
            return number, match.start()
    return max(first, below), 0
