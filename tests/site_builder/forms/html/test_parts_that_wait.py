"""Parts that wait for an answer, as HTML."""

from __future__ import annotations

import re

import pytest

from site_builder.forms.answering.answers import read_answers
from site_builder.forms.html.render import render_form
from site_builder.forms.html.sent import render_answers
from site_builder.forms.language.form import parse_blocks
from site_builder.forms.language.yaml_tree import Block
from site_builder.forms.model.definition import Form
from site_builder.forms.model.errors import UnreadableDefinition

FIRST = """\
form: walk
fields:
  went: {ask: "Did you go out?", type: yes no}
  steps:
    ask: Which steps?
    type: repeat
    called: step
    of:
      step: "Which step?"
      now: {ask: "How afraid now?", type: rating, asked: last, required: true}
"""
LAST = """\
title: Out there
when: {went: yes}
fields:
  met: {ask: "Whom did you meet?", required: true}
  liked: {ask: "Did you like it?", when: {met: {answered: true}}}
"""
FORM = parse_blocks([Block(FIRST, 1), Block(LAST, 99)], page="walk.md", title="Walk")


def test_what_is_asked_last_does_not_wait_for_what_the_last_part_waits_for() -> None:
    html = render_form(FORM, action="/forms/walk")
    waiting = re.search(r"<section[^>]* data-when=.*?</section>", html)
    assert waiting
    assert "Out there" in waiting[0]
    assert "hw-late" in html
    assert "hw-late" not in waiting[0]
    rows = [{"step": "The door", "now": 3}]
    assert read_answers(FORM, {"went": "no", "steps": rows, "met": "Ada"}) == {"went": "no", "steps": rows}


def test_a_part_says_once_what_it_waits_for_and_its_questions_what_else() -> None:
    html = render_form(FORM, action="/forms/walk")
    assert html.count("Only if you answered “Yes” to “Did you go out?”.") == 1
    assert "Only if you answered “Whom did you meet?”." in html


def test_a_part_that_was_not_asked_is_not_shown_with_the_answers() -> None:
    assert "Out there" not in render_answers(FORM, {"went": "no"})
    assert "Out there" in render_answers(FORM, {"went": "yes", "met": "Ada"})


def test_a_required_question_is_missed_only_in_a_part_that_is_asked() -> None:
    assert read_answers(FORM, {"went": "no"}) == {"went": "no"}
    assert Form.from_json(FORM.to_json()) == FORM


@pytest.mark.parametrize(
    "condition", [{"field": "went", "test": "equals", "value": "no"}, {"field": "", "test": "any"}]
)
def test_a_part_whose_questions_wait_for_something_else_is_refused(condition: dict[str, str]) -> None:
    stored = FORM.to_json()
    stored["sections"][1]["when"] = [condition]
    with pytest.raises(UnreadableDefinition):
        Form.from_json(stored)
