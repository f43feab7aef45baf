"""Tests of one answer: when a question is asked (`when`), and what raises an alert.

The page's script has the same tests; both are tested with one table of cases.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Test: TypeAlias = Literal["equals", "one_of", "at_least", "at_most", "answered"]

# A code such as "3" is a number; "nan" and "1e5", which float() would accept, are words.
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of one answer: `equals` a code, `one_of` several, `at_least`, `at_most`, or `answered`.

    `field` names a question or a row of a matrix: of the same row inside a repeat, otherwise of the form.
    """

    field: str
    test: Test
    value: Any = True

    def holds(self, answer: object) -> bool:
        """Return whether it holds for a stored answer; without an answer only `answered: false` holds."""
        if self.test == "answered":
            return (answer is not None) == bool(self.value)
        if answer is None:
            return False
        # One of several choices is enough: an alert must not depend on what else was chosen.
        return any(self._fits(one) for one in (answer if isinstance(answer, list) else [answer]))

    def _fits(self, answer: object) -> bool:
        if self.test == "equals":
            return _same(answer, self.value)
        if self.test == "one_of":
            return any(_same(answer, value) for value in self.value)
        number = _number(answer)
        if number is None:
            return False
        return number >= float(self.value) if self.test == "at_least" else number <= float(self.value)

    @property
    def is_sound(self) -> bool:
        """Whether the value is one that this test can compare an answer with."""
        values = self.value if isinstance(self.value, tuple) else (self.value,)
        match self.test:
            case "answered":
                return isinstance(self.value, bool)
            case "at_least" | "at_most":
                return isinstance(self.value, int | float) and not isinstance(self.value, bool)
        is_list = isinstance(self.value, tuple)
        fits = is_list == (self.test == "one_of") and bool(values)
        return fits and all(isinstance(value, str | int | float) for value in values)

    def to_json(self) -> list[Any]:
        """Return the test as the page's script reads it: field, test, value."""
        return [self.field, self.test, list(self.value) if isinstance(self.value, tuple) else self.value]


def all_hold(conditions: tuple[Condition, ...], answers: Mapping[str, Any], outer: Mapping[str, Any]) -> bool:
    """Return whether every condition holds for the answers of a form, or of a row whose form's answers are `outer`."""
    return all(condition.holds(_answer(condition.field, answers, outer)) for condition in conditions)


def _answer(item: str, answers: Mapping[str, Any], outer: Mapping[str, Any]) -> Any:
    """Return the stored answer to a question or to a row of a matrix; None if there is none."""
    for scope in (answers, outer):
        if item in scope:
            return scope[item]
        for answer in scope.values():
            if isinstance(answer, dict) and item in answer:
                return answer[item]
    return None


def _same(answer: object, value: object) -> bool:
    if isinstance(answer, int | float) and isinstance(value, int | float):
        return answer == value
    return str(answer) == str(value)


def _number(answer: object) -> float | None:
    if isinstance(answer, int | float):
        return answer
    return float(str(answer)) if _NUMBER.fullmatch(str(answer)) else None
