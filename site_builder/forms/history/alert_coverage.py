"""Whether a form's alerts still go off for every answer that a published alert went off for."""

from __future__ import annotations

from collections.abc import Sequence

from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.definition import Alert
from site_builder.forms.model.fields import Field, Matrix, OneOf, Rating, YesNo


def covers(alerts: Sequence[Alert], before: Alert, field: Field | None) -> bool:
    """Return whether one of the alerts, or several together, go off whenever `before` did.

    `field` is the question that `before` tests. When in doubt the answer is False, and the author has to check.
    """
    return any(_goes_off_with(alert, before) for alert in alerts) or _covered_together(alerts, before, field)


def _goes_off_with(now: Alert, before: Alert) -> bool:
    return all(any(_implies(old, new) for old in before.when) for new in now.when)


def _covered_together(alerts: Sequence[Alert], before: Alert, field: Field | None) -> bool:
    names = {condition.field for condition in before.when}
    values = _values(field) if len(names) == 1 else ()
    others = [alert for alert in alerts if {condition.field for condition in alert.when} == names]
    return bool(values) and all(
        any(all(condition.holds(value) for condition in alert.when) for alert in others)
        for value in values
        if all(condition.holds(value) for condition in before.when)
    )


def _implies(old: Condition, new: Condition) -> bool:
    """Return whether every answer that fits the old condition also fits the new one."""
    if old == new:
        return True
    if old.field != new.field:
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
