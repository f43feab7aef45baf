"""Lengths of time over a change of the clocks: they stay what the clock says, and are marked as that.

Between two times of day on such a night an hour more or less has passed. Nobody can say which: the day of a diary may
be that of the evening or that of the morning. So the value is not worked out anew, and both nights are marked.
The page's script marks the same by the device's zone (clock.js).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from site_builder.forms.model.computed import Computed
from site_builder.forms.model.definition import Form
from site_builder.forms.model.fields import Answers, Date, Field, Repeat

BY_THE_CLOCK = "by the clock, which was changed around this day"
DAY = datetime.timedelta(days=1)


def by_the_clock(form: Form, answers: Answers, zone: datetime.tzinfo) -> frozenset[str]:
    """Return the ids of the computed values that may be an hour off, because the clocks of the zone were changed."""
    return _marked(form.computed, lambda name: _answer(form, answers, name), days_in(form.fields, answers), zone)


def row_by_the_clock(
    repeat: Repeat, row: Mapping[str, Any], days: Iterable[str], zone: datetime.tzinfo
) -> frozenset[str]:
    """Return those of one row of a repeat; `days` are the form's own, for a row without a day."""
    return _marked(repeat.computed, row.get, days_in(repeat.of, row) or list(days), zone)


def days_in(fields: Iterable[Field], answers: Mapping[str, Any]) -> list[str]:
    """Return the days among the answers."""
    return [answers[field.id] for field in fields if isinstance(field, Date) and field.id in answers]


def _answer(form: Form, answers: Answers, name: str) -> Any:
    return form.answer(answers, name) if name in form.items else None


def _marked(
    computed: Iterable[Computed], answer_to: Callable[[str], Any], days: list[str], zone: datetime.tzinfo
) -> frozenset[str]:
    marked: set[str] = set()
    for each in computed:
        times = [answer_to(name) for name in each.of] if each.formula == "time between" else []
        if marked.intersection(each.of) or (all(times) and any(is_changed(day, times, zone) for day in days)):
            marked.add(each.id)
    return frozenset(marked)


def is_changed(day: str, times: list[str], zone: datetime.tzinfo) -> bool:
    """Return whether the clocks were changed from one time of day to the next occurrence of the other, on or by a day.

    A night that begins before midnight may have begun on that day or on the day before; one that begins after it may
    end on that day or on the next. The first and the last day of the calendar, which earlier releases stored, have no
    such night.
    """
    if not times:
        return False
    midnight = datetime.datetime.fromisoformat(day)
    start, end = (datetime.timedelta(hours=int(time[:2]), minutes=int(time[3:5])) for time in times)
    over = end <= start
    try:
        return any(
            _offset(first + start, zone) != _offset(first + end + (DAY if over else datetime.timedelta()), zone)
            for first in (midnight - DAY if over else midnight, midnight if over else midnight + DAY)
        )
    except OverflowError:
        return False


def _offset(moment: datetime.datetime, zone: datetime.tzinfo) -> datetime.timedelta | None:
    return moment.replace(tzinfo=zone).utcoffset()
