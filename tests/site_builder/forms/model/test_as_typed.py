"""What people type is stored as it was meant, or refused with what to write instead."""

from __future__ import annotations

import pytest

from site_builder.forms.model.choices import Choice
from site_builder.forms.model.days import LIKE_A_TIME
from site_builder.forms.model.fields import Date, Field, LongText, Matrix, OneOf, Rating, Text, Time
from site_builder.forms.model.numbers import IN_DOUBT
from tests.cases import dates, numbers, texts


def read(field: Field, typed: object) -> tuple[object, str]:
    """Return what is stored, and the problem."""
    try:
        return field.read(typed), ""
    except ValueError as problem:
        return None, str(problem)


@pytest.mark.parametrize("case", numbers.CASES, ids=repr)
def test_a_number_is_read_where_it_is_beyond_doubt(case: numbers.Case) -> None:
    assert read(case.field, case.typed) == (case.stored, case.problem)


@pytest.mark.parametrize("case", numbers.LENGTHS, ids=repr)
def test_a_length_of_time_is_read_where_it_is_beyond_doubt(case: numbers.Length) -> None:
    parts = {"hours": case.hours, "minutes": case.minutes}
    assert read(numbers.DURATION, parts) == (case.stored, case.problem)


@pytest.mark.parametrize("case", dates.cases(), ids=repr)
def test_a_day_is_one_that_can_be_meant(case: dates.Case) -> None:
    assert read(Date(id="f", ask="?", future=case.future), case.typed) == (case.stored, case.problem)


@pytest.mark.parametrize(("typed", "stored"), dates.TIMES)
def test_a_time_of_day_is_one_of_two_or_refused(typed: str, stored: str | None) -> None:
    assert read(Time(id="f", ask="?"), typed) == (stored, "" if stored else LIKE_A_TIME)


@pytest.mark.parametrize("kind", [Text, LongText])
@pytest.mark.parametrize("case", texts.CASES, ids=[case.name for case in texts.CASES])
def test_a_text_of_nothing_visible_is_no_answer(case: texts.Case, kind: type[Text]) -> None:
    assert read(kind(id="f", ask="?"), case.typed) == (case.stored, "")


OFTEN = (Choice("1", "Seldom"), Choice("2", "Often"))


@pytest.mark.parametrize(
    ("field", "typed", "stored"),
    [
        (Rating(id="f", ask="?", highest=100), "٦٥", 65),
        (Rating(id="f", ask="?", lowest=-5, highest=5), "−3", -3),
        (Rating(id="f", ask="?", highest=10), 7.0, 7),
        (OneOf(id="f", ask="?", choices=OFTEN), "٢", "2"),
        (OneOf(id="f", ask="?", choices=OFTEN), "２", "2"),
        (OneOf(id="f", ask="?", choices=OFTEN), 2.0, "2"),
        (Matrix(id="f", ask="?", choices=OFTEN, rows=(Choice("q1", "Tense"),)), {"q1": "۲"}, {"q1": "2"}),
    ],
)
def test_figures_of_any_script_are_figures(field: Field, typed: object, stored: object) -> None:
    assert read(field, typed) == (stored, "")


@pytest.mark.parametrize("typed", ["10,000", "1.000"])
def test_a_rating_is_not_guessed_either(typed: str) -> None:
    _, problem = read(Rating(id="f", ask="?", highest=100), typed)
    assert problem == IN_DOUBT
