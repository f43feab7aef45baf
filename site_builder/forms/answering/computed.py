"""Values that are worked out from answers by a few named formulas; there is no formula language to get wrong.

The page's script has the same formulas; both are tested with one table of cases.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from site_builder.forms.model.computed import Computed
from site_builder.forms.model.conditions import all_hold
from site_builder.forms.model.definition import Form
from site_builder.forms.model.fields import Answers, Repeat
from site_builder.forms.model.wire_values import without_point

MINUTES = "minutes"  # of a length of time
PERCENT = "%"
DAY = 24 * 60  # minutes
PLACES = 6  # decimals: removes the noise of binary fractions, and nothing that was typed
PERCENT_PLACES = 1
MEAN_PLACES = 2  # as of a score

Value = int | float


def compute(form: Form, answers: Answers) -> dict[str, Value]:
    """Return every computed value of a form by its id, in its unit.

    One that needs a missing answer is left out, and so is one of a section that is not asked.
    """
    asked = (section for section in form.sections if not section.when or all_hold(section.when, answers, {}))
    wanted = [computed for section in asked for computed in section.computed]
    return _values(wanted, lambda name: form.answer(answers, name) if name in form.items else None)


def compute_row(repeat: Repeat, row: Mapping[str, Any]) -> dict[str, Value]:
    """Return every computed value of one row of a repeat, in the same way."""
    return _values(repeat.computed, row.get)


def _values(wanted: Iterable[Computed], answer_to: Callable[[str], Any]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for computed in wanted:
        operands = [values[name] if name in values else answer_to(name) for name in computed.of]
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
    return without_point(_rounded(value, _PLACES.get(computed.formula, PLACES)))


def in_words(computed: Computed, value: Value) -> str:
    """Return a value with its unit: "7 h 30 min", "85.5 %"."""
    if computed.unit == MINUTES:
        return length_in_words(value)
    return f"{value} {computed.unit}".rstrip()


def length_in_words(minutes: Value) -> str:
    """Return a length of time in words: "45 min", "7 h 30 min"."""
    hours, rest = divmod(minutes, 60)
    rest = without_point(round(rest, PLACES))
    return f"{int(hours)} h {rest} min" if hours else f"{rest} min"


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
    "mean": lambda operands: sum(operands) / len(operands),
}
_PLACES: Mapping[str, int] = {"ratio": PERCENT_PLACES, "mean": MEAN_PLACES}


def _rounded(value: Value, places: int) -> Value:
    if isinstance(value, int):
        return value
    # Halves round up, as in JavaScript; Python's own round() takes them to the even neighbour.
    stretch: int = 10**places
    # Rounded once before, for a half such as 1.005 is a little less as a binary fraction.
    return math.floor(round(value * stretch, PLACES) + 0.5) / stretch
