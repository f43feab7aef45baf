"""Questions that nobody is ever asked: no answers to the questions above let their `when` hold."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from site_builder.forms.model import fields as kinds
from site_builder.forms.model.conditions import Condition, all_hold, fields_of
from site_builder.forms.model.definition import Form
from site_builder.forms.model.fields import Field

MOST_TRIED = 20_000  # combinations of answers; conditions that need more are taken to be able to hold


@dataclass(frozen=True, slots=True)
class _Asked:
    """One item with its conditions and the answers to it that conditions can tell apart."""

    when: tuple[Condition, ...]
    answers: tuple[Any, ...]


def never_asked(form: Form) -> Iterator[str]:
    """Yield the path of each question that is never asked, but not of those that wait for such a one."""
    conditions = [*_conditions(form.fields)]
    if not conditions:
        return
    outer = dict(_items(form.fields, conditions))
    yield from _never(form.fields, outer, {}, "")
    for repeat in form.fields:
        if isinstance(repeat, kinds.Repeat):
            yield from _never(repeat.of, outer, dict(_items(repeat.of, conditions)), f"{repeat.id}.")


def _never(
    fields: Sequence[Field], outer: Mapping[str, _Asked], row: Mapping[str, _Asked], before: str
) -> Iterator[str]:
    known = {**outer, **row}
    never: set[str] = set()
    for field in fields:
        if field.when and never.isdisjoint(fields_of(field.when)) and not _can_hold(field.when, known):
            yield f"{before}{field.id}"
            never.update((field.id, *(field.part_ids() if isinstance(field, kinds.Matrix) else ())))


def _conditions(fields: Sequence[Field]) -> Iterator[Condition]:
    for field in fields:
        yield from _leaves(field.when)
        if isinstance(field, kinds.Repeat):
            yield from _conditions(field.of)


def _leaves(conditions: Sequence[Condition]) -> Iterator[Condition]:
    for condition in conditions:
        if condition.of:
            yield from itertools.chain.from_iterable(map(_leaves, condition.of))
        else:
            yield condition


def _items(fields: Sequence[Field], conditions: Sequence[Condition]) -> Iterator[tuple[str, _Asked]]:
    for field in fields:
        names = field.part_ids() if isinstance(field, kinds.Matrix) else [field.id]
        for name in names:
            values = [condition.value for condition in conditions if condition.field == name]
            if values or field.when:
                yield name, _Asked(field.when, (*(() if field.required else (None,)), *_answers(field, values)))


def _answers(field: Field, values: Sequence[Any]) -> tuple[Any, ...]:
    """Return answers of which each test that the form makes holds for some, where any can."""
    wanted = [one for value in values for one in (value if isinstance(value, tuple) else (value,))]
    numbers = [one for one in wanted if isinstance(one, int | float) and not isinstance(one, bool)]
    if isinstance(field, kinds.AnyOf):
        codes = [choice.code for choice in field.choices if choice.code in map(str, wanted)]
        other = next((choice.code for choice in field.choices if choice.code not in codes), None)
        several = [list(some) for size in (1, 2, len(codes)) for some in itertools.combinations(codes, size) if some]
        return (*several, *([[other]] if other is not None else []))
    if isinstance(field, kinds.OneOf | kinds.YesNo | kinds.Matrix):
        return tuple(choice.code for choice in field.choices)
    if isinstance(field, kinds.Rating):
        steps = {field.lowest + math.floor((at - field.lowest) / field.step) * field.step for at in numbers}
        near: set[float] = {step + by for step in steps for by in (-field.step, 0, field.step)} | {
            field.lowest,
            field.highest,
        }
        return tuple(at for at in sorted(near) if _is_within(at, field.lowest, field.highest))
    if isinstance(field, kinds.Number | kinds.Duration):
        places = field.decimals if isinstance(field, kinds.Number) else 0
        lowest = field.at_least if isinstance(field, kinds.Number) else 0
        steps = {math.floor(at * 10**places) + by for at in (*numbers, 0) for by in (-1, 0, 1, 2)}
        ends = [end for end in (lowest, field.at_most) if end is not None]
        near = {*(round(step / 10**places, places) for step in steps), *ends}
        return tuple(at for at in sorted(near) if _is_within(at, lowest, field.at_most))
    return ("words",)


def _is_within(number: float, lowest: float | None, highest: float | None) -> bool:
    return (lowest is None or number >= lowest) and (highest is None or number <= highest)


def _can_hold(when: tuple[Condition, ...], known: Mapping[str, _Asked]) -> bool:
    """Return whether some answers let conditions hold, each given where its own question is asked."""
    needed = [*_needed(when, known)]
    if any(name not in known for name in needed):
        return True
    every = itertools.product(*(dict.fromkeys((*map(_key, known[name].answers), _key(None))) for name in needed))
    for answers in itertools.islice(every, MOST_TRIED):
        by_name = {name: _value(answer) for name, answer in zip(needed, answers, strict=True)}
        if all_hold(when, by_name, {}) and all(_fits(known[name], by_name[name], by_name) for name in needed):
            return True
    return next(every, None) is not None  # there are more than can be tried


def _fits(asked: _Asked, answer: object, answers: Mapping[str, Any]) -> bool:
    """Return whether an item can have this answer: none where it is not asked, and where it is asked one of its own."""
    if not all_hold(asked.when, answers, {}):
        return answer is None
    return answer in asked.answers


def _needed(when: tuple[Condition, ...], known: Mapping[str, _Asked]) -> dict[str, None]:
    """Return the items that conditions test, and those that decide whether these are asked."""
    needed: dict[str, None] = {}
    waiting = list(fields_of(when))
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed[name] = None
            waiting += fields_of(known[name].when) if name in known else ()
    return needed


def _key(answer: Any) -> Any:
    return tuple(answer) if isinstance(answer, list) else answer


def _value(key: Any) -> Any:
    return list(key) if isinstance(key, tuple) else key
