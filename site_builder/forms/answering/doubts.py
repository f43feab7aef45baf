"""What is possible and still unlikely: asked softly before it is sent, and never refused.

A length of time beyond 14 hours, or of none at all, is mostly AM for PM; a day about a year ago is mostly last year's
number out of habit. The page's script asks the same (doubts.js); both are tested with one table of cases.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from site_builder.forms.answering.computed import Value, compute, compute_row, in_words
from site_builder.forms.model.computed import Computed
from site_builder.forms.model.days import latest_today
from site_builder.forms.model.definition import Form
from site_builder.forms.model.fields import Date, Field
from site_builder.forms.model.wording import plain

LONGEST_LIKELY = 14 * 60  # minutes between two times of day: longer than anybody stays in bed or at work
A_YEAR_AGO = range(335, 397)  # days: a year, give or take a month


class Doubt(NamedTuple):
    """A question or a value, and what is unlikely about it."""

    ask: str
    words: str

    def __str__(self) -> str:
        return f"{self.ask}{'' if self.ask[-1:] in '?!.:' else ':'} {self.words}"


def doubts(form: Form, answers: Mapping[str, Any]) -> list[Doubt]:
    """Return what to ask about before these answers are sent, in the order of the form."""
    asked = [*_days(form.fields, answers), *_lengths(form.computed, compute(form, dict(answers)))]
    for repeat in form.repeats.values():
        for row in answers.get(repeat.id) or ():
            asked += [*_days(repeat.of, row), *_lengths(repeat.computed, compute_row(repeat, row))]
    return asked


def _days(fields: Iterable[Field], answers: Mapping[str, Any]) -> Iterable[Doubt]:
    for field in fields:
        if isinstance(field, Date) and (day := answers.get(field.id)) and is_a_year_ago(day):
            yield Doubt(plain(field.ask), f"{day} is about a year ago")


def _lengths(computed: Iterable[Computed], values: Mapping[str, Value]) -> Iterable[Doubt]:
    for each in computed:
        if each.formula == "time between" and each.id in values and is_unlikely(values[each.id]):
            yield Doubt(each.label, in_words(each, values[each.id]))


def is_unlikely(minutes: Value) -> bool:
    """Return whether a length of time from one time of day to another is mostly a slip."""
    return minutes == 0 or minutes > LONGEST_LIKELY


def is_a_year_ago(day: str) -> bool:
    """Return whether a day is likely to have last year's number."""
    today = datetime.date.fromisoformat(latest_today())
    return (today - datetime.date.fromisoformat(day)).days in A_YEAR_AGO
