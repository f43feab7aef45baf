"""Days as they are typed, and what is stored, or why it is refused. Today is a day of its own in each test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

from site_builder.forms.model.days import FAR_TOO_LATE, LIKE_A_DAY, NO_SUCH_DAY, TOO_EARLY, TOO_LATE

FIRST = timezone(timedelta(hours=14))  # Kiritimati
LAST = timezone(timedelta(hours=-12))  # Baker Island


def today(zone: timezone = FIRST, days: int = 0) -> str:
    return (datetime.now(zone) + timedelta(days=days)).date().isoformat()


def years_on(years: int) -> str:
    return f"{datetime.now(UTC).year + years}-01-01"


class Case(NamedTuple):
    """`picked` is whether a date picker can have this value; `future` whether the question asks for a day to come."""

    typed: str
    stored: str | None = None
    problem: str = ""
    future: bool = False
    picked: bool = True


def cases() -> list[Case]:
    """Return the cases as of now."""
    first, last = today(FIRST), today(LAST)
    return [
        Case("2026-03-09", "2026-03-09"),
        Case("2024-02-29", "2024-02-29"),
        Case("1900-01-01", "1900-01-01"),
        Case("1938-05-17", "1938-05-17"),
        Case(first, first),
        Case(last, last),
        Case(today(FIRST, 1), problem=TOO_LATE),
        Case(years_on(1), problem=TOO_LATE),
        Case(years_on(200), problem=TOO_LATE),
        Case("0026-11-24", problem=TOO_EARLY),
        Case("0202-11-24", problem=TOO_EARLY),
        Case("1899-12-31", problem=TOO_EARLY),
        Case("1405-01-01", problem=TOO_EARLY),
        Case("9999-12-31", problem=TOO_LATE),
        Case(years_on(1), years_on(1), future=True),
        Case(first, first, future=True),
        Case("2026-03-09", "2026-03-09", future=True),
        Case("2100-12-31", "2100-12-31", future=True),
        Case("2101-01-01", problem=FAR_TOO_LATE, future=True),
        Case("0026-11-24", problem=TOO_EARLY, future=True),
        Case("", picked=False),
        Case("  ", picked=False),
        Case("\u200b", picked=False),
        # typed where a browser has no picker, or sent by a program
        Case(" 2026-03-09 ", "2026-03-09", picked=False),
        Case("2026-3-9", "2026-03-09", picked=False),
        Case("2026/03/09", "2026-03-09", picked=False),
        Case("2026.03.09.", "2026-03-09", picked=False),
        Case("٢٠٢٦-٠٣-٠٩", "2026-03-09", picked=False),
        Case("２０２６－０３－０９", "2026-03-09", picked=False),
        Case("2026–03–09", "2026-03-09", picked=False),
        Case("2026-02-29", problem=NO_SUCH_DAY, picked=False),
        Case("2026-13-01", problem=NO_SUCH_DAY, picked=False),
        Case("0000-01-01", problem=NO_SUCH_DAY, picked=False),
        Case("9.3.2026", problem=LIKE_A_DAY, picked=False),
        Case("03/09/2026", problem=LIKE_A_DAY, picked=False),
        Case("26-03-09", problem=LIKE_A_DAY, picked=False),
        Case("12026-03-09", problem=LIKE_A_DAY, picked=False),
        Case("20260309", problem=LIKE_A_DAY, picked=False),
        Case("2026-03/09", problem=LIKE_A_DAY, picked=False),
        Case("2026-03-09T07:00", problem=LIKE_A_DAY, picked=False),
        Case("yesterday", problem=LIKE_A_DAY, picked=False),
    ]


# Times of day as they are typed where a browser has no picker; None for what is refused.
TIMES = [
    ("07:30", "07:30"),
    ("23:59:00", "23:59"),
    ("٠٧:٣٠", "07:30"),
    ("０７：３０", "07:30"),
    ("11:15 pm", "23:15"),
    ("11.15 p.m.", "23:15"),
    ("7:30AM", "07:30"),
    ("12:10 am", "00:10"),
    ("12:10 PM", "12:10"),
    ("7:30", None),
    ("13:00 pm", None),
    ("0:30 am", None),
    ("24:00", None),
    ("07:60", None),
    ("7", None),
    ("half past seven", None),
]
