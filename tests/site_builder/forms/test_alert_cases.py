"""Alerts go off for what their author means, and what was left out is told."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest

from site_builder.forms.answering.alerts import left_out, raised
from site_builder.forms.html.render import render_open
from site_builder.forms.model.definition import Form
from site_builder.forms.model.errors import FormErrors
from tests.cases.alerts import CASES, HARM, HIGH, MISTAKES, RATINGS, SCALE, STRONG, URGES, Case, Mistake
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


@pytest.mark.parametrize("odd", [{"q1": "x"}, {"q1": [1]}, {"urges": "x"}, {"urges": ["x", None]}, {"urges": {"a": 1}}])
def test_answers_that_do_not_fit_silence_no_other_alert(odd: dict[str, Any]) -> None:
    rules = (
        f"{SCALE}\nalerts: [{{label: A, when: {{total: {{at_least: 8}}}}}}, {{label: B, when: {{urges.strength: 5}}}},"
    )
    form = measure(f"{rules} {{label: C, when: {{harm: {{at_least: 1}}}}}}]", f"{RATINGS}, {URGES}, {HARM}")
    answers = {"q1": 1, "q2": 1, "q3": 1, "harm": "3", **odd}
    assert [alert.label for alert in raised(form, answers)] == ["C"]
