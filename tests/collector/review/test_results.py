"""Scores and criteria in words, as the form was published, claiming no more than the answers show."""

from __future__ import annotations

import pytest

from collector.review.results import ClusterResult, CriterionResult, score_results, unsaid
from site_builder.forms.model.definition import Band, Cutoff, Form, Scale

SCALE = Scale("sleep", ("q1",), bands=(Band(0, "Bad", "Little rest."),), cutoffs=(Cutoff("low", 4),), better="higher")
FORM = Form(id="sleep", version=1, title="Sleep", sections=(), scales=(SCALE,))
ROW = {"scale": "sleep", "prorated": 3.0, "band": "Bad", "reached": '["low"]', "raw": 3.0, "answered": 1, "items": 1}


def test_a_score_is_shown_with_its_meaning_and_its_cut_offs() -> None:
    (score,) = score_results(FORM, [ROW])
    assert (score.title, score.value, score.band, score.meaning) == ("Sleep", 3.0, "Bad", "Little rest.")
    assert [(cutoff.words, cutoff.reached) for cutoff in score.cutoffs] == [("low\xa0(4\xa0or\xa0less)", True)]


def test_a_score_with_a_new_name_is_shown_like_any_other() -> None:
    assert score_results(FORM, [ROW | {"scale": "sleep_v2"}]) == score_results(FORM, [ROW])


def test_without_a_score_no_cut_off_is_called_missed() -> None:
    (score,) = score_results(FORM, [ROW | {"prorated": None, "band": "", "reached": None}])
    assert score.cutoffs == ()
    assert unsaid([score]) == ""


@pytest.mark.parametrize(
    ("meaning", "sentences"),
    [
        ("Little rest.", "This is not a diagnosis."),
        ("Little rest. This is not a diagnosis.", ""),
        ("Keine Diagnose.", ""),
    ],
)
def test_the_note_that_a_band_is_no_diagnosis_appears_once(meaning: str, sentences: str) -> None:
    scale = Scale("sleep", ("q1",), bands=(Band(0, "Bad", meaning),))
    form = Form(id="sleep", version=1, title="Sleep", sections=(), scales=(scale,))
    assert unsaid(score_results(form, [ROW])) == sentences


@pytest.mark.parametrize(
    ("met", "meaning", "words"),
    [
        (True, "It fits.", "It fits. This is not a diagnosis."),
        (True, "It fits. This is not a diagnosis.", "It fits. This is not a diagnosis."),
        (True, "", "This is not a diagnosis."),
        (False, "It fits.", ""),
        (None, "It fits.", "Answers are missing that could still decide it."),
    ],
)
def test_only_a_met_criterion_explains_what_that_means(met: bool | None, meaning: str, words: str) -> None:
    cluster = ClusterResult("b", "Intrusion", 2, 1, 4, 5, True)
    verdict = CriterionResult("upset", "dsm5", "PTSD", meaning, "2026-03-09T14:00:00.000Z", "s1", met, (cluster,))
    assert verdict.in_words() == words
    assert cluster.in_words() == "2 of 5, needs 1; 1 not answered"
    assert (verdict.cluster("b"), verdict.cluster("c")) == (cluster, None)
