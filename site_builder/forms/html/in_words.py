"""Answers and conditions in the words that the client reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from site_builder.forms.answering.computed import length_in_words
from site_builder.forms.model.choices import Choice, words_by_code
from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.fields import AnyOf, Duration, Field, Matrix, Number, OneOf, Rating, YesNo
from site_builder.forms.model.wording import plain

Asked: TypeAlias = Mapping[str, tuple[Field, str]]  # each single answer by its name: (field, matrix row or "")


def answer_in_words(field: Field, answer: Any) -> str:
    """Return one stored answer in words: labels instead of codes, a number with its unit or its maximum.

    An invalid answer, on a form shown again with its problems, stays as typed. Several choices are joined with commas.
    """
    if isinstance(field, AnyOf):
        return ", ".join(_label(field, code) for code in (answer if isinstance(answer, list) else [answer]))
    if isinstance(field, OneOf | YesNo | Matrix):
        return _label(field, answer)
    if isinstance(field, Duration) and isinstance(answer, int):
        return length_in_words(answer)
    if isinstance(field, Rating) and not field.unit and field.lowest in (0, 1):
        return f"{answer} of {field.highest}"
    if isinstance(field, Number | Rating):
        return f"{answer} {field.unit}".rstrip()
    return str(answer)


def spoken(condition: Condition, asked: Asked, *, negated: bool = False) -> str:
    """Return a condition in words: "you answered “Yes” to “Did you practise?”"; or its opposite, if `negated`."""
    if condition.of:
        return _spoken_groups(condition, asked, negated != (condition.test == "not"))
    field, row = asked.get(condition.field, (None, ""))
    if field is None:
        return f"“{condition.field}” {'does not fit' if negated else 'fits'}"
    ask = next((choice.label for choice in field.rows if choice.code == row), "") if isinstance(field, Matrix) else ""
    ask = ask or plain(field.ask)
    if condition.test == "answered":
        return f"you answered “{ask}”" if bool(condition.value) != negated else f"you left out “{ask}”"
    return f"you {'did not answer' if negated else 'answered'} {_expected(condition, field)} to “{ask}”"


def _spoken_groups(condition: Condition, asked: Asked, negated: bool) -> str:
    """Return one of the groups, or none of them: not (A and B) is "either not A, or not B"."""
    groups = [[spoken(one, asked, negated=negated) for one in group] for group in condition.of]
    if negated:
        return _both(_either(group) for group in groups)
    return _either(_both(group) for group in groups)


def _both(reasons: Iterable[str]) -> str:
    return ", and ".join(reasons)


def _either(reasons: Iterable[str]) -> str:
    several = list(reasons)
    return f"either {', or '.join(several)}" if len(several) > 1 else several[0]


def _expected(condition: Condition, field: Field) -> str:
    if condition.test == "one_of":
        *most, last = (f"“{answer_in_words(field, value)}”" for value in condition.value)
        return f"{', '.join(most)} or {last}" if most else last
    if condition.test == "equals":
        return f"“{answer_in_words(field, condition.value)}”"
    is_plain = isinstance(field, Rating) and not field.unit
    limit = condition.value if is_plain else answer_in_words(field, condition.value)
    return f"{limit} or {'more' if condition.test == 'at_least' else 'less'}"


def _label(field: AnyOf | OneOf | YesNo | Matrix, code: object) -> str:
    """Return the label of a code; for a number between two ends, which has none, "2 of 5"."""
    words = words_by_code(field.choices).get(str(code), str(code))
    return f"{words} of {field.choices[-1].code}" if _is_between_ends(field.choices, code) else words


def _is_between_ends(choices: Sequence[Choice], code: object) -> bool:
    """Return whether this is the code of a number without words, on a scale that begins at 0 or 1."""
    return any(choice.code == code and not choice.label for choice in choices) and choices[0].code in ("0", "1")
