"""Whether any answers at all can make conditions hold: a question or an alert that waits for others is a mistake."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from math import prod
from typing import Any

from site_builder.forms.model.conditions import Condition, all_hold, fields_of
from site_builder.forms.model.fields import AnyOf, Duration, Field, Matrix, Number, OneOf, Rating, YesNo

MOST_TRIED = 5_000  # combinations of answers; conditions on more than that are taken to be possible
MOST_SUBSETS = 8  # of several choices, those with up to so many codes are tried in every combination

FieldOf = Callable[[str], Field | None]


def can_hold(conditions: Sequence[Condition], field_of: FieldOf) -> bool:
    """Return whether there are answers for which all conditions hold, with each answered question being asked.

    It tries answers around every number and code that is tested. When in doubt it returns True.
    """
    fields = _involved(conditions, field_of)
    tested = list(_tests(condition for each in (conditions, *(f.when for f in fields.values())) for condition in each))
    answers = [_answers(field, [one for one in tested if one.field == name]) for name, field in fields.items()]
    if prod(map(len, answers)) > MOST_TRIED or any(name not in fields for name in fields_of(conditions)):
        return True
    return any(_fits(conditions, fields, dict(zip(fields, values, strict=True))) for values in product(*answers))


def _involved(conditions: Sequence[Condition], field_of: FieldOf) -> dict[str, Field]:
    """Return the questions that are tested, and those that these wait for, by name."""
    fields: dict[str, Field] = {}
    names = list(fields_of(conditions))
    while names:
        name = names.pop()
        if name not in fields and (field := field_of(name)):
            fields[name] = field
            names += fields_of(field.when)
    return fields


def _fits(conditions: Sequence[Condition], fields: Mapping[str, Field], values: Mapping[str, Any]) -> bool:
    answers = {name: value for name, value in values.items() if value is not None}
    for name, field in fields.items():
        if all(other in fields for other in fields_of(field.when)):
            is_asked = all_hold(field.when, answers, {})
            if not is_asked if name in answers else is_asked and field.required:
                return False
    return all_hold(tuple(conditions), answers, {})


def _tests(conditions: Iterable[Condition]) -> Iterator[Condition]:
    """Yield every test of one answer, of groups as well."""
    for condition in conditions:
        if not condition.of:
            yield condition
        for group in condition.of:
            yield from _tests(group)


def _answers(field: Field, tests: Sequence[Condition]) -> list[Any]:
    """Return answers of every kind that the tests can tell apart; None is no answer."""
    if isinstance(field, OneOf | YesNo | Matrix):
        return [None, *(choice.code for choice in field.choices)]
    if isinstance(field, AnyOf):
        return [None, *_subsets(field)]
    if isinstance(field, Rating | Number | Duration):
        return [None, *_numbers(field, tests)]
    return [None, "words"]


def _subsets(field: AnyOf) -> list[list[str]]:
    together = [choice.code for choice in field.choices if not choice.alone]
    sizes = range(1, len(together) + 1) if len(together) <= MOST_SUBSETS else (1, len(together))
    alone = [[choice.code] for choice in field.choices if choice.alone]
    return [*alone, *(list(codes) for size in sizes for codes in combinations(together, size))]


def _numbers(field: Rating | Number | Duration, tests: Sequence[Condition]) -> list[float]:
    lowest, highest, step = _reach(field)
    values = [value for test in tests for value in (test.value if isinstance(test.value, tuple) else (test.value,))]
    limits = [float(value) for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    near = [limit + by for limit in limits for by in (-step, 0, step)]
    ends = [end for end in (lowest, highest) if end is not None]
    if isinstance(field, Number):
        near = [round(number, field.decimals) for number in near]
    if isinstance(field, Rating):
        near = [lowest + round((number - lowest) / step) * step for number in near]
    within = [n for n in near if (lowest is None or n >= lowest) and (highest is None or n <= highest)]
    return sorted({*ends, *within}) or [0]


def _reach(field: Rating | Number | Duration) -> tuple[Any, Any, float]:
    """Return the lowest and the highest answer, None without a limit, and the step between two answers."""
    if isinstance(field, Rating):
        return field.lowest, field.highest, field.step
    if isinstance(field, Duration):
        return 0, field.at_most, 1
    return field.at_least, field.at_most, 10**-field.decimals
