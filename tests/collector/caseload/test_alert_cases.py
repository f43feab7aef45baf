"""Every alert, and everything left out that could have raised one, is a row of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cases.alerts import CASES, Case

if TYPE_CHECKING:
    from tests.collector.caseload.conftest import Clinic


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_alerts_and_what_was_left_out_are_stored(clinic: Clinic, case: Case) -> None:
    clinic.publish(case.form)
    clinic.send(case.form, dict(case.answers))
    assert clinic.rows("SELECT * FROM problems") == []
    alerts = clinic.rows("SELECT item, number, tier, answer FROM alerts ORDER BY rowid")
    assert tuple(tuple(row.values()) for row in alerts) == case.raised
    blanks = clinic.rows("SELECT item, coalesce(answer, '') AS answer FROM left_out ORDER BY rowid")
    assert tuple(tuple(row.values()) for row in blanks) == case.left_out
