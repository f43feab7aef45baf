"""Posted values become answers and back again, losing nothing and reporting every problem at once."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_builder.forms.answering.answers import NOTHING, from_pairs, place_pairs, read_answers, to_pairs
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.errors import MOST_UNKNOWN, AnswersRejected
from site_builder.forms.model.fields import (
    MISSING,
    MOST_ROWS,
    AnyOf,
    Duration,
    LongText,
    Matrix,
    Number,
    Rating,
    Repeat,
    Text,
)
from site_builder.forms.model.wire_values import is_visible

CODES = (Choice("0", "Never"), Choice("1", "Often"))
FORM = Form(
    id="diary",
    version=1,
    title="Diary",
    sections=(
        Section(
            (
                LongText(id="situation", ask="What happened?", required=True),
                AnyOf(id="skills", ask="Which?", choices=CODES),
            )
        ),
        Section(
            (
                Repeat(
                    id="feelings",
                    ask="What?",
                    of=(Text(id="feeling", ask="?"), Rating(id="before", ask="?", highest=100)),
                ),
                Matrix(id="items", ask="How often?", choices=CODES, rows=(Choice("q1", "A"), Choice("q2", "B"))),
                Rating(id="believed", ask="How much?", highest=100),
                Duration(id="slept", ask="How long?"),
                Number(id="steps", ask="How many?"),
            )
        ),
    ),
)


def test_the_pairs_of_a_form_post_nest_like_json() -> None:
    pairs = [
        ("_id", "x"),
        ("situation", "On the bus"),
        ("skills", "1"),
        ("skills", "0"),
        ("feelings.0.feeling", "Sad"),
        ("feelings.0.before", "60"),
        ("feelings.0.before.exact", "65"),
        ("feelings.1.feeling", ""),
        ("feelings.1.before.exact", ""),
        ("items.q2", "1"),
        ("believed", "70"),
        ("believed.exact", " "),
        ("slept.hours", "7"),
        ("slept.minutes", "15"),
    ]
    posted = from_pairs(FORM, pairs)
    assert posted == {
        "situation": "On the bus",
        "skills": ["1", "0"],
        "feelings": [{"feeling": "Sad", "before": "65"}],
        "items": {"q2": "1"},
        "believed": "70",
        "slept": {"hours": "7", "minutes": "15"},
    }
    assert read_answers(FORM, posted) == {
        "situation": "On the bus",
        "skills": ["0", "1"],
        "feelings": [{"feeling": "Sad", "before": 65}],
        "items": {"q2": "1"},
        "believed": 70,
        "slept": 435,
    }


def test_gaps_between_rows_are_closed_in_the_same_order() -> None:
    pairs = [("feelings.7.feeling", "Angry"), ("feelings.2.feeling", "Sad")]
    assert from_pairs(FORM, pairs)["feelings"] == [{"feeling": "Sad"}, {"feeling": "Angry"}]


@pytest.mark.parametrize(
    "name",
    [
        "mood",
        "situation.exact",
        "feelings",
        "feelings.0",
        "feelings.-1.feeling",
        "feelings.99999.feeling",
        "feelings.x.feeling",
        "feelings.0.mood",
        "feelings.0.feeling.0.0.0",
        "items",
        "items.q3",
        "items.q1.q2",
        "slept",
        "skills.0",
        "",
    ],
)
def test_an_unknown_name_is_refused(name: str) -> None:
    with pytest.raises(AnswersRejected) as refused:
        from_pairs(FORM, [("situation", "x"), (name, "secret words")])
    assert list(refused.value.problems) == [name]
    assert "secret words" not in str(refused.value)


@pytest.mark.parametrize(
    "name", ["situation", "believed", "believed.exact", "items.q1", "slept.hours", "feelings.0.feeling"]
)
def test_two_answers_to_one_question_are_refused(name: str) -> None:
    with pytest.raises(AnswersRejected) as refused:
        from_pairs(FORM, [(name, "1"), (name, "2")])
    assert list(refused.value.problems) == [name]


def test_all_problems_are_reported_at_once_by_wire_name() -> None:
    posted = {
        "skills": ["7"],
        "feelings": [{"feeling": "Sad"}, {"before": "lots"}],
        "items": {"q1": "5"},
        "believed": "8000",
        "more": 1,
    }
    with pytest.raises(AnswersRejected) as refused:
        read_answers(FORM, posted)
    expected = {"situation", "skills", "feelings.1.before", "items.q1", "believed", "more"}
    assert set(refused.value.problems) == expected


def test_only_required_answers_must_be_present() -> None:
    with pytest.raises(AnswersRejected) as refused:
        read_answers(FORM, {"believed": 3})
    assert refused.value.problems == {"situation": MISSING}
    assert read_answers(FORM, {"situation": "x"}) == {"situation": "x"}


def test_an_empty_form_is_refused_as_a_whole() -> None:
    form = Form(id="f", version=1, title="F", sections=(Section((Text(id="a", ask="?"),)),))
    with pytest.raises(AnswersRejected) as refused:
        read_answers(form, {"a": "  "})
    assert refused.value.problems == {"": NOTHING}


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), min_size=1, max_size=40).filter(
    is_visible
)
RATINGS = st.integers(0, 100)
ROWS = st.fixed_dictionaries({"feeling": TEXTS}, optional={"before": RATINGS})
ANSWERS = st.fixed_dictionaries(
    {"situation": TEXTS},
    optional={
        "skills": st.sampled_from([["0"], ["1"], ["0", "1"]]),
        "feelings": st.lists(ROWS, min_size=1, max_size=4),
        "items": st.dictionaries(st.sampled_from(["q1", "q2"]), st.sampled_from(["0", "1"]), min_size=1),
        "believed": RATINGS,
        "slept": st.integers(0, 1440),
        "steps": st.integers(-(10**9), 10**9),
    },
)


@given(ANSWERS)
def test_answers_survive_a_form_post_unchanged(answers: dict[str, Any]) -> None:
    assert read_answers(FORM, from_pairs(FORM, to_pairs(FORM, answers))) == answers


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_json_is_read_or_refused(value: Any) -> None:
    for field in FORM.fields:
        with suppress(AnswersRejected):
            assert read_answers(FORM, {"situation": "x", field.id: value})


@pytest.mark.parametrize("step", [1, 5])
def test_rows_beyond_the_most_are_one_problem_and_left_over_as_typed(step: int) -> None:
    pairs = [(f"feelings.{row}.feeling", f"x{row}") for row in range(0, 10_000, step)]
    started = time.process_time()
    placed = place_pairs(FORM, pairs)
    assert time.process_time() - started < 0.5
    assert placed.answers["feelings"] == [{"feeling": value} for _, value in pairs[:MOST_ROWS]]
    assert placed.problems == {"feelings": "Keep this to 30 entries or fewer"}
    assert placed.left_over == pairs[MOST_ROWS:]


def test_rows_are_counted_and_not_their_numbers() -> None:
    placed = place_pairs(FORM, [("feelings.9999.feeling", "last"), ("feelings.0.feeling", "first")])
    assert placed == ({"feelings": [{"feeling": "first"}, {"feeling": "last"}]}, {}, [])


def test_of_many_unknown_names_the_first_are_named_and_the_others_counted() -> None:
    names = [f"other{number}" for number in range(1_000)]
    rejections = []
    for read in (
        lambda: from_pairs(FORM, [(name, "x") for name in names]),
        lambda: read_answers(FORM, dict.fromkeys(names, "x")),
        lambda: read_answers(FORM, {"feelings": [dict.fromkeys(names, "x")]}),
    ):
        with pytest.raises(AnswersRejected) as rejected:
            read()
        rejections.append(rejected.value.problems)
    for problems in rejections:
        assert len(problems) <= MOST_UNKNOWN + 1  # one more for what has to be answered
        assert any(
            problem == "There is no such question, and 980 more names are like it" for problem in problems.values()
        )
