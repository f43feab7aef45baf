"""Pages speak the clinic's time and name its zone once; what is stored stays UTC."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from starlette.testclient import TestClient

from collector.ledger.events import Event

from .conftest import CLIENTS, Clinic, submission

LATE = "2026-03-09T23:30:00.000Z"


def sent(event: Event) -> Event:
    return replace(event, at=LATE)


def test_pages_speak_the_clinics_time(make_clinic: Callable[[], Clinic]) -> None:
    clinic = make_clinic()
    clinic.settings.site.mkdir(exist_ok=True)
    (clinic.settings.site / "forms.json").write_text(json.dumps({"clinic": {"timezone": "Europe/Berlin"}}))
    event = sent(submission(CLIENTS["alice"], "late"))
    clinic.ledger.append([event])
    clinic.project()
    alice = clinic.signed_in("alice")
    for address in (f"client/{CLIENTS['alice']}", f"submission/{event.id}"):
        page = alice.get(f"/c/alice/{address}").text
        assert "10 Mar 2026, 00:30" in page
        assert page.count("Times in Europe/Berlin.") == 1
        assert "9 Mar 2026" not in page, "not the day in UTC, in the chart either"
    assert LATE in alice.get(f"/c/alice/caseload/evening/{event.id}.json").text
    assert "stored in UTC" in alice.get("/c/alice/caseload/evening").text


def test_without_a_zone_pages_say_utc(alice: TestClient) -> None:
    assert alice.get("/c/alice/").text.count("Times in UTC.") == 1
