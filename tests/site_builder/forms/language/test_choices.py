"""A choice as authors write it: a code with words, or with words and what the choice counts."""

from __future__ import annotations

import pytest

from site_builder.forms.language.form import Block, parse_blocks
from site_builder.forms.model.choices import Choice
from site_builder.forms.model.definition import Form
from site_builder.forms.model.errors import FormErrors
from site_builder.forms.model.fields import OneOf


def question(choices: str, type: str = "choice") -> Form:
    text = f"form: abc\nfields:\n  often: {{ask: How often?, type: {type}, choices: {{{choices}}}}}"
    return parse_blocks([Block(text, 1)], page="page.md", title="A worksheet")


def choices_of(form: Form) -> tuple[Choice, ...]:
    field = form.fields[0]
    assert isinstance(field, OneOf)
    return field.choices


@pytest.mark.parametrize(
    ("written", "choice", "value"),
    [
        ("1: Once", Choice("1", "Once"), 1),
        ("-1: Less", Choice("-1", "Less"), -1),
        ("1: {label: Once}", Choice("1", "Once"), 1),
        ("1: {label: Once, points: 4}", Choice("1", "Once", points=4), 4),
        ("1: {label: Once, points: 0}", Choice("1", "Once", points=0), 0),
        ("once: {label: Once, points: 0.5}", Choice("once", "Once", points=0.5), 0.5),
        ("once: Once", Choice("once", "Once"), None),
        (
            "99: {label: I would rather not say, points: none}",
            Choice("99", "I would rather not say", scored=False),
            None,
        ),
        (
            "99: {label: I would rather not say, points: None}",
            Choice("99", "I would rather not say", scored=False),
            None,
        ),
    ],
)
def test_a_choice_counts_its_points_or_its_code(written: str, choice: Choice, value: float | None) -> None:
    form = question(f"0: Never, {written}")
    assert choices_of(form)[1] == choice
    assert choice.value == value
    assert choices_of(Form.from_json(form.to_json()))[1] == choice


def test_a_choice_without_options_is_stored_as_ever() -> None:
    stored = question("0: Never, 1: {label: Once}").to_json()
    assert stored == question("0: Never, 1: Once").to_json()
    assert stored["sections"][0]["fields"][0]["choices"] == [
        {"code": "0", "label": "Never"},
        {"code": "1", "label": "Once"},
    ]


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("{label: Once, points: many}", "'points' has to be a number, not 'many'; write it in figures, like 10 or 0.5"),
        ("{label: Once, points: }", "'points' is empty; write a number, or points: none for no answer"),
        ("{label: Once, points: [1]}", "'points' has to be a number; write it in figures, like 10 or 0.5"),
        ("{points: 1}", "the choice '1' has no words; add 'label:' with what people read"),
        ("{label: Once, score: 1}", "'score' is not an option of a choice; there is: label, points, alone, was_worded"),
    ],
)
def test_what_a_choice_counts_has_to_be_clear(written: str, problem: str) -> None:
    with pytest.raises(FormErrors) as caught:
        question(f"0: Never, 1: {written}")
    assert [f"{error.problem}; {error.remedy}" for error in caught.value.errors] == [problem]
