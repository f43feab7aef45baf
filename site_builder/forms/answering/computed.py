"""Values that are worked out from answers by a few named formulas; there is no formula language to get wrong.

The page's script has the same formulas; both are tested with one table of cases.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from site_builder.forms.model.definition import Computed, Form
from site_builder.forms.model.fields import Answers
from site_builder.forms.model.wire_values import without_point

MINUTES = "minutes"  # of a length of time
PERCENT = "%"
DAY = 24 * 60  # minutes
PLACES = 6  # decimals: removes the noise of binary fractions, and nothing that was typed
PERCENT_PLACES = 1

Value = int | float


def compute(form: Form, answers: Answers) -> dict[str, Value]:
    """Return every computed value of a form by its id, in its unit; one that needs a missing answer is left out."""
    values: dict[str, Value] = {}
    computed_ids = {computed.id for computed in form.computed}
    for computed in form.computed:
        operands = [values.get(name) if name in computed_ids else form.answer(answers, name) for name in computed.of]
        if (value := value_of(computed, operands)) is not None:
            values[computed.id] = value
    return values


def value_of(computed: Computed, operands: list[Any]) -> Value | None:
    """Return one computed value; None if an answer is missing, or if a length of time would be negative."""
    if any(answer is None for answer in operands):
        return None
    value = _FORMULAS[computed.formula](operands)
    if value is None or (computed.unit == MINUTES and value < 0):
        return None
    return without_point(_rounded(value, PERCENT_PLACES if computed.formula == "ratio" else PLACES))


def in_words(computed: Computed, value: Value) -> str:
    """Return a value with its unit: "7 h 30 min", "85.5 %"."""
    if computed.unit == MINUTES:
        return length_in_words(value)
    return f"{value} {computed.unit}".rstrip()


def length_in_words(minutes: Value) -> str:
    """Return a length of time in words: "45 min", "7 h 30 min"."""
    hours, rest = divmod(minutes, 60)
    return f"{int(hours)} h {without_point(rest)} min" if hours else f"{without_point(minutes)} min"


def _time_between(times: list[Any]) -> Value:
    """Return the minutes from one time of day to the next occurrence of the other, across midnight if need be."""
    start, end = (int(time[:2]) * 60 + int(time[3:]) for time in times)
    return (end - start) % DAY


def _ratio(operands: list[Any]) -> Value | None:
    """Return the first as a percentage of the second."""
    part, whole = operands
    return None if whole == 0 else part / whole * 100


_FORMULAS: Mapping[str, Callable[[list[Any]], Value | None]] = {
    "time between": _time_between,
    "sum": sum,
    "minus": lambda operands: operands[0] - sum(operands[1:]),
    "ratio": _ratio,
}


def _rounded(value: Value, places: int) -> Value:
    if isinstance(value, int):
        return value
    # Halves round up, as in JavaScript; Python's own round() takes them to the even neighbour.
    stretch: int = 10**places
    return math.floor(value * stretch + 0.5) / stretch
