"""Conditional questions; tests/browser/scripts runs the page script against the same cases."""

from __future__ import annotations

import pytest

from site_builder.forms.answering.answers import from_pairs, passed_over, read_answers, to_pairs
from site_builder.forms.html.sent import render_answers
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.conditions import Condition
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.errors import AnswersRejected
from site_builder.forms.model.fields import Field, Matrix, Number, Repeat, Text, YesNo
from tests.cases.conditions import CASES, Case, Typed, waiting_form, wire_name

FORM = waiting_form()
IF_YES = (Condition("practised", "equals", "yes"),)
PRACTISED = YesNo(id="practised", ask="Did you practise?")
HOW = Text(id="how", ask="How did it go?", required=True, when=IF_YES)


def form(*fields: Field) -> Form:
    return Form(id="x", version=1, title="X", sections=(Section(fields),))


def pairs(typed: Typed) -> list[tuple[str, str]]:
    return [
        (name, value) for name, values in typed.items() for value in ([values] if isinstance(values, str) else values)
    ]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_an_answer_is_stored_only_when_its_question_is_asked(case: Case) -> None:
    typed = [*pairs(case.typed), (wire_name(case), "typed"), ("other", "so that something is sent")]
    answers = read_answers(FORM, from_pairs(FORM, typed))
    values = [value for _, value in to_pairs(FORM, answers)]
    assert ("typed" in values) == case.asked


def test_a_required_question_that_is_not_asked_is_not_missed() -> None:
    assert read_answers(form(PRACTISED, HOW), {"practised": "no", "how": ""}) == {"practised": "no"}


def test_a_required_question_that_is_asked_is_missed() -> None:
    with pytest.raises(AnswersRejected) as refused:
        read_answers(form(PRACTISED, HOW), {"practised": "yes"})
    assert list(refused.value.problems) == ["how"]


def test_an_unreadable_answer_to_a_question_not_asked_is_ignored() -> None:
    minutes = Number(id="minutes", ask="How long?", when=IF_YES)
    assert read_answers(form(PRACTISED, minutes), {"practised": "no", "minutes": "long"}) == {"practised": "no"}


def test_a_whole_repeat_can_be_conditional() -> None:
    steps = Repeat(id="steps", ask="Which steps?", of=(Text(id="step", ask="Step?"),), when=IF_YES)
    posted = {"practised": "no", "steps": [{"step": "One"}]}
    assert read_answers(form(PRACTISED, steps), posted) == {"practised": "no"}
    assert "steps" in read_answers(form(PRACTISED, steps), posted | {"practised": "yes"})


def test_a_row_with_only_answers_to_questions_not_asked_is_blank() -> None:
    steps = Repeat(id="steps", ask="Steps?", of=(Text(id="step", ask="Step?"), Text(id="how", ask="How?", when=IF_YES)))
    posted = {"practised": "no", "steps": [{"how": "well"}]}
    assert read_answers(form(PRACTISED, steps), posted) == {"practised": "no"}


def test_an_answer_to_a_question_not_asked_is_reported() -> None:
    steps = Repeat(id="steps", ask="Steps?", of=(Text(id="step", ask="Step?"), Text(id="b", ask="*Why*?", when=IF_YES)))
    sheet = form(PRACTISED, HOW, steps)
    posted = {"practised": "no", "how": "well", "steps": [{"step": "One", "b": "so"}, {"step": "Two", "b": ""}]}
    answers = read_answers(sheet, posted)
    assert passed_over(sheet, posted, answers) == ["How did it go?", "Why?"]
    assert passed_over(sheet, posted | {"practised": "yes"}, read_answers(sheet, posted | {"practised": "yes"})) == []


def test_a_dropped_answer_is_reported_even_when_no_row_remains() -> None:
    steps = Repeat(id="steps", ask="Steps?", of=(Text(id="step", ask="Step?"), Text(id="b", ask="Why?", when=IF_YES)))
    sheet, posted = form(PRACTISED, steps), {"practised": "no", "steps": [{"step": "", "b": "because"}]}
    assert passed_over(sheet, posted, read_answers(sheet, posted)) == ["Why?"]


def test_a_name_in_the_repeat_comes_before_a_row_of_a_matrix() -> None:
    matrix = Matrix(id="week", ask="?", choices=(Choice("0", "No"), Choice("1", "Yes")), rows=(Choice("note", "Note"),))
    waits = Text(id="why", ask="Why?", when=(Condition("note", "answered", True),))
    sheet = form(matrix, Repeat(id="steps", ask="?", of=(Text(id="note", ask="Note?"), waits, Text(id="c", ask="C?"))))
    posted = {"week": {"note": "1"}, "steps": [{"why": "so", "c": "x"}]}
    assert read_answers(sheet, posted)["steps"] == [{"c": "x"}]


def test_a_question_not_asked_is_not_shown_as_left_out() -> None:
    sheet = form(PRACTISED, HOW, Text(id="note", ask="A note?"))
    shown = render_answers(sheet, {"practised": "no"})
    assert "How did it go?" not in shown
    assert "A note?" in shown


def test_a_definition_survives_being_stored() -> None:
    assert Form.from_json(FORM.to_json()) == FORM
    assert Form.from_json(FORM.to_json()).hash == FORM.hash


@pytest.mark.parametrize("code", ["nan", "inf", "1e5", "ten"])
def test_a_word_is_not_a_number(code: str) -> None:
    assert not Condition("x", "at_least", 0).holds(code)
    assert not Condition("x", "at_most", 10**6).holds(code)
