"""A length of time over a change of the clocks is marked on the therapist's page, in the client's own zone."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from collector.ledger.events import client_changed, form_published, submission_received
from site_builder.forms.answering.clock import BY_THE_CLOCK
from site_builder.forms.model.computed import Computed
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.fields import Date, Time
from tests.cases.lengths import ZONE

from .conftest import CLIENTS, Clinic

NIGHT = Form(
    id="night",
    version=1,
    title="The night",
    sections=(
        Section(
            (Date(id="day", ask="Which morning?"), Time(id="to_bed", ask="To bed?"), Time(id="up", ask="Up?")),
            computed=(Computed("in_bed", "Time in bed", "time between", ("to_bed", "up"), "minutes"),),
        ),
    ),
)


@pytest.mark.parametrize(("zone", "marked"), [(ZONE, True), ("Asia/Tokyo", False), ("", False)])
def test_a_night_is_marked_by_the_zone_of_the_client(
    clinic: Clinic, alice: TestClient, zone: str, marked: bool
) -> None:
    answers = {"day": "2026-03-29", "to_bed": "23:00", "up": "07:00"}
    night = submission_received(CLIENTS["alice"], form="night", version=1, definition=NIGHT.hash, answers=answers)
    published = form_published(form="night", version=1, definition=NIGHT.hash, body=NIGHT.to_json())
    changed = [client_changed(CLIENTS["alice"], time_zone=zone)] if zone else []
    clinic.ledger.append([published, night, *changed])
    clinic.project()
    page = alice.get(f"/c/alice/submission/{night.id}").text
    assert "8 h 0 min" in page  # not worked out anew
    assert (BY_THE_CLOCK in page) == marked
