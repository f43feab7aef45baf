"""Without script, what is unlikely is asked on the page to check the answers, and the clocks are told of there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from collector.endpoints.built_site import LOOK_EVERY
from site_builder.forms.answering.clock import BY_THE_CLOCK
from site_builder.forms.model.computed import Computed
from site_builder.forms.model.definition import Form, Section
from site_builder.forms.model.fields import Date, Time
from site_builder.publishing.catalogue_file import write_catalogue
from tests.cases.lengths import ZONE

from .conftest import Clinic, catalogue
from .test_submissions import hidden

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
ASKED = "Is that right?"


@pytest.fixture
def night(clinic: Clinic, alice: TestClient) -> TestClient:
    """Alice, where the diary is on the site of a clinic in Berlin."""
    clinic.rebuild(NIGHT)
    built = catalogue((NIGHT,))
    write_catalogue(clinic.settings.site, replace(built, clinic=replace(built.clinic, timezone=ZONE)))
    clinic.services.built_site.looked_at = -LOOK_EVERY
    return alice


def test_am_for_pm_is_asked_about_and_sent_all_the_same(clinic: Clinic, night: TestClient) -> None:
    page = night.post("/forms/night", data={"to_bed": "11:15", "up": "07:00"}).text
    assert ASKED in page
    assert "Time in bed: 19 h 45 min" in page
    assert night.post("/forms/night", data=hidden(page)).status_code == 303
    assert clinic.submissions()[-1].data["answers"] == {"to_bed": "11:15", "up": "07:00"}


def test_a_likely_night_is_not_asked_about(night: TestClient) -> None:
    assert ASKED not in night.post("/forms/night", data={"to_bed": "23:15", "up": "07:00"}).text


def test_a_night_of_the_clock_change_is_marked_in_the_check_and_on_the_receipt(night: TestClient) -> None:
    page = night.post("/forms/night", data={"day": "2026-03-29", "to_bed": "23:00", "up": "07:00"}).text
    assert f'8 h 0 min<span class="hw-by-the-clock"> ({BY_THE_CLOCK})' in page
    receipt = night.get(night.post("/forms/night", data=hidden(page)).headers["location"]).text
    assert BY_THE_CLOCK in receipt
