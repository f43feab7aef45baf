"""Every score stands in the caseload file as worked out by hand, and everything reads the same number."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from collector.caseload.courses import points
from tests.cases.scores import CASES, Case

if TYPE_CHECKING:
    from tests.collector.caseload.conftest import Clinic


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_score_is_stored_as_worked_out_by_hand(clinic: Clinic, case: Case) -> None:
    clinic.publish(case.form)
    clinic.send(case.form, dict(case.answers))
    row = clinic.row("SELECT raw, answered, prorated, band, reached FROM scores")
    assert row == {
        "raw": case.raw,
        "answered": case.answered,
        "prorated": case.score,
        "band": case.band,
        "reached": None if case.reached is None else json.dumps(case.reached),
    }
    compared = clinic.rows(
        "SELECT last, case_now, cut_offs ->> 'caseness' AS at FROM progress JOIN scales USING (scale)"
    )
    assert [one["last"] for one in compared] == ([] if case.score is None else [case.score])
    assert all(one["case_now"] == ("caseness" in (case.reached or ())) for one in compared if one["at"] is not None)


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (14.625, "14.63"),
        (2.675, "2.68"),
        (-0.125, "-0.13"),
        (4.2, "4.2"),
        (9.0, "9"),
        (0.005, "0.01"),
        (1e6, "1000000"),
    ],
)
def test_halves_are_shown_rounded_up(score: float, words: str) -> None:
    assert points(score) == words


def test_how_a_scale_is_worked_out_stands_beside_it(clinic: Clinic) -> None:
    gated = next(case for case in CASES if case.name == "the gate is open").form
    clinic.publish(gated)
    clinic.send(gated, {"happened": "no"})
    assert clinic.row("SELECT method, rounding, gate, main FROM scales") == {
        "method": "sum",
        "rounding": "none",
        "gate": '[["happened", "equals", "yes"]]',
        "main": 0,
    }


def test_a_number_is_what_an_answer_counts(clinic: Clinic) -> None:
    """99 stands for no answer, and b for one point: neither its code nor nothing."""
    for name, number in (("nor is it 0", [None, 3]), ("two choices with the same points", [1, 1, 2.5])):
        case = next(each for each in CASES if each.name == name)
        clinic.publish(case.form)
        id = clinic.send(case.form, dict(case.answers))
        rows = clinic.rows('SELECT number FROM answers WHERE submission = ? ORDER BY "column"', id)
        assert [row["number"] for row in rows] == number
    assert clinic.row("SELECT points FROM questions WHERE field = 'q1' AND codes LIKE '%Twice%'") == {
        "points": '{"a": 0, "b": 1, "c": 1, "d": 2.5}'
    }
