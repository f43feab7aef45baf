"""Values that are worked out from answers: a few named formulas, and no language to get wrong.

The page's script holds the same formulas; both are run against one table of cases.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from site_builder.forms.definition import Computed, Form
from site_builder.forms.fields import Answers
from site_builder.forms.typed import without_point

MINUTES = "minutes"  # of a length of time
PERCENT = "%"
DAY = 24 * 60  # minutes
PLACES = 6  # decimals: takes off what binary fractions leave behind, and nothing that was typed
PERCENT_PLACES = 1

Value = int | float


def compute(form: Form, answers: Answers) -> dict[str, Value]:
    """Work out every computed value of a form, in its unit; what lacks an answer to start from is left out."""
    values: dict[str, Value] = {}
    computed_ids = {computed.id for computed in form.computed}
    for computed in form.computed:
        operands = [values.get(name) if name in computed_ids else form.answer(answers, name) for name in computed.of]
        if (value := value_of(computed, operands)) is not None:
            values[computed.id] = value
    return values


def value_of(computed: Computed, operands: list[Any]) -> Value | None:
    """Work out one value. A missing answer never counts as 0, and no length of time is less than none."""
    if any(answer is None for answer in operands):
        return None
    value = _FORMULAS[computed.formula](operands)
    if value is None or (computed.unit == MINUTES and value < 0):
        return None
    return without_point(_rounded(value, PERCENT_PLACES if computed.formula == "ratio" else PLACES))


def in_words(computed: Computed, value: Value) -> str:
    """Write a value with its unit: "7 h 30 min", "85.5 %"."""
    if computed.unit == MINUTES:
        return length_in_words(value)
    return f"{value} {computed.unit}".rstrip()


def length_in_words(minutes: Value) -> str:
    """Write a length of time: "45 min", "7 h 30 min"."""
    hours, rest = divmod(minutes, 60)
    return f"{int(hours)} h {without_point(rest)} min" if hours else f"{without_point(minutes)} min"


def _time_between(times: list[Any]) -> Value:
    """Minutes from one time of day to the next time that it is the other one, over midnight if need be."""
    start, end = (int(time[:2]) * 60 + int(time[3:]) for time in times)
    return (end - start) % DAY


def _ratio(operands: list[Any]) -> Value | None:
    """The first as a percentage of the second."""
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
    # As JavaScript can: Python's own round() takes halves to the even neighbour.
    stretch: int = 10**places
    return math.floor(value * stretch + 0.5) / stretch
