"""The texts that a form shows to people, and where each one is on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from site_builder.content.fences import Fenced
from site_builder.forms.model.definition import Form
from site_builder.forms.model.fields import Field, Repeat

_PREFIX = 24  # characters of a wording to search its line for; the first line of a folded one is rarely shorter


@dataclass(frozen=True, slots=True)
class Wording:
    """A text in a section, by its number. `counts` is False where the licence forbids changing the text."""

    text: str
    section: int
    counts: bool = True


def wordings(form: Form) -> Iterator[Wording]:
    """Return titles, reasons, questions and hints in page order, without choices and rows, which are not sentences."""
    changeable = not form.licence
    for number, section in enumerate(form.sections):
        for text in (section.title, section.why):
            yield Wording(text, number)
        for field in section.fields:
            yield from _field_wordings(field, number, changeable)


def _field_wordings(field: Field, section: int, changeable: bool) -> Iterator[Wording]:
    yield Wording(field.ask, section, changeable)
    yield Wording(field.hint, section, changeable)
    for inner in field.of if isinstance(field, Repeat) else ():
        yield from _field_wordings(inner, section, changeable)


def place_of(wording: Wording, source: Sequence[str], forms: Sequence[Fenced], below: int = 0) -> tuple[int, int]:
    """Return the line and column, from 0, where a wording starts, or the top of its block when it is not found."""
    block = forms[wording.section] if wording.section < len(forms) else None
    first, last = (block.first, block.last) if block else (0, len(source) - 1)
    start = wording.text[:_PREFIX].rstrip()
    for number in range(max(first, below), last + 1) if start else ():
        match = re.search(rf"(?<!\w){re.escape(start)}", source[number])
        if match:
            return number, match.start()
    return max(first, below), 0
