"""Values that are worked out for each row of a repeat."""

from __future__ import annotations

import json

import pytest

from site_builder.forms.answering.computed import compute, compute_row
from site_builder.forms.history.changes import compare
from site_builder.forms.history.versions import PublishedVersion, new_history
from site_builder.forms.html.sent import render_answers
from site_builder.forms.language.form import parse_blocks, read_form
from site_builder.forms.language.yaml_tree import Block
from site_builder.forms.model.definition import Form
from site_builder.forms.model.errors import FormErrors, UnreadableDefinition

SPENT = """\
form: money
version: 1
fields:
  budget: {ask: How much had you planned?, type: number, unit: pounds}
  days:
    ask: On which days?
    type: repeat
    called: day
    of:
      food: {ask: Food?, type: number, unit: pounds}
      fun: {ask: Fun?, type: number, unit: pounds}
      better: {ask: Better?, type: yes no}
    computed:
      together: {label: Together, sum: [food, fun]}
      share: {label: Share of fun, ratio: [fun, together]}
"""


def parse(text: str) -> Form:
    return parse_blocks([Block(text, 1)], page="money.md", title="Money")


FORM = parse(SPENT)


def test_each_row_has_values_of_its_own() -> None:
    repeat = FORM.repeats["days"]
    assert compute_row(repeat, {"food": 30, "fun": 10}) == {"together": 40, "share": 25}
    assert compute_row(repeat, {"food": 0, "fun": 0}) == {"together": 0}
    assert compute_row(repeat, {"food": 30}) == {}
    assert compute(FORM, {"days": [{"food": 30, "fun": 10}]}) == {}


def test_the_values_are_shown_with_their_row() -> None:
    shown = render_answers(FORM, {"days": [{"food": 30, "fun": 10}, {"food": 5}]})
    first, second = shown.split("Day 2")
    assert "<dt>Together</dt><dd>40 pounds</dd><dt>Share of fun</dt><dd>25 %</dd>" in first
    assert "Together" not in second


def test_a_definition_survives_being_stored() -> None:
    assert Form.from_json(json.loads(json.dumps(FORM.to_json()))) == FORM
    published = new_history(FORM).latest
    assert PublishedVersion.from_json(1, json.loads(json.dumps(published.to_json()))) == published


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("sum: [food, fun]", "sum: [food, budget]", "'budget' is asked outside of this repeat"),
        ("sum: [food, fun]", "sum: [food, fan]", "there is no question 'fan' above this one"),
        ("sum: [food, fun]", "sum: [food, better]", "'better' is of the type yes no, which 'sum' cannot work with"),
        ("together: {label: Together, ", "food: {label: Together, ", "the name 'food' is taken"),
        ("together: {label: Together, ", "row: {label: Together, ", "'row' is a name that every table has already"),
        (
            "    computed:\n",
            "      computed: {x: {label: X, sum: [food, fun]}}\n    computed:\n",
            "'computed' stands among the questions",
        ),
    ],
)
def test_a_mistake_is_reported(old: str, new: str, message: str) -> None:
    with pytest.raises(FormErrors) as refused:
        parse(SPENT.replace(old, new, 1))
    assert refused.value.errors[0].message.startswith(message)


@pytest.mark.parametrize("name", ["together", "days.together", "days.food"])
def test_a_value_of_a_row_is_not_one_of_the_form(name: str) -> None:
    with pytest.raises(FormErrors, match=f"'{name}' stands inside the repeat 'days', so it has many answers or none"):
        parse(SPENT + f"computed:\n  all: {{label: All, sum: [budget, {name}]}}\n")


def test_a_changed_formula_needs_a_new_version_and_is_told_at_its_place() -> None:
    read = read_form([Block(SPENT.replace("sum: [food", "minus: [food"), 1)], page="money.md", title="Money")
    changes = {change.path: change for change in compare(new_history(FORM), read.form)}
    assert changes["days.together"].problem == "the computed value 'days.together' has changed: its formula"
    assert read.places["days.together"].line == 14
    assert compare(new_history(FORM), FORM) == ()
    without = parse(SPENT.replace("    computed:\n", "").replace("      together", "#").replace("      share", "#"))
    assert [change.problem for change in compare(new_history(FORM), without) if change.critical] == [
        "the computed value 'days.together' is gone",
        "the computed value 'days.share' is gone",
    ]


@pytest.mark.parametrize(
    "computed",
    [
        [{"id": "a", "label": "A", "formula": "sum", "of": ["budget"]}],
        [{"id": "a", "label": "A", "formula": "sum", "of": ["better"]}],
        [{"id": "a", "label": "A", "formula": "ratio", "of": ["food"]}],
        [{"id": "a", "label": "A", "formula": "root", "of": ["food"]}],
        [{"id": "a", "label": "A", "formula": "sum", "of": ["a"]}],
    ],
)
def test_a_damaged_value_is_refused(computed: list[object]) -> None:
    stored = FORM.to_json()
    stored["sections"][0]["fields"][1]["computed"] = computed
    with pytest.raises(UnreadableDefinition):
        Form.from_json(stored)


def test_values_of_a_part_that_is_not_asked_are_left_out() -> None:
    blocks = [
        Block(
            "form: x\nfields: {a: {ask: A?, type: number}, b: {ask: B?, type: number}, c: {ask: C?, type: yes no}}", 1
        ),
        Block("when: {c: yes}\nfields: {d: D?}\ncomputed: {both: {label: Both, sum: [a, b]}}", 9),
    ]
    form = parse_blocks(blocks, page="x.md", title="X")
    assert compute(form, {"a": 1, "b": 2, "c": "yes"}) == {"both": 3}
    assert compute(form, {"a": 1, "b": 2, "c": "no"}) == {}
