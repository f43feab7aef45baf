"""A clock that is wrong keeps nobody from sending and signing in, and is told."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from starlette.testclient import TestClient

from collector.ledger.clock import SMALL
from collector.position import write_position
from site_builder.forms.model.days import day_of
from tests.cases.clocks import OFFSETS, TO_2099, Computer

from .conftest import DIARY, Clinic
from .test_health import details


@pytest.fixture
def clinic(computer: Computer, clinic: Clinic) -> Clinic:
    """Started on that computer."""
    return clinic


def send(client: TestClient) -> datetime:
    """Send a diary and return the time at which it was received."""
    body = {"id": str(uuid.uuid4()), "definition": DIARY.hash, "answers": {"situation": "A letter came."}}
    answer = client.post("/forms/diary", json=body)
    assert answer.status_code == 201
    page = client.get(answer.json()["url"])
    assert "A letter came." in page.text
    return datetime.fromisoformat(answer.json()["received_at"])


@pytest.mark.parametrize("name", OFFSETS)
def test_who_is_signed_in_sends_and_who_has_a_code_signs_in(computer: Computer, clinic: Clinic, name: str) -> None:
    alice = clinic.signed_in("Alice")
    before = send(alice)
    for wrong_by in (OFFSETS[name], timedelta()):
        computer.wrong_by = wrong_by
        computer.run(timedelta(minutes=1))
        assert abs(send(alice) - computer.true) <= timedelta(milliseconds=SMALL)
    bob = clinic.visitor()
    assert bob.post("/open", data={"code": clinic.invitations["Bob"].code}).status_code == 303
    assert send(bob) >= before
    assert clinic.visitor().post("/open", data={"code": clinic.invitations["Bob"].code}).status_code == 403


@pytest.mark.parametrize("name", OFFSETS)
def test_today_is_no_day_to_come(computer: Computer, clinic: Clinic, name: str) -> None:
    computer.wrong_by = OFFSETS[name]
    assert day_of(computer.true.date().isoformat()) == "2026-03-09"
    with pytest.raises(ValueError, match="still to come"):
        day_of((computer.true + timedelta(days=2)).date().isoformat())


def test_a_jump_is_told_to_whoever_may_see_the_details(computer: Computer, clinic: Clinic, charlie: TestClient) -> None:
    computer.wrong_by = timedelta(days=-3)
    send(clinic.signed_in("Alice"))
    report = details(clinic, charlie)
    assert report["clock_jump"] == -3 * 24 * 3600
    assert report["clock"].startswith("The clock of this computer jumped back by 3 days: it read 6 Mar 2026, 14:0")
    assert charlie.get("/health").json() == {"status": "ok"}
    metrics = charlie.get("/metrics", headers={"Authorization": f"Bearer {clinic.services.details_key}"}).text
    assert "\nhomeward_clock_jump_seconds -259200\n" in metrics


def test_what_was_received_by_a_clock_ahead_does_not_hide_that_nothing_is_folded(
    computer: Computer, clinic: Clinic, charlie: TestClient
) -> None:
    write_position(clinic.settings.position, clinic.services.ledger.last())
    alice = clinic.signed_in("Alice")
    write_position(clinic.settings.position, clinic.services.ledger.last())
    computer.wrong_by = TO_2099
    send(alice)
    computer.run(timedelta(minutes=11))
    assert send(alice).year == 2099
    computer.wrong_by = timedelta()
    send(alice)
    computer.run(timedelta(minutes=11))
    write_position(clinic.settings.position, clinic.services.ledger.last())
    computer.wrong_by = timedelta()
    send(alice)
    assert details(clinic, charlie)["behind_seconds"] == 0
    computer.run(timedelta(seconds=31))
    assert details(clinic, charlie)["status"] == "the projector is behind"


def test_a_receipt_that_has_closed_does_not_open_again(computer: Computer, clinic: Clinic) -> None:
    alice = clinic.signed_in("Alice")
    send(alice)
    url = f"/receipts/{clinic.submissions()[0].id}"
    computer.run(timedelta(minutes=31))
    send(alice)
    assert "A letter came." not in alice.get(url).text
    computer.wrong_by = timedelta(minutes=-31)
    computer.run(timedelta(minutes=1))
    clinic.services.ledger.clock.moment()
    computer.run(timedelta(minutes=11))
    assert "A letter came." not in alice.get(url).text
