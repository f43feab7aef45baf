"""Days and times of day as they are typed, and which of them can be meant."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from site_builder.forms.model.numbers import plain

EARLIEST = "1900-01-01"  # older than anybody who fills in a form
LATEST = "2100-12-31"  # of a question that asks for a day to come: what lies beyond is a slip
FIRST_TO_SEE_A_DAY = datetime.timezone(datetime.timedelta(hours=14))  # so that nobody's today is refused
LIKE_A_TIME = "Give a time as hours and minutes, like 07:30 or 22:15"
LIKE_A_DAY = "Write the day as year-month-day, like 2026-03-09"
NO_SUCH_DAY = "There is no such day. Check the date"
TOO_EARLY = f"Check the year. It has to be {EARLIEST[:4]} or later"
TOO_LATE = "This day is still to come. Check the date"
FAR_TOO_LATE = f"Check the year. It has to be {LATEST[:4]} or earlier"

_clocks: list[Callable[[], datetime.datetime]] = [lambda: datetime.datetime.now(datetime.UTC)]
# The year comes first: 03/04/2026 is a day in March to one reader and in April to the next.
_DAY = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})\.?")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::00)?")
_HALF_DAY = re.compile(r"(1[0-2]|0?[1-9])[:.]([0-5][0-9]) ?([ap])\.?m\.?", re.IGNORECASE)


def day_of(typed: str, *, future: bool = False) -> str | None:
    """Return the day as YYYY-MM-DD, None for nothing typed. Raises ValueError for what cannot be meant."""
    if not (typed := plain(typed)):
        return None
    if not (match := _DAY.fullmatch(typed)):
        raise ValueError(LIKE_A_DAY)
    try:
        day = datetime.date(int(match[1]), int(match[3]), int(match[4])).isoformat()
    except ValueError:
        raise ValueError(NO_SUCH_DAY) from None
    if day < EARLIEST:
        raise ValueError(TOO_EARLY)
    if future and day > LATEST:
        raise ValueError(FAR_TOO_LATE)
    if not future and day > latest_today():
        raise ValueError(TOO_LATE)
    return day


def time_of(typed: str) -> str | None:
    """Return the time of day as HH:MM on the 24-hour clock, None for nothing typed.

    Raises ValueError for what is no time. 7:30 alone is one of two: it has to be 07:30, or 7:30 pm.
    """
    if not (typed := plain(typed)):
        return None
    if match := _TIME.fullmatch(typed):
        return f"{match[1]}:{match[2]}"
    if match := _HALF_DAY.fullmatch(typed):
        hour = int(match[1]) % 12 + (12 if match[3] in "pP" else 0)
        return f"{hour:02}:{match[2]}"
    raise ValueError(LIKE_A_TIME)


def latest_today() -> str:
    """Return today's day where it begins first."""
    return _clocks[-1]().astimezone(FIRST_TO_SEE_A_DAY).date().isoformat()


@contextmanager
def today_by(clock: Callable[[], datetime.datetime]) -> Iterator[None]:
    """Have today be what another clock than the computer's says, which may be wrong, while the context lasts."""
    _clocks.append(clock)
    try:
        yield
    finally:
        _clocks.remove(clock)
