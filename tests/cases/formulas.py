"""Formulas with their inputs and results."""

from __future__ import annotations

from typing import Any, NamedTuple

from site_builder.forms.model.definition import Formula


class Case(NamedTuple):
    name: str
    formula: Formula
    unit: str
    inputs: list[Any]
    value: int | float | None
    words: str = ""


CASES = [
    Case("within a day", "time between", "minutes", ["07:00", "08:30"], 90, "1 h 30 min"),
    Case("over midnight", "time between", "minutes", ["23:15", "06:45"], 450, "7 h 30 min"),
    Case("no time at all", "time between", "minutes", ["07:00", "07:00"], 0, "0 min"),
    Case("one time is missing", "time between", "minutes", ["23:15", None], None),
    Case("a sum", "sum", "cups", [1, 2, 3], 6, "6 cups"),
    Case("a sum with decimals", "sum", "cups", [0.1, 0.2], 0.3, "0.3 cups"),
    Case("a sum of large numbers", "sum", "", [10**12, 10**12 - 1], 2 * 10**12 - 1, "1999999999999"),
    Case("a missing number is not nought", "sum", "", [1, None], None),
    Case("nought is a number", "sum", "", [1, 0], 1, "1"),
    Case("less two others", "minus", "minutes", [480, 30, 45], 405, "6 h 45 min"),
    Case("less than no time", "minus", "minutes", [10, 30], None),
    Case("less than nought without a unit", "minus", "", [10, 30], -20, "-20"),
    Case("sleep efficiency", "ratio", "%", [405, 480], 84.4, "84.4 %"),
    Case("a half is rounded up", "ratio", "%", [1, 16], 6.3, "6.3 %"),
    Case("a third", "ratio", "%", [1, 3], 33.3, "33.3 %"),
    Case("all of it", "ratio", "%", [480, 480], 100, "100 %"),
    Case("of nothing", "ratio", "%", [5, 0], None),
    Case("a whole hour", "sum", "minutes", [30, 30], 60, "1 h 0 min"),
]
