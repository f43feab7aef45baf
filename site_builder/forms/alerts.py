"""The `alerts:` of a form: answers that a therapist must see first; one that cannot go off is a mistake."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal, TypeAlias, get_args

from site_builder.forms import fields as kinds
from site_builder.forms.definition import Alert, Condition
from site_builder.forms.fields import Field
from site_builder.forms.items import Items, numbers_of
from site_builder.forms.naming import suggest
from site_builder.forms.options import Options, number
from site_builder.forms.reading import Listing, Mistakes, Table, Value, Word

Test: TypeAlias = Literal["equals", "one_of", "at_least", "at_most", "answered"]

_TESTS: dict[str, Test] = {test: test for test in get_args(Test)}
_ALERTS_LIKE = "- {label: Thoughts of self-harm, when: {q9: {at_least: 1}}}"
_WHEN_LIKE = "when: {q9: {at_least: 1}}"
_ASLEEP = "an alert that never goes off is worse than none"


def read_alerts(options: Options, items: Items) -> tuple[Alert, ...]:
    """Read every alert; those with mistakes are reported and come out short."""
    value = options.table.get("alerts")
    if value is None:
        return ()
    if not isinstance(value, Listing) or not value.items:
        at = options.key("alerts").source
        options.mistakes.add(at, "'alerts' has to be a list", f"write it like this: {_ALERTS_LIKE}")
        return ()
    return tuple(_alert(item, items) for item in value.items)


def _alert(value: Value, items: Items) -> Alert:
    like = f"write it like this: {_ALERTS_LIKE}"
    if not isinstance(value, Table):
        items.mistakes.add(value.source, "an alert needs 'label' and 'when'", like)
        return Alert((), "")
    options = Options(value, items.mistakes, "an alert")
    options.only(("label", "when"))
    for name in ("label", "when"):
        if name not in options:
            items.mistakes.add(value.source, f"this alert has no '{name}'", like)
    conditions: list[Condition] = []
    table = options.entries("when", _WHEN_LIKE)
    for item, tests in table.entries if table else ():
        if field := items.find(item):
            conditions += _conditions(item, tests, field, items.mistakes)
    return Alert(tuple(conditions), options.words("label"))


def _conditions(item: Word, tests: Value, field: Field, mistakes: Mistakes) -> Iterator[Condition]:
    limits: dict[str, float] = {}
    for name, wanted in _written(item, tests, mistakes):
        if test := _TESTS.get(name.text):
            found = _wanted(test, name, wanted, field, mistakes)
            if found is not None:
                yield Condition(item.text, test, found)
            if isinstance(found, int | float):
                limits[test] = found
    if limits.get("at_least", -math.inf) > limits.get("at_most", math.inf):
        mistakes.add(item.source, "this can never happen: 'at_least' is more than 'at_most'", _ASLEEP)


def _written(item: Word, tests: Value, mistakes: Mistakes) -> tuple[tuple[Word, Value], ...]:
    """Give each test with what it compares with; a bare value and a bare list are tests too."""
    if isinstance(tests, Word):
        return ((Word(item.source, "equals"), tests),)
    if isinstance(tests, Listing):
        return ((Word(item.source, "one_of"), tests),)
    Options(tests, mistakes, "a condition").only(_TESTS)
    if not tests.entries:
        problem = f"nothing is asked of '{item.text}'"
        mistakes.add(tests.source, problem, f"write it like this: {_WHEN_LIKE}")
    return tests.entries


def _wanted(test: Test, at: Word, wanted: Value, field: Field, mistakes: Mistakes) -> object:
    """Read what a test compares with; None after a mistake."""
    if test == "answered":
        return _answered(wanted, mistakes)
    if test in ("at_least", "at_most"):
        return _limit(test, at, wanted, field, mistakes)
    if test == "equals":
        return _equal(at, wanted, field, mistakes)
    if not isinstance(wanted, Listing) or not wanted.items:
        mistakes.add(wanted.source, "'one_of' has to be a list", "write it like this: one_of: [1, 2, 3]")
        return None
    several = [_equal(at, value, field, mistakes) for value in wanted.items]
    return None if None in several else tuple(several)


def _answered(wanted: Value, mistakes: Mistakes) -> bool | None:
    flag = wanted.text.lower() if isinstance(wanted, Word) else ""
    if flag in ("true", "yes", "false", "no"):
        return flag in ("true", "yes")
    mistakes.add(wanted.source, "'answered' has to be true or false", "write answered: true")
    return None


def _limit(test: Test, at: Word, wanted: Value, field: Field, mistakes: Mistakes) -> float | None:
    reach = _reach(field)
    if reach is None:
        problem = f"'{test}' needs an answer that is a number"
        mistakes.add(at.source, problem, "write the codes instead, like one_of: [often, always]")
        return None
    limit = number(wanted, f"'{test}'", mistakes)
    if limit is not None and (limit > reach[1] if test == "at_least" else limit < reach[0]):
        _never(wanted, reach, mistakes)
    return limit


def _reach(field: Field) -> tuple[float, float] | None:
    """Give the lowest and highest answer; None for answers that are no numbers."""
    if isinstance(field, kinds.Duration):
        return 0, field.at_most
    if isinstance(field, kinds.Number):
        lowest = -math.inf if field.at_least is None else field.at_least
        return lowest, math.inf if field.at_most is None else field.at_most
    return numbers_of(field)


def _never(wanted: Value, reach: tuple[float, float], mistakes: Mistakes) -> None:
    lowest, highest = ("any number" if math.isinf(end) else f"{end:g}" for end in reach)
    problem = f"this can never happen: the answers go from {lowest} to {highest}"
    mistakes.add(wanted.source, problem, _ASLEEP)


def _equal(at: Word, wanted: Value, field: Field, mistakes: Mistakes) -> object:
    """Read one answer as it is stored: a code, a number, yes or no."""
    if isinstance(field, kinds.OneOf | kinds.YesNo | kinds.Matrix):
        return _code(wanted, [choice.code for choice in field.choices], mistakes)
    reach = _reach(field)
    if reach is None:
        problem = f"an answer of the type {field.type} cannot be compared"
        mistakes.add(at.source, problem, "write answered: true, or ask it as a choice")
        return None
    value = number(wanted, "what the answer is compared with", mistakes)
    if value is not None and not reach[0] <= value <= reach[1]:
        _never(wanted, reach, mistakes)
    return value


def _code(wanted: Value, codes: list[str], mistakes: Mistakes) -> str | None:
    if isinstance(wanted, Word) and wanted.text in codes:
        return wanted.text
    shown = f"'{wanted.text}'" if isinstance(wanted, Word) else "this"
    mistakes.add(wanted.source, f"{shown} is not one of the answers", suggest(getattr(wanted, "text", ""), codes))
    return None
