"""Whether a form's alerts still go off for every answer that a published alert went off for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from math import prod

from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.definition import Alert
from site_builder.forms.model.fields import Field, Matrix, OneOf, Rating, YesNo

MOST_WAYS = 1000  # in which an alert can go off, to look at one by one; with more, only an equal alert covers it


def with_whens(when: Sequence[Condition], waited: Callable[[str], Iterable[Condition]]) -> tuple[Condition, ...]:
    """Return conditions with what their questions wait for added: a question that is not asked has no answer."""
    conditions: list[Condition] = []
    for one in when:
        if one.test == "any":
            conditions.append(Condition.any_of(*(with_whens(group, waited) for group in one.of)))
        else:
            conditions += (one, *waited(one.field))
    return tuple(conditions)


def covers(alerts: Sequence[Alert], before: Alert, field_of: Callable[[str], Field | None]) -> bool:
    """Return whether one of the alerts, or several together, go off whenever `before` did.

    `field_of` looks up a question by its path. When in doubt the answer is False, and the author has to check.
    """
    return all(
        any(_goes_off_with(alert, conditions) for alert in alerts) or _covered_together(alerts, conditions, field_of)
        for conditions in _ways(before.when)
    )


def _ways(when: Sequence[Condition]) -> Iterator[tuple[Condition, ...]]:
    """Yield each way in which conditions can hold: one for every group of an `any`."""
    choices = [list(one.of) if one.test == "any" else [(one,)] for one in when]
    if prod(map(len, choices)) > MOST_WAYS:
        yield tuple(when)
        return
    for way in product(*choices):
        conditions = tuple(condition for group in way for condition in group)
        if any(one.test == "any" for one in conditions):
            yield from _ways(conditions)
        else:
            yield conditions


def _goes_off_with(now: Alert, before: Sequence[Condition]) -> bool:
    return all(_follows(new, before) for new in now.when)


def _follows(new: Condition, before: Sequence[Condition]) -> bool:
    """Return whether a condition holds for all answers for which the earlier ones all hold."""
    if new.test == "any" and any(all(_follows(one, before) for one in group) for group in new.of):
        return True
    return any(_implies(old, new) for old in before)


def _covered_together(
    alerts: Sequence[Alert], before: Sequence[Condition], field_of: Callable[[str], Field | None]
) -> bool:
    names = {condition.field for condition in before}
    others = [alert for alert in alerts if {condition.field for condition in alert.when} == names]
    answers = _values(field_of(*names)) if len(names) == 1 and names != {""} else ()
    raising = [answer for answer in answers if all(condition.holds(answer) for condition in before)]
    return bool(raising) and all(
        any(all(condition.holds(answer) for condition in alert.when) for alert in others) for answer in raising
    )


def _implies(old: Condition, new: Condition) -> bool:
    """Return whether every answer that fits the old condition also fits the new one."""
    if old == new:
        return True
    if old.field != new.field or old.of or new.of:
        return False
    if new.test == "answered":
        return bool(new.value) and (old.test != "answered" or bool(old.value))
    if old.test in ("equals", "one_of"):
        values = old.value if old.test == "one_of" else (old.value,)
        return all(new.holds(value) for value in values)
    if old.test == new.test == "at_least":
        return float(old.value) >= float(new.value)
    return old.test == new.test == "at_most" and float(old.value) <= float(new.value)


def _values(field: Field | None) -> Sequence[object]:
    """Return every possible answer to a question with a short list of them; () for any other."""
    if isinstance(field, Rating):
        return range(field.lowest, field.highest + 1, field.step)
    if isinstance(field, OneOf | Matrix | YesNo):
        return [choice.code for choice in field.choices]
    return ()
