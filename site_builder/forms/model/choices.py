"""The choices of a question: what is stored, what people read, and what each counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from site_builder.forms.model.numbers import plain
from site_builder.forms.model.wire_values import text_of

_CODE_NUMBER = re.compile(r"-?[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer: the code is what is stored, the label is what people read.

    It counts `points`, or else the number that is its code. One that is not `scored` counts as no answer. Of several,
    one that stands `alone` cannot be chosen together with others. On a scale of numbers with words at its ends, those
    between have no label. `was_worded` quotes earlier labels that meant the same.
    """

    code: str
    label: str
    points: float | None = None
    scored: bool = True
    alone: bool = False
    was_worded: tuple[str, ...] = ()

    @property
    def value(self) -> float | None:
        """What it counts in a score; None for what counts as missing, and for a code that is no number."""
        if self.scored and self.points is None:
            return int(self.code) if _CODE_NUMBER.fullmatch(self.code) else None
        return self.points if self.scored else None

    @property
    def is_sound(self) -> bool:
        """Whether it has points only if it is scored."""
        return self.scored or self.points is None


def is_number_scale(choices: Sequence[Choice]) -> bool:
    """Return whether these are numbers with words at their ends only."""
    return any(not choice.label for choice in choices)


def words_by_code(choices: Sequence[Choice]) -> dict[str, str]:
    """Return what people read for each code: its label, or on a scale of numbers "2" and "5 (Very much)"."""
    if not is_number_scale(choices):
        return {choice.code: choice.label for choice in choices}
    return {choice.code: f"{choice.code} ({choice.label})" if choice.label else choice.code for choice in choices}


def without_points(choices: Sequence[Choice]) -> list[Choice]:
    """Return the choices that should count and have no number: neither points nor a code that is one."""
    return [choice for choice in choices if choice.scored and choice.value is None]


def read_code(posted: object, choices: Sequence[Choice]) -> str | None:
    """Return the chosen code, None for none; codes arrive as str from a form post and as int from JSON."""
    for choice in choices:
        if choice.code == posted:
            return choice.code
    typed = plain(text_of(posted))
    if not typed:
        return None
    for choice in choices:
        if choice.code == typed:
            return typed
    raise ValueError("Choose one of the answers that are offered")
