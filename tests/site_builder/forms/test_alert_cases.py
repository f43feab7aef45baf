"""Alerts go off for what their author means, and what was left out is told."""

from __future__ import annotations

import html
import json
import re

import pytest

from site_builder.forms.answering.alerts import left_out, raised
from site_builder.forms.html.render import render_open
from site_builder.forms.model.definition import Form
from site_builder.forms.model.errors import FormErrors
from tests.cases.alerts import CASES, HIGH, MISTAKES, RATINGS, STRONG, URGES, Case, Mistake
from tests.cases.scores import measure


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_alert_goes_off_or_is_left_out(case: Case) -> None:
    answers = dict(case.answers)
    alerts = raised(case.form, answers)
    assert [(alert.item, alert.number, alert.tier) for alert in alerts] == [alert[:3] for alert in case.raised]
    assert tuple((blank.item, blank.answer) for blank in left_out(case.form, answers)) == case.left_out
    assert Form.from_json(case.form.to_json()) == case.form


@pytest.mark.parametrize("case", MISTAKES, ids=lambda case: case.name)
def test_an_alert_that_does_not_go_off_as_meant_is_one_message(case: Mistake) -> None:
    with pytest.raises(FormErrors) as caught:
        _ = case.form
    assert [error.message for error in caught.value.errors] == [case.message]


@pytest.mark.parametrize(
    ("form", "tests"),
    [(measure(STRONG, URGES), [[["urges.strength", "at_least", 4]]]), (measure(HIGH, RATINGS), None)],
)
def test_the_page_tests_answers_and_leaves_scores_to_the_receipt(form: Form, tests: object) -> None:
    attribute = re.search(r'data-alerts="([^"]*)"', str(render_open(form, action="/")))
    assert (json.loads(html.unescape(attribute[1])) if attribute else None) == tests
