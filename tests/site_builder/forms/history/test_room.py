"""A form that asks more than a table has columns for is refused, with what earlier versions asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from site_builder.forms.history.changes import compare
from site_builder.forms.history.room import MOST_COLUMNS, without_room
from site_builder.forms.history.versions import history_of
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.fields import Field, Matrix, Rating, Repeat, Text

HALF = MOST_COLUMNS // 2


def form(*fields: Field, version: int = 1) -> Form:
    return Form(id="long", version=version, title="Long", sections=(Section(fields),))


def ratings(count: int, highest: int = 10) -> tuple[Rating, ...]:
    return tuple(Rating(id=f"q{number}", ask=f"Question {number}?", highest=highest) for number in range(count))


@pytest.mark.parametrize(("count", "problems"), [(MOST_COLUMNS, 0), (MOST_COLUMNS + 1, 1)])
def test_each_question_row_and_repeat_has_its_columns(count: int, problems: int) -> None:
    rows = tuple(Choice(f"q{number}", f"Question {number}") for number in range(count))
    for long in (
        form(*ratings(count)),
        form(Matrix(id="items", ask="How often?", choices=(Choice("0", "No"), Choice("1", "Yes")), rows=rows)),
        form(Text(id="note", ask="A note?"), Repeat(id="steps", ask="Steps?", called="step", of=ratings(count))),
    ):
        changes = list(without_room(long))
        assert len(changes) == problems
        assert all("1,997 questions" in change.problem and change.critical for change in changes)


def test_a_repeat_of_the_limit_leaves_room_for_the_form() -> None:
    steps = Repeat(id="steps", ask="Steps?", called="step", of=ratings(MOST_COLUMNS))
    assert list(without_room(form(steps, Text(id="note", ask="A note?")))) == []


def test_columns_of_earlier_versions_are_counted() -> None:
    first = form(*ratings(HALF))
    history = history_of([first])
    assert history is not None
    wider = form(*ratings(HALF, highest=20), version=2)
    assert list(without_room(wider, history)) == []
    third = form(*ratings(HALF + 1, highest=20), version=2)
    (change,) = [change for change in compare(history, third) if "room" in change.problem]
    assert change.critical
    assert "together with those of earlier versions" in change.problem


def test_a_renamed_question_keeps_its_column() -> None:
    first = form(*ratings(MOST_COLUMNS))
    history = history_of([first])
    assert history is not None
    renamed = tuple(replace(rating, id=f"r{rating.id}", was=rating.id) for rating in ratings(MOST_COLUMNS))
    assert list(without_room(form(*renamed), history)) == []
