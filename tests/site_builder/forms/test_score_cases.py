"""Measures are scored as worked out by hand, and what would be scored otherwise is asked about."""

from __future__ import annotations

import pytest

from site_builder.forms.answering.scoring import score
from site_builder.forms.language.form import Block, read_form
from site_builder.forms.model.definition import Form
from site_builder.forms.model.errors import FormErrors
from tests.cases.scores import ASKED, CASES, MISTAKES, Case, Mistake, ratings


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_measure_is_scored_as_worked_out_by_hand(case: Case) -> None:
    form = case.form
    result = score(form, form.scales[0], dict(case.answers))
    assert (result.raw, result.answered, result.prorated) == (case.raw, case.answered, case.score)
    assert (result.band, result.reached) == (case.band, case.reached)
    assert Form.from_json(form.to_json()) == form


@pytest.mark.parametrize("case", MISTAKES, ids=lambda case: case.name)
def test_one_cause_is_one_message(case: Mistake) -> None:
    with pytest.raises(FormErrors) as caught:
        _ = case.form
    assert [error.message for error in caught.value.errors] == [case.message]


@pytest.mark.parametrize(("rules", "question"), ASKED)
def test_a_lowest_score_that_is_not_0_is_asked_about(rules: str, question: str) -> None:
    text = f"form: made-up\nlicence: M.\nscales: {{total: {{items: [q1-q9], {rules}}}}}\nfields: {{{ratings(9, 1, 4)}}}"
    warnings = read_form([Block(text, 1)], page="page.md", title="Made up").warnings
    assert [warning.message for warning in warnings if warning.rule == "lowest"] == [question] * bool(question)


def test_a_form_has_no_more_than_its_options() -> None:
    """A scale without the newer options is stored as ever, so that its hash stays."""
    stored = CASES[0].form.to_json()["scales"][0]
    assert stored == {"id": "total", "items": ["q1", "q2"]}
