"""Moments in UTC as clocks in different places read them, on both sides of summer time."""

from __future__ import annotations

from typing import NamedTuple


class Moment(NamedTuple):
    utc: str
    zone: str
    words: str


MOMENTS = [
    Moment("2026-03-09T14:02:11.123Z", "", "9 Mar 2026, 14:02"),
    Moment("2026-03-09T14:02:11.123Z", "UTC", "9 Mar 2026, 14:02"),
    Moment("2026-03-09T14:02:11.123Z", "Europe/Berlin", "9 Mar 2026, 15:02"),
    Moment("2026-03-29T00:59:59.999Z", "Europe/Berlin", "29 Mar 2026, 01:59"),
    Moment("2026-03-29T01:00:00.000Z", "Europe/Berlin", "29 Mar 2026, 03:00"),
    Moment("2026-10-25T00:30:00.000Z", "Europe/Berlin", "25 Oct 2026, 02:30"),
    Moment("2026-10-25T01:30:00.000Z", "Europe/Berlin", "25 Oct 2026, 02:30"),
    Moment("2026-07-01T23:30:00.000Z", "Europe/London", "2 Jul 2026, 00:30"),
    Moment("2026-12-31T23:30:00.000Z", "Asia/Kolkata", "1 Jan 2027, 05:00"),
    Moment("2026-01-01T02:00:00.000Z", "America/New_York", "31 Dec 2025, 21:00"),
    Moment("2026-01-01T02:00:00.000Z", "Mars/Olympus", "1 Jan 2026, 02:00"),
]

# As an author may write the clinic's zone, and what the check proposes; "" where it proposes nothing in particular.
MISSPELT = [
    ("Europe/Berln", "Europe/Berlin"),
    ("europe/berlin", "Europe/Berlin"),
    ("Europe\\Berlin", "Europe/Berlin"),
    ("Berlin", "Europe/Berlin"),
    ("New York", "America/New_York"),
    ("America/New York", "America/New_York"),
    ("London", "Europe/London"),
    ("utc", "UTC"),
    ("GMT", "UTC"),
    ("Europe", ""),
    ("CET", ""),
    ("EST", ""),
    ("MEZ", ""),
    ("UTC+1", ""),
    ("Etc/GMT+1", ""),
    ("+01:00", ""),
    ("Germany", ""),
]
