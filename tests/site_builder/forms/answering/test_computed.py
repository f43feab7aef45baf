"""Computed values; tests/browser/scripts runs the page script against the same cases."""

from __future__ import annotations

import pytest

from site_builder.forms.answering.computed import compute, in_words, value_of
from site_builder.forms.html.sent import render_answers
from site_builder.forms.language.form import parse_blocks
from site_builder.forms.language.yaml_tree import Block
from site_builder.forms.model.computed import Computed
from site_builder.forms.model.definition import Form
from site_builder.forms.model.fields import Answers
from tests.cases.formulas import CASES, Case

SLEEP = parse_blocks(
    [
        Block(
            """\
form: sleep
fields:
  to_bed: {ask: When did you go to bed?, type: time}
  tried: {ask: When did you try to sleep?, type: time}
  to_sleep: {ask: How long did it take?, type: duration}
  awake: {ask: How long were you awake?, type: number, unit: minutes}
  woke: {ask: When did you wake up for good?, type: time}
  got_up: {ask: When did you get up?, type: time}
computed:
  in_bed: {label: Time in bed, time between: [to_bed, got_up]}
  night: {label: From trying to waking, time between: [tried, woke]}
  asleep: {label: Sleep, minus: [night, to_sleep, awake]}
  efficiency: {label: Sleep efficiency, ratio: [asleep, in_bed]}
""",
            1,
        )
    ],
    page="sleep.md",
    title="Sleep",
)
NIGHT: Answers = {"to_bed": "23:00", "tried": "23:30", "to_sleep": 30, "awake": 20, "woke": "06:30", "got_up": "07:00"}


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_value_is_computed(case: Case) -> None:
    field = Computed("x", "X", case.formula, ("a", "b"), case.unit)
    value = value_of(field, case.inputs)
    assert value == case.value
    if value is not None:
        assert type(value) is type(case.value)
        assert in_words(field, value) == case.words


def test_the_values_of_a_sleep_diary_night_are_computed() -> None:
    # 23:30 to 06:30 are 420 minutes, less 30 and 20: 370 of the 480 in bed.
    assert compute(SLEEP, NIGHT) == {"in_bed": 480, "night": 420, "asleep": 370, "efficiency": 77.1}


def test_a_value_without_its_inputs_is_left_out_and_so_are_values_computed_from_it() -> None:
    night = {id: answer for id, answer in NIGHT.items() if id != "awake"}
    assert compute(SLEEP, night) == {"in_bed": 480, "night": 420}


def test_computed_values_are_shown_with_the_answers() -> None:
    shown = render_answers(SLEEP, NIGHT)
    assert "<dt>Sleep</dt><dd>6 h 10 min</dd><dt>Sleep efficiency</dt><dd>77.1 %</dd>" in shown


def test_a_definition_survives_being_stored() -> None:
    assert Form.from_json(SLEEP.to_json()) == SLEEP
    assert Form.from_json(SLEEP.to_json()).hash == SLEEP.hash
