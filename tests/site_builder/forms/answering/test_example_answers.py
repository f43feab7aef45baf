"""Example answers cover every question and are valid, repeatable, and plainly made up."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_builder.content.library import read_library
from site_builder.forms.answering.answers import from_pairs, read_answers, to_pairs
from site_builder.forms.answering.example_answers import example_answers
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.fields import Field, LongText, Matrix, Number, Rating, Repeat, Text, YesNo, is_asked

ROOT = Path(__file__).parents[4]
FORMS = [
    *read_library(ROOT / "content").forms,
    *read_library(ROOT / "tests" / "site_builder" / "examples").forms,
]


def form_of(*fields: Field) -> Form:
    return Form(id="sheet", version=1, title="Sheet", sections=(Section(fields),))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
def test_a_form_accepts_its_example_as_a_browser_posts_it(form: Form) -> None:
    answers = example_answers(form)
    assert read_answers(form, from_pairs(form, to_pairs(form, answers))) == answers


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
def test_every_question_is_answered_the_same_way_each_time(form: Form) -> None:
    answers = example_answers(form)
    assert list(answers) == [field.id for field in form.fields if is_asked(field, answers)]
    assert answers == example_answers(form)


def test_a_repeat_gets_two_rows_or_one_if_no_more_are_allowed() -> None:
    line = (Text(id="step", ask="Step?"),)
    answers = example_answers(form_of(Repeat(id="a", ask="A?", of=line), Repeat(id="b", ask="B?", of=line, at_most=1)))
    assert [len(answers["a"]), len(answers["b"])] == [2, 1]  # type: ignore[arg-type]  # lists of rows


def test_example_texts_are_plainly_made_up() -> None:
    answers = example_answers(form_of(Text(id="line", ask="?"), LongText(id="more", ask="?")))
    assert all(str(words).startswith("Made up") for words in answers.values())


@given(st.integers(1, 600))
def test_a_text_stays_within_its_length(length: int) -> None:
    form = form_of(Text(id="line", ask="?", max_length=length), LongText(id="more", ask="?", max_length=length))
    assert read_answers(form, example_answers(form)) == example_answers(form)


@given(
    lowest=st.none() | st.integers(-1000, 1000),
    width=st.none() | st.integers(0, 500),
    decimals=st.integers(0, 3),
)
def test_a_number_stays_within_its_bounds(lowest: int | None, width: int | None, decimals: int) -> None:
    highest = None if width is None else (lowest or 0) + width
    form = form_of(Number(id="n", ask="?", at_least=lowest, at_most=highest, decimals=decimals))
    assert read_answers(form, from_pairs(form, to_pairs(form, example_answers(form)))) == example_answers(form)


@given(lowest=st.integers(-20, 20), steps=st.integers(1, 30), step=st.integers(1, 10))
def test_a_rating_stays_on_its_steps(lowest: int, steps: int, step: int) -> None:
    form = form_of(Rating(id="r", ask="?", lowest=lowest, highest=lowest + steps * step, step=step))
    assert read_answers(form, example_answers(form)) == example_answers(form)


def test_a_matrix_shows_more_than_one_answer() -> None:
    codes = (Choice("0", "Never"), Choice("1", "Often"))
    rows = (Choice("q1", "One"), Choice("q2", "Two"), Choice("q3", "Three"))
    assert example_answers(form_of(Matrix(id="m", ask="?", choices=codes, rows=rows))) == {
        "m": {"q1": "1", "q2": "0", "q3": "1"}
    }


def test_a_question_is_answered_only_where_it_is_asked() -> None:
    done = YesNo(id="done", ask="Done?")
    how = Text(id="how", ask="How?", when=(Condition("done", "equals", "yes"),))
    why = Text(id="why", ask="Why not?", when=(Condition("done", "equals", "no"),))
    inner = Repeat(id="rows", ask="?", of=(how, why))
    assert set(example_answers(form_of(done, how, why))) == {"done", "how"}
    assert [list(row) for row in cast(list[dict[str, str]], example_answers(form_of(done, inner))["rows"])] == [
        ["how"],
        ["how"],
    ]
