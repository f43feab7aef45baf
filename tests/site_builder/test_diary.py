"""A diary as a clinician would write it by the handbook: clean at the first check, and worked out as by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from site_builder.checks import check
from site_builder.content.library import read_library
from site_builder.forms.answering.answers import read_answers
from site_builder.forms.answering.computed import compute, compute_row
from site_builder.forms.answering.example_answers import example_answers

FORMS = Path(__file__).parents[1] / "cases" / "forms"
DIARY = next(form for form in read_library(FORMS).forms if form.id == "worry-diary")
WORRIES = DIARY.repeats["worries"]
ROWS = [
    {"began": "08:00", "ended": "09:30", "busy": 30, "before": 80, "after": 35},
    {"began": "22:40", "ended": "00:25", "busy": 0, "before": 55, "after": 60},
    {"began": "13:07", "ended": "13:14", "busy": 1, "before": 1, "after": 0},
    {"began": "05:00", "ended": "04:59", "busy": 1439, "before": 33, "after": 33},
]


def minutes_between(start: str, end: str) -> int:
    """Return the minutes from one time to the next occurrence of the other, by the calendar."""
    first, then = (datetime.fromisoformat(f"2026-03-09T{time}:00+00:00") for time in (start, end))
    return int((then + timedelta(days=then < first) - first).total_seconds()) // 60


def rounded(value: Fraction, places: int) -> float:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return float(exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def by_hand(row: dict[str, Any]) -> dict[str, float]:
    lasted = minutes_between(row["began"], row["ended"])
    worrying = lasted - row["busy"]
    return {
        "lasted": lasted,
        "worrying": worrying,
        "share": rounded(Fraction(100 * worrying, lasted), 1),
        "less_sure": row["before"] - row["after"],
        "on_average": rounded(Fraction(row["before"] + row["after"], 2), 2),
    }


def test_the_diary_is_clean_at_the_first_check() -> None:
    report = check(FORMS)
    assert [finding for finding in report.findings if finding.source.page.endswith("diary.md")] == []


@pytest.mark.parametrize("row", ROWS)
def test_the_values_of_a_worry_are_those_worked_out_by_hand(row: dict[str, Any]) -> None:
    assert compute_row(WORRIES, row) == by_hand(row)


def test_the_length_of_the_day_is_worked_out_once() -> None:
    assert compute(DIARY, {"up": "06:45", "to_bed": "23:10", "worries": ROWS}) == {
        "awake": minutes_between("06:45", "23:10")
    }


def test_nothing_of_what_is_not_asked_is_stored() -> None:
    posted = {
        "day": "2026-03-09",
        "worried": "no",
        "worries": [{"worry": "Rent", "before": 80}],
        "place": "other",
        "place_other": "On the bus",
        "helped": ["walk", "nothing"],
        "good": "The sun",
    }
    assert read_answers(DIARY, posted) == {"day": "2026-03-09", "worried": "no", "good": "The sun"}


@pytest.mark.parametrize(
    ("before", "after", "asked"), [(50, 49, True), (50, 50, False), (49, 0, False), (90, None, True), (None, 0, False)]
)
def test_what_made_less_sure_is_asked_after_a_change(before: int | None, after: int | None, asked: bool) -> None:
    row = {"worry": "Rent", "before": before, "after": after, "easier": "Time"}
    stored = read_answers(DIARY, {"day": "2026-03-09", "worried": "yes", "worries": [row]})
    rows: Any = stored["worries"]
    assert ("easier" in rows[0]) == asked


def test_an_example_of_it_can_be_sent() -> None:
    assert read_answers(DIARY, example_answers(DIARY)) == example_answers(DIARY)
