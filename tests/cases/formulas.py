"""Formulas with their inputs and results."""

from __future__ import annotations

from typing import Any, NamedTuple

from site_builder.forms.model.computed import Formula


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
    Case("a mean", "mean", "", [3, 4, 7], 4.67, "4.67"),
    Case("a mean that is whole", "mean", "%", [40, 60], 50, "50 %"),
    Case("a mean of one", "mean", "", [4], 4, "4"),
    Case("a mean with a missing answer", "mean", "", [4, None], None),
    Case("a half of a hundredth is rounded up", "mean", "", [1, 1.01], 1.01, "1.01"),
    Case("a mean below nought", "mean", "", [-1, -2], -1.5, "-1.5"),
    Case("a mean of lengths of time", "mean", "minutes", [430, 435], 432.5, "7 h 12.5 min"),
    Case("a mean of lengths of time that never ends", "mean", "minutes", [430, 431, 431], 430.67, "7 h 10.67 min"),
    Case("a whole hour", "sum", "minutes", [30, 30], 60, "1 h 0 min"),
]
