"""Lengths of time as people type them, in hours and minutes."""

from __future__ import annotations

import re

from site_builder.forms.model.numbers import Limits, number_of, plain

NO_LENGTH = "Give hours and minutes as whole numbers, like 1 hour 30 minutes"
_CLOCK = re.compile(r"([0-9]{1,3}):([0-5][0-9])")
_HOURS, _MINUTES = Limits(0, unit="hours"), Limits(0, unit="minutes")


def minutes_of(hours: object, minutes: object) -> int | None:
    """Return the whole length in minutes, None for nothing typed; 7:30 in the place of hours holds both.

    Raises ValueError for what is no length of time.
    """
    if isinstance(hours, str) and (match := _CLOCK.fullmatch(plain(hours))):
        if number_of(minutes, _MINUTES) is not None:
            raise ValueError(NO_LENGTH)
        return 60 * int(match[1]) + int(match[2])
    parts = number_of(hours, _HOURS), number_of(minutes, _MINUTES)
    if any(part is not None and (part < 0 or not part.is_integer()) for part in parts):
        raise ValueError(NO_LENGTH)
    return None if parts == (None, None) else int(60 * (parts[0] or 0) + (parts[1] or 0))
