"""What the choices of a question count, where their author probably means something else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from site_builder.forms.model import fields as kinds
from site_builder.forms.model.amounts import counted
from site_builder.forms.model.choices import Choice, without_points
from site_builder.forms.model.fields import Field

# Answers that say nothing about what was asked. "Did not apply to me at all" is an answer.
_NO_ANSWER = re.compile(
    r"\b(rather|prefer|want|wish|like) not (to )?(say|answer|tell|respond|disclose)\b"
    r"|\b(do not|don['’]t) (want|wish|care) to (say|answer|tell)\b"
    r"|\b(do not|don['’]t|can(no|['’])t) (know|say|remember)\b"
    r"|\b(no answer|not applicable|refused?|declined?( to answer)?|skip(ped)?)\b"
    r"|\b(does not|doesn['’]t) apply( to me)?$|^n/?a$",
    re.IGNORECASE,
)
# Numbers that questionnaires keep for them: 9, 99, 88, 777, 97.
_KEPT_APART = re.compile(r"[789]|([5-9])\1+|9[5-8]", re.ASCII)
_FEWEST = 2  # other choices, to tell a number that is out of their row


def without_numbers(field: Field) -> tuple[str, str]:
    """Return why the answers to a question cannot be added up, as a problem without its subject, and the remedy."""
    if not isinstance(field, kinds.OneOf | kinds.Matrix):
        return "has no numbers to add up", "name a rating, choice or row"
    missing = without_points(field.choices)
    if 0 < len(missing) < len(field.choices):
        code, label = missing[0].code, missing[0].label
        remedy = f"write {code}: {{label: {label}, points: 1}}, or points: none if it counts as missing"
        return f"has no points for the answer '{code}'", remedy
    return "has no numbers to add up", "use whole numbers as the codes of its choices, or add points to them"


def doubtful(field: Field) -> tuple[str, str] | None:
    """Return what to ask about a choice that is probably no answer and would count all the same; None for none."""
    if not isinstance(field, kinds.OneOf | kinds.Matrix):
        return None
    unsaid = [choice for choice in field.choices if choice.value is not None and choice.points is None]
    for choice in unsaid:
        if _NO_ANSWER.search(choice.label) or _is_out_of_row(choice, field.choices):
            written = f"{choice.code}: {{label: {choice.label}, points: "
            problem = f"the answer {choice.code} (“{choice.label}”) would count {counted(choice.value or 0, 'point')}"
            remedy = (
                f"write {written}none}} if it counts as missing, or points: {choice.value:g} if it is meant to count"
            )
            return problem, remedy
    return None


def _is_out_of_row(choice: Choice, choices: Sequence[Choice]) -> bool:
    """Return whether a code stands apart from the others, as 99 or −1 beside 0 to 3."""
    others = [other.value for other in choices if other.value is not None and other is not choice]
    value = choice.value
    if value is None or len(others) < _FEWEST:
        return False
    lowest, highest = min(others), max(others)
    if value < 0 <= lowest:
        return -value != highest  # from −2 to 2 is a scale
    return bool(_KEPT_APART.fullmatch(choice.code)) and value - highest > highest - lowest
