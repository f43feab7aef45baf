"""A clock that is wrong signs no therapist out, and every page says that it is wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from tests.cases.clocks import OFFSETS, Computer

from .conftest import PASSWORD, Clinic
from .test_disk import PAGES


@pytest.fixture
def clinic(computer: Computer, clinic: Clinic) -> Clinic:
    """Started on that computer."""
    return clinic


@pytest.mark.parametrize("name", OFFSETS)
def test_who_is_signed_in_stays_so_and_others_sign_in(computer: Computer, clinic: Clinic, name: str) -> None:
    alice = clinic.signed_in("alice")
    ended = clinic.signed_in("bob")
    left = dict(ended.cookies)
    ended.post("/sign-out")
    thief = clinic.visitor()
    thief.cookies.update(left)
    for wrong_by in (OFFSETS[name], timedelta()):
        computer.wrong_by = wrong_by
        computer.run(timedelta(minutes=1))
        assert alice.get("/c/alice/").status_code == 200
        assert clinic.signed_in("bob").get("/c/bob/").status_code == 200
        assert thief.get("/c/bob/").status_code == 303


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_that_the_clock_has_jumped(
    computer: Computer, clinic: Clinic, alice: TestClient, page: str
) -> None:
    sent = next(event for event in clinic.ledger.read(0) if event.kind == "submission_received")
    address = page.format(client=sent.client, submission=sent.id)
    assert "The clock of this computer" not in alice.get(address, follow_redirects=True).text
    computer.wrong_by = timedelta(hours=5)
    clinic.signed_in("bob")
    text = alice.get(address, follow_redirects=True).text
    assert text.count("The clock of this computer jumped ahead by 5 hours") == 1
    assert "The clock of this computer" not in clinic.visitor().get("/sign-in").text


def test_pages_count_days_from_the_time_that_was_expected(computer: Computer, clinic: Clinic) -> None:
    alice = clinic.signed_in("alice")
    computer.run(timedelta(days=6))
    computer.wrong_by = timedelta(days=-300)
    assert "6 days ago" in clinic.signed_in("alice").get("/c/alice/").text
    assert alice.get("/c/alice/").status_code == 303, "twelve hours are over"


def test_a_day_of_the_true_clock_can_begin_a_course_while_it_is_wrong(computer: Computer, clinic: Clinic) -> None:
    alice = clinic.signed_in("alice")
    computer.wrong_by = timedelta(days=-30)
    answer = alice.post("/c/alice/client/ALMA22/course", data={"day": computer.true.date().isoformat()})
    assert answer.status_code == 303
    assert clinic.visitor().post("/sign-in", data={"name": "alice", "password": PASSWORD}).status_code == 303
