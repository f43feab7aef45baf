"""A question that no answers lead to is a mistake, and one that some do is none."""

from __future__ import annotations

import pytest

from site_builder.forms.language.form import Block, parse_blocks
from site_builder.forms.model.errors import FormErrors

ABOVE = """form: abc
fields:
  walked: {ask: Walked?, type: yes no, required: true}
  far: {ask: How far?, type: number, decimals: 1, at_least: 0, when: {walked: yes}}
  fear: {ask: How afraid?, type: rating, to: 100, step: 10}
  mood: {ask: Which mood?, type: choice, choices: {low: Low, flat: Flat, high: High}}
  signs: {ask: Which signs?, type: choices, choices: {sleep: Sleep, food: Food, calm: Calm}}
  week: {ask: How often?, type: matrix, choices: {0: Never, 1: Often}, rows: {q1: Tense, q2: Restless}}
  note: {ask: What else?, when: {mood: {one_of: [low, flat]}}}
"""


def problems(when: str) -> list[str]:
    try:
        parse_blocks([Block(f"{ABOVE}  last: {{ask: And?, when: {when}}}\n", 1)], page="page.md", title="A")
    except FormErrors as refused:
        return [str(error) for error in refused.errors]
    return []


@pytest.mark.parametrize(
    "when",
    [
        "{walked: no, far: {answered: true}}",
        "{walked: no, far: {at_least: 1}}",
        "{walked: {answered: false}}",
        "{far: 1.25}",
        "{fear: 35}",
        "{fear: {at_least: 41, at_most: 49}}",
        "{fear: {one_of: [10, 20], at_least: 30}}",
        "{fear: {equals: 10, not: 10}}",
        "{mood: {equals: high, one_of: [low, flat]}}",
        "{mood: {not: [low, flat, high], answered: true}}",
        "{mood: high, note: {answered: true}}",
        "{q1: {equals: 0, not: 0}}",
        "{any: [{fear: 35}, {walked: no, far: {answered: true}}]}",
        "{not: [{walked: yes}, {walked: no}]}",
    ],
)
def test_a_question_that_no_answers_lead_to_is_a_mistake(when: str) -> None:
    (message,) = problems(when)
    assert message.startswith(
        "page.md:10:21 this can never happen: no answers make all of these conditions hold; change"
    )


@pytest.mark.parametrize(
    "when",
    [
        "{walked: no, far: {answered: false}}",
        "{walked: yes, far: {at_least: 1.2, at_most: 1.4, not: 1.3}}",
        "{far: {at_least: 1000}}",
        "{fear: {at_least: 40, at_most: 49}}",
        "{mood: {not: [low, flat, high]}}",
        "{mood: {not: high}, note: {answered: true}}",
        "{signs: {equals: sleep, one_of: [food, calm]}}",
        "{signs: {equals: sleep, not: food}}",
        "{q1: 1, q2: 0}",
        "{any: [{fear: 35}, {walked: no}]}",
        "{not: {walked: no}}",
        "{fear: {at_least: 10}, mood: low, signs: calm, q1: 1, q2: 1, note: {answered: true}, far: {at_most: 3}}",
    ],
)
def test_a_question_that_some_answers_lead_to_is_asked(when: str) -> None:
    assert problems(when) == []


def test_what_waits_for_a_question_that_is_never_asked_is_not_reported_as_well() -> None:
    text = "form: abc\nfields:\n  a: {ask: A?, type: yes no}\n  b: {ask: B?, when: {a: {equals: yes, not: yes}}}\n"
    with pytest.raises(FormErrors) as refused:
        parse_blocks([Block(text + "  c: {ask: C?, when: {b: {answered: true}}}\n", 1)], page="page.md", title="A")
    assert [error.source.line for error in refused.value.errors] == [4]
