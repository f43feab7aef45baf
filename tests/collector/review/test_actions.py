"""A therapist begins a course of treatment from the client's page; nobody else does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from collector.driver import connect
from collector.ledger.events import Kind, member_added

from .conftest import CLIENTS, Clinic

ADDRESS = f"/c/alice/client/{CLIENTS['alice']}/course"


@pytest.fixture
def begun(clinic: Clinic) -> Callable[[], list[tuple[str, str]]]:
    """Return who began a course, and from when, as the ledger holds it."""
    return lambda: [
        (event.by.text, event.data["begun"]) for event in clinic.ledger.read(0) if event.kind == Kind.course_begun
    ]


def test_a_therapist_begins_a_course_and_sees_it(
    clinic: Clinic, alice: TestClient, begun: Callable[[], list[tuple[str, str]]]
) -> None:
    page = alice.get(f"/c/alice/client/{CLIENTS['alice']}").text
    assert f'action="{ADDRESS}"' in page
    answer = alice.post(ADDRESS, data={"day": "2026-03-09"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/c/alice/client/{CLIENTS['alice']}")
    assert begun() == [("person:alice", "2026-03-09T00:00:00.000Z")]
    clinic.project()
    with connect(clinic.settings.caseloads / "alice.db", read_only=True) as file:
        assert file.execute("SELECT course_begun FROM clients").fetchall() == [("2026-03-09T00:00:00.000Z",)]


def test_without_a_day_it_begins_now_and_there_is_no_score_yet(clinic: Clinic, alice: TestClient) -> None:
    alice.post(ADDRESS)
    clinic.project()
    words = "A new course of treatment began today; no score in it yet: evening."
    assert words in alice.get("/c/alice/").text
    assert words in (page := alice.get(f"/c/alice/client/{CLIENTS['alice']}").text)
    assert "Hollow dots are from before the course of treatment" in page


@pytest.mark.parametrize("day", ["soon", "2026-02-30", "09.03.2026", "9999-12-31", "0001-01-01T00:00", "x" * 2000])
def test_a_day_that_is_none_is_refused(alice: TestClient, begun: Callable[[], list[object]], day: str) -> None:
    assert alice.post(ADDRESS, data={"day": day}).status_code == 400
    assert begun() == []


def test_a_day_still_to_come_is_refused(alice: TestClient, begun: Callable[[], list[object]]) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    assert alice.post(ADDRESS, data={"day": tomorrow}).status_code == 400
    assert begun() == []


def test_strangers_begin_nothing(
    alice: TestClient, bob: TestClient, charlie: TestClient, begun: Callable[[], list[object]]
) -> None:
    assert bob.post(ADDRESS).status_code == 404
    assert alice.post(ADDRESS.replace(CLIENTS["alice"], CLIENTS["bob"])).status_code == 404
    assert charlie.post(ADDRESS).status_code == 303
    assert charlie.post(ADDRESS).headers["location"].startswith("/sign-in?next=")
    assert begun() == []


@pytest.mark.parametrize("role", ["cover", "supervisor"])
def test_only_a_therapist_decides_about_the_treatment(
    clinic: Clinic, bob: TestClient, begun: Callable[[], list[object]], role: str
) -> None:
    clinic.ledger.append([member_added("alice", "bob", role=role)])
    assert bob.get(f"/c/alice/client/{CLIENTS['alice']}").status_code == 200
    answer = bob.post(ADDRESS)
    assert answer.status_code == 403
    assert "for a therapist of this caseload alone" in answer.text, "whoever may read is not told of another site only"
    assert begun() == []


def test_another_site_begins_nothing(alice: TestClient, begun: Callable[[], list[object]]) -> None:
    assert alice.post(ADDRESS, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert alice.get(ADDRESS).status_code == 404
    assert begun() == []
