"""A new course of treatment is stored with its client, and the first scores in it are the baseline."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from collector.ledger.events import course_begun
from site_builder.forms.model.definition import Form

if TYPE_CHECKING:
    from tests.collector.caseload.conftest import Clinic


def test_what_is_sent_from_then_on_is_compared_with_the_first_of_it(clinic: Clinic, measure: Form) -> None:
    for low_mood in ("3", "0"):
        clinic.send(measure, {"items": {"m1": "0", "m2": low_mood, "m3": "0"}})
    assert clinic.row("SELECT baseline, last FROM progress") == {"baseline": 6, "last": 3}
    begun = clinic.record(course_begun("CHARLIE"))
    clinic.fold(begun)
    assert clinic.rows("SELECT * FROM progress") == []
    clinic.send(measure, {"items": {"m1": "0", "m2": "1", "m3": "0"}})
    row = clinic.row("SELECT baseline, last, best, previous, course_begun FROM progress")
    assert row == {"baseline": 4, "last": 4, "best": 4, "previous": None, "course_begun": begun.at}


def test_a_course_that_is_dated_back_holds_what_was_sent_since(clinic: Clinic, measure: Form) -> None:
    for low_mood in ("3", "2", "0"):
        clinic.send(measure, {"items": {"m1": "0", "m2": low_mood, "m3": "0"}})
    second = clinic.events[-2].at
    clinic.fold(clinic.record(course_begun("CHARLIE", begun=second)))
    assert clinic.row("SELECT baseline, last FROM progress") == {"baseline": 5, "last": 3}


def test_a_course_and_a_score_of_one_millisecond_keep_the_order_of_the_ledger(clinic: Clinic, measure: Form) -> None:
    at = "2026-03-10T09:00:00.000Z"
    answers = {"items": {"m1": "0", "m2": "3", "m3": "0"}}
    before, begun, after = (
        clinic.sent(measure, answers),
        clinic.record(course_begun("CHARLIE")),
        clinic.sent(measure, {"items": {"m1": "0", "m2": "1", "m3": "0"}}),
    )
    clinic.fold(*(replace(event, at=at) for event in (before, begun, after)))
    assert clinic.row("SELECT baseline, previous FROM progress") == {"baseline": 4, "previous": None}
