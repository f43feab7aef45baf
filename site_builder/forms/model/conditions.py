"""Tests of answers: when a question is asked (`when`), and what raises an alert.

The page's script has the same tests; both are tested with one table of cases.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

Test: TypeAlias = Literal["equals", "one_of", "at_least", "at_most", "answered", "any", "not"]

TESTS: tuple[Test, ...] = ("equals", "one_of", "at_least", "at_most", "answered")  # of one answer
OF_GROUPS: tuple[Test, ...] = ("any", "not")
MOST_NESTED = 3  # groups within groups: more than anybody can follow, and far less than hurts

# A code such as "3" is a number; "nan" and "1e5", which float() would accept, are words.
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of one answer: `equals` a code, `one_of` several, `at_least`, `at_most`, or `answered`.

    `field` names a question or a row of a matrix: of the same row inside a repeat, otherwise of the form. Or a test of
    groups of conditions, each of which holds when all of its own do: `any` of the groups, or `not`, none of them.
    """

    field: str
    test: Test
    value: Any = True
    of: tuple[tuple[Condition, ...], ...] = ()

    @classmethod
    def any_of(cls, *groups: tuple[Condition, ...]) -> Condition:
        return cls("", "any", of=groups)

    @classmethod
    def none_of(cls, *groups: tuple[Condition, ...]) -> Condition:
        return cls("", "not", of=groups)

    def holds(self, answer: object) -> bool:
        """Return whether a test of one answer holds; without an answer only `answered: false` does."""
        if self.test == "answered":
            return (answer is not None) == bool(self.value)
        if answer is None:
            return False
        # One of several choices is enough: an alert must not depend on what else was chosen.
        return any(self._fits(one) for one in (answer if isinstance(answer, list) else [answer]))

    def holds_for(self, answer_to: Callable[[str], object]) -> bool:
        """Return whether it holds, where `answer_to` returns the stored answer to a question or row, None for none.

        `not` is the plain opposite: it also holds while nothing is answered.
        """
        if not self.of:
            return self.holds(answer_to(self.field))
        return any(all(one.holds_for(answer_to) for one in group) for group in self.of) == (self.test == "any")

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
        """Whether it compares an answer with a value that it can be compared with, or has groups to test."""
        if self.test in OF_GROUPS:
            return self.field == "" and self.value is True and all(self.of) and 0 < self.depth <= MOST_NESTED
        return bool(self.field) and not self.of and self._has_a_sound_value

    @property
    def _has_a_sound_value(self) -> bool:
        values = self.value if isinstance(self.value, tuple) else (self.value,)
        match self.test:
            case "answered":
                return isinstance(self.value, bool)
            case "at_least" | "at_most":
                return isinstance(self.value, int | float) and not isinstance(self.value, bool)
        is_list = isinstance(self.value, tuple)
        fits = is_list == (self.test == "one_of") and bool(values)
        return fits and all(isinstance(value, str | int | float) for value in values)

    @property
    def depth(self) -> int:
        """How many groups stand within each other; 0 for a test of one answer."""
        return 1 + max(one.depth for group in self.of for one in group) if self.of else 0

    @property
    def fields(self) -> Iterator[str]:
        """The name of every question or row that it tests."""
        if not self.of:
            yield self.field
        for group in self.of:
            yield from fields_of(group)

    def with_names(self, name_now: Callable[[str], str]) -> Condition:
        """Return it with other names for what it tests."""
        if not self.of:
            return replace(self, field=name_now(self.field))
        return replace(self, of=tuple(tuple(one.with_names(name_now) for one in group) for group in self.of))

    def to_json(self) -> list[Any]:
        """Return the test as the page's script reads it: field, test, and the value or the groups."""
        if self.of:
            return [self.field, self.test, [[one.to_json() for one in group] for group in self.of]]
        return [self.field, self.test, list(self.value) if isinstance(self.value, tuple) else self.value]


def fields_of(conditions: Iterable[Condition]) -> Iterator[str]:
    """Yield the name of every question or row that conditions test, in their order."""
    for condition in conditions:
        yield from condition.fields


def names_that_hold(conditions: Iterable[Condition], answer_to: Callable[[str], object]) -> Iterator[str]:
    """Yield the names by which conditions hold that do: of an `any`, those in a group that holds."""
    for condition in conditions:
        if condition.test == "any":
            groups = [group for group in condition.of if all(one.holds_for(answer_to) for one in group)]
            yield from (name for group in groups for name in names_that_hold(group, answer_to))
        else:
            yield from condition.fields


def all_hold(conditions: tuple[Condition, ...], answers: Mapping[str, Any], outer: Mapping[str, Any]) -> bool:
    """Return whether every condition holds for the answers of a form, or of a row whose form's answers are `outer`."""

    def answer_to(item: str) -> object:
        return _answer(item, answers, outer)

    return all(condition.holds_for(answer_to) for condition in conditions)


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
