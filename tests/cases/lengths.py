"""Times of day on a day, and what is said of the length between them: by the clock, or unlikely."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from site_builder.forms.model.days import latest_today

ZONE = "Europe/Berlin"  # changed at 02:00 on 29 March 2026, and at 03:00 on 25 October 2026


class Change(NamedTuple):
    """Whether the clocks of ZONE were changed between two times on or by a day."""

    day: str
    start: str
    end: str
    changed: bool


CHANGES = [
    Change("2026-03-29", "23:00", "07:00", True),  # the morning after
    Change("2026-03-28", "23:00", "07:00", True),  # the evening before
    Change("2026-03-27", "23:00", "07:00", False),
    Change("2026-03-30", "23:00", "07:00", False),
    Change("2026-03-29", "00:30", "07:00", True),
    Change("2026-03-28", "00:30", "07:00", True),
    Change("2026-03-29", "09:00", "17:00", False),
    Change("2026-03-28", "22:00", "23:30", False),
    Change("0001-01-01", "23:00", "07:00", False),  # stored before days had to be likely
    Change("9999-12-31", "23:00", "07:00", False),
    Change("9999-12-31", "00:30", "07:00", False),
    Change("2026-10-25", "23:00", "07:00", True),
    Change("2026-10-24", "23:15", "06:45", True),
    Change("2026-10-26", "23:00", "07:00", False),
    Change("2026-10-25", "01:00", "06:00", True),
    Change("2026-07-01", "23:00", "07:00", False),
    Change("2026-01-01", "23:00", "07:00", False),
]

UNLIKELY = [(0, True), (1, False), (480, False), (840, False), (841, True), (1185, True), (1439, True)]


def days() -> list[tuple[str, bool]]:
    """Return days, and whether each is likely to have last year's number."""
    today = date.fromisoformat(latest_today())
    back = {0: False, 1: False, 334: False, 335: True, 365: True, 396: True, 397: False, 730: False, 20_000: False}
    return [((today - timedelta(days=number)).isoformat(), doubtful) for number, doubtful in back.items()]
