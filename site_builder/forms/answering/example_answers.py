"""Made-up answers to a form, so that its author can try it without typing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import cycle, islice
from math import ceil, floor
from typing import Any

from site_builder.forms.model.choices import Choice
from site_builder.forms.model.definition import Form
from site_builder.forms.model.fields import (
    NO_ANSWERS,
    Answers,
    AnyOf,
    Date,
    Duration,
    Field,
    LongText,
    Matrix,
    Number,
    OneOf,
    Rating,
    Repeat,
    Text,
    Time,
    YesNo,
    is_asked,
)
from site_builder.forms.model.wire_values import without_point

ROWS = 2  # of a repeat: one would not show that there can be more
CHOSEN = 2  # of several choices
DAY = "2026-03-09"
# An evening and the next morning in order, so that a sleep diary makes sense.
TIMES = ("22:30", "23:00", "06:45", "07:15")
LINES = (
    "Made up: on the bus, Tuesday morning",
    "Made up: a call that I had put off",
    "Made up: at home, after dinner",
)
PARAGRAPHS = (
    "Made up: the bus filled up, and I could not see the door.\nI held on to the rail and counted the stops.",
    "Made up: my heart beat fast, and I thought that everybody saw it.",
    "Made up: it came down after ten minutes. Nobody said anything.",
)
PARTS = (0.6, 0.3, 0.8, 0.4)  # fractions of the range from the lowest answer to the highest


def example_answers(form: Form) -> Answers:
    """Return an answer to every question that is asked, the same each time; read_answers accepts them all.

    A question with a condition is answered if the answers before it make it appear.
    """
    return _Examples().answers(form.fields)


class _Examples:
    """Answers questions one by one, each time with the next sentence, time or part of a range."""

    def __init__(self) -> None:
        self._lines, self._paragraphs = cycle(LINES), cycle(PARAGRAPHS)
        self._times, self._parts = cycle(TIMES), cycle(PARTS)

    def answers(self, fields: Iterable[Field], outer: Mapping[str, Any] = NO_ANSWERS) -> Answers:
        answers: Answers = {}
        for field in fields:
            if is_asked(field, answers, outer):
                answers[field.id] = self.answer(field, answers)
        return answers

    def answer(self, field: Field, before: Answers) -> Any:
        if isinstance(field, LongText):
            return _within(next(self._paragraphs), field.max_length)
        if isinstance(field, Text):
            return _within(next(self._lines), field.max_length)
        if isinstance(field, Number):
            return _number(field, next(self._parts))
        if isinstance(field, Rating):
            steps = (field.highest - field.lowest) // field.step
            return field.lowest + field.step * round(next(self._parts) * steps)
        if isinstance(field, Matrix):
            return dict(zip(field.part_ids(), _codes(field.choices), strict=False))
        if isinstance(field, Repeat):
            outer = field.seen_by_rows(before)
            return [self.answers(field.of, outer) for _ in range(min(ROWS, field.at_most))]
        return self._plain_answer(field)

    def _plain_answer(self, field: Field) -> Any:
        if isinstance(field, OneOf | YesNo):
            return field.choices[0].code
        if isinstance(field, AnyOf):
            together = [choice.code for choice in field.choices if not choice.alone]
            return together[:CHOSEN] or [field.choices[0].code]
        if isinstance(field, Date):
            return DAY
        if isinstance(field, Time):
            return next(self._times)
        if isinstance(field, Duration):
            return min(20, field.at_most)
        raise TypeError(f"there is no example of a {field.type!r} field yet")


def _within(words: str, length: int) -> str:
    return words if len(words) <= length else words[:length].strip()


def _number(field: Number, part: float) -> int | float:
    """Return a number between the bounds, or a small one if there are none."""
    lowest = field.at_least if field.at_least is not None else min(0, field.at_most or 0)
    highest = field.at_most if field.at_most is not None else lowest + 10
    unit = 10**field.decimals
    # Clamped to the nearest number within the bounds, because rounding alone could step over one.
    number = min(
        max(round(lowest + part * (highest - lowest), field.decimals), ceil(lowest * unit) / unit),
        floor(highest * unit) / unit,
    )
    return without_point(number)


def _codes(choices: tuple[Choice, ...]) -> Iterator[str]:
    """Return codes for the rows of a matrix, starting with the second choice and going round."""
    return islice(cycle(choice.code for choice in choices), 1 % len(choices), None)
