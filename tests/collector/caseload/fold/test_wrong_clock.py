"""What comes first is said by the ledger's numbers, also where a clock was believed that was wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from collector.ledger.events import Recorded, course_begun
from site_builder.forms.model.definition import Form

if TYPE_CHECKING:
    from tests.collector.caseload.conftest import Clinic

AHEAD, BACK = "2099-01-01T00:00:00.000Z", "1970-01-02T00:00:00.000Z"


def sheet(clinic: Clinic, measure: Form, low_mood: int, at: str = "") -> Recorded:
    sent = clinic.sent(measure, {"items": {"m1": "0", "m2": str(low_mood), "m3": "0"}})
    return replace(sent, at=at) if at else sent


@pytest.mark.parametrize("wrong", [AHEAD, BACK])
def test_the_last_score_is_the_one_that_was_sent_last(clinic: Clinic, measure: Form, wrong: str) -> None:
    clinic.fold(sheet(clinic, measure, 3), sheet(clinic, measure, 2, wrong), sheet(clinic, measure, 0))
    row = clinic.row("SELECT baseline, previous, last FROM progress")
    assert row == {"baseline": 6, "previous": 5, "last": 3}
    assert clinic.row("SELECT submission FROM last_seen") == {"submission": clinic.events[-1].id}


def test_nothing_was_sent_fewer_than_no_days_ago(clinic: Clinic, measure: Form) -> None:
    clinic.fold(sheet(clinic, measure, 0, AHEAD))
    assert clinic.row("SELECT days FROM last_seen") == {"days": 0}


@pytest.mark.parametrize("wrong", [AHEAD, BACK])
def test_a_course_that_begins_while_a_clock_is_wrong_holds_what_is_sent_after_it(
    clinic: Clinic, measure: Form, wrong: str
) -> None:
    clinic.fold(sheet(clinic, measure, 3))
    clinic.fold(replace(clinic.record(course_begun("CHARLIE")), at=wrong))
    clinic.fold(sheet(clinic, measure, 2), sheet(clinic, measure, 1))
    assert clinic.row("SELECT baseline, last FROM progress") == {"baseline": 5, "last": 4}


def test_a_course_that_is_dated_back_leaves_out_what_was_sent_long_before_by_a_clock_ahead(
    clinic: Clinic, measure: Form
) -> None:
    clinic.fold(sheet(clinic, measure, 3, AHEAD), sheet(clinic, measure, 2))
    begins = sheet(clinic, measure, 1)
    clinic.fold(begins, sheet(clinic, measure, 0))
    clinic.fold(clinic.record(course_begun("CHARLIE", begun=begins.at)))
    assert clinic.row("SELECT baseline, last FROM progress") == {"baseline": 4, "last": 3}
